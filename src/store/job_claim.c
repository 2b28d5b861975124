/*
 * What to claim: goes round the merchants of each class, one job from each, and within a merchant round his lanes (account,
 * kind). So a merchant who has five thousand jobs waiting has one turn in a round like one who has a single job, and a lane of a
 * thousand jobs one turn among the lanes of its merchant.
 */

#include "store/job_runner.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_STEP_MS 1000 /* less is the clock being adjusted as always */

/* Is there a worker for this class? Bulk never takes more than half of them. */
static bool room(struct batch *b, int class_)
{
        if (b->n >= BATCH_MAX || clock_mono_ms() >= b->until) {
                b->full = true;
                return false;
        }
        switch (class_) {
        case JOB_LOCAL:
                return true;
        case JOB_URGENT: /* never the last general one: a flood of pulls must not end all other work */
                return b->free[URGENT] > 0 || b->free[GENERAL] > (b->jr->general > 1);
        case JOB_BULK:
                return b->free[GENERAL] > 0 && b->bulk < (b->jr->general + 1) / 2;
        default:
                return b->free[GENERAL] > 0;
        }
}

static bool capped(struct job_runner *jr, const struct lane *lane)
{
        const struct job_kind *kind = job_kind_find(jr->proto.registry, lane->kind);
        const struct run *run;
        unsigned n = 0;

        if (!kind || kind->per_account == 0)
                return false;
        pthread_mutex_lock(&jr->lock);
        for (run = jr->flying; run; run = run->next_flying)
                n += run->worker && run->kind == kind && run->job.merchant_id == lane->merchant_id &&
                     run->job.account_id == lane->account_id;
        pthread_mutex_unlock(&jr->lock);
        return n >= kind->per_account;
}

static int take(struct batch *b, const struct lane *lane, int class_)
{
        static const struct query claim = {
                .name = "store.job_claim",
                .sql = "update store_job set state = 2, claimed_by = $2 where job_id = $1 and state = 1 returning " JOB_SELECT,
                .args = "ii",
                .row = job_cols,
                .n_row = JOB_N_COLS,
                .size = sizeof(struct job),
        };
        struct run *run = run_new(b->jr, lane->merchant_id, b->tx->now);
        int r;

        if (!run)
                return fatal(ENOMEM, "no memory for a job");
        b->runs[b->n++] = run;
        b->jr->several |= b->jr->claimed_for && b->jr->claimed_for != lane->merchant_id;
        b->jr->claimed_for = lane->merchant_id;
        run->ctx.db = b->tx->db;
        r = db_one(&run->ctx, &claim, &run->claimed, DB_I(lane->job_id), DB_I(b->jr->claimed_by));
        run->ctx.db = NULL;
        if (r)
                return status_fold(r);
        run->claimed.error = NULL; /* the last run's; this one has its own cause */
        run->job = run->claimed;
        run->mark = arena_mark(&run->arena);
        run->kind = job_kind_find(b->jr->proto.registry, run->job.kind);
        if (class_ != JOB_LOCAL) {
                run->worker = true;
                run->pool = class_ == JOB_URGENT && b->free[URGENT] > 0 ? URGENT : GENERAL;
                b->free[run->pool]--;
                b->bulk += class_ == JOB_BULK;
        }
        return b->at_once ? job_begin(b, run) : 0;
}

