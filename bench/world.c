#include "bench/world.h"

#include "app/app.h"
#include "base/clock.h"
#include "demo/load.h"
#include "inbox/inbox.h"
#include "staff/login.h"

#include <stdio.h>
#include <string.h>

#define KF_PREFIX "wkbench"
#define APPID "wxbench000000001"

/*
 * A merchant with an owner who is signed in. The password is never asked for: proving it takes 50 ms by design, and what is
 * measured here begins behind it.
 */
static const char *login_of(struct arena *a, size_t i)
{
        return arena_printf(a, "bench%zu", i);
}

int world_merchant(struct ctx *ctx, size_t i)
{
        int64_t id;
        int r = shops_merchant_create(ctx, arena_printf(ctx->arena, "量一量 %zu", i), &ctx->merchant);

        return r ? r : staff_insert(ctx, login_of(ctx->arena, i), "掌柜", "owner", staff_nobody, &id);
}

static int sign_in(struct ctx *ctx, struct arena *keep, size_t i, struct world_session *out)
{
        struct staff_checked checked = {.login = login_of(ctx->arena, i), .right = true};
        struct staff_session session;
        const char *cookie;
        int r = db_one(ctx, &staff_q_login, &checked.row, DB_T(checked.login));

        if (!r)
                r = staff_login_finish(ctx, &checked, "127.0.0.1", &cookie, &session);
        if (r)
                return r;
        *out = (struct world_session){ctx->merchant, arena_strdup(keep, cookie), arena_strdup(keep, session.csrf)};
        return 0;
}

static int make_merchant(struct ctx *ctx, struct arena *keep, size_t i, struct world_session *out)
{
        int r = world_merchant(ctx, i);

        return r ? r : sign_in(ctx, keep, i, out);
}

struct making {
        struct world *world;
        struct arena *arena;
        const char *welcome;
};

static int connect_shop(struct ctx *ctx)
{
        int64_t id;

        return shops_connect(ctx,
                             &(struct shops_new){.kind = "shop", .remote_id = APPID, .name = "小店", .secret = "bench-secret",
                                                 .token = WORLD_TOKEN, .aes_key = WORLD_AES_KEY},
                             &id);
}

static int connect_corp(struct ctx *ctx, struct world *w, size_t i, const char *welcome)
{
        int64_t corp, id;
        int r = shops_connect(ctx,
                              &(struct shops_new){.kind = "wecom", .remote_id = w->corps[i].corp_id,
                                                  .name = arena_printf(ctx->arena, "企业%zu", i + 1), .secret = "bench-secret",
                                                  .token = WORLD_TOKEN, .aes_key = WORLD_AES_KEY},
                              &corp);

        for (size_t k = i * w->per_corp; !r && k < (i + 1) * w->per_corp; k++) {
                r = shops_connect(ctx,
                                  &(struct shops_new){.kind = "kf", .remote_id = w->kf[k],
                                                      .name = arena_printf(ctx->arena, "客服%zu", k + 1), .parent_id = corp},
                                  &id);
                if (!r && welcome)
                        r = inbox_set_welcome(ctx, id, welcome);
        }
        return r;
}

/* Keeps in the run's arena what is needed to speak as the platform. */
static int read_paths(struct ctx *ctx, const struct making *m)
{
        struct world *w = m->world;
        struct shops_callback *rows;
        size_t n, found = 0;
        int r = shops_callbacks(ctx, &rows, &n);

        for (size_t i = 0; !r && i <= w->n_corps; i++)
                for (size_t j = 0; j < n; j++)
                        if (text_eq(rows[j].receive_id, w->corps[i].corp_id)) {
                                w->corps[i].path = arena_printf(m->arena, "/callback/%s/%s", rows[j].kind, rows[j].callback_key);
                                found++;
                        }
        if (!r && found != w->n_corps + 1)
                r = fatal(EPROTO, "%zu corps were connected, and %zu have callbacks", w->n_corps, found);
        return r;
}

static int make(struct ctx *ctx, void *arg)
{
        const struct making *m = arg;
        int r = make_merchant(ctx, m->arena, 0, &m->world->session);

        for (size_t i = 0; !r && i < m->world->n_corps; i++)
                r = connect_corp(ctx, m->world, i, m->welcome);
        if (!r)
                r = connect_shop(ctx);
        if (!r)
                r = read_paths(ctx, m);
        return r > 0 ? status_fold(r) : r;
}

const char *world_kf_id(struct arena *a, size_t i)
{
        return arena_printf(a, KF_PREFIX "%025zu", i);
}

