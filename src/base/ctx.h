/*
 * The context: first argument of every verb. It says for whom, by whom, when and with what.
 *
 * An edge (route, job, ledger applier) makes it, begins a transaction on it, calls verbs, commits, and
 * then lets out what the verbs left in `after`. Verbs leave nothing behind but rows, arena memory and
 * entries of `after`, so an edge may roll back and run the whole function again.
 */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include "base/arena.h"
#include "base/id.h"

#include <stdbool.h>
#include <stdint.h>

struct app;
struct db_conn;
struct exchange;
struct registry;
struct wx;
struct search;
struct search_kind;
struct seal_keys;

/* Roles of people who log in; permissions name sets of them. */
enum role {
        ROLE_OWNER = 1,
        ROLE_SUPERVISOR = 2,
        ROLE_AGENT = 4,
        ROLE_WAREHOUSE = 8,
        ROLE_READER = 16,
        ROLE_OPERATOR = 32, /* of the installation, not of a merchant: hosts merchants (merchant 0) */
};

enum actor_kind {
        ACTOR_SYSTEM,   /* the program itself: rules, pollers */
        ACTOR_STAFF,    /* a person who logged in */
        ACTOR_CUSTOMER, /* the person who wrote or bought */
        ACTOR_PLATFORM, /* the remote platform decided */
        ACTOR_OPERATOR, /* somebody of the installation who acts for the merchant, for a reason he gave: staff/visit.h */
};

struct actor {
        enum actor_kind kind;
        int64_t id;       /* staff id for ACTOR_STAFF and ACTOR_OPERATOR, else 0 */
        const char *name; /* for audit rows and bubbles; never NULL */
        enum role role;   /* of ACTOR_STAFF; what an ACTOR_OPERATOR may here */
        const char *reason; /* of ACTOR_OPERATOR: stands in every audit row; else NULL */
};

/* Something the consoles want to know, let out after commit. See net/push.h for topics. */
struct notice {
        struct notice *next;
        int64_t merchant;
        const char *topic;   /* "inbox", "orders", "aftersales", ...: the domain's name */
        const char *kind;    /* "message", "thread", "order", "case", ... */
        int64_t id;          /* of the object */
        int64_t parent;      /* of what it belongs to (thread of a message), or 0 */
        const char *body;    /* small JSON object, or NULL */
};

struct once;

struct after {
        struct notice *first, **tail;
        bool jobs; /* a job was enqueued: wake the job threads */
        struct once *once; /* what ctx_once() said yes to */
};

struct ctx {
        struct arena *arena;
        struct db_conn *db; /* NULL where no transaction may be open */
        int64_t merchant;   /* 0 only for edges that have not found out yet */
        struct actor actor;
        int64_t now; /* business clock, ms UTC, fixed at begin */
        struct id_source *ids;
        const struct registry *registry; /* all domains: base/domain.h */
        const struct seal_keys *keys;    /* base/seal.h */
        struct wx *wx;                   /* the remote platform: platform/wx.h; used in job calls only */
        struct search *search;           /* the search index: store/search.h */
        struct app *app;                 /* the process (edge/edge.h): not for domains */
        struct exchange *http;           /* inside a route, else NULL: net/route.h */
        void *before;                    /* what the route's `before` half found, else NULL */
        bool demo;                       /* the program runs as the demo: the console says so */
        struct after after;
};

/* Zeroes `ctx` and sets up arena and `after`. The rest is the edge's. A ctx is not copied: `after` points into it. */
void ctx_init(struct ctx *, struct arena *);

int64_t ctx_new_id(struct ctx *);

/* Leaves word for the consoles; `topic`, `kind` and `body` are kept by reference (arena or static). */
void ctx_notice(struct ctx *, const char *topic, const char *kind, int64_t id, int64_t parent, const char *body);

/*
 * True the first time that this transaction asks with `what` (static) and `key`, for ctx->merchant; later false. For what
 * need not be repeated when many entries of one batch ask for the same. Undone with the savepoint it was asked in.
 */
bool ctx_once(struct ctx *, const char *what, const char *key);

/* Forgets what was left (on rollback). */
void ctx_after_clear(struct ctx *);

#endif
