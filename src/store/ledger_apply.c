/*
 * The applier: one thread, what waits in turn between merchants (ledger_window.h) and in order within each, the position moved in
 * the transaction that applies.
 *
 * In the ordinary case entries come from memory. `behind` says that further ones are on disk only: after a start, or
 * because the writer was faster; then they are read from there, a window at a time, until nothing is left.
 *
 * On PostgreSQL it also adopts the streams of processes that are gone. Two may adopt the same one, and one that was taken
 * for dead may still be at it: whoever moves the progress row from where it does not stand any more does nothing.
 */
#include "store/ledger_window.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_MAX 2048
#define BATCH_MS 20
#define READ_MAX 2048 /* entries read from disk at once */
#define BATCH_BYTES (8u << 20)
#define ARENA_LIMIT (32u << 20)
#define GATHER_MS 6   /* the longest rest between two transactions that are not full: see gather() in job_schedule.c */
#define FLOOD_MS 20   /* from beginning to beginning when the last one had FLOOD entries: the same accounts ask again and again */
#define FLOOD 64
#define STORM_MS 60   /* and when it had STORM: then the processors are what there is too little of */
#define STORM 256
#define TROUBLE_MS 1000

int ledger_fail(struct ctx *ctx, const struct ledger_entry *e, int status)
{
        static const struct query q = {
                .name = "ledger.fail",
                .sql = "insert into store_ledger_failed (merchant_id, stream, seq, account_id, kind, reason, failed_at)"
                       " values ($1, $2, $3, $4, $5, $6, $7)"
                       " on conflict (merchant_id, stream, seq) do update set reason = excluded.reason,"
                       " failed_at = excluded.failed_at",
                .args = "iiiitti",
        };
        const char *why = status < 0 ? strerrordesc_np(-status) : NULL;
        const char *reason = why                        ? why
                             : status == LEDGER_CRASHED ? "the program crashed while applying it, 3 times: set aside"
                                                        : arena_printf(ctx->arena, "refused with status %d", status);
        int r;

        metric_add(&ledger_metric_failed, 1);
        log_event(LOG_ERROR, "ledger.failed", "seq", log_int(e->seq), "kind", e->kind, "reason", reason, NULL);
        r = db_exec(ctx, &q, DB_I(e->merchant_id), DB_I(e->stream), DB_I(e->seq), DB_I(e->account_id), DB_T(e->kind),
                    DB_T(reason), DB_I(ctx->now));
        return r ? status_fold(r) : 0;
}

int ledger_apply_one(struct ledger *l, struct ctx *ctx, const struct ledger_entry *e, int *status)
{
        struct after_mark after = store_after_mark(ctx);
        struct arena_mark mark = arena_mark(ctx->arena);
        int r;

        r = db_save(ctx);
        if (r)
                return status_fold(r);
        crash_at(e->stream, e->seq);
        *status = l->o.apply(l->o.arg, ctx, e);
        crash_past();
        if (*status == 0 && arena_over(ctx->arena))
                *status = fatal(ENOMEM, "entry %lld: over the memory limit", (long long)e->seq);
        if (*status == 0)
                *status = db_save_release(ctx);
        if (*status == 0)
                return 0;
        if (*status == -EAGAIN)
                return *status;
        db_save_rollback(ctx);
        store_after_reset(ctx, after);
        arena_reset(ctx->arena, mark);
        return 0;
}

/* LEDGER_LOST: the row does not stand at `from`. */
static int progress(struct ctx *ctx, const struct ledger_position *from, const struct ledger_position *to)
{
        static const struct query q = {
                .name = "ledger.progress_move",
                .sql = "insert into store_ledger_progress (stream, seq, at, ahead) values ($1, $2, $3, $4)"
                       " on conflict (stream) do update set seq = excluded.seq, at = excluded.at, ahead = excluded.ahead"
                       " where store_ledger_progress.seq = $5 and store_ledger_progress.ahead = $6",
                .sql_pg = "update store_ledger_progress set seq = $2, at = $3, ahead = $4 where stream = $1 and seq = $5"
                          " and ahead = $6",
                .args = "iiitit",
        };
        int r = db_exec(ctx, &q, DB_I(to->stream), DB_I(to->seq), DB_I(ctx->now), DB_T(to->ahead), DB_I(from->seq),
                        DB_T(from->ahead));

        return r ? status_fold(r) : db_changed(ctx) ? 0 : LEDGER_LOST;
}

