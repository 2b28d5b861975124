/*
 * One token per account, fetched by one thread while the others wait for it or use the old one; among several processes by
 * the one that has the lease of the vault, while the others look there.
 *
 * WeCom gives the same token to everyone who asks within its life; the api.weixin hosts are asked for the stable token,
 * which behaves alike. So a lease that runs out too early breaks nothing: it only costs a call.
 */
#include "platform/wx_impl.h"

#include "base/crypt.h"

#include <string.h>
#include <time.h>

enum {
        RENEW_BEFORE_S = 300,           /* the last tenth of its life, at most this, is for renewing */
        BAD_SECRET_MS = 5 * 60 * 1000,  /* a wrong secret shown again and again blocks our address for an hour */
        LEASE_MS = 20 * 1000,           /* to fetch it, all time-outs included */
        LOOK_MS = 200,                  /* between two looks whether another process has it */
        FORCE_EVERY_MS = 60 * 1000,     /* forced renewal: 20 a day and 30 s apart at the platform */
};

struct gettoken_in {
        const char *grant_type, *appid, *secret;
        bool force_refresh;
};
static const struct json_field gettoken_in_fields[] = {
        JSON_STR(struct gettoken_in, grant_type, JSON_REQUIRED, 0, 0, "client_credential"),
        JSON_STR(struct gettoken_in, appid, JSON_REQUIRED, 0, 0, "the account"),
        JSON_STR(struct gettoken_in, secret, JSON_REQUIRED, 0, 0, "its AppSecret"),
        JSON_BOOL(struct gettoken_in, force_refresh, JSON_REQUIRED, "true: the old token ends at once"),
};
static const struct json_desc gettoken_in = JSON_DESC("WxStableTokenIn", struct gettoken_in, gettoken_in_fields);

struct gettoken_out {
        const char *access_token;
        int64_t expires_in;
};
static const struct json_field gettoken_out_fields[] = {
        JSON_STR(struct gettoken_out, access_token, JSON_REQUIRED, 0, 0, "at most 512 bytes"),
        JSON_INT(struct gettoken_out, expires_in, JSON_REQUIRED, 0, 0, "seconds, normally 7200"),
};
static const struct json_desc gettoken_out = JSON_DESC("WxToken", struct gettoken_out, gettoken_out_fields);

const struct wx_api wx_api_token_wecom = {
        .name = "token.wecom", .kind = "wecom", .method = "GET", .path = "/cgi-bin/gettoken", .out = &gettoken_out,
        .settle = WX_READS, .why = "before the first call of a corp and every two hours", .source = WECOM_DOC("91039"),
};
const struct wx_api wx_api_token_stable = {
        .name = "token.stable", .kind = "shop", .method = "POST", .path = "/cgi-bin/stable_token", .in = &gettoken_in,
        .out = &gettoken_out, .settle = WX_READS, .why = "before the first call of a shop and every two hours",
        .source = WEIXIN_DOC("channels/API/basics/getStableAccessToken.html"),
};

bool wx_is_token_fault(const char *kind, int64_t errcode)
{
        /* The one row that the table cannot decide: in WeCom 40001 is a bad secret when a token is fetched, and a token of
         * an app whose secret was changed when it is used. */
        const struct wx_error_row *row = wx_error(kind, errcode);

        return errcode == 40001 || (row && row->class_ == 'T');
}

static void credentials_hash(struct arena *arena, const struct wx_account *account, uint8_t out[32])
{
        char *text = arena_printf(arena, "%s|%s", account->app_id, account->secret);
        size_t n = strlen(text);

        crypt_sha256(bytes_of(text, n), out);
        explicit_bzero(text, n);
}

/* Another process may have fetched one; the one that was just refused does not count. */
static int load(struct ctx *ctx, struct wx *wx, const struct wx_account *account, const char *refused,
                const char **token, int64_t *renew_at)
{
        const struct wx_vault *v = &wx->options.vault;
        int r = v->token_load(v->arg, ctx->arena, account->merchant_id, account->account_id, token, renew_at);

        if (r)
                return r < 0 || r == WX_E_NO_TOKEN ? r : status_fold(r);
        if (text_empty(*token) || strlen(*token) >= WX_TOKEN_MAX || text_eq(*token, refused) ||
            *renew_at <= clock_now(wx->options.clock))
                return WX_E_NO_TOKEN;
        return 0;
}

