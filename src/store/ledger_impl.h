/*
 * Between the files of the ledger: ledger.c (append, writer, keeper), ledger_apply.c (applier), ledger_file.c (day
 * files), ledger_people.c (what people see and do).
 *
 * Seq goes on counting from stream to stream, and streams are applied one after the other. So one number, the greatest
 * seq in store_ledger_progress, parts what is applied from what is not, over all files.
 */
#ifndef STORE_LEDGER_IMPL_H
#define STORE_LEDGER_IMPL_H

#include "base/metric.h"
#include "store/ledger.h"
#include "store/store.h"
#include "store/thread.h"

/* An appended entry on its way through writer and applier; texts and body stand behind it, in one piece of memory. */
struct ledger_item {
        struct ledger_item *next;
        struct ledger_entry e;
        size_t size;
        void (*done)(void *arg, int status);
        void *arg;
};

struct ledger_list {
        struct ledger_item *first, **tail;
        size_t n, bytes;
};

struct ledger_day {
        int day; /* yyyymmdd, UTC; 0 = none */
        struct db *db;
};

struct ledger {
        struct ledger_options o;
        struct ctx proto;
        char *dir;
        int64_t stream;

        pthread_mutex_t lock; /* of what follows */
        pthread_cond_t writer_cond, applier_cond, keeper_cond;
        bool stopping, keeper_stopping;
        struct ledger_list waiting; /* for the writer */
        struct ledger_item *spare;  /* for reuse */
        size_t n_spare;
        size_t writing;             /* taken by the writer, not yet handed on */
        struct ledger_list written; /* for the applier; older than anything only in the files */
        bool behind;                /* beyond `written` there is more, in the files only */
        int64_t written_seq, applied_seq;
        int64_t appended, applied, failed;
        struct ledger_day day; /* the writer's; closed by the keeper alone, once it is retired */
        struct ledger_day retired;

        int64_t seq;              /* the writer's: last one given */
        struct ledger_day reader; /* the applier's */
        pthread_t writer, applier, keeper;
        unsigned threads; /* started: writer, applier, keeper, in this order */
};

extern struct metric ledger_metric_appended, ledger_metric_applied, ledger_metric_failed, ledger_metric_waiting;

void ledger_list_init(struct ledger_list *);
void ledger_list_add(struct ledger_list *, struct ledger_item *);
struct ledger_item *ledger_list_take(struct ledger_list *); /* NULL when empty */
void ledger_items_free(struct ledger *, struct ledger_list *); /* with the lock held */

/* ledger_file.c */
/* The one table of a day file. seq is SQLite's rowid: the order of the file; the body is sealed. */
#define LEDGER_DAY_COLUMNS                                                                                             \
        "seq integer primary key, stream bigint not null, received_at bigint not null, merchant_id bigint not null,"   \
        " account_id bigint not null, kind text not null, query text, body bytea"

int ledger_day_of(int64_t ms);
/* DB_WRITE: makes the file and its table when they are not there. */
int ledger_day_open(struct ledger *, int day, enum db_mode, struct ledger_day *) MUST;
void ledger_day_close(struct ledger_day *);
int ledger_days(struct ledger *, struct arena *, int **days, size_t *n) MUST; /* oldest first */
int ledger_day_add(struct ctx *, const struct ledger_entry *) MUST; /* seals; inside a transaction of the file */
int ledger_day_last(struct ledger *, struct ledger_day *, int64_t *stream, int64_t *seq) MUST;
/* Up to `limit` entries behind `after`, in order, opened, in the arena; *n = 0 when there is none in this file. */
int ledger_day_read(struct ledger *, struct ledger_day *, struct arena *, int64_t after, int64_t limit,
                    struct ledger_entry **, size_t *n) MUST;
/* Unlinks the files of days before `before` that are applied to their end; never the newest. */
int ledger_days_prune(struct ledger *, int before, int64_t applied_seq) MUST;
int ledger_day_count(struct ledger *, struct ledger_day *, int64_t merchant_id, int64_t *rows) MUST;

/* ledger_apply.c */
void *ledger_applier_main(void *);
/* One entry inside a savepoint of ctx; *status is what apply answered. The returned status is the transaction's own. */
int ledger_apply_one(struct ledger *, struct ctx *, const struct ledger_entry *, int *status) MUST;
int ledger_fail(struct ctx *, const struct ledger_entry *, int status) MUST; /* remembers it in store_ledger_failed */

#endif