static bool crashed(const struct ledger *l, const struct ledger_entry *e)
{
        for (size_t i = 0; i < l->n_crashed; i++)
                if (l->crashed[i].stream == e->stream && l->crashed[i].seq == e->seq)
                        return true;
        return false;
}

/* At the start, and before what another process left is applied: it may have left it because of one of them. */
static int read_crashed(struct ledger *l, struct arena *arena)
{
        struct crash_entry *rows;
        struct ctx ctx;
        size_t n;
        int r;

        store_ctx(&ctx, &l->proto, arena, 0, clock_now(l->o.clock));
        r = db_begin(l->o.db, &ctx, DB_READ);
        if (!r) {
                r = crash_entries(&ctx, &rows, &n);
                db_rollback(&ctx);
        }
        if (r)
                return r;
        free(l->crashed);
        l->crashed = n ? malloc(n * sizeof *rows) : NULL;
        l->n_crashed = l->crashed ? n : 0;
        if (n && !l->crashed)
                return fatal(ENOMEM, "no memory for the entries that are set aside");
        if (n)
                memcpy(l->crashed, rows, n * sizeof *rows);
        return 0;
}

/* As many as fit into one transaction. */
static int apply_some(struct ledger *l, struct ctx *ctx, struct ledger_window *w, size_t *failed)
{
        int64_t until = clock_mono_ms() + BATCH_MS;
        const struct ledger_entry *e;
        int r, status;

        while (w->n_taken < BATCH_MAX && clock_mono_ms() < until && ctx->arena->used <= BATCH_BYTES && (e = window_take(w))) {
                ctx->merchant = e->merchant_id;
                status = LEDGER_CRASHED;
                r = crashed(l, e) ? 0 : ledger_apply_one(l, ctx, e, &status);
                if (!r && status) {
                        ++*failed;
                        r = ledger_fail(ctx, e, status);
                }
                if (r)
                        return r;
        }
        return 0;
}

/* With the lock held. */
static void give_back(struct ledger *l, struct ledger_list *done)
{
        l->in_window -= done->n;
        l->window_bytes -= done->bytes;
        ledger_items_free(l, done);
}

/* It is committed. */
static void keep(struct ledger *l, struct ledger_window *w, struct ledger_position to, size_t failed)
{
        size_t n = w->n_taken;
        struct ledger_list done;

        ledger_list_init(&done);
        window_keep(w, to, &done);
        metric_add(&ledger_metric_applied, (int64_t)n);
        pthread_mutex_lock(&l->lock);
        l->applied += (int64_t)n;
        l->failed += (int64_t)failed;
        if (w == l->window)
                l->applied_seq = to.seq;
        metric_set(&ledger_metric_waiting, l->written_seq > l->applied_seq ? l->written_seq - l->applied_seq : 0);
        give_back(l, &done);
        pthread_mutex_unlock(&l->lock);
}

static int apply_window(struct ledger *l, struct arena *arena, struct ledger_window *w, bool alone)
{
        struct ledger_position to;
        struct ctx ctx;
        size_t failed = 0;
        int r;

        store_ctx(&ctx, &l->proto, arena, 0, clock_now(l->o.clock));
        ctx.actor = (struct actor){.kind = ACTOR_PLATFORM, .name = "platform"};
        r = db_begin(l->o.db, &ctx, DB_WRITE);
        if (r)
                return r;
        r = db_turn(&ctx, alone);
        if (!r)
                r = apply_some(l, &ctx, w, &failed);
        to = window_position(w, arena);
        if (!r)
                r = progress(&ctx, &w->from, &to);
        if (!r)
                r = db_commit(&ctx);
        else
                db_rollback(&ctx);
        if (r) {
                window_undo(w);
                return r;
        }
        if (l->o.committed)
                l->o.committed(l->o.arg, &ctx);
        keep(l, w, to, failed);
        return 0;
}