static int ask(struct ctx *ctx, struct wx *wx, const struct wx_account *account, bool force, struct gettoken_out *out,
               struct wx_fault *fault)
{
        bool wecom = text_eq(account->kind, "wecom");
        const char *const query[] = {"corpid", account->app_id, "corpsecret", account->secret, NULL};
        struct gettoken_in in = {"client_credential", account->app_id, account->secret, force};
        struct wx_request request = {.api = wecom ? &wx_api_token_wecom : &wx_api_token_stable, .account = account, .out = out};
        struct http_response response;
        int r;

        if (wecom)
                request.query = query;
        else
                request.body = json_write(ctx->arena, &gettoken_in, &in);
        r = wx_budget_check(wx, account, request.api, fault);
        if (r)
                return r;
        r = wx_exchange(ctx, wx, &request, &response, fault);
        metric_add(&wx_metric_tokens, 1);
        if (!r || fault->errcode)
                wx_budget_note(wx, account, request.api, fault);
        if (!r && (text_empty(out->access_token) || strlen(out->access_token) >= WX_TOKEN_MAX || out->expires_in <= 0))
                r = WX_E_REPLY;
        /* Whatever is refused here is refused because of the credentials or the address: 40001 among them. */
        return r == WX_E_REFUSED ? WX_E_CONFIG : r;
}

/* What one flight brings home. */
struct catch {
        const char *token;
        int64_t renew_at, dies_at;
        bool forced;
};

static int ask_for(struct ctx *ctx, struct wx *wx, const struct wx_account *account, const char *refused, bool may_force,
                   struct catch *out, struct wx_fault *fault)
{
        struct gettoken_out got;
        int64_t life, spare;
        int r = ask(ctx, wx, account, false, &got, fault);

        /* The platform insists on the very token that it refused: only force ends it. */
        if (!r && text_eq(got.access_token, refused) && may_force && !text_eq(account->kind, "wecom")) {
                out->forced = true;
                r = ask(ctx, wx, account, true, &got, fault);
        }
        if (r)
                return r;
        life = got.expires_in * 1000;
        spare = life / 10;
        if (spare > RENEW_BEFORE_S * 1000)
                spare = RENEW_BEFORE_S * 1000;
        out->token = got.access_token;
        out->dies_at = clock_now(wx->options.clock) + life;
        out->renew_at = out->dies_at - spare;
        r = wx->options.vault.token_save(wx->options.vault.arg, account->merchant_id, account->account_id, out->token,
                                         out->renew_at);
        return r > 0 ? status_fold(r) : r;
}

/* Loads it, or fetches and keeps it when nobody else does. */
static int fetch(struct ctx *ctx, struct wx *wx, const struct wx_account *account, const char *refused, bool may_force,
                 struct catch *out, struct wx_fault *fault)
{
        const struct wx_vault *v = &wx->options.vault;
        int64_t lease = 0, until = clock_mono_ms() + LEASE_MS;
        int r, given;

        for (;;) {
                r = load(ctx, wx, account, refused, &out->token, &out->renew_at);
                out->dies_at = out->renew_at;
                if (r != WX_E_NO_TOKEN)
                        return r;
                r = v->token_lease(v->arg, account->merchant_id, account->account_id, LEASE_MS, &lease);
                if (r != WX_E_BUSY || clock_mono_ms() >= until)
                        break;
                nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
        }
        if (r)
                return r;
        /* Between the look and the lease another may have brought it. */
        r = load(ctx, wx, account, refused, &out->token, &out->renew_at);
        out->dies_at = out->renew_at;
        if (r == WX_E_NO_TOKEN)
                r = ask_for(ctx, wx, account, refused, may_force, out, fault);
        given = v->token_lease(v->arg, account->merchant_id, account->account_id, 0, &lease);
        return r ? r : given > 0 ? status_fold(given) : given;
}