static int make_names(struct arena *a, struct world *w)
{
        w->corps = arena_array(a, struct world_corp, w->n_corps + 1);
        w->kf = arena_array(a, const char *, w->n_kf);
        for (size_t i = 0; i < w->n_kf; i++)
                w->kf[i] = world_kf_id(a, i);
        for (size_t i = 0; i <= w->n_corps; i++) {
                w->corps[i].corp_id = i < w->n_corps ? arena_printf(a, "wwbench%011zu", i) : APPID;
                if (envelope_key_init(&w->corps[i].key, WORLD_TOKEN, WORLD_AES_KEY, w->corps[i].corp_id))
                        return fatal(EINVAL, "the bench's own key is broken");
        }
        return 0;
}

static int with_app(struct bench *b, const char *const *settings, enum db_mode mode, int (*fn)(struct ctx *, void *), void *arg)
{
        struct app app = {0};
        struct conf conf;
        char *argv[64];
        int argc = 0, r;

        for (; settings[argc]; argc++)
                argv[argc] = arena_strdup(b->arena, settings[argc]);
        if (!conf_read(b->arena, &argc, argv, &conf))
                return -EINVAL;
        r = app_open(&app, &conf);
        if (!r)
                r = edge_transact(&app, &app.arena, 0, mode, fn, arg);
        app_stop(&app);
        return r;
}

int world_ask(struct bench *b, const char *const *settings, int (*fn)(struct ctx *, void *), void *arg)
{
        return with_app(b, settings, DB_READ, fn, arg);
}

int world_write(struct bench *b, const char *const *settings, int (*fn)(struct ctx *, void *), void *arg)
{
        return with_app(b, settings, DB_WRITE, fn, arg);
}

struct many {
        struct arena *keep;
        struct world_session *sessions;
        size_t n;
};

static int make_many(struct ctx *ctx, void *arg)
{
        const struct many *m = arg;
        int r = 0;

        for (size_t i = 0; !r && i < m->n; i++)
                r = make_merchant(ctx, m->keep, i, &m->sessions[i]);
        return r > 0 ? status_fold(r) : r;
}

struct signing {
        struct arena *keep;
        const size_t *which;
        size_t n;
        struct world_session *sessions;
};

static int sign_all(struct ctx *ctx, void *arg)
{
        const struct signing *s = arg;
        int r = 0;

        for (size_t i = 0; !r && i < s->n; i++)
                r = sign_in(ctx, s->keep, s->which[i], &s->sessions[i]);
        return r > 0 ? status_fold(r) : r;
}

int world_sign_in(struct bench *b, const char *const *settings, const size_t *which, size_t n, struct world_session *out)
{
        return with_app(b, settings, DB_WRITE, sign_all, &(struct signing){b->arena, which, n, out});
}

int world_sessions(struct bench *b, const char *const *settings, size_t n, struct world_session **out)
{
        struct many many = {b->arena, arena_array(b->arena, struct world_session, n), n};

        *out = many.sessions;
        return with_app(b, settings, DB_WRITE, make_many, &many);
}

int world_make(struct bench *b, const char *const *settings, size_t n_corps, size_t per_corp, const char *welcome,
               struct world *w)
{
        struct making making = {w, b->arena, welcome};
        int r;

        *w = (struct world){.n_corps = n_corps, .per_corp = per_corp, .n_kf = n_corps * per_corp};
        r = make_names(b->arena, w);
        return r ? r : with_app(b, settings, DB_WRITE, make, &making);
}

struct from_sim {
        struct arena *keep;
        const struct demo_world *sim;
        struct world_session *session;
};

static int make_from_sim(struct ctx *ctx, void *arg)
{
        const struct from_sim *f = arg;
        int r = make_merchant(ctx, f->keep, 0, f->session);

        return r ? r : demo_connect(ctx, f->sim);
}

int world_of_sim(struct bench *b, const char *const *settings, const struct demo_world *sim, struct world_session *out)
{
        return with_app(b, settings, DB_WRITE, make_from_sim, &(struct from_sim){b->arena, sim, out});
}

int64_t world_kf_number(const char *open_kfid)
{
        int64_t n;

        if (text_empty(open_kfid) || !text_starts(open_kfid, KF_PREFIX) ||
            text_to_int(open_kfid + strlen(KF_PREFIX), 0, INT32_MAX, &n))
                return -1;
        return n;
}

