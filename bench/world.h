/* The merchant that a run measures: corps with their 微信客服 accounts and a shop, made in an empty data folder. */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include "bench/bench.h"
#include "base/ctx.h"
#include "sim/envelope.h"

struct world_corp {
        const char *corp_id;
        struct envelope_key key; /* of its callbacks */
        const char *path;        /* "/callback/wecom/KEY" */
};

#define WORLD_TOKEN "QDG6eK2yz8n4pRw7"
#define WORLD_AES_KEY "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

/* A person of a merchant, signed in. */
struct world_session {
        int64_t merchant_id;
        const char *cookie;
        const char *csrf; /* goes with what changes something */
};

struct world {
        struct world_session session; /* of the owner */
        struct world_corp *corps; /* and behind them a shop */
        size_t n_corps, per_corp;
        const char **kf; /* open_kfid; account i belongs to corp i / per_corp */
        size_t n_kf;
};

/* Before the server starts. `settings` as given to child_server(); `welcome` NULL = the accounts greet nobody. */
int world_make(struct bench *, const char *const *settings, size_t n_corps, size_t per_corp, const char *welcome,
               struct world *) MUST;

/* `n` merchants with one owner each, signed in, in the empty data folder. */
int world_sessions(struct bench *, const char *const *settings, size_t n, struct world_session **) MUST;

struct demo_world;
/* A merchant with everything that a simulator made, in an empty data folder; his owner is signed in. */
int world_of_sim(struct bench *, const char *const *settings, const struct demo_world *, struct world_session *) MUST;

/* Inside a WRITE transaction: merchant number `i` with its owner, who is not signed in; ctx is then the merchant's. */
int world_merchant(struct ctx *, size_t i) MUST;
/* Signs the owners of these merchants in; no server works on the database. */
int world_sign_in(struct bench *, const char *const *settings, const size_t *which, size_t n, struct world_session *) MUST;

/* Runs fn in a READ transaction on the run's database; no server works on it. */
int world_ask(struct bench *, const char *const *settings, int (*fn)(struct ctx *, void *), void *arg) MUST;
/* The same in a WRITE transaction, which may run again. */
int world_write(struct bench *, const char *const *settings, int (*fn)(struct ctx *, void *), void *arg) MUST;

/* The open_kfid of an account, by its number. */
const char *world_kf_id(struct arena *, size_t i);
/* The number of an account of some world, by its id; -1 when it is none. */
int64_t world_kf_number(const char *open_kfid);

/*
 * A 微信客服 notice as the platform posts it, a whole HTTP/1.1 request with keep-alive. Each `serial` makes another
 * ciphertext and signature; its ten digits are the nonce of the query, by which it is found again in the ledger.
 */
struct bytes world_notice(struct arena *, const struct world *, uint64_t serial, size_t kf, const char *host, int64_t now_s);

/* A shop's notice that the order was paid, posted to `path`. */
struct bytes world_order(struct arena *, const struct envelope_key *, const char *path, const char *order_id, uint64_t serial,
                         const char *host, int64_t now_s);

/* The serial that a kept query tells; -1 when it is none of ours. */
int64_t world_serial(const char *query);

#endif