/* Called with the lock held; lets go of it while the token is fetched. */
static int fly(struct ctx *ctx, struct wx *wx, const struct wx_account *account, struct wx_slot *slot,
               const uint8_t hash[32], struct wx_fault *fault)
{
        const char *refused = slot->refused[0] ? arena_strdup(ctx->arena, slot->refused) : NULL;
        int64_t now = clock_now(wx->options.clock);
        bool may_force = now - slot->forced_at >= FORCE_EVERY_MS || now < slot->forced_at;
        struct catch got = {0};
        int r;

        slot->fetching = true;
        pthread_mutex_unlock(&wx->lock);
        r = fetch(ctx, wx, account, refused, may_force, &got, fault);
        pthread_mutex_lock(&wx->lock);
        slot->fetching = false;
        slot->flights++;
        slot->flight_status = r;
        slot->flight_errcode = fault->errcode;
        slot->flight_retry_ms = fault->retry_after_ms;
        if (got.forced)
                slot->forced_at = now;
        if (!r) {
                memcpy(slot->token, got.token, strlen(got.token) + 1);
                slot->renew_at = got.renew_at;
                slot->dies_at = got.dies_at;
        }
        if (r == WX_E_CONFIG) {
                memcpy(slot->bad_secret, hash, 32);
                slot->bad_until = now + BAD_SECRET_MS;
                slot->bad_errcode = fault->errcode;
        }
        pthread_cond_broadcast(&wx->landed);
        return r;
}

static bool is_bad_secret(const struct wx_slot *slot, const uint8_t hash[32], int64_t now)
{
        return now < slot->bad_until && slot->bad_until - now <= BAD_SECRET_MS && !memcmp(slot->bad_secret, hash, 32);
}

int wx_token_get(struct ctx *ctx, struct wx *wx, const struct wx_account *account, const char *refused,
                 const char **token, struct wx_fault *fault)
{
        struct wx_slot *slot;
        uint8_t hash[32];
        int64_t now;
        bool usable;
        int r = 0;

        credentials_hash(ctx->arena, account, hash);
        pthread_mutex_lock(&wx->lock);
        slot = wx_slot(wx, account->merchant_id, account->account_id);
        if (refused && text_eq(refused, slot->token)) {
                memcpy(slot->refused, slot->token, sizeof(slot->refused));
                slot->token[0] = '\0';
        }
        for (;;) {
                now = clock_now(wx->options.clock);
                usable = slot->token[0] && now < slot->dies_at;
                if (usable && (now < slot->renew_at || slot->fetching || is_bad_secret(slot, hash, now)))
                        break;
                if (!slot->fetching) {
                        if (is_bad_secret(slot, hash, now)) {
                                fault->errcode = slot->bad_errcode;
                                fault->errmsg = "not asked again yet: these credentials were refused";
                                r = WX_E_CONFIG;
                                break;
                        }
                        r = fly(ctx, wx, account, slot, hash, fault);
                        break;
                }
                uint64_t flight = slot->flights;
                while (slot->flights == flight)
                        pthread_cond_wait(&wx->landed, &wx->lock);
                if (slot->flight_status) {
                        r = slot->flight_status;
                        fault->errcode = slot->flight_errcode;
                        fault->retry_after_ms = slot->flight_retry_ms;
                        break;
                }
        }
        /* Renewing failed, but the old one still lives: nothing is lost yet. */
        if (r > 0 && slot->token[0] && now < slot->dies_at) {
                *fault = (struct wx_fault){0};
                r = 0;
        }
        if (!r)
                *token = arena_strdup(ctx->arena, slot->token);
        pthread_mutex_unlock(&wx->lock);
        return r;
}

int wx_token_try(struct ctx *ctx, const char *kind, const char *app_id, const char *secret, struct wx_fault *fault)
{
        const struct wx_vault *v = &ctx->wx->options.vault;
        struct wx_account account = {
                .merchant_id = ctx->merchant, .kind = kind, .app_id = app_id, .secret = secret, .read_only = true};
        struct gettoken_out got;
        int r = v->proxy ? v->proxy(v->arg, ctx->arena, ctx->merchant, &account.proxy) : 0;

        *fault = (struct wx_fault){.errmsg = ""};
        if (r)
                return status_fold(r);
        r = ask(ctx, ctx->wx, &account, false, &got, fault);
        if (!fault->errmsg)
                fault->errmsg = "";
        return r;
}

int wx_token_check(struct ctx *ctx, int64_t account_id, struct wx_fault *fault)
{
        struct wx *wx = ctx->wx;
        struct wx_account account;
        int r = wx->options.vault.load(wx->options.vault.arg, ctx->arena, ctx->merchant, account_id, &account);

        *fault = (struct wx_fault){.errmsg = ""};
        if (r)
                return r < 0 || r == WX_E_NO_ACCOUNT ? r : status_fold(r);
        r = wx_token_try(ctx, account.kind, account.app_id, account.secret, fault);
        pthread_mutex_lock(&wx->lock);
        if (!r)
                wx_slot(wx, account.merchant_id, account.account_id)->bad_until = 0;
        pthread_mutex_unlock(&wx->lock);
        return r;
}
