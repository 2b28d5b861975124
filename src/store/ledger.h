/*
 * The intake ledger: append-only, what the platform handed us, written before it is answered.
 *
 * Key = (stream, seq). A stream is one incarnation of a process; it has one writer, so seq order is commit order. With
 * SQLite the ledger is a file of its own per day (WAL, synchronous=FULL): pruning is unlink. With PostgreSQL it is the
 * table store_ledger, a partition per day: pruning is "drop table".
 *
 * Appending: any thread hands in an entry; the writer thread takes all that wait, commits them together, and calls
 * `done` for each, after the commit. Applying: one thread gives merchants turns and takes the entries of each in order; it runs
 * `apply` for each inside a WRITE transaction of the main database, up to 20 ms per transaction, a savepoint each. How far a
 * stream is applied (up to a seq, and which of those behind it) is a row of the main database, moved in the same transaction: exactly once. An entry whose apply fails is
 * recorded in store_ledger_failed with its reason, and the next one goes on; it can be replayed.
 *
 * Several processes (PostgreSQL): each applies what it took in. What a process that is gone left unapplied is adopted by
 * another. Order holds within a stream, not between them: notices only say where to look, and what carries a text of its
 * own is sorted by the platform's time.
 *
 * Duplicates are stored twice and made harmless by the domains' unique remote ids.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "base/clock.h"
#include "base/seal.h"
#include "store/db.h"
#include "store/process.h"

struct ledger;

struct ledger_entry {
        int64_t stream, seq;
        int64_t received_at;     /* business ms */
        int64_t merchant_id;
        int64_t account_id;
        const char *kind;        /* "wecom", "shop", "mp" */
        const char *query;       /* the request's query text, as received */
        struct bytes body;       /* the request's body, as received; sealed at rest by the ledger */
        struct bytes opened;     /* what the body says, when whoever appends it has decrypted it already: spares the applier doing
                                    it again. In memory only; none when the entry was read from disk */
};

struct ledger_options {
        const char *dir;     /* folder of the day files (SQLite) */
        struct db *db;       /* main database: progress and failures */
        struct ctx proto;
        struct process *process; /* NULL: the only one on this database */
        struct clock *clock;
        size_t max_waiting;  /* entries queued for the writer; over it append answers LEDGER_E_FULL */
        int keep_days;       /* older files go once all of them is applied; 0 = none ever */
        int (*apply)(void *arg, struct ctx *, const struct ledger_entry *) MUST;
        void (*committed)(void *arg, struct ctx *); /* after each applied batch */
        void *arg;
};

int ledger_open(struct ledger **, const struct ledger_options *) MUST; /* adopts what earlier streams left unapplied */
void ledger_close(struct ledger *); /* writes what waits, stops both threads */

enum { LEDGER_E_FULL = 1 };

/* Copies the entry and returns. `done(arg, status)` runs on the writer thread: 0 = on disk, negative = not. */
int ledger_append(struct ledger *, const struct ledger_entry *, void (*done)(void *arg, int status), void *arg) MUST;

bool ledger_idle(struct ledger *); /* everything appended is applied, by other processes too */
void ledger_look(struct ledger *); /* a process is gone: adopt what it left */

struct ledger_stats {
        int64_t appended, applied, failed; /* since start, but failed: rows in store_ledger_failed */
        int64_t waiting;                   /* appended, not yet applied */
};
void ledger_stats(struct ledger *, struct ledger_stats *);

/* Counts rows of all days that still exist: what the ledger holds. Merchant 0 = all. */
int ledger_count(struct ledger *, int64_t merchant_id, int64_t *rows) MUST;

/* Takes all entries of a merchant out of the days that still exist; *rows: how many went. No server may work on them:
 * `dir` as in the options (SQLite), `db` the main database (PostgreSQL). */
int ledger_erase(struct db *db, const struct ctx *proto, const char *dir, int64_t merchant_id, int64_t *rows) MUST;

/* Entries that failed, newest first, for people; and once more through apply. */
struct ledger_failure {
        int64_t stream, seq, failed_at, account_id;
        const char *kind, *reason;
};
int ledger_failures(struct ctx *, struct ledger_failure **, size_t *n) MUST;
enum {
        LEDGER_E_NONE = 1,  /* no such failure of ctx->merchant, or its file is gone */
        LEDGER_E_AGAIN = 2, /* it failed again; the reason is the new one when the edge commits */
};
int ledger_replay(struct ledger *, struct ctx *, int64_t stream, int64_t seq) MUST;
/* A person gives it up: it leaves the list; its text stays in the ledger as long as its day. LEDGER_E_NONE. */
int ledger_drop(struct ledger *, struct ctx *, int64_t stream, int64_t seq) MUST;

/* Counts `times` intake outcomes that made no entry or no change (bad signature, unknown event, ...) by reason. */
int ledger_note(struct ctx *, int64_t account_id, const char *reason, int64_t times) MUST;

struct ledger_note_row {
        int64_t account_id, count, last_at;
        const char *reason;
};
int ledger_notes(struct ctx *, struct ledger_note_row **, size_t *n) MUST; /* of ctx->merchant */

#endif
