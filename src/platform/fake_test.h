/*
 * For tests: a platform in this process. It stands where the transport stands (transport_call() is defined here, so the
 * real one is not linked), answers from a script, and remembers what left.
 */
#ifndef PLATFORM_FAKE_TEST_H
#define PLATFORM_FAKE_TEST_H

#include "base/crypt.h"
#include "base/log.h"
#include "base/shared_test.h"
#include "platform/wx.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { FAKE_SEEN_MAX = 64 };

/* One step of the script: the n-th request whose URL contains `path` gets this; the last step of a path repeats. */
struct fake_step {
        const char *path;
        int fails; /* TRANSPORT_E_*, or 0 */
        int status;
        const char *mime, *body;
        bool taken;
};

struct transport {
        pthread_mutex_t lock;
        struct fake_step *steps;
        size_t n_steps;
        struct {
                char method[8], url[1024], body[2048];
                bool reads_only;
                size_t n_parts;
        } seen[FAKE_SEEN_MAX];
        size_t n;
        unsigned slow_us;
};

static struct transport fake;
static struct clock fake_clock;
static struct arena fake_arena;
static struct wx *fake_wx;
static void (*fake_paused)(void *arg, const struct wx_pause_word *); /* of the next one that is begun */

/* The vault: account 1 is a corp, 2 a shop, 3 a shop in read-only mode, 4 an official account. */
static struct {
        pthread_mutex_t lock;
        char token[64];
        int64_t expires_at;
        int saves;
        int leases, busy_looks; /* given and not yet back; how often another process is found fetching */
        const char *brought;    /* what that one leaves */
        const char *secret;
} fake_vault = {.lock = PTHREAD_MUTEX_INITIALIZER, .secret = "s3cret"};

static int fake_load(void *arg, struct arena *arena, int64_t merchant_id, int64_t account_id, struct wx_account *out)
{
        (void)arg, (void)arena;
        if (account_id < 1 || account_id > 4)
                return WX_E_NO_ACCOUNT;
        *out = (struct wx_account){merchant_id, account_id, account_id == 1 ? "wecom" : account_id == 4 ? "mp" : "shop",
                                   "id of it", fake_vault.secret, account_id == 3};
        return 0;
}

static int fake_token_load(void *arg, struct arena *arena, int64_t merchant_id, int64_t account_id, const char **token,
                           int64_t *expires_at)
{
        int r = WX_E_NO_TOKEN;

        (void)arg, (void)merchant_id, (void)account_id;
        pthread_mutex_lock(&fake_vault.lock);
        if (fake_vault.token[0]) {
                *token = arena_strdup(arena, fake_vault.token);
                *expires_at = fake_vault.expires_at;
                r = 0;
        }
        pthread_mutex_unlock(&fake_vault.lock);
        return r;
}

static int fake_token_save(void *arg, int64_t merchant_id, int64_t account_id, const char *token, int64_t expires_at)
{
        (void)arg, (void)merchant_id, (void)account_id;
        pthread_mutex_lock(&fake_vault.lock);
        snprintf(fake_vault.token, sizeof(fake_vault.token), "%s", token);
        fake_vault.expires_at = expires_at;
        fake_vault.saves++;
        pthread_mutex_unlock(&fake_vault.lock);
        return 0;
}

static int fake_token_lease(void *arg, int64_t merchant_id, int64_t account_id, int64_t ms, int64_t *lease)
{
        (void)arg, (void)merchant_id, (void)account_id, (void)lease;
        pthread_mutex_lock(&fake_vault.lock);
        fake_vault.leases += ms ? 1 : -1;
        /* "Another process" has it for the first so many looks, and then leaves what it fetched. */
        bool busy = ms && fake_vault.busy_looks > 0;
        if (busy) {
                fake_vault.leases--;
                if (--fake_vault.busy_looks == 0 && fake_vault.brought) {
                        snprintf(fake_vault.token, sizeof(fake_vault.token), "%s", fake_vault.brought);
                        fake_vault.expires_at = 1700007000000;
                }
        }
        pthread_mutex_unlock(&fake_vault.lock);
        return busy ? WX_E_BUSY : 0;
}

