/* HTTP of the directory: /api/directory. */
#include "staff/api_directory.h"
#include "staff/sign_in.h"

#include "backfill/backfill.h"
#include "store/audit.h"

#define LINKS_MAX 200 /* at once */

/* ---- the page ---- */

struct corp_view {
        int64_t account_id, sent, returned_at;
        const char *corp, *name, *agent_id;
        bool offered, everyone;
};
static const struct json_field corp_fields[] = {
        JSON_KEY(struct corp_view, account_id, JSON_REQUIRED, "our id of the corp"),
        JSON_STR(struct corp_view, corp, JSON_REQUIRED, 0, 0, "corp id"),
        JSON_STR(struct corp_view, name, JSON_REQUIRED, 0, 0, "as the merchant calls it"),
        JSON_STR(struct corp_view, agent_id, 0, 0, 0, "of its app; null = not told"),
        JSON_BOOL(struct corp_view, offered, JSON_REQUIRED, "the login page offers it"),
        JSON_BOOL(struct corp_view, everyone, JSON_REQUIRED, "every active member may come in, as an agent"),
        JSON_INT(struct corp_view, sent, JSON_REQUIRED, 0, 0, "browsers sent to WeCom since the last one came back"),
        JSON_INT(struct corp_view, returned_at, JSON_REQUIRED, 0, 0, "ms: when the last one came back; 0 = never"),
};
static const struct json_desc corp_desc = JSON_DESC("DirectoryCorp", struct corp_view, corp_fields);

static const char *const statuses[] = {"active", "disabled", "inactive", "left", "outside", NULL};
struct member_view {
        int64_t account_id, staff_id, asked_at;
        const char *userid, *name, *department, *status;
};
static const struct json_field member_fields[] = {
        JSON_KEY(struct member_view, account_id, JSON_REQUIRED, "his corp"),
        JSON_STR(struct member_view, userid, JSON_REQUIRED, 0, 0, "as WeCom spells it"),
        JSON_STR(struct member_view, name, JSON_REQUIRED, 0, 0, "name"),
        JSON_STR(struct member_view, department, JSON_REQUIRED, 0, 0, "names, separated by \" / \""),
        JSON_CHOICE(struct member_view, status, JSON_REQUIRED, statuses, "outside: of the app's visible range"),
        JSON_KEY(struct member_view, staff_id, 0, "who he is here; null = may not sign in"),
        JSON_INT(struct member_view, asked_at, JSON_REQUIRED, 0, 0, "ms: tried to sign in without being let in; 0 = never"),
};
static const struct json_desc member_desc = JSON_DESC("DirectoryMember", struct member_view, member_fields);

struct directory {
        struct corp_view *corps;
        size_t n_corps;
        struct member_view *items;
        size_t n;
        const char *next;
};
static const struct json_field directory_fields[] = {
        JSON_LIST(struct directory, corps, n_corps, JSON_REQUIRED, 0, &corp_desc, "connected corps"),
        JSON_LIST(struct directory, items, n, JSON_REQUIRED, 0, &member_desc, "by corp; active ones first, by department and name"),
        JSON_STR(struct directory, next, 0, 0, 0, "always null: they come whole"),
};
const struct json_desc staff_directory_desc = JSON_DESC("Directory", struct directory, directory_fields);

static int add_members(struct ctx *ctx, int64_t account_id, struct directory *out)
{
        struct staff_member *list;
        size_t n, had = out->n;
        int r = staff_members(ctx, account_id, &list, &n);

        if (r)
                return r;
        struct member_view *all = arena_array(ctx->arena, struct member_view, had + n);
        for (size_t i = 0; i < had; i++)
                all[i] = out->items[i];
        for (size_t i = 0; i < n; i++)
                all[had + i] = (struct member_view){list[i].account_id, list[i].staff_id, list[i].asked_at, list[i].userid,
                                                    list[i].name, list[i].department, staff_status_name(list[i].status)};
        out->items = all;
        out->n = had + n;
        return 0;
}