/* Another window of what is on disk only; `rows` holds it. The window is empty. */
static int fill_from_disk(struct ledger *l, struct arena *rows, struct ledger_window *w)
{
        struct ledger_entry *e;
        size_t n, i;
        int r;

        arena_clear(rows);
        r = l->backend->read(l, rows, l->stream, w->from.seq, READ_MAX, &e, &n);
        if (r)
                return r;
        for (i = 0; i < n && (i == 0 || window_room(w, e[i].stream, e[i].seq)); i++)
                window_add(w, &e[i], NULL);
        if (n == 0) {
                /* Rows that the writer counted and nobody has: they were taken away. Going on is all that is left. */
                pthread_mutex_lock(&l->lock);
                log_event(LOG_WARN, "ledger.gap", "from", log_int(l->applied_seq), "to", log_int(l->written_seq), NULL);
                l->applied_seq = l->written_seq;
                pthread_mutex_unlock(&l->lock);
        }
        return 0;
}

/* With the lock held. */
static void fill_from_memory(struct ledger *l, struct ledger_window *w)
{
        struct ledger_item *item;

        while (l->written.first && window_room(w, l->written.first->e.stream, l->written.first->e.seq)) {
                item = ledger_list_take(&l->written);
                l->in_window++;
                l->window_bytes += item->size;
                window_add(w, &item->e, item);
        }
}

/* Waits for work. False = the end. With the lock held. */
static bool wait_for_work(struct ledger *l)
{
        for (;;) {
                if (l->stopping)
                        return false;
                if (l->written.first || l->adopt)
                        return true;
                if (l->behind && l->applied_seq < l->written_seq)
                        return true;
                l->behind = false;
                ledger_day_close(&l->reader);
                pthread_cond_wait(&l->applier_cond, &l->lock);
        }
}

/* What the applier did last: when, and how many entries it was. */
struct turn {
        int64_t begun, ended;
        size_t n;
};

/* A burst is applied in few commits, a single entry at once. With the lock held. */
static void gather(struct ledger *l, const struct turn *last)
{
        int64_t worked = last->ended - last->begun, left;
        int64_t until = last->n >= STORM   ? last->begun + STORM_MS
                        : last->n >= FLOOD ? last->begun + FLOOD_MS
                                           : last->ended + (worked < GATHER_MS ? worked : GATHER_MS);

        while (!l->stopping && !l->behind && l->written.n < BATCH_MAX && (left = until - clock_mono_ms()) > 0)
                cond_wait_ms(&l->applier_cond, &l->lock, left);
}

/* The progress row moved without us: a commit whose answer was lost, or others. LEDGER_GONE: to the end of the stream. */
static int resync(struct ledger *l, struct arena *arena, struct ledger_window *w)
{
        struct ledger_position at;
        struct ledger_list done;
        int r = ledger_position_get(l, arena, w->from.stream, &at);

        if (r)
                return r;
        ledger_list_init(&done);
        window_resync(w, at, &done);
        pthread_mutex_lock(&l->lock);
        if (w == l->window)
                l->applied_seq = at.seq;
        give_back(l, &done);
        pthread_mutex_unlock(&l->lock);
        return 0;
}

/* One transaction, again until it is committed, whatever the disk says meanwhile. False: this process ends, or the stream has. */
static bool apply_once(struct ledger *l, struct arena *arena, struct ledger_window *w)
{
        bool stopping = false;
        unsigned tries = 0;
        int r;

        do {
                r = apply_window(l, arena, w, tries > 0);
                tries++;
                arena_clear(arena);
                if (r == LEDGER_LOST)
                        r = resync(l, arena, w);
                if (r == LEDGER_GONE)
                        return false;
                pthread_mutex_lock(&l->lock);
                if (r && !l->stopping)
                        cond_wait_ms(&l->applier_cond, &l->lock, r == -EAGAIN ? 1 + tries % 8 : TROUBLE_MS);
                stopping = l->stopping;
                pthread_mutex_unlock(&l->lock);
        } while (r && !stopping);
        return !stopping;
}

