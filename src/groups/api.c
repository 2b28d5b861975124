/* HTTP of groups. */
#include "groups/api.h"
#include "groups/rows.h"

#include <string.h>

enum { API_E_CURSOR = 100 };

struct list_in {
        const char *q, *cursor;
        int64_t limit;
};
static const struct json_field in_fields[] = {
        JSON_STR(struct list_in, q, 0, 0, 200, "part of the name"),
        JSON_STR(struct list_in, cursor, 0, 0, 128, "of the page before"),
        JSON_INT(struct list_in, limit, 0, 1, 100, "default 50"),
};
static const struct json_desc in_desc = JSON_DESC("GroupsIn", struct list_in, in_fields);

static const struct json_field group_fields[] = {
        JSON_KEY(struct groups_group, account_id, JSON_REQUIRED, "the corp"),
        JSON_STR(struct groups_group, chat_id, JSON_REQUIRED, 0, 0, "the platform's"),
        JSON_STR(struct groups_group, name, JSON_REQUIRED, 0, 0, "empty: it has none"),
        JSON_STR(struct groups_group, owner, JSON_REQUIRED, 0, 0, "userid"),
        JSON_INT(struct groups_group, members, JSON_REQUIRED, 0, 0, "staff included"),
        JSON_INT(struct groups_group, customers, JSON_REQUIRED, 0, 0, "of them"),
        JSON_INT(struct groups_group, created_at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_INT(struct groups_group, seen_at, JSON_REQUIRED, 0, 0, "ms: when it was last read"),
};
static const struct json_desc group_desc = JSON_DESC("CustomerGroup", struct groups_group, group_fields);
struct list_out {
        struct groups_group *items;
        size_t n;
        const char *next;
};
static const struct json_field out_fields[] = {
        JSON_LIST(struct list_out, items, n, JSON_REQUIRED, 0, &group_desc, "newest first"),
        JSON_STR(struct list_out, next, 0, 0, 0, "cursor of the next page; null: none"),
};
static const struct json_desc out_desc = JSON_DESC("CustomerGroups", struct list_out, out_fields);

/* "CREATED:CHAT" */
static int read_cursor(struct ctx *ctx, const char *cursor, struct groups_filter *f)
{
        const char *colon = cursor ? strchr(cursor, ':') : NULL;

        if (text_empty(cursor))
                return 0;
        if (!colon || text_to_int(arena_strndup(ctx->arena, cursor, (size_t)(colon - cursor)), 1, INT64_MAX, &f->before_at))
                return API_E_CURSOR;
        f->before_chat = colon + 1;
        return 0;
}

static int get_groups(struct ctx *ctx, const void *in, void *out)
{
        const struct list_in *i = in;
        struct list_out *o = out;
        int64_t limit = i->limit ? i->limit : 50;
        struct groups_filter f = {.q = i->q, .limit = limit + 1};

        if (read_cursor(ctx, i->cursor, &f))
                return API_E_CURSOR;
        int r = groups_list(ctx, &f, &o->items, &o->n);
        if (!r && o->n > (size_t)limit) {
                const struct groups_group *last = &o->items[limit - 1];

                o->n = (size_t)limit;
                o->next = arena_printf(ctx->arena, "%lld:%s", (long long)last->created_at, last->chat_id);
        }
        return r;
}

static const struct problem problems[] = {
        {API_E_CURSOR, 400, "groups.cursor", "翻页位置无效，请从第一页重新查看。", "The cursor is broken; start over."},
        {0},
};

const struct route groups_routes[1] = {
        {"GET", "/api/groups", get_groups, .in = &in_desc, .out = &out_desc, .permission = "groups.read", .problems = problems,
         .summary = "Customers' groups, newest first"},
};