/* The first ready job of the merchant's lane behind `after`. DB_E_NONE at the end. */
static int next_lane(struct ctx *tx, int class_, int64_t merchant, const struct lane *after, struct lane *out)
{
        static const struct db_col cols[] = {
                DB_COL_I(struct lane, job_id),
                DB_COL_I(struct lane, merchant_id),
                DB_COL_I(struct lane, account_id),
                DB_COL_T(struct lane, kind),
        };
        /* With the greatest run_at of the lane left behind: SQLite seeks to the first row that is not less and filters from there,
         * so the lane's own rows, were they among those, would all be walked through. */
        static const struct query q = {
                .name = "store.job_next_lane",
                .sql = "select job_id, merchant_id, account_id, kind from store_job where state = 1 and class = $1"
                       " and merchant_id = $2 and (account_id, kind, run_at) > ($3, $4, $5)"
                       " order by account_id, kind, run_at, job_id limit 1",
                .sql_pg = "select job_id, merchant_id, account_id, kind from store_job where state = 1 and class = $1"
                          " and merchant_id = $2 and (account_id, kind, run_at) > ($3, $4, $5)"
                          " order by account_id, kind, run_at, job_id limit 1 for update skip locked",
                .args = "iiiti",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct lane),
        };

        return db_one(tx, &q, out, DB_I(class_), DB_I(merchant), DB_I(after->account_id),
                      DB_T(after->kind_kept), DB_I(INT64_MAX));
}

/* ---- whose turn it is ---- */

#define SHARE 3 /* workers that one merchant may hold for each that is left to the others */
#define PLACES_MAX 4096
#define PAGES_MAX 64 /* of BATCH_MAX merchants, looked through in one batch */

enum { LANES_NONE = 1 };

struct turn {
        int64_t merchant_id;
};

/*
 * A merchant whose calls hang must not hold all workers when another's work comes: he is given one only while a quarter stays
 * free. Who is alone on the installation may have them all.
 */
static bool crowds(const struct batch *b, int class_, int64_t merchant)
{
        unsigned held = 0, left = b->free[GENERAL] + (class_ == JOB_URGENT ? b->free[URGENT] : 0);
        struct job_runner *jr = b->jr;

        if (class_ == JOB_LOCAL || !jr->several)
                return false;
        pthread_mutex_lock(&jr->lock);
        for (const struct run *run = jr->flying; run; run = run->next_flying)
                held += run->worker && run->job.merchant_id == merchant && (class_ == JOB_URGENT || run->pool == GENERAL);
        pthread_mutex_unlock(&jr->lock);
        return held >= SHARE * left;
}

/* Where the walk of this merchant's lanes stands. What is forgotten begins with its first lane: never in the middle of a round
 * of fewer than PLACES_MAX merchants. NULL = no memory. */
static struct lane *place_of(struct job_runner *jr, int class_, int64_t merchant)
{
        struct place_key key = {merchant, class_};
        struct place *place;

        HASH_FIND(hh, jr->places, &key, sizeof(key), place);
        if (place)
                return &place->at;
        if (HASH_COUNT(jr->places) >= PLACES_MAX)
                job_places_drop(jr);
        place = calloc(1, sizeof(*place));
        if (!place)
                return NULL;
        place->key = key;
        HASH_ADD(hh, jr->places, key, sizeof(place->key), place);
        return &place->at;
}

void job_places_drop(struct job_runner *jr)
{
        struct place *place, *next;

        HASH_ITER(hh, jr->places, place, next) {
                HASH_DELETE(hh, jr->places, place);
                free(place);
        }
}

static int merchants_behind(struct ctx *tx, int class_, int64_t after, int64_t most, struct turn **out, size_t *n)
{
        static const struct db_col cols[] = {DB_COL_I(struct turn, merchant_id)};
        /* One seek for each, whatever they have waiting. */
        static const struct query q = {
                .name = "store.job_merchants",
                .sql = "with recursive m (id) as (select min(merchant_id) from store_job where state = 1 and class = $1"
                       " and merchant_id > $2 union all select (select min(merchant_id) from store_job where state = 1"
                       " and class = $1 and merchant_id > m.id) from m where m.id is not null)"
                       " select id as merchant_id from m where id is not null"
                       " and id not in (select merchant_id from store_share where resting = 1) limit $3",
                .args = "iii",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct turn),
        };

        return db_all(tx, &q, out, n, DB_I(class_), DB_I(after), DB_I(most));
}