int staff_get_directory(struct ctx *ctx, const void *in, void *out_)
{
        struct directory *out = out_;
        struct staff_corp *corps;
        int r = staff_corps(ctx, &corps, &out->n_corps);

        (void)in;
        if (r)
                return r;
        out->corps = arena_array(ctx->arena, struct corp_view, out->n_corps);
        for (size_t i = 0; i < out->n_corps && !r; i++) {
                const struct staff_corp *c = &corps[i];

                out->corps[i] = (struct corp_view){c->account_id, c->sent, c->returned_at, c->corp_id, c->name,
                                                   c->agent_id, c->offered == 1, c->everyone == 1};
                r = add_members(ctx, c->account_id, out);
        }
        return r;
}

/* ---- links ---- */

struct links_in {
        int64_t account_id, staff_id;
        const char **userids;
        size_t n;
        const char *role;
};
static const char *const given[] = {"supervisor", "agent", "warehouse", "reader", NULL};
static const struct json_field links_in_fields[] = {
        JSON_KEY(struct links_in, account_id, JSON_REQUIRED, "the corp"),
        JSON_STRS(struct links_in, userids, n, JSON_REQUIRED, LINKS_MAX, "members"),
        JSON_CHOICE(struct links_in, role, 0, given, "what they may; absent with staff_id"),
        JSON_KEY(struct links_in, staff_id, 0, "the person that the one member is; absent: a new person each"),
};
const struct json_desc staff_links_in_desc = JSON_DESC("DirectoryLinks", struct links_in, links_in_fields);

int staff_post_links(struct ctx *ctx, const void *in_, void *out)
{
        const struct links_in *in = in_;
        int64_t staff_id;
        int r = 0;

        (void)out;
        if (!in->n || (in->staff_id ? in->n != 1 : !in->role))
                return STAFF_E_ROLE;
        if (in->staff_id)
                return staff_link_known(ctx, in->account_id, in->userids[0], in->staff_id);
        for (size_t i = 0; i < in->n && !r; i++)
                r = staff_link_new(ctx, in->account_id, in->userids[i], in->role, &staff_id);
        return r;
}

struct link_in {
        int64_t account_id;
        const char *userid;
};
static const struct json_field link_in_fields[] = {
        JSON_KEY(struct link_in, account_id, JSON_REQUIRED, "the corp"),
        JSON_STR(struct link_in, userid, JSON_REQUIRED, 1, 64, "the member"),
};
const struct json_desc staff_link_in_desc = JSON_DESC("DirectoryLink", struct link_in, link_in_fields);

int staff_delete_link(struct ctx *ctx, const void *in_, void *out)
{
        const struct link_in *in = in_;

        (void)out;
        return staff_unlink(ctx, in->account_id, in->userid);
}

/* ---- the corp ---- */

struct sync_in {
        int64_t account_id;
};
static const struct json_field sync_in_fields[] = {JSON_KEY(struct sync_in, account_id, JSON_REQUIRED, "the corp")};
const struct json_desc staff_sync_in_desc = JSON_DESC("DirectorySync", struct sync_in, sync_in_fields);

int staff_post_sync(struct ctx *ctx, const void *in, void *out)
{
        int r = backfill_again(ctx, ((const struct sync_in *)in)->account_id, "members", 1);

        (void)out;
        return r == BACKFILL_E_NONE ? STAFF_E_NONE : r;
}

struct corp_in {
        int64_t account_id;
        bool offered, everyone;
};
static const struct json_field corp_in_fields[] = {
        JSON_KEY(struct corp_in, account_id, JSON_REQUIRED, "the corp"),
        JSON_BOOL(struct corp_in, offered, JSON_REQUIRED, "the login page offers it"),
        JSON_BOOL(struct corp_in, everyone, JSON_REQUIRED, "every active member may come in, as an agent"),
};
const struct json_desc staff_corp_in_desc = JSON_DESC("DirectoryCorpSet", struct corp_in, corp_in_fields);

int staff_put_corp(struct ctx *ctx, const void *in_, void *out)
{
        const struct corp_in *in = in_;

        (void)out;
        return staff_corp_set(ctx, in->account_id, in->offered, in->everyone);
}
