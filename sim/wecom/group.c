/* Customers' groups: who is in them, and what is told of their changes (wecom-contact.md 6, wecom-callback.md 10.2). */
#include "base/crypt.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

struct group *group_find(struct sim *sim, const char *chat_id)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->groups.n; i++)
                if (text_eq(w->groups.v[i]->id, chat_id))
                        return w->groups.v[i];
        return NULL;
}

const char *group_version(struct arena *arena, const struct group *g)
{
        char hex[SHA1_HEX];
        crypt_sha1_hex(bytes_of_text(arena_printf(arena, "%s|%u", g->id, g->changes)), hex);
        return arena_strndup(arena, hex, 32);
}

static const char *member_id(const struct member *m)
{
        return m->staff ? m->staff->userid : m->person->external_userid;
}

static void tell(struct sim *sim, struct group *g, const char *name, const char *detail, const struct member *m,
                 const char *join, const char *quit, const char *last)
{
        struct arena arena;

        arena_init(&arena, 0);
        ledger_add(sim, "group", g->id, m ? member_id(m) : g->owner->userid, "%s %s", name, detail ? detail : "");
        wecom_event(sim, name, g->id,
                    (const struct node[]){{"ChatId", g->id},
                                          {"UpdateDetail", detail},
                                          {"JoinScene", join},
                                          {"QuitScene", quit},
                                          {"MemChangeCnt", m ? "1" : NULL},
                                          {"MemChangeList", m ? member_id(m) : NULL},
                                          {"LastMemVer", m ? last : NULL},
                                          {"CurMemVer", m ? group_version(&arena, g) : NULL},
                                          {NULL, NULL}});
        arena_release(&arena);
}

struct group *group_make(struct sim *sim, struct staff *owner, const char *name)
{
        struct group *g = arena_new(&sim->arena, struct group);

        *g = (struct group){
                .id = wecom_text(sim, "wr", 30),
                .opengid = wecom_text(sim, "tG", 26),
                .name = arena_strdup(&sim->arena, name),
                .notice = "",
                .owner = owner,
                .created = sim_now(sim),
        };
        vec_push(&sim->arena, &g->members, ((struct member){.staff = owner, .joined = sim_now(sim), .scene = 1, .by = owner}));
        vec_push(&sim->arena, &wecom_of(sim)->groups, g);
        tell(sim, g, "change_external_chat/create", NULL, NULL, NULL, NULL, NULL);
        return g;
}

void group_join(struct sim *sim, struct group *g, const struct member *m)
{
        struct arena arena;

        for (size_t i = 0; i < g->members.n; i++)
                if (g->members.v[i].staff == m->staff && g->members.v[i].person == m->person)
                        return;
        arena_init(&arena, 0);
        const char *last = group_version(&arena, g);
        struct member in = *m;
        in.joined = sim_now(sim);
        in.state = arena_strdup(&sim->arena, m->state);
        vec_push(&sim->arena, &g->members, in);
        g->changes++;
        tell(sim, g, "change_external_chat/update", "add_member", &in, m->scene == 3 ? "3" : "0", NULL, last);
        arena_release(&arena);
}

void group_quit(struct sim *sim, struct group *g, const char *id, bool removed)
{
        struct arena arena;

        arena_init(&arena, 0);
        for (size_t i = 0; i < g->members.n; i++) {
                struct member gone = g->members.v[i];
                if (!text_eq(member_id(&gone), id))
                        continue;
                const char *last = group_version(&arena, g);
                memmove(g->members.v + i, g->members.v + i + 1, (--g->members.n - i) * sizeof(gone));
                g->changes++;
                tell(sim, g, "change_external_chat/update", "del_member", &gone, NULL, removed ? "1" : "0", last);
                break;
        }
        arena_release(&arena);
}

void group_change(struct sim *sim, struct group *g, const char *detail)
{
        tell(sim, g, "change_external_chat/update", detail, NULL, NULL, NULL, NULL);
}

void group_dismiss(struct sim *sim, struct group *g)
{
        g->dismissed = true;
        tell(sim, g, "change_external_chat/dismiss", NULL, NULL, NULL, NULL, NULL);
}
