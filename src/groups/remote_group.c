/* The groups at the platform: a source of backfill, and the callbacks about them. */
#include "groups/remote_group.h"
#include "groups/rows.h"

#include "contacts/contacts.h"
#include "platform/callback.h"
#include "platform/contact.h"
#include "platform/group.h"

#define LIST_EVERY_MS (6 * 3600 * 1000LL)
#define STAFF 1

/* "CHUNK:CURSOR": owners are asked for a hundred at a time, each hundred page by page. */
static int list(struct ctx *ctx, int64_t account_id, const struct backfill_ask *ask, struct backfill_page *page, struct wx_fault *fault)
{
        const char *const *owners, *cursor = NULL;
        struct group_page found;
        int64_t chunk = 0;
        size_t n;

        if (ask->next_key && contact_place_read(ctx->arena, ask->next_key, &chunk, &cursor))
                return WX_E_REFUSED;
        int r = contact_follow_users(ctx, account_id, &owners, &n, fault);
        size_t at = (size_t)chunk * GROUP_OWNERS_MAX;

        *page = (struct backfill_page){0};
        if (r || at >= n)
                return r;
        r = group_list(ctx, account_id, owners + at, n - at < GROUP_OWNERS_MAX ? n - at : GROUP_OWNERS_MAX, cursor, &found, fault);
        if (r)
                return r;
        *page = (struct backfill_page){found.chat_ids, found.n, NULL, NULL};
        if (found.next_cursor || at + GROUP_OWNERS_MAX < n)
                page->next_key = contact_place_write(ctx->arena, found.next_cursor ? chunk : chunk + 1, found.next_cursor);
        return 0;
}

static int keep_member(struct ctx *ctx, int64_t account_id, const char *chat_id, const struct group_member *m)
{
        int64_t identity_id = 0;
        int r = 0;

        if (text_empty(m->userid))
                return 0;
        if (m->type != STAFF)
                r = contacts_ensure(ctx, "kf", account_id, m->userid, m->unionid, m->name, NULL, &identity_id);
        if (r)
                return r == CONTACTS_E_BAD_ID ? 0 : status_fold(r);
        return status_fold(db_exec(ctx, &groups_q_member_keep, DB_I(ctx->merchant), DB_I(account_id), DB_T(chat_id), DB_T(m->userid),
                                   DB_I(identity_id), DB_I(m->join_time * 1000), DB_I(m->join_scene), DB_I(ctx->now)));
}

int groups_keep(struct ctx *ctx, int64_t account_id, const struct group_chat *g)
{
        const char *name = g->name ? g->name : "";
        int64_t customers = 0;
        int r = 0;

        for (size_t i = 0; !r && i < g->n; i++) {
                r = keep_member(ctx, account_id, g->chat_id, &g->member_list[i]);
                customers += g->member_list[i].type != STAFF;
        }
        if (!r)
                r = status_fold(db_exec(ctx, &groups_q_member_sweep, DB_I(ctx->merchant), DB_I(account_id), DB_T(g->chat_id), DB_I(ctx->now)));
        ctx_notice(ctx, "groups", "changed", account_id, 0, NULL);
        return r ? r : status_fold(db_exec(ctx, &groups_q_keep, DB_I(ctx->merchant), DB_I(account_id), DB_T(g->chat_id), DB_T(name),
                                           DB_T(text_fold(ctx->arena, name)), DB_T(g->owner ? g->owner : ""), DB_I((int64_t)g->n),
                                           DB_I(customers), DB_I(g->create_time * 1000), DB_I(ctx->now)));
}

static int get(struct ctx *ctx, int64_t account_id, const char *chat_id, struct bytes *object, struct wx_fault *fault)
{
        return group_get(ctx, account_id, chat_id, object, fault);
}

static int keep(struct ctx *ctx, int64_t account_id, const char *chat_id, struct bytes object)
{
        struct group_chat group;

        (void)chat_id;
        return group_read(ctx->arena, object, &group) ? BACKFILL_E_BAD : groups_keep(ctx, account_id, &group);
}

const struct backfill_source groups_sources[1] = {
        {.what = "groups", .account = "wecom", .every_ms = LIST_EVERY_MS, .list = list, .get = get, .keep = keep},
};

int groups_hear(struct ctx *ctx, const struct wx_event *ev)
{
        const char *chat_id = wx_event_get(ev, "ChatId");
        int r;

        if (text_empty(chat_id))
                return 0;
        if (text_eq(ev->change, "dismiss"))
                return groups_dismiss(ctx, ev->account_id, chat_id);
        r = backfill_want(ctx, ev->account_id, "groups", chat_id, ctx->now / 1000);
        return r == BACKFILL_E_NONE ? 0 : r;
}
