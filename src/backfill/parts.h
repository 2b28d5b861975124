/* Inside backfill: stretches and progress (stretch.c), pace and estimate (pace.c), the two jobs (remote_read.c). */
#ifndef BACKFILL_PARTS_H
#define BACKFILL_PARTS_H

#include "backfill/rows.h"
#include "store/job.h"

const struct backfill_source *backfill_source_find(struct ctx *, const char *what); /* NULL */

/* ---- stretch.c ---- */

int backfill_reader_get(struct ctx *, int64_t account_id, const char *what, struct backfill_reader *) MUST; /* BACKFILL_E_NONE */
int backfill_reader_save(struct ctx *, const struct backfill_reader *) MUST;

/* Takes on what lies between the head and now; cut into days, so that the newest day is read first. */
int backfill_take_on(struct ctx *, const struct backfill_source *, struct backfill_reader *) MUST;
/* The stretch to list now; BACKFILL_E_NONE = every list is read. */
int backfill_newest(struct ctx *, const struct backfill_reader *, struct backfill_stretch *) MUST;
/* Its page was read: what it named waits to be fetched, or was kept already. */
int backfill_listed(struct ctx *, const struct backfill_source *, struct backfill_reader *, const struct backfill_stretch *,
                    const struct backfill_page *) MUST;
/* Nothing is left of it? Then it has caught up; says so once. */
int backfill_look_done(struct ctx *, struct backfill_reader *) MUST;

/* ---- pace.c: pure ---- */

/* How many objects may be fetched now; 0: not before *until, for *why. */
int64_t backfill_allow(const struct backfill_reader *, int64_t now, int64_t want, int64_t *until, const char **why);
void backfill_spend(struct backfill_reader *, int64_t now, int64_t n);
/* `n` objects were read just now. */
void backfill_note(struct backfill_reader *, int64_t now, int64_t n);
/* How many objects there will be in all, as far as the lists read so far tell. */
int64_t backfill_expected(const struct backfill_reader *);
/* Objects a millisecond that the platform's limit of calls a minute leaves to history. */
double backfill_most(const struct backfill_reader *);
/* Milliseconds until `left` objects are read at `per_ms` objects a millisecond, pauses for the day's quota included; -1 = not
 * known yet (`per_ms` is 0). */
int64_t backfill_left_ms(const struct backfill_reader *, int64_t now, int64_t left, double per_ms);
/* One who reads, and how far he is. */
struct backfill_pace {
        const struct backfill_reader *reader;
        int64_t left;  /* objects; 0 = ready */
        double per_ms; /* lately */
        double most;   /* as many as the platform lets it read a millisecond; 0 = no limit is known */
        bool unknown;  /* how many are left is not known yet */
};
/* Until the last of them is ready; -1 = not known yet. */
int64_t backfill_left_of_all(const struct backfill_pace *, size_t n, int64_t now);
int64_t backfill_next_day(int64_t now); /* when the quotas of a day are new */
/* Calls a day that are kept for what happens now. */
int64_t backfill_reserve(const struct backfill_reader *);

/* ---- remote_read.c ---- */

int backfill_list_prepare(struct ctx *, struct job *, void **state) MUST;
int backfill_list_call(struct ctx *, struct job *, void *state) MUST;
int backfill_list_settle(struct ctx *, struct job *, void *state, int outcome) MUST;
int backfill_read_prepare(struct ctx *, struct job *, void **state) MUST;
int backfill_read_call(struct ctx *, struct job *, void *state) MUST;
int backfill_read_settle(struct ctx *, struct job *, void *state, int outcome) MUST;

int backfill_list_soon(struct ctx *, int64_t account_id, const char *what, int64_t run_at) MUST;
int backfill_read_soon(struct ctx *, const struct backfill_reader *) MUST; /* in all lanes */

#define BACKFILL_LANES 4 /* objects of one source fetched at once */

#endif
