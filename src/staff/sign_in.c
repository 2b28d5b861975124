/* Signing in by WeCom: who offers it, the way there and back, who may come in. */
#include "staff/sign_in.h"

#include "base/crypt.h"
#include "shops/shops.h"
#include "store/audit.h"

#include <string.h>

#define GO_SPAN_MS (5 * 60 * 1000LL)
#define GOES_PER_ADDRESS 60

static const char *hash(struct arena *a, const char *text)
{
        uint8_t digest[32];

        crypt_sha256(bytes_of_text(text), digest);
        return crypt_hex(a, bytes_of(digest, sizeof(digest)));
}

/* ---- who offers it ---- */

int staff_corps(struct ctx *ctx, struct staff_corp **out, size_t *n)
{
        struct shops_account *accounts;
        int r = shops_accounts_of(ctx, "wecom", &accounts, n);

        if (r)
                return r;
        *out = arena_array(ctx->arena, struct staff_corp, *n);
        for (size_t i = 0; i < *n && !r; i++) {
                struct staff_corp *c = &(*out)[i];

                r = db_one(ctx, &staff_q_corp_get, c, DB_I(ctx->merchant), DB_I(accounts[i].account_id));
                r = r == DB_E_NONE ? 0 : status_fold(r);
                c->merchant_id = ctx->merchant;
                c->account_id = accounts[i].account_id;
                c->corp_id = accounts[i].remote_id;
                c->name = accounts[i].name;
                c->agent_id = accounts[i].agent_id;
        }
        return r;
}

int staff_corp_set(struct ctx *ctx, int64_t account_id, bool offered, bool everyone)
{
        struct shops_account a;
        int r = shops_account_get(ctx, account_id, &a);

        if (r || !text_eq(a.kind, "wecom"))
                return r < 0 ? r : STAFF_E_NONE;
        if (offered && text_empty(a.agent_id))
                return STAFF_E_AGENT;
        r = db_exec(ctx, &staff_q_corp_set, DB_I(ctx->merchant), DB_I(account_id), DB_T(a.remote_id), DB_I(offered),
                    DB_I(everyone));
        if (r)
                return status_fold(r);
        staff_tell(ctx, account_id);
        return status_fold(audit(ctx, "staff.sign_in_set", "account", account_id,
                                 arena_printf(ctx->arena, "{\"offered\":%s,\"everyone\":%s}", offered ? "true" : "false",
                                              everyone ? "true" : "false")));
}

/* Leaves out what cannot be used: not connected (any more), or without the number of its app. */
static int usable(struct ctx *ctx, struct staff_corp *c, bool *ok)
{
        struct shops_account a;
        int64_t before = ctx->merchant;

        ctx->merchant = c->merchant_id;
        int r = shops_account_get(ctx, c->account_id, &a);
        ctx->merchant = before;
        *ok = !r && a.connected_at && !text_empty(a.agent_id);
        if (*ok) {
                c->name = a.name;
                c->agent_id = a.agent_id;
        }
        return r < 0 ? r : 0;
}

int staff_offers(struct ctx *ctx, const char *corp_id, struct staff_corp **out, size_t *n)
{
        struct staff_corp *all;
        size_t n_all;
        bool ok;
        int r = text_empty(corp_id) ? db_all_v(ctx, &staff_q_offers, (void **)&all, &n_all, NULL, 0)
                                    : db_all(ctx, &staff_q_offer, &all, &n_all, DB_T(corp_id));

        *out = NULL;
        *n = 0;
        if (r)
                return status_fold(r);
        for (size_t i = 1; i < n_all; i++)
                if (all[i].merchant_id != all[0].merchant_id)
                        return 0;
        *out = arena_array(ctx->arena, struct staff_corp, n_all);
        for (size_t i = 0; i < n_all && !r; i++) {
                r = usable(ctx, &all[i], &ok);
                if (!r && ok)
                        (*out)[(*n)++] = all[i];
        }
        return r;
}

/* ---- going there ---- */

int staff_go(struct ctx *ctx, const char *corp_id, const char *address, struct staff_going **out)
{
        struct staff_going *going = arena_new(ctx->arena, struct staff_going);
        struct staff_corp *corps;
        struct staff_count_row gone;
        size_t n;
        int r = db_one(ctx, &staff_q_sign_in_count, &gone, DB_T(address), DB_I(ctx->now - GO_SPAN_MS));

        if (r)
                return status_fold(r);
        if (gone.n >= GOES_PER_ADDRESS)
                return STAFF_E_THROTTLED;
        r = staff_offers(ctx, corp_id, &corps, &n);
        if (r || !n)
                return r ? r : STAFF_E_NONE;
        going->corp = corps[0];
        going->state = crypt_random_text(ctx->arena, 32);
        going->cookie = crypt_random_text(ctx->arena, 43);
        ctx->merchant = corps[0].merchant_id;
        *out = going;
        return 0;
}

