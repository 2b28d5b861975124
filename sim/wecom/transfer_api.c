/* WeCom: customers and groups handed on, by staff on the job and after they left (wecom-contact.md 5). */
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#define MOVES_MS (90 * DAY_MS)
#define LIST_PAGE 1000
#define TURN_MAX 50000

static struct transfer *waiting(struct sim *sim, const struct person *p)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = w->transfers.n; i--;)
                if (w->transfers.v[i]->person == p && w->transfers.v[i]->status == 2)
                        return w->transfers.v[i];
        return NULL;
}

/* ---- customers ---- */

/* The item's own errcode. */
static int move_one(struct request *rq, struct staff *from, struct staff *to, const char *external_userid, bool resigned)
{
        struct sim *sim = rq->sim;
        struct person *p = map_get(&sim->world.by_external, external_userid);
        struct contact *c = p ? contact_find(p, from) : NULL;

        if (!p)
                return 40096;
        if (!c || !contact_works(c))
                return 40131;
        if (waiting(sim, p))
                return resigned ? 40129 : 40100;
        if ((int64_t)to->contacts.n >= switch_on(sim, SW_CONTACTS_MAX))
                return 40099;
        if (!resigned && c->moved[0] && c->moved[0] + MOVES_MS > sim_now(sim))
                return 40128;
        transfer_ask(sim, c, to, resigned);
        return 0;
}

static int pair(struct request *rq, bool resigned, struct staff **from, struct staff **to)
{
        int r = 0;

        *from = staff_find(rq->sim, rq_str(rq, "handover_userid"));
        if (!*from)
                r = refuse(rq, 60111, "没有原跟进成员");
        else if (resigned && (*from)->state != 5)
                r = refuse(rq, 40097, "原跟进成员没有离职（wecom-contact §5）");
        else if (!resigned)
                r = wecom_follower(rq, (*from)->userid, from);
        r = r ? r : wecom_follower(rq, rq_str(rq, "takeover_userid"), to);
        if (!r && (*to)->state != 1)
                r = refuse(rq, 41054, "接替成员未激活");
        return !r && *from == *to ? refuse(rq, 40130, "原跟进与接替是同一个人") : r;
}

static int move(struct request *rq, bool resigned)
{
        size_t n = rq_list(rq, "external_userid");
        const char *message = rq_str(rq, "transfer_success_msg");
        struct staff *from, *to;
        int r = pair(rq, resigned, &from, &to);

        if (!r && (!n || n > CONTACT_LIST_MAX))
                r = refuse(rq, 40058, "external_userid 1..%d 个", CONTACT_LIST_MAX);
        if (!r && message && utf8_length(message) > 200)
                r = refuse(rq, 45002, "transfer_success_msg 至多 200 字");
        if (r)
                return r;
        out_list(&rq->out, "customer");
        for (size_t i = 0; i < n; i++) {
                const char *id = rq_str(rq, arena_printf(rq->arena, "external_userid.%zu", i));
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "external_userid", id);
                out_int(&rq->out, "errcode", move_one(rq, from, to, id, resigned));
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int on_job(struct request *rq)
{
        return move(rq, false);
}

static int resigned(struct request *rq)
{
        return move(rq, true);
}

static int results(struct request *rq, bool after_leaving)
{
        struct wecom *w = wecom_of(rq->sim);
        struct staff *from, *to;
        struct page page;
        int r = pair(rq, after_leaving, &from, &to);

        r = r ? r : page_begin(rq, "transfer_result", LIST_PAGE, LIST_PAGE, &page);
        if (r)
                return r;
        out_list(&rq->out, "customer");
        for (size_t n = 0; page.at < w->transfers.n && n < page.limit; page.at++) {
                const struct transfer *t = w->transfers.v[page.at];
                if (t->from != from || t->to != to || t->resigned != after_leaving)
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "external_userid", t->person->external_userid);
                out_int(&rq->out, "status", t->status);
                out_int(&rq->out, "takeover_time", (t->done ? t->done : t->asked) / 1000);
                out_end(&rq->out);
                n++;
        }
        out_end(&rq->out);
        page_end(rq, &page, w->transfers.n);
        return 0;
}

static int on_job_results(struct request *rq)
{
        return results(rq, false);
}

static int resigned_results(struct request *rq)
{
        return results(rq, true);
}

