#include "platform/wx_impl.h"

#include "base/failpoint.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

struct metric wx_metric_calls = METRIC_COUNTER("zhanggui_wx_calls_total", "requests sent to the platform"),
              wx_metric_busy = METRIC_COUNTER("zhanggui_wx_busy_total", "calls that did nothing and are tried later"),
              wx_metric_unknown = METRIC_COUNTER("zhanggui_wx_unknown_total", "calls whose outcome is unknown"),
              wx_metric_refused = METRIC_COUNTER("zhanggui_wx_refused_total", "calls refused by the platform"),
              wx_metric_config = METRIC_COUNTER("zhanggui_wx_config_total", "calls refused because of configuration"),
              wx_metric_read_only = METRIC_COUNTER("zhanggui_wx_read_only_total", "writing calls stopped by read-only mode"),
              wx_metric_tokens = METRIC_COUNTER("zhanggui_wx_tokens_total", "requests for an access token");

struct metric *const *wx_metrics(size_t *n)
{
        static struct metric *const all[] = {&wx_metric_calls,  &wx_metric_busy,      &wx_metric_unknown, &wx_metric_refused,
                                             &wx_metric_config, &wx_metric_read_only, &wx_metric_tokens};

        *n = countof(all);
        return all;
}

int wx_open(struct wx **out, const struct wx_options *options)
{
        struct wx *wx = calloc(1, sizeof(*wx));

        if (!wx)
                return fatal(ENOMEM, "no memory for the platform's state");
        wx->options = *options;
        if (pthread_mutex_init(&wx->lock, NULL) || pthread_cond_init(&wx->landed, NULL)) {
                free(wx);
                return fatal(EAGAIN, "no lock for the platform's state");
        }
        arena_init(&wx->arena, 0);
        *out = wx;
        return 0;
}

void wx_close(struct wx *wx)
{
        if (!wx)
                return;
        for (size_t i = 0; i < WX_SLOTS; i++) {
                for (struct wx_slot *s = wx->slots[i]; s; s = s->next) {
                        explicit_bzero(s->token, sizeof(s->token));
                        explicit_bzero(s->refused, sizeof(s->refused));
                }
        }
        pthread_cond_destroy(&wx->landed);
        pthread_mutex_destroy(&wx->lock);
        arena_release(&wx->arena);
        free(wx);
}

const char *wx_settle_name(enum wx_settle settle)
{
        static const char *const names[] = {
                [WX_READS] = "reads", [WX_KEYED] = "keyed",     [WX_QUERY] = "query",
                [WX_ONCE] = "once",   [WX_NEITHER] = "neither", [WX_REPEAT] = "repeat",
        };

        return (size_t)settle < countof(names) ? names[settle] : "?";
}

/* ---- one exchange ---- */

static void add_param(struct text *url, char sep, const char *name, const char *value)
{
        text_addf(url, "%c%s=", sep, name);
        for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
                bool plain = (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
                             strchr("-._~", *p);

                if (plain)
                        text_add_n(url, (const char *)p, 1);
                else
                        text_addf(url, "%%%02X", *p);
        }
}

static const char *make_url(struct ctx *ctx, const struct wx *wx, const struct wx_request *req)
{
        const char *base = text_eq(req->account->kind, "wecom") ? wx->options.wecom_base : wx->options.weixin_base;
        struct text url;
        char sep = '?';

        text_init(&url, ctx->arena);
        text_add(&url, base);
        text_add(&url, req->api->path);
        if (req->token) {
                add_param(&url, sep, "access_token", req->token);
                sep = '&';
        }
        for (const char *const *q = req->query; q && *q; q += 2) {
                add_param(&url, sep, q[0], q[1]);
                sep = '&';
        }
        return url.p;
}

struct envelope {
        const char *errcode; /* as text: some hosts quote it, and 0 is not the same as absent */
        const char *errmsg;
};
static const struct json_field envelope_fields[] = {
        JSON_ID(struct envelope, errcode, 0, "0 = done"),
        JSON_STR(struct envelope, errmsg, 0, 0, 0, "what went wrong"),
};
static const struct json_desc envelope_desc = JSON_DESC("WxEnvelope", struct envelope, envelope_fields);

