/*
 * The ledger in files, one per day: what the writer, the applier and the keeper do with them.
 *
 * Seq goes on counting from stream to stream, and streams are applied one after the other. So one number, the greatest
 * seq in store_ledger_progress, parts what is applied from what is not, over all files.
 *
 * The keeper moves write-ahead logs into their files and closes files of days gone by, so that neither ever happens on
 * the writer's way to a commit (measured: p99 45 ms with, 9 ms without).
 */
#include "store/ledger_impl.h"

#include "base/log.h"

#define RETIRE_MS 1000

/* ---- the writer ---- */

/* The file of today. Never an older one than the last: the order of the files is the order of seq, even when the
 * business clock is set back. */
static int roll(struct ledger *l, int64_t now)
{
        struct ledger_day next = {0};
        int day = ledger_day_of(now), r;

        if (day <= l->day.day)
                return 0;
        r = ledger_day_open(l, day, DB_WRITE, &next);
        if (r)
                return r;
        pthread_mutex_lock(&l->lock);
        while (l->retired.db) /* two midnights at once: only with a clock that is pushed */
                cond_wait_ms(&l->writer_cond, &l->lock, RETIRE_MS);
        l->retired = l->day;
        l->day = next;
        pthread_cond_signal(&l->keeper_cond);
        pthread_mutex_unlock(&l->lock);
        return 0;
}

static int files_write(struct ledger *l, struct ctx *ctx, struct ledger_list *batch)
{
        struct ledger_item *item;
        int r = roll(l, ctx->now);

        if (!r)
                r = db_begin(l->day.db, ctx, DB_WRITE);
        if (r)
                return r;
        for (item = batch->first; item && !r; item = item->next)
                r = ledger_day_add(ctx, &item->e);
        if (!r)
                return db_commit(ctx);
        db_rollback(ctx);
        return r;
}

/* ---- the keeper ---- */

/* Old files go, once for each day that a file was begun. */
static void prune(struct ledger *l, int64_t applied_seq, int today)
{
        int64_t keep_ms = (int64_t)l->o.keep_days * 24 * 3600 * 1000;

        if (l->o.keep_days <= 0 || l->pruned_for == today)
                return;
        if (ledger_days_prune(l, ledger_day_of(clock_now(l->o.clock) - keep_ms), applied_seq) == 0)
                l->pruned_for = today;
}

/* The writer retires a file only into an empty place, and only the keeper empties it: so a file it has in hand stays
 * open. */
static void files_keep(struct ledger *l)
{
        struct ledger_day retired;
        int64_t seq, applied;
        struct db *db;
        int today;

        pthread_mutex_lock(&l->lock);
        if (l->retired.db) {
                retired = l->retired;
                pthread_mutex_unlock(&l->lock);
                ledger_day_close(&retired);
                pthread_mutex_lock(&l->lock);
                l->retired = (struct ledger_day){0};
                pthread_cond_broadcast(&l->writer_cond);
        }
        db = l->day.db;
        seq = l->written_seq;
        applied = l->applied_seq;
        today = l->day.day;
        pthread_mutex_unlock(&l->lock);
        if (seq != l->kept_seq && db_checkpoint(db) == 0)
                l->kept_seq = seq;
        prune(l, applied, today);
}

/* ---- the applier, and people ---- */

/* The next entries from the files: from the one at hand, else from the first that has any. */
static int files_read(struct ledger *l, struct arena *arena, int64_t stream, int64_t after, int64_t limit,
                      struct ledger_entry **rows, size_t *n)
{
        size_t n_days, i;
        int r, *days;

        (void)stream; /* seq goes on from stream to stream */
        *n = 0;
        r = ledger_days(l, arena, &days, &n_days);
        for (i = 0; !r && *n == 0 && i < n_days; i++) {
                if (days[i] < l->reader.day)
                        continue;
                if (days[i] != l->reader.day) {
                        ledger_day_close(&l->reader);
                        r = ledger_day_open(l, days[i], DB_READ, &l->reader);
                }
                if (!r)
                        r = ledger_day_read(l, &l->reader, arena, after, limit, rows, n);
        }
        return r;
}

