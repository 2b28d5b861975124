/* The greeting: a setting of an account. */
#include "inbox/parts.h"

#include "store/audit.h"

#include <string.h>

static int check_account(struct ctx *ctx, int64_t account_id)
{
        struct shops_account account;

        int r = shops_account_get(ctx, account_id, &account);
        if (r == SHOPS_E_NONE || (r == 0 && !text_eq(account.kind, "kf")))
                return INBOX_E_NONE;
        return status_fold(r);
}

int inbox_welcome(struct ctx *ctx, int64_t account_id, const char **text)
{
        struct account_row row = {0};

        int r = check_account(ctx, account_id);
        if (r)
                return r;
        r = db_one(ctx, &q_account, &row, DB_I(ctx->merchant), DB_I(account_id));
        *text = row.welcome_text;
        return r == DB_E_NONE ? 0 : status_fold(r);
}

int inbox_set_welcome(struct ctx *ctx, int64_t account_id, const char *text)
{
        if (!text_empty(text) && strlen(text) > INBOX_TEXT_MAX)
                return INBOX_E_TOO_LONG;
        int r = check_account(ctx, account_id);
        if (r)
                return r;
        r = db_exec(ctx, &q_account_welcome, DB_I(ctx->merchant), DB_I(account_id),
                    DB_T(text_empty(text) ? NULL : text));
        if (r)
                return status_fold(r);
        return status_fold(audit(ctx, "inbox.welcome", "account", account_id, NULL));
}
