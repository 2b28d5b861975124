/*
 * Calling the platform: one signed call, tokens, budgets, errors.
 *
 * A remote product (kf.h, shop.h, shopkf.h) is a set of struct wx_api rows and thin typed functions over wx_call(). Only
 * jobs (and REMOTE routes) call, never with a transaction open.
 */
#ifndef PLATFORM_WX_H
#define PLATFORM_WX_H

#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/metric.h"
#include "net/transport.h"

/* What an account needs to be called. Filled by the vault; texts live in the arena given. */
struct wx_account {
        int64_t merchant_id, account_id;
        const char *kind;   /* "wecom" (qyapi host) or "shop", "mp" (api.weixin host) */
        const char *app_id; /* corp id or appid */
        const char *secret;
        bool read_only;     /* no write call leaves */
        const char *proxy;  /* of the merchant, for every call: struct http_request; NULL = none */
};

/* Where accounts and their tokens are kept. shops implements it; each function runs its own short transaction. */
struct wx_vault {
        int (*load)(void *arg, struct arena *, int64_t merchant_id, int64_t account_id, struct wx_account *) MUST; /* WX_E_NO_ACCOUNT */
        /* The shared token: *expires_at is business ms. WX_E_NO_TOKEN when none is kept. */
        int (*token_load)(void *arg, struct arena *, int64_t merchant_id, int64_t account_id, const char **token, int64_t *expires_at) MUST;
        int (*token_save)(void *arg, int64_t merchant_id, int64_t account_id, const char *token, int64_t expires_at) MUST;
        /* The right to fetch the token for `ms`: WX_E_BUSY while another process has it; *lease names it. ms 0 gives it back. */
        int (*token_lease)(void *arg, int64_t merchant_id, int64_t account_id, int64_t ms, int64_t *lease) MUST;
        void *arg;
        /* The merchant's way out, for calls that are of no account yet; *url NULL = none. NULL: nobody has one. */
        int (*proxy)(void *arg, struct arena *, int64_t merchant_id, const char **url) MUST;
};

/* What the platform said of a budget: a pause that begins, or one that is over. */
struct wx_pause_word {
        int64_t merchant_id, account_id;
        const char *api;           /* "kf.sync_msg" */
        int64_t errcode, refusals; /* refusals in a row */
        int64_t left_ms;           /* 0 = over */
};

struct wx_options {
        struct transport *transport;
        struct wx_vault vault;
        struct clock *clock;
        const char *wecom_base; /* "https://qyapi.weixin.qq.com"; the demo points it at the simulator */
        const char *weixin_base; /* "https://api.weixin.qq.com" */
        const char *login_base;  /* of the pages where members sign in; NULL or "" = the platform's own hosts */
        void (*paused)(void *arg, const struct wx_pause_word *); /* on the calling thread; NULL = nobody else calls for us */
        void *paused_arg;
};

struct wx;
int wx_open(struct wx **, const struct wx_options *) MUST;
void wx_close(struct wx *);

/* How the outcome of an effect is settled when it is unknown. Every writing call declares one. */
enum wx_settle {
        WX_READS,   /* changes nothing: just call again */
        WX_KEYED,   /* carries a key the platform refuses twice: repeat with the same key (kf msgid, in-shop request_id) */
        WX_QUERY,   /* no key: read the state, repeat only if it is still the one decided upon (acceptapply) */
        WX_ONCE,    /* a code that can be used once: "used" counts as sent (welcome) */
        WX_NEITHER, /* cannot be settled: a person decides (official account) */
        WX_REPEAT,  /* writes, but nothing that anybody sees (temporary media): call again; refused when read-only */
};
const char *wx_settle_name(enum wx_settle); /* "reads", "keyed", "query", "once", "neither", "repeat" */

struct wx_api {
        const char *name; /* "kf.send_msg": for logs, budgets, the page of calls */
        const char *kind; /* which host and token: "wecom" or "shop" or "mp" */
        const char *method;
        const char *path; /* "/cgi-bin/kf/send_msg"; access_token is added */
        const struct json_desc *in, *out; /* wire shapes; out lenient */
        enum wx_settle settle;
        const char *key;  /* of a writing call: what is on record before it leaves and makes a repeat the same effect */
        const char *left; /* of a writing call: what people see while its outcome is not known */
        const char *why; /* when and why we call it: for the generated page */
        const char *source; /* the platform's page */
};

enum {
        WX_E_NO_ACCOUNT = 1,
        WX_E_NO_TOKEN = 2,
        WX_E_READ_ONLY = 3, /* refused at the seam */
        WX_E_BUSY = 4,      /* nothing happened; try later: connect failed, -1, 45009/45033, 5xx before effect of a reading call */
        WX_E_UNKNOWN = 5,   /* it may have happened */
        WX_E_REFUSED = 6,   /* the platform said no: see wx_fault */
        WX_E_CONFIG = 7,    /* refused because of configuration (60020, 40001, 48007...): a person must act */
        WX_E_REPLY = 8,     /* an answer that is not what the contract says (bad JSON) to a reading call */
};