static const char *message(struct arena *a, const struct world *w, uint64_t serial, size_t kf, int64_t now_s)
{
        return arena_printf(a,
                            "<xml><ToUserName><![CDATA[%s]]></ToUserName><CreateTime>%lld</CreateTime><MsgType><![CDATA[event]]>"
                            "</MsgType><Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[ENC%010lluApHxnLDpK8HveeScRTzSrT"
                            "qcL1Mb7eV2T69TufXRfvpxJoLxaa4dVbJc3yQkP9mZsW0tNfRgE7uHaY5oXvKiB2lCqDjSwMr8zTnU6hGxFe4pAs1bOyI3"
                            "]]></Token><OpenKfId><![CDATA[%s]]></OpenKfId></xml>",
                            w->corps[kf / w->per_corp].corp_id, (long long)now_s, (unsigned long long)serial, w->kf[kf]);
}

struct bytes world_notice(struct arena *a, const struct world *w, uint64_t serial, size_t kf, const char *host, int64_t now_s)
{
        const struct world_corp *corp = &w->corps[kf / w->per_corp];
        char timestamp[24], nonce[24], signature[SHA1_HEX];
        const char *encrypt, *body, *request;
        struct arena scratch;
        uint8_t random[16];
        struct bytes out;

        arena_init(&scratch, 0);
        crypt_random(random, sizeof(random));
        snprintf(timestamp, sizeof(timestamp), "%lld", (long long)now_s);
        snprintf(nonce, sizeof(nonce), "%010llu", (unsigned long long)serial);
        encrypt = envelope_seal(&scratch, &corp->key, random, bytes_of_text(message(&scratch, w, serial, kf, now_s)));
        envelope_sign(&scratch, corp->key.token, timestamp, nonce, encrypt, signature);
        body = arena_printf(&scratch,
                            "<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt>"
                            "<AgentID><![CDATA[]]></AgentID></xml>",
                            corp->corp_id, encrypt);
        request = arena_printf(&scratch,
                               "POST %s?msg_signature=%s&timestamp=%s&nonce=%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Mozilla/4.0\r\n"
                               "Accept: */*\r\nContent-Type: text/xml\r\nContent-Length: %zu\r\n\r\n%s",
                               corp->path, signature, timestamp, nonce, host, strlen(body), body);
        out = bytes_of(arena_strdup(a, request), strlen(request));
        arena_release(&scratch);
        return out;
}

struct bytes world_order(struct arena *a, const struct envelope_key *key, const char *path, const char *order_id, uint64_t serial,
                         const char *host, int64_t now_s)
{
        char timestamp[24], nonce[24], whole[SHA1_HEX], plain[SHA1_HEX];
        const char *encrypt, *body, *request;
        struct arena scratch;
        uint8_t random[16];
        struct bytes out;

        arena_init(&scratch, 0);
        crypt_random(random, sizeof(random));
        snprintf(timestamp, sizeof(timestamp), "%lld", (long long)now_s);
        snprintf(nonce, sizeof(nonce), "%010llu", (unsigned long long)serial);
        body = arena_printf(&scratch,
                            "{\"ToUserName\":\"gh_bench\",\"FromUserName\":\"obench%010llu\",\"CreateTime\":%lld,\"MsgType\":\"event\","
                            "\"Event\":\"channels_ec_order_pay\",\"order_info\":{\"order_id\":\"%s\",\"pay_time\":%lld}}",
                            (unsigned long long)serial, (long long)now_s, order_id, (long long)now_s);
        encrypt = envelope_seal(&scratch, key, random, bytes_of_text(body));
        envelope_sign(&scratch, key->token, timestamp, nonce, encrypt, whole);
        envelope_sign(&scratch, key->token, timestamp, nonce, NULL, plain);
        body = arena_printf(&scratch, "{\"ToUserName\":\"gh_bench\",\"Encrypt\":\"%s\"}", encrypt);
        request = arena_printf(&scratch,
                               "POST %s?signature=%s&timestamp=%s&nonce=%s&encrypt_type=aes&msg_signature=%s HTTP/1.1\r\nHost: %s\r\n"
                               "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                               path, plain, timestamp, nonce, whole, host, strlen(body), body);
        out = bytes_of(arena_strdup(a, request), strlen(request));
        arena_release(&scratch);
        return out;
}

int64_t world_serial(const char *query)
{
        const char *at = query ? strstr(query, "nonce=") : NULL;
        char digits[16];
        int64_t serial;

        if (!at)
                return -1;
        snprintf(digits, sizeof(digits), "%.10s", at + strlen("nonce="));
        return text_to_int(digits, 0, INT64_MAX, &serial) ? -1 : serial;
}