int staff_gone(struct ctx *ctx, const struct staff_going *going, const char *address)
{
        int r = db_exec(ctx, &staff_q_sign_in_sweep, DB_I(ctx->now));

        if (!r)
                r = db_exec(ctx, &staff_q_sign_in_add, DB_T(hash(ctx->arena, going->state)), DB_T(hash(ctx->arena, going->cookie)),
                            DB_I(going->corp.merchant_id), DB_I(going->corp.account_id), DB_T(address), DB_I(ctx->now),
                            DB_I(ctx->now + STAFF_SIGN_IN_MS));
        if (!r)
                r = db_exec(ctx, &staff_q_corp_sent, DB_I(going->corp.merchant_id), DB_I(going->corp.account_id));
        return status_fold(r);
}

/* ---- coming back ---- */

int staff_come(struct ctx *ctx, const char *state, const char *cookie, const char *address, struct staff_coming **out)
{
        struct staff_coming *c = arena_new(ctx->arena, struct staff_coming);
        struct staff_sign_in_row row;
        int r = staff_throttle(ctx, NULL, address);

        if (r)
                return r;
        *c = (struct staff_coming){.state = hash(ctx->arena, state), .address = arena_strdup(ctx->arena, address), .status = STAFF_E_STATE};
        *out = c;
        r = db_one(ctx, &staff_q_sign_in_get, &row, DB_T(c->state), DB_I(ctx->now));
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        if (text_empty(cookie) || !crypt_same(hash(ctx->arena, cookie), row.browser_sha256))
                return 0;
        c->merchant_id = ctx->merchant = row.merchant_id;
        c->account_id = row.account_id;
        c->status = 0;
        return 0;
}

/* Who may come in: the one he is linked with, or anybody, if the merchant said so. */
static int admit(struct ctx *ctx, const struct staff_coming *c, struct staff_person *person)
{
        struct staff_corp corp;
        struct staff_member m;
        int64_t staff_id;
        int r = staff_member_keep(ctx, c->account_id, &c->seen);

        if (!r)
                r = staff_member_get(ctx, c->account_id, c->seen.userid, &m);
        if (r == STAFF_E_NONE || (!r && !m.active))
                r = STAFF_E_MEMBER;
        if (r)
                return r;
        r = db_one(ctx, &staff_q_corp_get, &corp, DB_I(ctx->merchant), DB_I(c->account_id));
        if (r == DB_E_NONE || (!r && !corp.offered)) /* switched off meanwhile */
                return STAFF_E_STATE;
        if (r)
                return status_fold(r);
        staff_id = m.staff_id;
        if (!staff_id && corp.everyone)
                r = staff_link_new(ctx, c->account_id, m.userid, "agent", &staff_id);
        if (!r && !staff_id) {
                r = status_fold(db_exec(ctx, &staff_q_member_asked, DB_I(ctx->merchant), DB_I(c->account_id),
                                        DB_T(text_fold(ctx->arena, m.userid)), DB_I(ctx->now)));
                staff_tell(ctx, c->account_id);
                return r ? r : STAFF_E_UNLINKED;
        }
        if (!r)
                r = staff_get(ctx, staff_id, person);
        if (r)
                return r;
        return person->disabled ? STAFF_E_DISABLED : text_eq(person->role, "owner") ? STAFF_E_OWNER : 0;
}

static const char *reason(int status)
{
        return status == STAFF_E_MEMBER     ? "member"
               : status == STAFF_E_UNLINKED ? "unlinked"
               : status == STAFF_E_DISABLED ? "disabled"
               : status == STAFF_E_OWNER    ? "owner"
                                            : "refused";
}

/* What a stranger tries is counted; what a member tries is on record as well. */
static int refuse(struct ctx *ctx, const struct staff_coming *c, int status)
{
        int r = staff_count_try(ctx, NULL, c->address);

        if (!r && c->seen.userid)
                r = staff_note(ctx, "staff.sign_in_refused", 0, c->seen.userid, reason(status));
        return r ? r : status;
}

int staff_came(struct ctx *ctx, const struct staff_coming *c, const char **cookie, struct staff_session *out)
{
        struct staff_person p;
        int r = staff_throttle(ctx, NULL, c->address), status = c->status;

        if (r)
                return r;
        ctx->merchant = c->merchant_id;
        ctx->actor = (struct actor){.kind = ACTOR_PLATFORM, .name = "platform"};
        if (!c->merchant_id)
                return refuse(ctx, c, status);
        r = status_fold(db_exec(ctx, &staff_q_sign_in_use, DB_T(c->state)));
        if (!r && !db_changed(ctx)) /* somebody was faster with the same state */
                return refuse(ctx, c, STAFF_E_STATE);
        if (!r)
                r = status_fold(db_exec(ctx, &staff_q_corp_returned, DB_I(c->merchant_id), DB_I(c->account_id), DB_I(ctx->now)));
        if (!r && !status) {
                status = admit(ctx, c, &p);
                r = status < 0 ? status : 0;
        }
        if (r)
                return r;
        if (status)
                return status == STAFF_E_PLATFORM ? status : refuse(ctx, c, status);
        r = staff_session_make(ctx, &p, cookie, out);
        return r ? r : staff_note(ctx, "staff.login", p.staff_id, c->seen.userid, "wecom");
}