static void blot_out(char *text, const char *secret)
{
        if (text_empty(secret))
                return;
        for (char *at; (at = strstr(text, secret));)
                memset(at, '*', strlen(secret));
}

/* The platform's sentence may quote what we sent: never our secrets, never control characters, never without end. */
static const char *scrub(struct ctx *ctx, const struct wx_request *req, const char *errmsg)
{
        char *text = utf8_scrub(ctx->arena, errmsg, strlen(errmsg));

        blot_out(text, req->account->secret);
        blot_out(text, req->token);
        for (char *p = text; *p; p++)
                if ((unsigned char)*p < ' ')
                        *p = ' ';
        return utf8_cut(ctx->arena, text, WX_ERRMSG_MAX);
}

/* A call that changes nothing may always be made again; the outcome of one that writes can be in doubt. */
static bool in_doubt(const struct wx_api *api)
{
        return api->settle != WX_READS;
}

static int judge_errcode(const struct wx_request *req, int64_t errcode)
{
        const struct wx_error_row *row = wx_error(req->account->kind, errcode);

        if (!row)
                return WX_E_REFUSED;
        switch (row->class_) {
        case 'R': /* documented as: nothing happened, try again */
                return WX_E_BUSY;
        case 'T': /* after the one refresh that wx_call() makes */
        case 'A':
                return WX_E_CONFIG;
        case 'W': /* quotas come back by themselves; windows and budgets of a chat do not */
                return errcode == 45009 || errcode == 45011 ? WX_E_BUSY : WX_E_REFUSED;
        default:
                return WX_E_REFUSED;
        }
}

static int judge_transport(const struct wx_request *req, int r)
{
        switch (r) {
        case TRANSPORT_E_READ_ONLY:
                return WX_E_READ_ONLY;
        case TRANSPORT_E_CONNECT:
        case TRANSPORT_E_PROXY:
                return WX_E_BUSY;
        case TRANSPORT_E_UNKNOWN:
                return in_doubt(req->api) ? WX_E_UNKNOWN : WX_E_BUSY;
        case TRANSPORT_E_REPLY:
                return in_doubt(req->api) ? WX_E_UNKNOWN : WX_E_REPLY;
        default:
                return status_fold(r);
        }
}

/* The envelope, and when it says that all is well what the caller asked for. `doc` is NULL where the answer is not JSON. */
static int judge_parts(struct ctx *ctx, const struct wx_request *req, const struct json_doc *doc, const struct http_response *res,
                       struct wx_fault *fault)
{
        struct envelope env;
        int r = doc ? json_take(doc, &envelope_desc, &env) : JSON_E_SYNTAX;
        int64_t errcode = 0;

        if (!r && env.errcode && text_to_int(env.errcode, INT32_MIN, INT32_MAX, &errcode))
                r = JSON_E_FIELD;
        if (!r && errcode && res->status < 500) {
                fault->errcode = errcode;
                fault->errmsg = scrub(ctx, req, env.errmsg ? env.errmsg : "");
                return judge_errcode(req, errcode);
        }
        if (res->status != 200) {
                fault->errmsg = arena_printf(ctx->arena, "HTTP %d", res->status);
                return in_doubt(req->api) ? WX_E_UNKNOWN : res->status >= 500 ? WX_E_BUSY : WX_E_REPLY;
        }
        if (!req->out && r)
                return 0;
        /* A proxy's "{}" is no proof that a message was sent. */
        if (!r && (env.errcode || req->api->settle == WX_READS || req->api->settle == WX_REPEAT)) {
                r = req->out ? json_take(doc, req->api->out, req->out) : 0;
                if (!r)
                        return 0;
        }
        fault->errmsg = "the answer is not what the contract says";
        return in_doubt(req->api) ? WX_E_UNKNOWN : WX_E_REPLY;
}

