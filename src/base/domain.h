/*
 * What a domain declares. One `const struct domain` per folder, in <domain>.c; app lists them all.
 *
 * The tables it points to are declared by the folders that run them (net/route.h, store/job.h, ...);
 * here they are only named, so that base stays below everything.
 */
#ifndef BASE_DOMAIN_H
#define BASE_DOMAIN_H

#include "base/ctx.h"
#include "base/json.h"
#include "base/metric.h"
#include "base/status.h"

struct check;
struct backfill_source;
struct event;
struct holder;
struct job_kind;
struct remote_event;
struct route;
struct search_kind;

/* A right, and the roles that have it: {"inbox.reply", ROLE_OWNER | ROLE_AGENT, "answer customers"}. */
struct permission {
        const char *name;
        unsigned roles; /* bit set of enum role */
        const char *summary;
};

/*
 * An event: something a domain tells those above it. Raised with event_raise() (store/event.h).
 * `payload` describes the struct that goes with it; LATER listeners get it back from JSON.
 */
struct event {
        const char *name; /* "orders.changed" */
        const struct json_desc *payload;
        const char *summary;
};

/*
 * A domain's ear. CORE runs in the raiser's transaction and may veto by failing; LATER (the default)
 * becomes one job, so that a bug of the listener never rolls back the raiser.
 */
struct listener {
        const struct event *event;
        bool core;
        int (*fn)(struct ctx *, const void *payload) MUST;
        const char *name; /* "inbox.on_order_changed": names the job */
};

/* The schema as commented SQL; see store/migrate.h for the form. */
struct schema {
        const char *sql;
        const size_t *n; /* bytes */
};

/* Reads one object of ctx->merchant back, whole, from an untouched backup: the proof that it is of use. *found: there is
 * one. */
struct probe {
        const char *what; /* "message" */
        int (*read)(struct ctx *, bool *found) MUST;
};

struct domain {
        const char *name;
        const struct schema *schema;
        const struct route *routes;
        size_t n_routes;
        const struct event *const *events;
        size_t n_events;
        const struct listener *listeners;
        size_t n_listeners;
        const struct job_kind *jobs;
        size_t n_jobs;
        const struct remote_event *remote_events;
        size_t n_remote_events;
        const struct permission *permissions;
        size_t n_permissions;
        struct metric *const *metrics;
        size_t n_metrics;
        const struct search_kind *searches; /* what may be found by words: store/search.h */
        size_t n_searches;
        const struct probe *probe; /* NULL = none */
        const struct holder *holds; /* whose data lie in its tables: store/holding.h */
        const struct check *checks; /* what the doctor looks at, by name: base/check.h */
        size_t n_checks;
        const struct backfill_source *sources; /* what is read of accounts: backfill/backfill.h */
        size_t n_sources;
};

struct registry {
        const struct domain *const *domains;
        size_t n;
};

#endif