static int unassigned(struct request *rq)
{
        struct corp *corp = &rq->sim->world.corp;
        int64_t turn = rq_int(rq, "page_id", 0), size = rq_int(rq, "page_size", LIST_PAGE);
        size_t place = 0, written = 0;
        struct page page;

        if (turn < 0 || size < 1 || size > LIST_PAGE || turn * size >= TURN_MAX)
                return refuse(rq, 40058, "page_size 至多 %d，page_id*page_size < %d", LIST_PAGE, TURN_MAX);
        int r = page_begin(rq, "externalcontact/get_unassigned_list", size, LIST_PAGE, &page);
        if (r)
                return r;
        if (!rq_has(rq, "cursor"))
                page.at = (size_t)(turn * size);
        out_list(&rq->out, "info");
        for (size_t i = 0; i < corp->staff.n; i++) {
                const struct staff *s = corp->staff.v[i];
                for (size_t k = 0; s->state == 5 && k < s->contacts.n; k++) {
                        const struct contact *c = s->contacts.v[k];
                        if (!contact_works(c) || waiting(rq->sim, c->person) || place++ < page.at ||
                            written == (size_t)size)
                                continue;
                        written++;
                        out_obj(&rq->out, NULL);
                        out_str(&rq->out, "handover_userid", s->userid);
                        out_str(&rq->out, "external_userid", c->person->external_userid);
                        out_int(&rq->out, "dimission_time", s->left / 1000);
                        out_end(&rq->out);
                }
        }
        out_end(&rq->out);
        page.at += written;
        out_bool(&rq->out, "is_last", page.at >= place);
        page_end(rq, &page, place);
        return 0;
}

/* ---- groups ---- */

static int move_group(struct request *rq, struct group *g, struct staff *to, bool after_leaving)
{
        if (!g || g->dismissed)
                return 90501;
        if (after_leaving && g->owner->state != 5)
                return 90500;
        if (!after_leaving && g->owner->state == 5)
                return 90502;
        if (g->owner == to)
                return 90504;
        if (!after_leaving && g->moved[0] && g->moved[0] + MOVES_MS > sim_now(rq->sim))
                return 90507;
        g->owner = to;
        g->inherited = after_leaving;
        g->moved[0] = g->moved[1];
        g->moved[1] = sim_now(rq->sim);
        group_change(rq->sim, g, "change_owner");
        return 0;
}

static int move_groups(struct request *rq, bool after_leaving)
{
        size_t n = rq_list(rq, "chat_id_list");
        struct staff *to;
        int r = wecom_follower(rq, rq_str(rq, "new_owner"), &to);

        if (!r && (!n || n > CONTACT_LIST_MAX))
                r = refuse(rq, 40058, "chat_id_list 1..%d 个", CONTACT_LIST_MAX);
        if (r)
                return r;
        out_list(&rq->out, "failed_chat_list");
        for (size_t i = 0; i < n; i++) {
                const char *id = rq_str(rq, arena_printf(rq->arena, "chat_id_list.%zu", i));
                int code = move_group(rq, group_find(rq->sim, id), to, after_leaving);
                if (!code)
                        continue;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "chat_id", id);
                out_int(&rq->out, "errcode", code);
                out_str(&rq->out, "errmsg", errcode_text(code));
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int groups_on_job(struct request *rq)
{
        return move_groups(rq, false);
}

static int groups_resigned(struct request *rq)
{
        return move_groups(rq, true);
}

#define BETWEEN "handover_userid:s! takeover_userid:s! "
#define GROUPS "chat_id_list:l chat_id_list[]:s new_owner:s!"
#define PATH "/cgi-bin/externalcontact"
static const struct endpoint endpoints[] = {
        {PATH "/get_unassigned_list", "POST", FAMILY_WECOM, BASE_RATE, 0, unassigned, "page_id:n page_size:n cursor:s"},
        {PATH "/groupchat/onjob_transfer", "POST", FAMILY_WECOM, BASE_RATE, 0, groups_on_job, GROUPS},
        {PATH "/groupchat/transfer", "POST", FAMILY_WECOM, BASE_RATE, 0, groups_resigned, GROUPS},
        {PATH "/resigned/transfer_customer", "POST", FAMILY_WECOM, BASE_RATE, 0, resigned, BETWEEN "external_userid:l external_userid[]:s"},
        {PATH "/resigned/transfer_result", "POST", FAMILY_WECOM, BASE_RATE, 0, resigned_results, BETWEEN "cursor:s"},
        {PATH "/transfer_customer", "POST", FAMILY_WECOM, BASE_RATE, 0, on_job, BETWEEN "external_userid:l external_userid[]:s transfer_success_msg:s"},
        {PATH "/transfer_result", "POST", FAMILY_WECOM, BASE_RATE, 0, on_job_results, BETWEEN "cursor:s"},
};

const struct product_table wecom_transfer = {"wecom_transfer", endpoints, countof(endpoints), NULL};