static int judge_reply(struct ctx *ctx, const struct wx_request *req, const struct http_response *res, struct wx_fault *fault)
{
        bool json = req->out || (res->mime && (text_starts(res->mime, "application/json") || text_starts(res->mime, "text/")));
        struct json_doc *doc = NULL;
        int r;

        if (!json)
                return judge_parts(ctx, req, NULL, res, fault);
        r = json_open(ctx->arena, res->body, &doc);
        r = judge_parts(ctx, req, r ? NULL : doc, res, fault);
        json_close(doc);
        return r;
}

int wx_exchange(struct ctx *ctx, struct wx *wx, const struct wx_request *req, struct http_response *res, struct wx_fault *fault)
{
        struct http_request http = {
                .method = req->api->method,
                .url = make_url(ctx, wx, req),
                .body = bytes_of_text(req->body),
                .parts = req->parts,
                .n_parts = req->n_parts,
                .reads_only = req->api->settle == WX_READS,
                .read_only_account = req->account->read_only,
                .proxy = req->account->proxy,
                .timeout_ms = req->timeout_ms,
                .max_reply = req->max_reply,
        };
        int r;

        failpoint(FAIL_BEFORE_CALL);
        r = transport_call(wx->options.transport, ctx, &http, res);
        failpoint(FAIL_AFTER_EFFECT);
        fault->date_s = res->date_s;
        fault->proxied = http.proxy;
        fault->proxy = r == TRANSPORT_E_PROXY;
        if (fault->proxy)
                fault->errmsg = arena_printf(ctx->arena, "the merchant's proxy: %s", res->why);
        metric_add(&wx_metric_calls, 1);
        if (r < 0)
                return r;
        return r ? judge_transport(req, r) : judge_reply(ctx, req, res, fault);
}

/* ---- one call ---- */

static void count(const struct wx_api *api, int64_t account_id, int r, const struct wx_fault *fault)
{
        static const struct {
                struct metric *metric;
                const char *event;
        } rows[] = {
                [WX_E_READ_ONLY] = {&wx_metric_read_only, "wx.read_only"}, [WX_E_BUSY] = {&wx_metric_busy, "wx.busy"},
                [WX_E_UNKNOWN] = {&wx_metric_unknown, "wx.unknown"},       [WX_E_REFUSED] = {&wx_metric_refused, "wx.refused"},
                [WX_E_CONFIG] = {&wx_metric_config, "wx.config"},          [WX_E_REPLY] = {&wx_metric_refused, "wx.reply"},
        };

        if (r <= 0 || (size_t)r >= countof(rows) || !rows[r].metric)
                return;
        metric_add(rows[r].metric, 1);
        bool ordinary = r == WX_E_BUSY || r == WX_E_READ_ONLY || (r == WX_E_REFUSED && api->settle == WX_READS);
        log_event(ordinary ? LOG_INFO : LOG_WARN, rows[r].event, "api", api->name, "account",
                  log_int(account_id), "errcode", log_int(fault->errcode), NULL);
}

static int call_account(struct ctx *ctx, struct wx *wx, struct wx_request *req, struct http_response *res, struct wx_fault *fault)
{
        int r;

        /* The seam below refuses too; here no token is spent on it. */
        if (req->account->read_only && req->api->settle != WX_READS)
                return WX_E_READ_ONLY;
        r = wx_budget_check(wx, req->account, req->api, fault);
        if (r)
                return r;
        r = wx_token_get(ctx, wx, req->account, NULL, &req->token, fault);
        if (r)
                return r;
        r = wx_exchange(ctx, wx, req, res, fault);
        if (r > 0 && wx_is_token_fault(req->account->kind, fault->errcode)) {
                *fault = (struct wx_fault){0};
                r = wx_token_get(ctx, wx, req->account, req->token, &req->token, fault);
                if (!r)
                        r = wx_exchange(ctx, wx, req, res, fault);
        }
        if (!r || fault->errcode)
                wx_budget_note(wx, req->account, req->api, fault);
        return r;
}

