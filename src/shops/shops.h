/*
 * shops: the merchant and the remote accounts he connected (shop, WeCom corp, 微信客服 accounts, official account),
 * their credentials, and how each is doing. Leftmost domain: it knows nobody.
 */
#ifndef SHOPS_SHOPS_H
#define SHOPS_SHOPS_H

#include "base/domain.h"
#include "store/db.h"

extern const struct domain shops_domain;

struct job;
struct wx_fault;
struct wx_vault;

/* One connected account. `kind`:
 *   "wecom"  corp and self-built app; remote_id = corp id; receives callbacks
 *   "kf"     微信客服 account; remote_id = open_kfid; parent_id = its wecom account, whose token and callback it uses
 *   "shop"   Channels shop; remote_id = appid; receives callbacks; its in-shop 客服 has no account of its own
 *   "mp"     official account or mini program; remote_id = appid; receives callbacks */
struct shops_account {
        int64_t merchant_id, account_id, parent_id;
        const char *kind, *remote_id, *name;
        int64_t read_only;        /* 1: no write call leaves */
        int64_t bound;            /* 1: belongs to an Open Platform account, so objects carry unionid */
        int64_t created_at;       /* ms */
        int64_t last_callback_at; /* ms; 0 = never */
        int64_t found_by_polling; /* objects that a poller found before any callback told of them */
};

enum {
        SHOPS_E_NONE = 1,
        SHOPS_E_EXISTS = 2,    /* this remote account is already connected, here or at another merchant */
        SHOPS_E_BAD = 3,       /* a credential has the wrong form */
        SHOPS_E_CAUGHT_UP = 4, /* nothing to poll for now */
};

int shops_merchant_create(struct ctx *, const char *name, int64_t *merchant_id) MUST;
int shops_merchants(struct ctx *, int64_t **ids, size_t *n) MUST; /* all, for pollers */
int shops_account_get(struct ctx *, int64_t account_id, struct shops_account *) MUST;
int shops_account_by_remote(struct ctx *, const char *kind, const char *remote_id, struct shops_account *) MUST;
int shops_account_list(struct ctx *, struct shops_account **, size_t *n) MUST; /* of ctx->merchant, by kind and name */
int shops_accounts_of(struct ctx *, const char *kind, struct shops_account **, size_t *n) MUST; /* of one kind, by name */

struct shops_new {
        const char *kind, *remote_id, *name;
        int64_t parent_id;
        const char *secret;          /* of wecom, shop, mp */
        const char *token, *aes_key; /* of callbacks; NULL = made here */
        bool read_only, bound;
};
int shops_connect(struct ctx *, const struct shops_new *, int64_t *account_id) MUST;
int shops_set_read_only(struct ctx *, int64_t account_id, bool) MUST; /* audited */

/* Counts for people; no status of their own to tell. */
int shops_note_callback(struct ctx *, int64_t account_id) MUST;
int shops_note_found_by_polling(struct ctx *, int64_t account_id, int64_t n) MUST;

/* What is needed to receive: one row per account with callbacks, all merchants; for the loop's immutable key table.
 * Opened texts: keep in memory only. `callback_key` is the random last part of /callback/{kind}/{callback_key}. */
struct shops_callback {
        int64_t merchant_id, account_id, version;
        const char *kind, *callback_key, *token, *aes_key, *receive_id;
};
int shops_callbacks(struct ctx *, struct shops_callback **, size_t *n) MUST;
/* The credentials as they were at `version` (for replaying a kept callback), or the current ones for 0. */
int shops_callback_at(struct ctx *, int64_t account_id, int64_t version, struct shops_callback *) MUST;

/* The platform's view: implements struct wx_vault with short transactions of its own on `db`. `proto` gives keys, ids,
 * registry. Lives as long as the process. */
struct shops_vault {
        struct db *db;
        struct ctx proto;
};
void shops_vault_bind(struct shops_vault *, struct wx_vault *out);

/*
 * What a job's call step answers for a call that changes nothing at the platform (WX_READS): 0, JOB_RETRY (busy, no
 * answer, a broken answer, a configuration somebody must correct: asked again later) or JOB_REFUSED (no for good).
 * Sets job->error and job->retry_in_ms.
 */
int shops_read_outcome(struct job *, int wx_status, const struct wx_fault *) MUST;

/*
 * Polling for what the callbacks missed: window after window of the platform's update time, the first a month back. A
 * window ends a minute before now (callbacks come first) and begins two before the end of the last one (clocks differ).
 * `what` names the poller: "orders". The edge of a page is kept, so a restart goes on where it was.
 */
struct shops_window {
        int64_t begin_s, end_s;
        const char *next_key; /* NULL = first page */
};
#define SHOPS_POLL_EVERY_MS (3 * 60 * 1000LL)
/* The page to read now; windows are at most `span_s` long. SHOPS_E_CAUGHT_UP: look again in SHOPS_POLL_EVERY_MS. */
int shops_poll_window(struct ctx *, int64_t account_id, const char *what, int64_t span_s, struct shops_window *) MUST;
/* That page was read; `next_key` NULL = it was the window's last. *run_at: when to look again (ms). */
int shops_poll_read(struct ctx *, int64_t account_id, const char *what, const struct shops_window *,
                    const char *next_key, int64_t *run_at) MUST;
/* The platform refused the page: the window will be read again from its beginning. */
int shops_poll_refused(struct ctx *, int64_t account_id, const char *what, const struct shops_window *) MUST;

/* How long this installation may be down before a message of the channel is gone for good (platform notes: 微信客服 3
 * days by pulling, in-shop about 3.6 h by the retry table, official account three tries of 5 s). */
struct shops_margin {
        const char *channel; /* "kf", "shop", "mp" */
        int64_t margin_s;
        const char *zh, *en;
};
const struct shops_margin *shops_margins(size_t *n);

#endif