int transport_call(struct transport *t, struct ctx *ctx, const struct http_request *req, struct http_response *res)
{
        struct fake_step *step = NULL;

        assert_null(ctx->db);
        if (req->read_only_account && !req->reads_only)
                return TRANSPORT_E_READ_ONLY;
        pthread_mutex_lock(&t->lock);
        assert_true(t->n < FAKE_SEEN_MAX);
        snprintf(t->seen[t->n].method, sizeof(t->seen[0].method), "%s", req->method);
        snprintf(t->seen[t->n].url, sizeof(t->seen[0].url), "%s", req->url);
        snprintf(t->seen[t->n].body, sizeof(t->seen[0].body), "%.*s", (int)req->body.n, req->body.n ? (const char *)req->body.p : "");
        t->seen[t->n].reads_only = req->reads_only;
        t->seen[t->n++].n_parts = req->n_parts;
        for (size_t i = 0; i < t->n_steps; i++) {
                if (!strstr(req->url, t->steps[i].path))
                        continue;
                step = &t->steps[i];
                if (!step->taken)
                        break;
        }
        if (step)
                step->taken = true;
        pthread_mutex_unlock(&t->lock);
        if (t->slow_us)
                usleep(t->slow_us);
        if (!step)
                fail_msg("nothing in the script for %s", req->url);
        if (step->fails)
                return step->fails;
        *res = (struct http_response){step->status ? step->status : 200, step->mime ? step->mime : "application/json",
                                      bytes_of_text(arena_strdup(ctx->arena, step->body)), 1};
        return 0;
}

/* Begins a play: nothing seen, no token known, business time at one fixed second. */
static void fake_begin(struct fake_step *steps, size_t n)
{
        const struct wx_options options = {
                .transport = &fake,
                .vault = {fake_load, fake_token_load, fake_token_save, fake_token_lease, NULL},
                .clock = &fake_clock,
                .wecom_base = "https://wecom.test",
                .weixin_base = "https://weixin.test",
                .paused = fake_paused,
        };

        wx_close(fake_wx);
        fake_wx = NULL;
        fake.steps = steps;
        fake.n_steps = n;
        fake.n = 0;
        fake.slow_us = 0;
        fake_vault.token[0] = '\0';
        fake_vault.saves = 0;
        fake_vault.secret = "s3cret";
        clock_init(&fake_clock, true, 1700000000000);
        assert_int_equal(wx_open(&fake_wx, &options), 0);
}
#define BEGIN(...) \
        struct fake_step script[] = {__VA_ARGS__}; \
        fake_begin(script, countof(script))

static void fake_ctx(struct ctx *ctx, struct arena *arena)
{
        ctx_init(ctx, arena);
        ctx->merchant = 7;
        ctx->now = clock_now(&fake_clock);
        ctx->wx = fake_wx;
}

/* How many requests to this path left. */
static inline size_t fake_count(const char *path)
{
        size_t n = 0;

        for (size_t i = 0; i < fake.n; i++)
                n += strstr(fake.seen[i].url, path) != NULL;
        return n;
}

static int fake_setup(void **state)
{
        (void)state;
        arena_init(&fake_arena, 0);
        pthread_mutex_init(&fake.lock, NULL);
        log_set_level(LOG_ERROR);
        return crypt_init();
}

static int fake_teardown(void **state)
{
        (void)state;
        wx_close(fake_wx);
        fake_wx = NULL;
        arena_release(&fake_arena);
        return 0;
}

#define TOKEN_WECOM(t) {.path = "/cgi-bin/gettoken", .body = "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"" t "\",\"expires_in\":7200}"}
#define TOKEN_STABLE(t) {.path = "/cgi-bin/stable_token", .body = "{\"access_token\":\"" t "\",\"expires_in\":7200}"}
#define SAYS(path_, body_) {.path = (path_), .body = (body_)}

#endif
