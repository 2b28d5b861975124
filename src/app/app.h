/*
 * app: the composition root. Here the floors meet the domains: one struct holds what the process is made of, the edges
 * make contexts and own transactions, callbacks meet the ledger. No SQL and no business here.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/conf.h"
#include "base/clock.h"
#include "base/domain.h"
#include "base/seal.h"
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
        struct ctx proto; /* ids, registry, keys, wx: what every context starts from */
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

extern const struct registry app_registry; /* domains.c */

/* A fresh context on `arena` for `merchant` (0 = not known yet), acting as the system. */
void app_ctx(struct app *, struct ctx *, struct arena *, int64_t merchant);

/* Runs fn(ctx, arg) in one transaction: commit on 0, else rollback; lets out what it left. */
int app_transact(struct app *, struct arena *, int64_t merchant, enum db_mode, int (*fn)(struct ctx *, void *), void *arg) MUST;

/* One notice to the consoles here, and what it means for their streams. The server's lock is held. */
void app_publish(struct server *, const struct notice *);
/* Lets out notices and wakes the job threads; the `committed` hook of runner and ledger. */
void app_committed(void *app, struct ctx *);

/* Consoles listening now. */
size_t app_consoles(struct app *);

/* edge.c: the hooks of net/server.h. */
int app_run_call(void *app, struct call *);
int app_subscribe(void *app, const char *session, const char *const *topics, size_t n, struct push_grant *);

/* callbacks.c: /callback/{kind}/{key} -> ledger -> domains. */
int callbacks_load(struct app *) MUST;    /* (re)reads the key table and the files at the root; from any thread */
void callbacks_release(struct app *);
void callbacks_raw(void *app, struct raw *);
void callbacks_site_file(void *app, struct raw *); /* WW_verify_*.txt and its like */
int callbacks_apply(void *app, struct ctx *, const struct ledger_entry *) MUST;
#define CALLBACKS_HEARD "heard" /* kind of a notice that stays in this process: the callback noted is committed */
void callbacks_heard(struct app *, int64_t account_id, int64_t at);
int callbacks_flush_notes(struct app *) MUST; /* writes the counted refusals and URL checks to the database */

/* start.c */
int app_start_account(struct ctx *, const struct shops_account *) MUST; /* what must always run for an account */
int app_open(struct app *, const struct conf *) MUST;  /* data folder, keys, database, migrations */
/* Beside a running server, for reading: nothing is made, locked or migrated. */
int app_look(struct app *, const struct conf *) MUST;
int app_open_search(struct app *) MUST;                /* part of app_start() */
int app_open_platform(struct app *) MUST;              /* so that the platform may be called; part of app_start() */
int app_start(struct app *, int listen_fd) MUST;       /* jobs, ledger, server */
void app_stop(struct app *); /* also after a failed app_open or app_start */

/* The commands. Each gets argv without program and command name. */
int cmd_serve(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_callback(int argc, char **argv);
int cmd_openapi(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_connect(int argc, char **argv);
int cmd_rehearse(int argc, char **argv);
int cmd_merchant(int argc, char **argv);
int cmd_operator(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_erase(int argc, char **argv);

#endif