/* The entry from its file; *found false when the file is gone. */
static int files_find(struct ledger *l, struct arena *arena, int64_t stream, int64_t seq, struct ledger_entry *out,
                      bool *found)
{
        struct ledger_entry *rows;
        struct ledger_day day;
        size_t n, n_rows, i;
        int r, *days;

        *found = false;
        r = ledger_days(l, arena, &days, &n);
        for (i = 0; !r && !*found && i < n; i++) {
                day = (struct ledger_day){0};
                r = ledger_day_open(l, days[i], DB_READ, &day);
                if (!r)
                        r = ledger_day_read(l, &day, arena, seq - 1, 1, &rows, &n_rows);
                ledger_day_close(&day);
                if (!r && n_rows == 1 && rows[0].seq == seq && rows[0].stream == stream) {
                        *out = rows[0];
                        *found = true;
                }
        }
        return r;
}

static int files_count(struct ledger *l, int64_t merchant_id, int64_t *rows)
{
        struct ledger_day day;
        struct arena arena;
        size_t n, i;
        int r, *days;

        arena_init(&arena, 0);
        r = ledger_days(l, &arena, &days, &n);
        for (i = 0; !r && i < n; i++) {
                day = (struct ledger_day){0};
                r = ledger_day_open(l, days[i], DB_READ, &day);
                if (!r)
                        r = ledger_day_count(l, &day, merchant_id, rows);
                ledger_day_close(&day);
        }
        arena_release(&arena);
        return r;
}

static bool files_idle(struct ledger *l)
{
        (void)l; /* there are no others */
        return true;
}

/* ---- open, close ---- */

/* How far the main database says everything is applied, and how many entries failed. */
static int read_progress(struct ledger *l, int64_t *stream)
{
        struct progress {
                int64_t stream, seq, failed;
                char *ahead;
        } at;
        static const struct db_col cols[] = {DB_COL_I(struct progress, stream), DB_COL_I(struct progress, seq),
                                             DB_COL_I(struct progress, failed), DB_COL_T(struct progress, ahead)};
        static const struct query q = {
                .name = "ledger.progress",
                .sql = "select (select max(stream) from store_ledger_progress) as stream,"
                       " (select max(seq) from store_ledger_progress) as seq,"
                       " (select count(*) from store_ledger_failed) as failed,"
                       " (select ahead from store_ledger_progress order by seq desc, stream desc limit 1) as ahead",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof at,
        };
        struct arena arena;
        struct ctx ctx;
        int r;

        arena_init(&arena, 0);
        store_ctx(&ctx, &l->proto, &arena, 0, 0);
        r = db_begin(l->o.db, &ctx, DB_READ);
        if (!r) {
                r = db_one(&ctx, &q, &at);
                db_rollback(&ctx);
        }
        if (!r)
                r = ledger_start_at(l, at.stream, at.seq, at.ahead);
        arena_release(&arena);
        if (r)
                return status_fold(r);
        *stream = at.stream;
        l->failed = at.failed;
        return 0;
}

/* The newest file stays the one to write to, and the last entry says where to go on; what is not applied is adopted. */
static int files_open(struct ledger *l, struct arena *arena)
{
        int64_t stream = 0, last = 0;
        struct ledger_day day;
        size_t n;
        int r, *days;

        r = read_progress(l, &stream);
        if (!r)
                r = ledger_days(l, arena, &days, &n);
        while (!r && n > 0 && last == 0) {
                day = (struct ledger_day){0};
                n--;
                r = ledger_day_open(l, days[n], l->day.db ? DB_READ : DB_WRITE, &day);
                if (!r)
                        r = ledger_day_last(l, &day, &stream, &last);
                if (!l->day.db)
                        l->day = day;
                else
                        ledger_day_close(&day);
        }
        if (!r && !l->day.db)
                r = ledger_day_open(l, ledger_day_of(clock_now(l->o.clock)), DB_WRITE, &l->day);
        if (r)
                return r;
        l->written_seq = last > l->applied_seq ? last : l->applied_seq;
        l->seq = l->written_seq;
        l->behind = l->written_seq > l->applied_seq;
        l->stream = id_new(l->proto.ids);
        if (l->stream <= stream)
                l->stream = stream + 1;
        metric_set(&ledger_metric_waiting, l->written_seq - l->applied_seq);
        if (l->behind)
                log_event(LOG_INFO, "ledger.adopted", "up_to", log_int(l->written_seq), "applied",
                          log_int(l->applied_seq), NULL);
        return 0;
}

static void files_close(struct ledger *l)
{
        ledger_day_close(&l->reader);
        ledger_day_close(&l->retired);
        ledger_day_close(&l->day);
}

const struct ledger_backend ledger_files = {
        .open = files_open,
        .close = files_close,
        .write = files_write,
        .read = files_read,
        .find = files_find,
        .count = files_count,
        .idle = files_idle,
        .keep = files_keep,
};