struct wx_fault {
        int64_t errcode;
        const char *errmsg;       /* as sent, scrubbed, at most 512 bytes */
        int64_t retry_after_ms;   /* for WX_E_BUSY: when the budget is back; 0 = back off */
        int64_t date_s;           /* when the platform answered, by its own clock; 0 = no answer, or it does not say */
        bool proxied;             /* the call left by the merchant's proxy */
        bool proxy;               /* not the platform but that proxy gives no answer; errmsg says why */
};

/*
 * Calls `api` for an account. `in` as api->in describes (NULL when api->in is NULL), reply decoded into *out (zeroed).
 * Tokens: fetched once (single flight), 40014, 42001, 40001-after-success refresh once and repeat.
 * 0 or one of the above; *fault is always filled (errcode 0 on success). With raw_out the whole reply text is kept too.
 */
int wx_call(struct ctx *, const struct wx_api *, int64_t account_id, const void *in, void *out, struct wx_fault *fault) MUST;
int wx_call_raw(struct ctx *, const struct wx_api *, int64_t account_id, const void *in, void *out, struct bytes *raw,
                struct wx_fault *fault) MUST;
/* The same with query parameters instead of a body (GET); `query` is name, value, ..., NULL. */
int wx_ask(struct ctx *, const struct wx_api *, int64_t account_id, const char *const *query, void *out,
           struct wx_fault *fault) MUST;
/* Same with query parameters (GET) and bytes back (media); `query` is name, value, ..., NULL. */
int wx_fetch(struct ctx *, const struct wx_api *, int64_t account_id, const char *const *query, const char **mime,
             struct bytes *body, struct wx_fault *fault) MUST;
int wx_upload(struct ctx *, const struct wx_api *, int64_t account_id, const char *const *query, const struct http_part *,
              size_t n, void *out, struct wx_fault *fault) MUST;

/*
 * Asks for a token with these credentials, now, whatever is remembered of them; nothing is kept. For a person who waits:
 * before an account is connected, and when the doctor looks. 0, WX_E_CONFIG (wrong, or this address is not trusted),
 * WX_E_BUSY, WX_E_REPLY.
 */
int wx_token_try(struct ctx *, const char *kind, const char *app_id, const char *secret, struct wx_fault *) MUST;
/* The same with what is kept of an account. Good credentials are then no longer remembered as refused. */
int wx_token_check(struct ctx *, int64_t account_id, struct wx_fault *) MUST;

/* Is this address of ours answered by us when it is called from here, without credentials? For what people paste. */
enum { WX_E_ADDRESS = 9 }; /* somebody else answers: fault->errmsg says what came ("HTTP 302") */
int wx_address_try(struct ctx *, const char *url, const char *expect, struct wx_fault *) MUST; /* 0, _BUSY, _ADDRESS */

/* Every call the program can make, for documents. */
const struct wx_api *const *wx_apis(size_t *n);

/*
 * Budgets. After 45009 (quota), 45011 (too fast) or 45033 (too many at once) the same call of the same account is not made
 * before its bucket is back: WX_E_BUSY with retry_after_ms, nothing leaves. The bucket is not told by the platform, so the
 * pause grows while the refusal repeats (45009: 1 min, 10 min, 1 h; 45011: 1 min; 45033: 2 s). A call that gets through
 * ends the story. Kept in memory: a restart asks once more. Other processes on the same database are told (options.paused).
 */
struct wx_budget {
        int64_t account_id;
        const char *api;     /* "kf.sync_msg" */
        int64_t errcode;
        int64_t refusals;    /* in a row */
        int64_t left_ms;     /* until the next try */
};
/* Those paused now, for the page that people look at. Texts live as long as the program. */
void wx_budget_list(struct wx *, struct arena *, int64_t merchant_id, struct wx_budget **, size_t *n);
/* What another process was told; any thread. A pause that no budget has is passed over. */
void wx_budget_hear(struct wx *, const struct wx_pause_word *);

/* Counters of this folder, for the list of app. */
struct metric *const *wx_metrics(size_t *n);

/* One row of the remote error table: class R T W N A and a sentence in Chinese for people. */
struct wx_error_row {
        int64_t code;
        char class_;     /* 'R' retry, 'T' token, 'W' wait, 'N' never, 'A' administrator, 'O' done already */
        const char *zh, *en;
};
const struct wx_error_row *wx_error(const char *kind, int64_t code); /* NULL when not in the table */
/* For documents and for the page of errors: the table of "wecom" or of "weixin" (shop and mp), by code. */
const struct wx_error_row *wx_error_table(const char *kind, size_t *n);

#endif
