/*
 * Customers whom members of the corp know (客户联系), as a source of backfill: names, pictures and unionids before they ever
 * write. Her external_userid is the one that 微信客服 uses, so she is the same identity there.
 */
#include "contacts/contacts.h"
#include "contacts/remote_contact.h"

#include "platform/contact.h"

#define NOBODY 84061 /* the platform says so of members without a customer */
#define LIST_EVERY_MS (6 * 3600 * 1000LL)

/* "CHUNK:CURSOR": members are asked for a hundred at a time, each hundred page by page. */
static int list(struct ctx *ctx, int64_t account_id, const struct backfill_ask *ask, struct backfill_page *page,
                struct wx_fault *fault)
{
        const char *const *userids, *cursor = NULL;
        struct contact_page found;
        int64_t chunk = 0;
        size_t n;

        if (ask->next_key && contact_place_read(ctx->arena, ask->next_key, &chunk, &cursor))
                return WX_E_REFUSED;
        int r = contact_follow_users(ctx, account_id, &userids, &n, fault);
        size_t at = (size_t)chunk * CONTACT_USERS_MAX;

        *page = (struct backfill_page){0};
        if (r || at >= n)
                return r;
        r = contact_batch(ctx, account_id, userids + at, n - at < CONTACT_USERS_MAX ? n - at : CONTACT_USERS_MAX, cursor, &found,
                          fault);
        if (r == WX_E_REFUSED && fault->errcode == NOBODY)
                r = 0, found = (struct contact_page){0};
        if (r)
                return r;
        *page = (struct backfill_page){found.ids, found.n, NULL, found.objects};
        if (found.next_cursor || at + CONTACT_USERS_MAX < n)
                page->next_key = contact_place_write(ctx->arena, found.next_cursor ? chunk : chunk + 1, found.next_cursor);
        return 0;
}

static int keep(struct ctx *ctx, int64_t account_id, const char *remote_id, struct bytes object)
{
        struct contact_external who;
        int64_t identity_id;

        (void)remote_id;
        if (contact_read(ctx->arena, object, &who))
                return BACKFILL_E_BAD;
        int r = contacts_ensure(ctx, "kf", account_id, who.external_userid, who.unionid, who.name, who.avatar, &identity_id);
        return r == CONTACTS_E_BAD_ID ? BACKFILL_E_BAD : r;
}

const struct backfill_source contacts_sources[1] = {
        {.what = "contacts", .account = "wecom", .every_ms = LIST_EVERY_MS, .list = list, .keep = keep},
};
