/* WeCom: the corp's tags of customers (wecom-contact.md 4). */
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#define NAME_MAX_CHARS 30
#define ORDER_MAX INT64_C(4294967295)

static struct tag_group *group_by_id(struct sim *sim, const char *id)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->tag_groups.n; i++)
                if (!w->tag_groups.v[i]->deleted && text_eq(w->tag_groups.v[i]->id, id))
                        return w->tag_groups.v[i];
        return NULL;
}

static struct tag_group *group_by_name(struct sim *sim, const char *name)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->tag_groups.n; i++)
                if (!w->tag_groups.v[i]->deleted && text_eq(w->tag_groups.v[i]->name, name))
                        return w->tag_groups.v[i];
        return NULL;
}

static struct tag *tag_by_id(struct sim *sim, const char *id)
{
        struct wecom *w = wecom_of(sim);
        for (size_t i = 0; i < w->tag_groups.n; i++)
                for (size_t k = 0; k < w->tag_groups.v[i]->tags.n; k++) {
                        struct tag *tag = w->tag_groups.v[i]->tags.v[k];
                        if (!tag->deleted && text_eq(tag->id, id))
                                return tag;
                }
        return NULL;
}

static struct tag *tag_by_name(const struct tag_group *group, const char *name)
{
        for (size_t i = 0; i < group->tags.n; i++)
                if (!group->tags.v[i]->deleted && text_eq(group->tags.v[i]->name, name))
                        return group->tags.v[i];
        return NULL;
}

static void tell(struct sim *sim, const char *name, const char *id, bool group)
{
        wecom_event(sim, name, id,
                    (const struct node[]){{"Id", id}, {"TagType", group ? "tag_group" : "tag"}, {NULL, NULL}});
}

static size_t living(const struct tag_group *group)
{
        size_t n = 0;
        for (size_t i = 0; i < group->tags.n; i++)
                n += !group->tags.v[i]->deleted;
        return n;
}

/* ---- reading ---- */

static void write_tag(struct request *rq, const struct tag *tag)
{
        out_obj(&rq->out, NULL);
        out_str(&rq->out, "id", tag->id);
        out_str(&rq->out, "name", tag->name);
        out_int(&rq->out, "create_time", tag->created / 1000);
        out_int(&rq->out, "order", tag->order);
        out_end(&rq->out);
}

static void write_group_head(struct request *rq, const struct tag_group *group)
{
        out_str(&rq->out, "group_id", group->id);
        out_str(&rq->out, "group_name", group->name);
        out_int(&rq->out, "create_time", group->created / 1000);
        out_int(&rq->out, "order", group->order);
        out_list(&rq->out, "tag");
}

static bool listed(const struct request *rq, const char *list, size_t n, const char *id)
{
        for (size_t i = 0; i < n; i++)
                if (text_eq(rq_str(rq, arena_printf(rq->arena, "%s.%zu", list, i)), id))
                        return true;
        return false;
}

