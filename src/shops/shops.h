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
        const char *agent_id;     /* of wecom: the app's AgentId; NULL = not told yet */
        int64_t read_only;        /* 1: no write call leaves */
        int64_t bound;            /* 1: belongs to an Open Platform account, so objects carry unionid */
        int64_t created_at;       /* ms */
        int64_t last_callback_at; /* ms; 0 = never */
        int64_t found_by_polling; /* objects that a poller found before any callback told of them */
        int64_t connected_at;     /* ms; 0 = it still waits for its first good call and its first callback */
        int64_t called_at, url_checked_at; /* ms; 0 = not yet: last good call, last URL check of the platform */
        int64_t kf_granted_at, kf_heard_at; /* of a shop, ms, 0 = not yet: its in-shop 客服 may be called; a buyer wrote there */
};

enum {
        SHOPS_E_NONE = 1,
        SHOPS_E_EXISTS = 2,    /* this remote account is already connected */
        SHOPS_E_BAD = 3,       /* a credential has the wrong form */
        SHOPS_E_ELSEWHERE = 5, /* this remote account is connected at another merchant of this installation */
        SHOPS_E_CONNECTED = 6, /* it works already: not to be dropped by the wizard */
        SHOPS_E_SECRET = 7,    /* the platform refuses these credentials */
        SHOPS_E_PLATFORM = 8,  /* the platform gives no answer */
        SHOPS_E_ADDRESS = 9,   /* an address that does not lead to us */
        SHOPS_E_LIMIT = 10,    /* as many accounts as were agreed on: shops_limit_why() */
        SHOPS_E_AGAIN = 11,    /* suspended, or working, already */
};

int shops_merchant_create(struct ctx *, const char *name, int64_t *merchant_id) MUST; /* E_BAD */
int shops_merchants(struct ctx *, int64_t **ids, size_t *n) MUST; /* all */
int shops_merchants_awake(struct ctx *, int64_t **ids, size_t *n) MUST; /* those who are not suspended: for who calls the platform */

/*
 * What the host of an installation and a merchant agreed on. The merchant that "zhanggui init" makes is his own host: not
 * hosted, no limits. A limit is refused at the verb that would pass it (E_LIMIT, STAFF_E_LIMIT), with shops_limit_why().
 */
struct shops_terms {
        int64_t hosted;       /* 1: a provider runs this program for him: some functions are not to be had, shops/hosted.h */
        const char *contact;  /* whom he asks for more; "" or NULL = nobody is named */
        int64_t max_accounts; /* connected and pending ones; 0 = any number */
        int64_t max_staff;    /* people who may log in; 0 = any number */
        int64_t max_calls;    /* platform calls under way at once, in each process; 0 = any number */
};
#define SHOPS_TERM_MAX 100000 /* the largest limit */
struct shops_merchant {
        int64_t merchant_id;
        const char *name;
        struct shops_terms terms;
        int64_t created_at, suspended_at; /* ms; 0 = he works */
        const char *suspended_why;
};
int shops_merchant_get(struct ctx *, struct shops_merchant *) MUST; /* of ctx->merchant; E_NONE */
/* Those whose name has `q` in it (NULL = all), behind the id `after`, in order of ids; at most `limit` (1..200). */
int shops_merchant_page(struct ctx *, const char *q, int64_t after, int64_t limit, struct shops_merchant **, size_t *n) MUST;
int shops_merchant_count(struct ctx *, int64_t *n) MUST;
int shops_merchant_terms(struct ctx *, const struct shops_terms *) MUST; /* audited; E_NONE, E_BAD */
/*
 * A suspended merchant's jobs rest: nothing leaves for the platform, polling stops. Callbacks are answered and applied as
 * always, and what they ask for waits. After resuming it goes on from there; 微信客服 keeps messages for 3 days. Audited.
 * E_NONE; E_AGAIN: he is (or works) already. The people's sessions are staff's: hosting/hosting.h does both.
 */
int shops_merchant_suspend(struct ctx *, const char *why) MUST;
int shops_merchant_resume(struct ctx *) MUST;
/* The sentence of a limit: what is limited, how many there are, whom to ask. */
enum shops_limit { SHOPS_LIMIT_ACCOUNTS, SHOPS_LIMIT_STAFF };
int shops_limit_why(struct ctx *, enum shops_limit, const char **zh, const char **en) MUST;
/* How many accounts each of these merchants has, and how they do. In the order of `merchants`, which is that of their ids. */
struct shops_count {
        int64_t merchant_id, accounts, pending, shops, last_callback_at; /* ms; 0 = never */
};
int shops_counts(struct ctx *, const int64_t *merchants, size_t n, struct shops_count **) MUST;
int shops_account_get(struct ctx *, int64_t account_id, struct shops_account *) MUST;
/* Business hours (9 to 22, China) up to a moment, ms: the difference of two moments is how long it was open between them. */
int64_t shops_open_ms(int64_t at);
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
/* Connects what is known to work (the demo, tests): from the first moment on it is polled. */
int shops_connect(struct ctx *, const struct shops_new *, int64_t *account_id) MUST;
int shops_set_read_only(struct ctx *, int64_t account_id, bool) MUST; /* audited */
/* The AgentId of a corp's app: digits, beside its Secret on the app's page. Needed to sign in and to write to members. E_NONE, E_BAD. */
int shops_set_agent(struct ctx *, int64_t account_id, const char *agent_id) MUST;

