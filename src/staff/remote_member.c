/*
 * The corp's directory at the platform: a source of backfill, listed department by department each hour, and the callbacks
 * about it. A callback about a member is a reason to ask for him; only that he left, or was disabled, is believed at once.
 */
#include "staff/remote.h"
#include "staff/directory.h"

#include "platform/callback.h"
#include "platform/member.h"

#define LIST_EVERY_MS (3600 * 1000LL)

static const char *department_names(struct arena *a, const struct member *m, const struct member_department *list, size_t n)
{
        struct text names;

        text_init(&names, a);
        for (size_t i = 0; i < m->n_department; i++)
                for (size_t k = 0; k < n; k++)
                        if (text_eq(list[k].id, m->department[i]) && !text_empty(list[k].name))
                                text_addf(&names, "%s%s", names.n ? " / " : "", list[k].name);
        return names.n ? names.p : "";
}

static struct bytes object_of(struct ctx *ctx, const struct member *m, const struct member_department *list, size_t n)
{
        const struct staff_seen seen = {m->userid, m->name, m->n_department ? department_names(ctx->arena, m, list, n) : NULL, m->status};

        return bytes_of_text(json_write(ctx->arena, &staff_seen_desc, &seen));
}

/* A page is a department. All at once would be refused for a large corp (45029). */
static int list(struct ctx *ctx, int64_t account_id, const struct backfill_ask *ask, struct backfill_page *page, struct wx_fault *fault)
{
        const struct member_department *departments;
        const struct member *members;
        size_t n, n_members;
        int64_t at = 0;

        if (ask->next_key && text_to_int(ask->next_key, 0, 1000000, &at))
                return WX_E_REFUSED;
        *page = (struct backfill_page){0};
        int r = member_departments(ctx, account_id, &departments, &n, fault);
        if (r || at >= (int64_t)n)
                return r;
        r = member_list(ctx, account_id, departments[at].id, &members, &n_members, fault);
        if (r)
                return r;
        struct bytes *objects = arena_array(ctx->arena, struct bytes, n_members);
        const char **ids = arena_array(ctx->arena, const char *, n_members);
        *page = (struct backfill_page){ids, 0, NULL, objects};
        for (size_t i = 0; i < n_members; i++) {
                if (text_empty(members[i].userid))
                        continue;
                objects[page->n] = object_of(ctx, &members[i], departments, n);
                ids[page->n++] = members[i].userid;
        }
        if (at + 1 < (int64_t)n)
                page->next_key = arena_printf(ctx->arena, "%lld", (long long)at + 1);
        return 0;
}

static int get(struct ctx *ctx, int64_t account_id, const char *userid, struct bytes *object, struct wx_fault *fault)
{
        const struct member_department *departments = NULL;
        struct member member;
        size_t n = 0;
        int r = member_get(ctx, account_id, userid, &member, fault);

        if (!r && member.n_department)
                r = member_departments(ctx, account_id, &departments, &n, fault);
        if (!r)
                *object = object_of(ctx, &member, departments, n);
        return r;
}

static int keep(struct ctx *ctx, int64_t account_id, const char *userid, struct bytes object)
{
        struct staff_seen seen;

        (void)userid;
        if (json_read(ctx->arena, object, &staff_seen_desc, JSON_LENIENT, &seen, NULL))
                return BACKFILL_E_BAD;
        return staff_member_keep(ctx, account_id, &seen);
}

const struct backfill_source staff_sources[1] = {
        {.what = "members", .account = "wecom", .every_ms = LIST_EVERY_MS, .list = list, .get = get, .keep = keep,
         .missing = staff_members_missing},
};

/* ---- callbacks ---- */

static int ask_for(struct ctx *ctx, const struct wx_event *ev, const char *userid)
{
        int r = backfill_want(ctx, ev->account_id, "members", userid, ctx->now / 1000);

        return r == BACKFILL_E_NONE ? 0 : r;
}

/* Known members only: what the list has not told of yet is asked for. */
static int believe(struct ctx *ctx, const struct wx_event *ev, const char *userid, int64_t status)
{
        struct staff_member known;
        int r = staff_member_get(ctx, ev->account_id, userid, &known);

        if (r)
                return r == STAFF_E_NONE ? 0 : r;
        return staff_member_keep(ctx, ev->account_id, &(struct staff_seen){.userid = known.userid, .status = status});
}

int staff_hear_contact(struct ctx *ctx, const struct wx_event *ev)
{
        const char *userid = wx_event_get(ev, "UserID"), *renamed = wx_event_get(ev, "NewUserID");
        int64_t status;
        int r = 0;

        if (text_empty(userid)) { /* a department or a tag */
                r = backfill_again(ctx, ev->account_id, "members", 1);
                return r == BACKFILL_E_NONE ? 0 : r;
        }
        if (text_eq(ev->change, "delete_user"))
                return believe(ctx, ev, userid, MEMBER_LEFT);
        if (!text_empty(renamed)) {
                r = staff_member_rename(ctx, ev->account_id, userid, renamed);
                userid = renamed;
        }
        if (!r && !text_to_int(wx_event_get(ev, "Status"), 0, 9, &status) && (status == MEMBER_DISABLED || status == MEMBER_LEFT))
                r = believe(ctx, ev, userid, status);
        return r ? r : ask_for(ctx, ev, userid);
}