static int list(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        size_t groups = rq_list(rq, "group_id"), tags = groups ? 0 : rq_list(rq, "tag_id");

        for (size_t i = 0; i < tags; i++)
                if (!tag_by_id(rq->sim, rq_str(rq, arena_printf(rq->arena, "tag_id.%zu", i))))
                        return refuse(rq, 40068, "没有 tag_id[%zu]", i);
        out_list(&rq->out, "tag_group");
        for (size_t i = 0; i < w->tag_groups.n; i++) {
                const struct tag_group *group = w->tag_groups.v[i];
                bool any = false;
                if (group->deleted || (groups && !listed(rq, "group_id", groups, group->id)))
                        continue;
                for (size_t k = 0; tags && k < group->tags.n; k++)
                        any |= !group->tags.v[k]->deleted && listed(rq, "tag_id", tags, group->tags.v[k]->id);
                if (tags && !any)
                        continue;
                out_obj(&rq->out, NULL);
                write_group_head(rq, group);
                for (size_t k = 0; k < group->tags.n; k++)
                        if (!group->tags.v[k]->deleted && (!tags || listed(rq, "tag_id", tags, group->tags.v[k]->id)))
                                write_tag(rq, group->tags.v[k]);
                out_end(&rq->out);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

/* ---- changing ---- */

static int check_name(struct request *rq, const char *name)
{
        return text_empty(name) || utf8_length(name) > NAME_MAX_CHARS
                       ? refuse(rq, 40072, "名称应为 1..%d 字（wecom-contact §4）", NAME_MAX_CHARS)
                       : 0;
}

static int check_order(struct request *rq, const char *path)
{
        int64_t order = rq_int(rq, path, 0);
        return order < 0 || order > ORDER_MAX ? refuse(rq, 40058, "%s 应在 [0, 2^32)", path) : 0;
}

static int check_new(struct request *rq, const struct tag_group *group, size_t n)
{
        struct wecom *w = wecom_of(rq->sim);
        size_t all = n;
        int r = n ? 0 : refuse(rq, 40058, "tag 不能为空：没有空的标签组（wecom-contact §4）");

        for (size_t i = 0; !r && i < n; i++) {
                const char *name = rq_str(rq, arena_printf(rq->arena, "tag.%zu.name", i));
                r = check_name(rq, name);
                r = r ? r : check_order(rq, arena_printf(rq->arena, "tag.%zu.order", i));
                if (!r && group && tag_by_name(group, name))
                        r = refuse(rq, 40071, "组里已有标签“%s”", name);
        }
        for (size_t i = 0; i < w->tag_groups.n; i++)
                all += w->tag_groups.v[i]->deleted ? 0 : living(w->tag_groups.v[i]);
        return !r && all > TAGS_MAX ? refuse(rq, 40126, "标签至多 %d 个", TAGS_MAX) : r;
}

static struct tag_group *make_group(struct request *rq, const char *name)
{
        struct sim *sim = rq->sim;
        struct tag_group *group = arena_new(&sim->arena, struct tag_group);

        *group = (struct tag_group){
                .id = wecom_text(sim, "et", 30),
                .name = arena_strdup(&sim->arena, name),
                .app = rq->app,
                .created = sim_now(sim),
                .order = rq_int(rq, "order", 0),
        };
        vec_push(&sim->arena, &wecom_of(sim)->tag_groups, group);
        tell(sim, "change_external_tag/create", group->id, true);
        return group;
}

static int add(struct request *rq)
{
        struct sim *sim = rq->sim;
        const char *id = rq_str(rq, "group_id"), *name = rq_str(rq, "group_name");
        struct tag_group *group = id ? group_by_id(sim, id) : group_by_name(sim, name);
        size_t n = rq_list(rq, "tag");
        int r = id && !group ? refuse(rq, 40068, "没有这个 group_id") : 0;

        r = r ? r : group ? 0 : check_name(rq, name);
        r = r ? r : check_order(rq, "order");
        r = r ? r : check_new(rq, group, n);
        if (r)
                return r;
        group = group ? group : make_group(rq, name);
        out_obj(&rq->out, "tag_group");
        write_group_head(rq, group);
        for (size_t i = 0; i < n; i++) {
                const char *tag_name = rq_str(rq, arena_printf(rq->arena, "tag.%zu.name", i));
                if (tag_by_name(group, tag_name))
                        continue; /* twice in one call: one tag */
                struct tag *tag = arena_new(&sim->arena, struct tag);
                *tag = (struct tag){
                        .group = group,
                        .id = wecom_text(sim, "et", 30),
                        .name = arena_strdup(&sim->arena, tag_name),
                        .app = rq->app,
                        .created = sim_now(sim),
                        .order = rq_int(rq, arena_printf(rq->arena, "tag.%zu.order", i), 0),
                };
                vec_push(&sim->arena, &group->tags, tag);
                tell(sim, "change_external_tag/create", tag->id, false);
                write_tag(rq, tag);
        }
        out_end(&rq->out);
        out_end(&rq->out);
        return 0;
}

/* Either may be NULL; 0, 40068 or 81011 (of another application). */
static int find_one(struct request *rq, const char *id, struct tag **tag, struct tag_group **group)
{
        *tag = tag_by_id(rq->sim, id);
        *group = *tag ? NULL : group_by_id(rq->sim, id);
        if (!*tag && !*group)
                return refuse(rq, 40068, "没有标签或标签组 %s", id ? id : "(缺)");
        return (*tag ? (*tag)->app : (*group)->app) == rq->app ? 0 : refuse(rq, 81011, "只能改、删本应用建的标签（wecom-contact §4）");
}

static int edit(struct request *rq)
{
        struct arena *keep = &rq->sim->arena;
        const char *name = rq_str(rq, "name");
        struct tag_group *group;
        struct tag *tag;
        int r = find_one(rq, rq_str(rq, "id"), &tag, &group);

        r = r ? r : name ? check_name(rq, name) : 0;
        r = r ? r : check_order(rq, "order");
        if (!r && name && tag && tag_by_name(tag->group, name) && tag_by_name(tag->group, name) != tag)
                r = refuse(rq, 40071, "组里已有同名标签");
        if (!r && name && group && group_by_name(rq->sim, name) && group_by_name(rq->sim, name) != group)
                r = refuse(rq, 40071, "已有同名标签组");
        if (r)
                return r;
        if (name)
                *(tag ? &tag->name : &group->name) = arena_strdup(keep, name);
        int64_t *order = tag ? &tag->order : &group->order, to = rq_int(rq, "order", *order);
        bool moved = to != *order;
        *order = to;
        tell(rq->sim, "change_external_tag/update", tag ? tag->id : group->id, !tag);
        if (moved)
                tell(rq->sim, "change_external_tag/shuffle", tag ? tag->group->id : "", true);
        return 0;
}

static void unmark_all(struct sim *sim, const struct tag *tag)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; i < corp->staff.n; i++)
                for (size_t k = 0; k < corp->staff.v[i]->contacts.n; k++) {
                        struct contact *c = corp->staff.v[i]->contacts.v[k];
                        for (size_t j = 0; j < c->tags.n; j++)
                                if (c->tags.v[j] == tag)
                                        c->tags.v[j--] = c->tags.v[--c->tags.n];
                }
}