/*
 * Connecting by the wizard: the account is begun read-only and pending, answers the URL check at once, and is connected
 * when one real call and one real callback have passed (shops_account_connected is raised then). What is shown once and
 * never again: where the platform is to call, and with what.
 */
struct shops_pasted {
        int64_t account_id;
        const char *path;            /* "/callback/wecom/KEY" */
        const char *token, *aes_key; /* NULL for a 微信客服 account, which has none of its own */
};
/* What is wrong with the form of a field, or field NULL: all is well. Sentences for the person who pasted it. */
struct shops_slip {
        const char *field; /* "remote_id", "secret", "name" */
        const char *zh, *en;
};
struct shops_slip shops_slip_of(struct arena *, const struct shops_new *);
/*
 * Asks the platform, before anything is kept, whether these credentials are good, and whether `origin` ("https://host";
 * "" = not told) leads to us. 0, or E_BAD, E_SECRET, E_PLATFORM, E_ADDRESS with a sentence. No transaction is open; ctx->wx.
 * An address that the platform does not trust yet is no reason: that is a later step.
 */
int shops_ask(struct ctx *, const struct shops_new *, const char *origin, const char **zh, const char **en) MUST;
int shops_begin(struct ctx *, const struct shops_new *, struct shops_pasted *) MUST; /* E_BAD, E_EXISTS, E_ELSEWHERE */
int shops_renew_callback(struct ctx *, int64_t account_id, struct shops_pasted *) MUST; /* a new token and key; E_NONE */
int shops_set_secret(struct ctx *, int64_t account_id, const char *secret) MUST;        /* E_NONE, E_BAD */
int shops_drop(struct ctx *, int64_t account_id) MUST; /* what is pending, and what hangs below it; E_NONE, E_CONNECTED */

extern const struct event shops_account_connected; /* payload: struct shops_event */
struct shops_event {
        int64_t account_id;
};

/*
 * The merchant's own way out: every call to the platform in his name leaves through this proxy, so that the platform sees his
 * address and not the provider's. "http://", "https://" or "socks5://", with user:password@ or without, a host and a port. It is
 * sealed, and only the part without credentials is ever told again.
 */
struct shops_slip shops_proxy_slip(struct arena *, const char *url);
int shops_set_proxy(struct ctx *, const char *url) MUST;    /* NULL or "" = none; audited; E_BAD */
int shops_proxy_host(struct ctx *, const char **host) MUST; /* "socks5://10.0.0.8:1080"; NULL = none */

/* Files that prove a domain is ours: "WW_verify_1234abcd.txt"; served at the root to everybody. */
struct shops_site_file {
        const char *name, *content;
};
#define SHOPS_SITE_FILE_MAX 1024 /* bytes of content */
int shops_site_file_put(struct ctx *, const char *name, const char *content) MUST; /* E_BAD, E_ELSEWHERE */
int shops_site_files(struct ctx *, struct shops_site_file **, size_t *n) MUST;     /* of all merchants: for serving */
int shops_site_files_own(struct ctx *, struct shops_site_file **, size_t *n) MUST; /* of ctx->merchant */

/* What a counted refusal of a callback (ledger_notes) means for who pasted the credentials; false: it means nothing. */
struct shops_refusal {
        const char *zh, *en, *fix_zh, *fix_en;
};
bool shops_refusal_of(const char *reason, struct shops_refusal *);

/* Counts for people; no status of their own to tell. */
int shops_note_call(struct ctx *, int64_t account_id) MUST;       /* a call of it was answered */
int shops_note_url_check(struct ctx *, int64_t account_id) MUST;  /* the platform checked its address, and got its answer */
int shops_note_kf(struct ctx *, int64_t account_id, bool granted) MUST; /* in-shop 客服: granted to us, or else: a buyer wrote */
int shops_note_callback(struct ctx *, int64_t account_id) MUST;
int shops_note_found_by_polling(struct ctx *, int64_t account_id, int64_t n) MUST;

/* What is needed to receive: one row per account with callbacks, all merchants; for the loop's immutable key table.
 * Opened texts: keep in memory only. `callback_key` is the random last part of /callback/{kind}/{callback_key}. */
struct shops_callback {
        int64_t merchant_id, account_id, version;
        const char *kind, *callback_key, *token, *aes_key, *receive_id;
};
int shops_callbacks(struct ctx *, struct shops_callback **, size_t *n) MUST;
/* Kind of the notice (topic "shops") that says: the key table or the files at the root changed, read them again. */
#define SHOPS_NOTICE_KEYS "keys"
/* And that says: this merchant was suspended, end his people's streams. */
#define SHOPS_NOTICE_SUSPENDED "suspended"
/* What an address of ours says when no account has it: by this it is known again from outside. */
#define SHOPS_NO_ACCOUNT "no account is connected under this address"
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

/* How long this installation may be down before a message of the channel is gone for good (platform notes: 微信客服 3
 * days by pulling, in-shop about 3.6 h by the retry table, official account three tries of 5 s). */
struct shops_margin {
        const char *channel; /* "kf", "shop", "mp" */
        int64_t margin_s;
        const char *zh, *en;
};
const struct shops_margin *shops_margins(size_t *n);

#endif