/* Those who have ready jobs of the class, from the one behind him who had the last turn, round to him: as many as can have one
 * in this batch. */
static int turns(struct batch *b, int class_, int64_t *merchants, size_t *n)
{
        int64_t last = b->jr->cursor[class_];
        struct turn *rows;
        size_t n_rows;
        int r = merchants_behind(b->tx, class_, last, BATCH_MAX, &rows, &n_rows);

        *n = 0;
        for (size_t i = 0; !r && i < n_rows; i++)
                merchants[(*n)++] = rows[i].merchant_id;
        if (!r && *n < BATCH_MAX) {
                r = merchants_behind(b->tx, class_, -1, (int64_t)(BATCH_MAX - *n), &rows, &n_rows);
                for (size_t i = 0; !r && i < n_rows && rows[i].merchant_id <= last; i++)
                        merchants[(*n)++] = rows[i].merchant_id;
        }
        return r ? status_fold(r) : 0;
}

/* The merchant's next lane that is not at its cap; LANES_NONE when there is none. */
static int take_next(struct batch *b, int class_, int64_t merchant)
{
        struct lane lane, *at;
        bool round = false;
        int r;

        if (job_held(b, merchant, class_) || crowds(b, class_, merchant))
                return LANES_NONE;
        at = place_of(b->jr, class_, merchant);
        if (!at)
                return fatal(ENOMEM, "no memory for a merchant's turn");
        for (;;) {
                r = next_lane(b->tx, class_, merchant, at, &lane);
                if (r < 0)
                        return r;
                if (r == DB_E_NONE) {
                        *at = (struct lane){0};
                        if (round)
                                return LANES_NONE;
                        round = true;
                        continue;
                }
                if (r)
                        return status_fold(r);
                *at = lane;
                snprintf(at->kind_kept, sizeof at->kind_kept, "%s", lane.kind);
                if (!capped(b->jr, &lane))
                        return take(b, &lane, class_);
        }
}

/* One job from each of these, round and round, until nothing is to be had, `most` are taken or no worker is free. Whoever was asked
 * has had his turn, also who had nothing; whoever was not, because the time was up, begins the next batch. */
static int serve(struct batch *b, int class_, int64_t *merchants, size_t n, unsigned *most)
{
        size_t i = 0;
        int r = 0;

        while (!r && n > 0 && *most > 0 && room(b, class_)) {
                i = i < n ? i : 0;
                r = take_next(b, class_, merchants[i]);
                if (r >= 0)
                        b->jr->cursor[class_] = merchants[i];
                if (r == LANES_NONE) {
                        memmove(merchants + i, merchants + i + 1, (--n - i) * sizeof *merchants);
                        r = 0;
                } else if (!r) {
                        i++;
                        --*most;
                }
        }
        return r;
}

/* Goes round the merchants of a class. Those who may have nothing now, for a cap or their share, do not hide those behind them. */
static int walk(struct batch *b, int class_, unsigned most)
{
        int64_t merchants[BATCH_MAX];
        unsigned left = most;
        size_t n = BATCH_MAX;
        int r = 0;

        for (int page = 0; !r && page < PAGES_MAX && n == BATCH_MAX && left == most && most > 0 && room(b, class_); page++) {
                r = turns(b, class_, merchants, &n);
                if (!r)
                        r = serve(b, class_, merchants, n, &left);
        }
        return r;
}

/* What was waiting for a time that has come. */
static int promote(struct ctx *tx)
{
        static const struct query q = {.name = "store.job_due",
                                       .sql = "update store_job set state = 1 where state = 0 and run_at <= $1",
                                       /* The array: joined with its own table, PostgreSQL hashed all fifty thousand. */
                                       .sql_pg = "update store_job set state = 1 where job_id = any(array(select job_id from"
                                                 " store_job where state = 0 and run_at <= $1 for update skip locked))",
                                       .args = "i"};
        int r = db_exec(tx, &q, DB_I(tx->now));

        return r ? status_fold(r) : 0;
}