static void drop_group(struct sim *sim, struct tag_group *group)
{
        group->deleted = true;
        for (size_t i = 0; i < group->tags.n; i++) {
                group->tags.v[i]->deleted = true;
                unmark_all(sim, group->tags.v[i]);
        }
        tell(sim, "change_external_tag/delete", group->id, true);
}

static int del(struct request *rq)
{
        size_t tags = rq_list(rq, "tag_id"), groups = rq_list(rq, "group_id");
        struct tag_group *group;
        struct tag *tag;
        int r = tags || groups ? 0 : refuse(rq, 40063, "tag_id 与 group_id 不能都空");

        for (size_t i = 0; !r && i < tags + groups; i++)
                r = find_one(rq, rq_str(rq, i < tags ? arena_printf(rq->arena, "tag_id.%zu", i)
                                                     : arena_printf(rq->arena, "group_id.%zu", i - tags)),
                             &tag, &group);
        for (size_t i = 0; !r && i < tags; i++) {
                tag = tag_by_id(rq->sim, rq_str(rq, arena_printf(rq->arena, "tag_id.%zu", i)));
                if (!tag)
                        continue; /* named twice */
                tag->deleted = true;
                unmark_all(rq->sim, tag);
                tell(rq->sim, "change_external_tag/delete", tag->id, false);
                /* A group never stays empty. */
                if (!living(tag->group))
                        drop_group(rq->sim, tag->group);
        }
        for (size_t i = 0; !r && i < groups; i++) {
                group = group_by_id(rq->sim, rq_str(rq, arena_printf(rq->arena, "group_id.%zu", i)));
                if (group)
                        drop_group(rq->sim, group);
        }
        return r;
}

static int mark(struct request *rq)
{
        size_t add_n = rq_list(rq, "add_tag"), remove_n = rq_list(rq, "remove_tag");
        struct contact *c;
        int r = contact_named(rq, rq_str(rq, "userid"), rq_str(rq, "external_userid"), &c);

        if (!r && !add_n && !remove_n)
                r = refuse(rq, 40058, "add_tag 与 remove_tag 不能都空（wecom-contact §4）");
        for (size_t i = 0; !r && i < add_n; i++)
                if (!tag_by_id(rq->sim, rq_str(rq, arena_printf(rq->arena, "add_tag.%zu", i))))
                        r = refuse(rq, 40068, "没有 add_tag[%zu]", i);
        if (r)
                return r;
        for (size_t i = 0; i < remove_n; i++)
                for (size_t k = 0; k < c->tags.n; k++)
                        if (text_eq(c->tags.v[k]->id, rq_str(rq, arena_printf(rq->arena, "remove_tag.%zu", i))))
                                c->tags.v[k--] = c->tags.v[--c->tags.n];
        for (size_t i = 0; i < add_n; i++) {
                struct tag *tag = tag_by_id(rq->sim, rq_str(rq, arena_printf(rq->arena, "add_tag.%zu", i)));
                bool has = false;
                for (size_t k = 0; k < c->tags.n; k++)
                        has |= c->tags.v[k] == tag;
                if (!has)
                        vec_push(&rq->sim->arena, &c->tags, tag);
        }
        contact_edited(rq->sim, c);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/externalcontact/add_corp_tag", "POST", FAMILY_WECOM, BASE_RATE, 0, add,
         "group_id:s group_name:s order:n tag:l tag[].name:s tag[].order:n"},
        {"/cgi-bin/externalcontact/del_corp_tag", "POST", FAMILY_WECOM, BASE_RATE, 0, del, "tag_id:l tag_id[]:s group_id:l group_id[]:s"},
        {"/cgi-bin/externalcontact/edit_corp_tag", "POST", FAMILY_WECOM, BASE_RATE, 0, edit, "id:s name:s order:n"},
        {"/cgi-bin/externalcontact/get_corp_tag_list", "POST", FAMILY_WECOM, BASE_RATE, 0, list, "tag_id:l tag_id[]:s group_id:l group_id[]:s"},
        {"/cgi-bin/externalcontact/mark_tag", "POST", FAMILY_WECOM, BASE_RATE, 0, mark,
         "userid:s external_userid:s add_tag:l add_tag[]:s remove_tag:l remove_tag[]:s"},
};

static const char *const events[] = {"change_external_tag/create", "change_external_tag/delete",
                                     "change_external_tag/shuffle", "change_external_tag/update", NULL};

const struct product_table wecom_tag = {"wecom_tag", endpoints, countof(endpoints), events};