static int call(struct ctx *ctx, struct wx_request *req, int64_t account_id, struct http_response *res, struct wx_fault *fault)
{
        struct wx *wx = ctx->wx;
        struct wx_account account;
        int r = wx->options.vault.load(wx->options.vault.arg, ctx->arena, ctx->merchant, account_id, &account);

        *fault = (struct wx_fault){.errmsg = ""};
        if (r)
                return r < 0 || r == WX_E_NO_ACCOUNT ? r : status_fold(r);
        if (text_eq(account.kind, "wecom") != text_eq(req->api->kind, "wecom"))
                return fatal(EINVAL, "%s called for an account of another kind", req->api->name);
        req->account = &account;
        r = call_account(ctx, wx, req, res, fault);
        if (!fault->errmsg)
                fault->errmsg = "";
        count(req->api, account_id, r, fault);
        return r;
}

int wx_call_raw(struct ctx *ctx, const struct wx_api *api, int64_t account_id, const void *in, void *out,
                struct bytes *raw, struct wx_fault *fault)
{
        struct wx_request req = {.api = api, .out = out};
        struct http_response res;
        int r;

        memset(out, 0, api->out->size);
        if (in)
                req.body = json_write(ctx->arena, api->in, in);
        else if (text_eq(api->method, "POST"))
                req.body = "{}"; /* an absent body is refused with 47001 */
        r = call(ctx, &req, account_id, &res, fault);
        if (!r && raw)
                *raw = res.body;
        return r;
}

int wx_call(struct ctx *ctx, const struct wx_api *api, int64_t account_id, const void *in, void *out,
            struct wx_fault *fault)
{
        return wx_call_raw(ctx, api, account_id, in, out, NULL, fault);
}

int wx_ask(struct ctx *ctx, const struct wx_api *api, int64_t account_id, const char *const *query, void *out,
           struct wx_fault *fault)
{
        struct wx_request req = {.api = api, .query = query, .out = out};
        struct http_response res;

        memset(out, 0, api->out->size);
        return call(ctx, &req, account_id, &res, fault);
}

int wx_address_try(struct ctx *ctx, const char *url, const char *expect, struct wx_fault *fault)
{
        struct http_request http = {.method = "GET", .url = url, .reads_only = true, .max_reply = 1 << 16};
        struct http_response res;
        int r = transport_call(ctx->wx->options.transport, ctx, &http, &res);

        *fault = (struct wx_fault){.errmsg = r > 0 && res.why ? arena_strdup(ctx->arena, res.why) : ""};
        if (r)
                return r < 0 ? r : r == TRANSPORT_E_REPLY ? WX_E_ADDRESS : WX_E_BUSY;
        if (res.body.n >= strlen(expect) && !memcmp(res.body.p, expect, strlen(expect)))
                return 0;
        fault->errmsg = arena_printf(ctx->arena, "HTTP %d", res.status);
        return WX_E_ADDRESS;
}

enum {
        MEDIA_MAX = 21 << 20, /* bytes: files are at most 20 MB */
        MEDIA_TIMEOUT_MS = 60 * 1000,
};

int wx_fetch(struct ctx *ctx, const struct wx_api *api, int64_t account_id, const char *const *query, const char **mime,
             struct bytes *body, struct wx_fault *fault)
{
        struct wx_request req = {.api = api, .query = query, .max_reply = MEDIA_MAX, .timeout_ms = MEDIA_TIMEOUT_MS};
        struct http_response res;
        int r = call(ctx, &req, account_id, &res, fault);

        if (r)
                return r;
        *mime = res.mime;
        *body = res.body;
        return 0;
}

int wx_upload(struct ctx *ctx, const struct wx_api *api, int64_t account_id, const char *const *query,
              const struct http_part *parts, size_t n, void *out, struct wx_fault *fault)
{
        struct wx_request req = {
                .api = api, .query = query, .parts = parts, .n_parts = n, .timeout_ms = MEDIA_TIMEOUT_MS, .out = out};
        struct http_response res;

        memset(out, 0, api->out->size);
        return call(ctx, &req, account_id, &res, fault);
}