struct moment {
        int64_t run_at;
};

int job_first_later(struct ctx *tx, int64_t *next_due)
{
        static const struct db_col cols[] = {DB_COL_I(struct moment, run_at)};
        static const struct query q = {
                .name = "store.job_first_later",
                .sql = "select min(run_at) as run_at from store_job where state = 0",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct moment),
        };
        struct moment first;
        int r = db_one(tx, &q, &first);

        if (r)
                return status_fold(r);
        *next_due = first.run_at;
        return 0;
}

/* The clock was set back: what waits was to wait a minute, not a minute and a day. It may run early, which prepare is
 * ready for; never that late. */
static int follow_clock(struct job_runner *jr, struct ctx *tx)
{
        static const struct query q = {
                .name = "store.job_clock_back",
                .sql = "update store_job set run_at = case when run_at - $1 > $2 then run_at - $1 else $2 end"
                       " where state = 0 and run_at > $2",
                .args = "ii",
        };
        int64_t back = jr->seen_now - tx->now;
        int r;

        if (back < CLOCK_STEP_MS)
                return 0;
        r = db_exec(tx, &q, DB_I(back), DB_I(tx->now));
        return r ? status_fold(r) : 0;
}

/* Claims of ours that are not in flight here: the commit that made them was not answered, and nobody else looks for what a
 * living process has claimed. */
static int find_lost(struct job_runner *jr, struct ctx *tx)
{
        static const struct query q = {
                .name = "store.job_find_lost",
                .sql = "update store_job set state = 1 where state = 2 and claimed_by = $1 and job_id not in (:list $2)",
                .args = "iI",
        };
        const struct run *run;
        int64_t *ids;
        size_t n = 0;
        int r;

        if (!jr->unsure)
                return 0;
        pthread_mutex_lock(&jr->lock);
        for (run = jr->flying; run; run = run->next_flying)
                n++;
        ids = arena_array(tx->arena, int64_t, n);
        n = 0;
        for (run = jr->flying; run; run = run->next_flying)
                ids[n++] = run->job.job_id;
        pthread_mutex_unlock(&jr->lock);
        r = db_exec(tx, &q, DB_I(jr->claimed_by), DB_LIST_I(ids, n));
        if (!r && db_changed(tx) > 0)
                log_event(LOG_WARN, "job.found", "jobs", log_int(db_changed(tx)), NULL);
        return r ? status_fold(r) : 0;
}

int job_claim(struct batch *b)
{
        static const int usual[] = {JOB_URGENT, JOB_LOCAL, JOB_NORMAL, JOB_BULK, JOB_LOCAL};
        static const int turned[] = {JOB_BULK, JOB_NORMAL, JOB_LOCAL, JOB_URGENT, JOB_LOCAL};
        const int *order = b->jr->batches % 8 == 7 ? turned : usual; /* so that nobody waits for ever */
        bool more;
        size_t i;
        int r;

        r = job_take_asks(b->tx, &more);
        b->full = b->full || more;
        if (!r)
                r = job_read_shares(b);
        if (!r)
                r = find_lost(b->jr, b->tx);
        if (!r)
                r = follow_clock(b->jr, b->tx);
        if (!r)
                r = promote(b->tx);
        b->until = clock_mono_ms() + BATCH_MS; /* a thousand new wishes must not use up the time for what waits already */
        /* One of the bulk is always under way, or a search index would never catch up with a busy day. */
        if (!r && !b->bulk)
                r = walk(b, JOB_BULK, 1);
        /* What needs no worker could fill every batch: half of one at first, and what the others left. */
        for (i = 0; !r && i < countof(usual); i++)
                r = walk(b, order[i], order[i] == JOB_LOCAL && i + 1 < countof(usual) ? BATCH_MAX / 2 : BATCH_MAX);
        return r;
}