/* ---- what other processes left ---- */

/* To its end, or until this process ends. */
static int adopt_stream(struct ledger *l, struct arena *arena, struct ledger_position at)
{
        struct ledger_window *w = window_new();
        struct ledger_entry *entries;
        struct arena rows;
        size_t applied = 0, n;
        bool go = true;
        int r;

        if (!w)
                return fatal(ENOMEM, "no memory for another process's stream");
        arena_init(&rows, 0);
        window_begin(w, at);
        do {
                arena_clear(&rows);
                r = l->backend->read(l, &rows, at.stream, w->from.seq, READ_MAX, &entries, &n);
                if (r)
                        break;
                applied += n;
                for (size_t i = 0; i < n; i++)
                        window_add(w, &entries[i], NULL);
                while (go && !window_empty(w))
                        go = apply_once(l, arena, w);
        } while (go && n > 0);
        if (!r && go)
                r = ledger_stream_end(l, &rows, w->from);
        if (applied > 0)
                log_event(LOG_INFO, "ledger.adopted", "stream", log_int(at.stream), "entries", log_int((int64_t)applied), NULL);
        arena_release(&rows);
        window_free(w, l);
        return r;
}

static bool stopping(struct ledger *l, int64_t pause_ms)
{
        bool yes;

        pthread_mutex_lock(&l->lock);
        if (!l->stopping)
                cond_wait_ms(&l->applier_cond, &l->lock, pause_ms);
        yes = l->stopping;
        pthread_mutex_unlock(&l->lock);
        return yes;
}

static void adopt(struct ledger *l, struct arena *arena)
{
        struct ledger_position *streams;
        struct arena list;
        size_t n;
        int r;

        arena_init(&list, 0);
        r = read_crashed(l, &list);
        if (!r)
                r = ledger_orphans(l, &list, &streams, &n);
        for (size_t i = 0; !r && i < n && !stopping(l, 0); i++)
                r = adopt_stream(l, arena, streams[i]);
        arena_release(&list);
        if (!r)
                return;
        pthread_mutex_lock(&l->lock);
        l->adopt = true; /* once more */
        if (!l->stopping)
                cond_wait_ms(&l->applier_cond, &l->lock, TROUBLE_MS);
        pthread_mutex_unlock(&l->lock);
}

void *ledger_applier_main(void *arg)
{
        struct arena rows, arena;
        struct ledger *l = arg;
        struct ledger_window *w = l->window;
        struct turn last = {0};
        int64_t from = 0;
        bool work, others;

        thread_gives_way();
        arena_init(&rows, 0); /* of entries read from files: at most a portion of them */
        arena_init(&arena, ARENA_LIMIT);
        while (read_crashed(l, &rows) && !stopping(l, TROUBLE_MS))
                arena_clear(&rows);
        arena_clear(&rows);
        for (;;) {
                pthread_mutex_lock(&l->lock);
                work = window_empty(w) ? wait_for_work(l) : !l->stopping;
                others = l->adopt;
                l->adopt = false;
                if (work && !others) {
                        if (window_empty(w)) {
                                gather(l, &last);
                                last.begun = clock_mono_ms();
                                from = l->applied;
                        }
                        fill_from_memory(l, w);
                }
                pthread_mutex_unlock(&l->lock);
                if (!work)
                        break;
                if (others) {
                        adopt(l, &arena);
                        continue;
                }
                if (window_empty(w) && fill_from_disk(l, &rows, w)) {
                        pthread_mutex_lock(&l->lock);
                        if (!l->stopping)
                                cond_wait_ms(&l->applier_cond, &l->lock, TROUBLE_MS);
                        pthread_mutex_unlock(&l->lock);
                }
                if (!window_empty(w))
                        apply_once(l, &arena, w);
                last.n = (size_t)(l->applied - from); /* this thread's own */
                last.ended = clock_mono_ms();
        }
        arena_release(&rows);
        arena_release(&arena);
        return NULL;
}
