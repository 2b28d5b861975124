/* Logging in: throttled, never saying whether the name or the password was wrong; sessions. */
#include "staff/login.h"

#include "base/crypt.h"
#include "shops/shops.h"
#include "store/audit.h"

#include <string.h>

#define TRY_SPAN_MS (5 * 60 * 1000)
#define TRIES_PER_LOGIN 5
#define TRIES_PER_ADDRESS 20

#define SESSION_IDLE_MS (12 * 3600 * 1000LL)
#define SESSION_LIFE_MS (7 * 24 * 3600 * 1000LL)
#define SESSION_STEP_MS (10 * 60 * 1000LL)

/* Verified against when the login names nobody, so that this takes as long. No password is known to fit it. */
const char staff_nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZSBzYWx0IG9mIG5vIG9uZQ"
                            "$UNKH7yMCiOJ5AkcmYHuQPeBbNDtdGJ1bhoRmvvW8YqM";

const char *staff_cookie_hash(struct arena *a, const char *cookie)
{
        uint8_t digest[32];
        crypt_sha256(bytes_of_text(cookie), digest);
        return crypt_hex(a, bytes_of(digest, sizeof(digest)));
}

int staff_throttle(struct ctx *ctx, const char *login, const char *address)
{
        struct staff_count_row by_login = {0}, by_address;
        int r = login ? db_one(ctx, &staff_q_try_by_login, &by_login, DB_T(login), DB_I(ctx->now - TRY_SPAN_MS)) : 0;
        if (!r)
                r = db_one(ctx, &staff_q_try_by_address, &by_address, DB_T(address), DB_I(ctx->now - TRY_SPAN_MS));
        if (r)
                return status_fold(r);
        return by_login.n >= TRIES_PER_LOGIN || by_address.n >= TRIES_PER_ADDRESS ? STAFF_E_THROTTLED : 0;
}

int staff_login_check(struct ctx *ctx, const char *login, const char *password, const char *address,
                      struct staff_checked **out)
{
        struct staff_checked *c = arena_new(ctx->arena, struct staff_checked);
        c->login = text_fold(ctx->arena, login);
        int r = staff_throttle(ctx, c->login, address);
        if (r)
                return r;
        r = db_one(ctx, &staff_q_login, &c->row, DB_T(c->login));
        if (r && r != DB_E_NONE)
                return status_fold(r);
        bool fits = password_verify(r ? staff_nobody : c->row.password, password);
        c->right = !r && fits && !c->row.disabled;
        *out = c;
        return 0;
}

int staff_count_try(struct ctx *ctx, const char *login, const char *address)
{
        int r = db_exec(ctx, &staff_q_try_insert, DB_I(ctx_new_id(ctx)), DB_T(login ? login : ""), DB_T(address), DB_I(ctx->now));
        if (!r)
                r = db_exec(ctx, &staff_q_try_sweep, DB_I(ctx->now - TRY_SPAN_MS));
        return status_fold(r);
}

/* The throttle is asked again: of a hundred tries at once all pass the first half, but only five are told anything. */
static int refuse(struct ctx *ctx, const struct staff_checked *c, const char *address)
{
        int r = staff_count_try(ctx, c->login, address);
        return r ? r : STAFF_E_REFUSED;
}

/* Somebody may have disabled the person or changed the password since the first half. */
static int still_right(struct ctx *ctx, const struct staff_checked *c, bool *right)
{
        struct staff_login_row now;
        *right = false;
        if (!c->right)
                return 0;
        int r = db_one(ctx, &staff_q_login, &now, DB_T(c->login));
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        *right = now.staff_id == c->row.staff_id && !now.disabled && text_eq(now.password, c->row.password);
        return 0;
}

int staff_session_make(struct ctx *ctx, const struct staff_person *p, const char **cookie, struct staff_session *out)
{
        ctx->merchant = p->merchant_id;
        int r = staff_open(ctx);
        if (r)
                return r;
        ctx->actor = (struct actor){ACTOR_STAFF, p->staff_id, p->name, staff_role(p->role)};
        *out = (struct staff_session){
                .merchant_id = p->merchant_id,
                .staff_id = p->staff_id,
                .name = p->name,
                .role = p->role,
                .csrf = crypt_random_text(ctx->arena, 32),
                .expires_at = ctx->now + SESSION_IDLE_MS,
                .seen_at = ctx->now,
        };
        *cookie = crypt_random_text(ctx->arena, 43);
        r = db_exec(ctx, &staff_q_session_sweep, DB_I(out->merchant_id), DB_I(out->staff_id), DB_I(ctx->now));
        if (!r)
                r = db_exec(ctx, &staff_q_session_insert, DB_T(staff_cookie_hash(ctx->arena, *cookie)),
                            DB_I(out->merchant_id), DB_I(out->staff_id), DB_T(out->csrf), DB_I(ctx->now),
                            DB_I(out->expires_at));
        return status_fold(r);
}

int staff_login_finish(struct ctx *ctx, const struct staff_checked *c, const char *address, const char **cookie,
                       struct staff_session *out)
{
        bool right;
        int r = staff_throttle(ctx, c->login, address);
        if (!r)
                r = still_right(ctx, c, &right);
        if (r)
                return r;
        if (!right)
                return refuse(ctx, c, address);
        const struct staff_person person = {.merchant_id = c->row.merchant_id, .staff_id = c->row.staff_id,
                                            .name = c->row.name, .role = c->row.role};
        r = status_fold(db_exec(ctx, &staff_q_try_forget, DB_T(c->login)));
        if (!r)
                r = staff_session_make(ctx, &person, cookie, out);
        return r ? r : status_fold(audit(ctx, "staff.login", "staff", out->staff_id, NULL));
}

int staff_session_find(struct ctx *ctx, const char *cookie, struct staff_session *out)
{
        if (!cookie || strlen(cookie) != 43)
                return STAFF_E_EXPIRED;
        int r = db_one(ctx, &staff_q_session_find, out, DB_T(staff_cookie_hash(ctx->arena, cookie)), DB_I(ctx->now));
        return r == DB_E_NONE ? STAFF_E_EXPIRED : status_fold(r);
}

int staff_session_prolong(struct ctx *ctx, const char *cookie)
{
        return status_fold(db_exec(ctx, &staff_q_session_prolong, DB_T(staff_cookie_hash(ctx->arena, cookie)), DB_I(ctx->now),
                                   DB_I(ctx->now + SESSION_IDLE_MS), DB_I(SESSION_LIFE_MS), DB_I(SESSION_STEP_MS)));
}

int staff_logout(struct ctx *ctx, const char *cookie)
{
        return status_fold(db_exec(ctx, &staff_q_session_drop, DB_T(staff_cookie_hash(ctx->arena, cookie))));
}

int staff_sessions_end(struct ctx *ctx)
{
        return status_fold(db_exec(ctx, &staff_q_session_drop_merchant, DB_I(ctx->merchant)));
}

int staff_open(struct ctx *ctx)
{
        struct shops_merchant m;
        int r = ctx->merchant ? shops_merchant_get(ctx, &m) : SHOPS_E_NONE;

        if (r)
                return r == SHOPS_E_NONE ? 0 : r; /* the installation's own, and tests of one verb */
        return m.suspended_at ? STAFF_E_SUSPENDED : 0;
}

int staff_end_sessions(struct ctx *ctx, int64_t staff_id)
{
        ctx_notice(ctx, "staff", STAFF_NOTICE_OUT, staff_id, 0, NULL);
        return status_fold(db_exec(ctx, &staff_q_session_drop_of, DB_I(ctx->merchant), DB_I(staff_id)));
}
