/*
 * The edges: where something from outside (a request, a callback, a word of another process) becomes a context, a
 * transaction and what is told after it. One struct holds what the process is made of; app puts it together (app/app.h).
 * No SQL and no business here.
 */
#ifndef EDGE_EDGE_H
#define EDGE_EDGE_H

#include "base/clock.h"
#include "base/domain.h"
#include "base/seal.h"
#include "edge/conf.h"
#include "net/server.h"
#include "net/transport.h"
#include "platform/wx.h"
#include "shops/shops.h"
#include "store/db.h"
#include "store/job.h"
#include "store/ledger.h"

#include <pthread.h>

struct callback_table;

struct app {
        const struct conf *conf;
        struct arena arena; /* process lifetime */
        struct clock clock;
        struct id_source ids;
        struct seal_keys keys;
        struct db *db;
        struct process *process; /* our place among the processes on the database */
        struct search *search;
        bool postgres; /* --db is a PostgreSQL server */
        int lock; /* of the data folder: one server at a time */
        struct ctx proto; /* ids, registry (all domains), keys, wx: what every context starts from */
        struct transport *transport;
        struct shops_vault vault;
        struct wx *wx;
        struct job_runner *runner;
        struct ledger *ledger;
        struct server *server; /* NULL while it starts and when it stops */
        pthread_rwlock_t server_lock;
        struct callback_table *callbacks;
        _Atomic bool callbacks_stale; /* another process connected an account */
        _Atomic unsigned calling_out; /* REMOTE routes under way */
        struct housekeeping *housekeeping;
        struct doctor *doctor;
        struct control *control;
        _Atomic bool unkept; /* the doctor could not write down what it found */
        struct rehearsal *rehearsal; /* the one that the console began last; NULL = none yet */
        pthread_mutex_t rehearsal_lock;
        bool demo;
        _Atomic bool ready;
};

/* A fresh context on `arena` for `merchant` (0 = not known yet), acting as the system. */
void edge_ctx(struct app *, struct ctx *, struct arena *, int64_t merchant);

/* Runs fn(ctx, arg) in one transaction: commit on 0, else rollback; lets out what it left. */
int edge_transact(struct app *, struct arena *, int64_t merchant, enum db_mode, int (*fn)(struct ctx *, void *), void *arg) MUST;

/* One notice to the consoles here, and what it means for their streams. The server's lock is held. */
void edge_publish(struct server *, const struct notice *);
/* Lets out notices and wakes the job threads; the `committed` hook of runner and ledger. */
void edge_committed(void *app, struct ctx *);

/* Consoles listening now. */
size_t edge_consoles(struct app *);

/* edge.c: the hooks of net/server.h. */
int edge_run_call(void *app, struct call *);
int edge_subscribe(void *app, const char *session, const char *const *topics, size_t n, struct push_grant *);

/* callbacks.c: /callback/{kind}/{key} -> ledger -> domains. */
int callbacks_load(struct app *) MUST;    /* (re)reads the key table and the files at the root; from any thread */
void callbacks_release(struct app *);
void callbacks_raw(void *app, struct raw *);
void callbacks_site_file(void *app, struct raw *); /* WW_verify_*.txt and its like */
int callbacks_apply(void *app, struct ctx *, const struct ledger_entry *) MUST;
#define CALLBACKS_HEARD "heard" /* kind of a notice that stays in this process: the callback noted is committed */
void callbacks_heard(struct app *, int64_t account_id, int64_t at);
int callbacks_flush_notes(struct app *) MUST; /* writes the counted refusals and URL checks to the database */

#endif
