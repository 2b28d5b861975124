/*
 * Between the files of the ledger: ledger.c (append, writer, keeper), ledger_apply.c (applier), ledger_people.c (what
 * people see and do), ledger_window.c (whose turn it is), and the two places where entries are kept: ledger_files.c over ledger_file.c (day files, with
 * SQLite), ledger_pg.c (a table, with PostgreSQL).
 */
#ifndef STORE_LEDGER_IMPL_H
#define STORE_LEDGER_IMPL_H

#include "base/metric.h"
#include "store/crash.h"
#include "store/ledger.h"
#include "store/store.h"
#include "base/thread.h"

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

struct ledger_window;

struct ledger_day {
        int day; /* yyyymmdd, UTC; 0 = none */
        struct db *db;
};

/* Where entries are kept. */
struct ledger_backend {
        int (*open)(struct ledger *, struct arena *); /* sets stream, seq and the _seq below; what is left is adopted */
        void (*close)(struct ledger *);
        int (*write)(struct ledger *, struct ctx *, struct ledger_list *); /* on the writer: all of them, committed */
        /* Up to `limit` entries behind `after`, in order, opened, in the arena; *n = 0 when there is none. */
        int (*read)(struct ledger *, struct arena *, int64_t stream, int64_t after, int64_t limit, struct ledger_entry **,
                    size_t *n);
        int (*find)(struct ledger *, struct arena *, int64_t stream, int64_t seq, struct ledger_entry *, bool *found);
        int (*count)(struct ledger *, int64_t merchant_id, int64_t *rows); /* adds to *rows */
        bool (*idle)(struct ledger *); /* nothing of others is left to apply */
        void (*keep)(struct ledger *); /* on the keeper, four times a second */
};
extern const struct ledger_backend ledger_files, ledger_pg;

/* How far a stream is applied. */
struct ledger_position {
        int64_t stream, seq;
        char *ahead; /* of those behind seq: ledger_window.h */
};

struct ledger {
        struct ledger_options o;
        const struct ledger_backend *backend;
        struct ctx proto;
        char *dir;
        int64_t stream;

        pthread_mutex_t lock; /* of what follows */
        pthread_cond_t writer_cond, applier_cond, keeper_cond;
        bool stopping, keeper_stopping;
        bool adopt; /* there may be streams that nobody applies */
        struct ledger_list waiting; /* for the writer */
        struct ledger_item *spare;  /* for reuse */
        size_t n_spare;
        size_t writing;             /* taken by the writer, not yet handed on */
        struct ledger_list written; /* for the applier; older than anything only on disk */
        bool behind;                /* beyond `written` there is more, on disk only */
        size_t in_window, window_bytes; /* items that the applier has taken and not given back */
        int64_t written_seq, applied_seq;
        int64_t appended, applied, failed;
        struct ledger_day day; /* the writer's; closed by the keeper alone, once it is retired */
        struct ledger_day retired;

        int64_t seq;              /* the writer's: last one given */
        struct ledger_day reader; /* the applier's */
        struct ledger_window *window; /* the applier's */
        struct crash_entry *crashed; /* the applier's: not to be applied, or NULL */
        size_t n_crashed;
        int64_t kept_seq;         /* the keeper's: at its last checkpoint */
        int pruned_for;           /* the keeper's: the day it last pruned on */
        unsigned ticks;           /* the keeper's */
        pthread_t writer, applier, keeper;
        unsigned threads; /* started: writer, applier, keeper, in this order */
};

extern struct metric ledger_metric_appended, ledger_metric_applied, ledger_metric_failed, ledger_metric_waiting;

void ledger_list_init(struct ledger_list *);
void ledger_list_add(struct ledger_list *, struct ledger_item *);
struct ledger_item *ledger_list_take(struct ledger_list *); /* NULL when empty */
void ledger_items_free(struct ledger *, struct ledger_list *); /* with the lock held */

/* ledger_file.c */
#define LEDGER_ENTRY_COLS 8
extern const struct db_col ledger_entry_cols[LEDGER_ENTRY_COLS];
/* Opens the bodies in place; one that no key opens any more is empty: nobody can apply it, and apply says so. */
int ledger_unseal(struct ledger *, struct arena *, struct ledger_entry *, size_t n) MUST;
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

/* ledger_pg.c: streams of processes that are gone */
enum { LEDGER_GONE = 1 /* its row: all of it is applied */, LEDGER_LOST = 2 /* the row stands elsewhere */ };
int ledger_orphans(struct ledger *, struct arena *, struct ledger_position **, size_t *n) MUST;
/* Where the applier begins; in open(). */
int ledger_start_at(struct ledger *, int64_t stream, int64_t seq, char *ahead) MUST;
int ledger_position_get(struct ledger *, struct arena *, int64_t stream, struct ledger_position *) MUST;
int ledger_stream_end(struct ledger *, struct arena *, struct ledger_position) MUST;

/* ledger_apply.c */
void *ledger_applier_main(void *);
/* One entry inside a savepoint of ctx; *status is what apply answered. The returned status is the transaction's own. */
int ledger_apply_one(struct ledger *, struct ctx *, const struct ledger_entry *, int *status) MUST;
int ledger_fail(struct ctx *, const struct ledger_entry *, int status) MUST; /* remembers it in store_ledger_failed */
#define LEDGER_CRASHED 1000 /* as a status: set aside without being tried, crash.h */

#endif
