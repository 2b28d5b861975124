/*
 * The applier: one thread, entries in order, progress moved in the transaction that applies.
 *
 * In the ordinary case entries come from memory. `behind` says that further ones are on disk only: after a start, or
 * because the writer was faster; then they are read from there, until nothing is left.
 *
 * On PostgreSQL it also adopts the streams of processes that are gone. Two may adopt the same one, and one that was taken
 * for dead may still be at it: whoever moves the progress row from where it does not stand any more does nothing.
 */
#include "store/ledger_impl.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_MAX 2048
#define BATCH_MS 20
#define BATCH_BYTES (8u << 20)
#define ARENA_LIMIT (32u << 20)
#define GATHER_MS 6   /* between the beginnings of two transactions that are not full: see gather() in job_schedule.c */
#define FLOOD_MS 20   /* the same when the last one had FLOOD entries: the same accounts ask again and again */
#define FLOOD 64
#define STORM_MS 60   /* and when it had STORM: then the processors are what there is too little of */
#define STORM 256
#define TROUBLE_MS 1000

/* What is to be applied next: either items from memory, or rows read into the arena. */
struct portion {
        const struct ledger_entry *e[BATCH_MAX];
        size_t n;
        int64_t from; /* where the progress row must stand; -1 = wherever: day files have one reader */
        bool adopted; /* of another process's stream */
        bool gone;    /* somebody else came to the end of the stream */
        struct ledger_list items; /* those of memory; freed once committed */
};

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
        if (*status == 0) {
                r = db_save_release(ctx);
                return r ? status_fold(r) : 0;
        }
        if (*status == -EAGAIN)
                return *status;
        db_save_rollback(ctx);
        store_after_reset(ctx, after);
        arena_reset(ctx->arena, mark);
        return 0;
}

/* LEDGER_LOST: the row does not stand at `from`. */
static int progress(struct ctx *ctx, const struct ledger_entry *last, int64_t from)
{
        static const struct query q = {
                .name = "ledger.progress_move",
                .sql = "insert into store_ledger_progress (stream, seq, at) values ($1, $2, $3)"
                       " on conflict (stream) do update set seq = excluded.seq, at = excluded.at"
                       " where $4 < 0 or store_ledger_progress.seq = $4",
                .sql_pg = "update store_ledger_progress set seq = $2, at = $3 where stream = $1 and seq = $4",
                .args = "iiii",
        };
        int r = db_exec(ctx, &q, DB_I(last->stream), DB_I(last->seq), DB_I(ctx->now), DB_I(from));

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

/* As many as fit into one transaction; `*done` of them, `*failed` of those failed. */
static int apply_some(struct ledger *l, struct ctx *ctx, const struct portion *p, size_t *done, size_t *failed)
{
        int64_t until = clock_mono_ms() + BATCH_MS;
        int r = 0, status;
        size_t i;

        *done = *failed = 0;
        for (i = 0; i < p->n; i++) {
                if (i > 0 &&
                    (clock_mono_ms() >= until || ctx->arena->used > BATCH_BYTES || p->e[i]->stream != p->e[0]->stream))
                        break;
                ctx->merchant = p->e[i]->merchant_id;
                status = LEDGER_CRASHED;
                if (!crashed(l, p->e[i]))
                        r = ledger_apply_one(l, ctx, p->e[i], &status);
                if (!r && status) {
                        ++*failed;
                        r = ledger_fail(ctx, p->e[i], status);
                }
                if (r)
                        return r;
        }
        *done = i;
        return progress(ctx, p->e[i - 1], p->from);
}

static int apply_portion(struct ledger *l, struct arena *arena, struct portion *p, bool alone, size_t *done)
{
        struct ctx ctx;
        size_t failed;
        int r;

        store_ctx(&ctx, &l->proto, arena, 0, clock_now(l->o.clock));
        ctx.actor = (struct actor){.kind = ACTOR_PLATFORM, .name = "platform"};
        r = db_begin(l->o.db, &ctx, DB_WRITE);
        if (r)
                return r;
        r = db_turn(&ctx, alone);
        if (!r)
                r = apply_some(l, &ctx, p, done, &failed);
        if (r) {
                db_rollback(&ctx);
                return r;
        }
        r = db_commit(&ctx);
        if (r)
                return r;
        if (l->o.committed)
                l->o.committed(l->o.arg, &ctx);
        metric_add(&ledger_metric_applied, (int64_t)*done);
        pthread_mutex_lock(&l->lock);
        l->applied += (int64_t)*done;
        l->failed += (int64_t)failed;
        if (p->from >= 0)
                p->from = p->e[*done - 1]->seq;
        if (!p->adopted)
                l->applied_seq = p->e[*done - 1]->seq;
        metric_set(&ledger_metric_waiting, l->written_seq > l->applied_seq ? l->written_seq - l->applied_seq : 0);
        pthread_mutex_unlock(&l->lock);
        return 0;
}

static int portion_from_disk(struct ledger *l, struct arena *arena, int64_t after, struct portion *p)
{
        struct ledger_entry *rows;
        size_t n, i;
        int r;

        r = l->backend->read(l, arena, l->stream, after, BATCH_MAX, &rows, &n);
        if (r)
                return r;
        for (i = 0; i < n; i++)
                p->e[p->n++] = &rows[i];
        if (n == 0) {
                /* Rows that the writer counted and nobody has: they were taken away. Going on is all that is left. */
                pthread_mutex_lock(&l->lock);
                log_event(LOG_WARN, "ledger.gap", "from", log_int(l->applied_seq), "to", log_int(l->written_seq), NULL);
                l->applied_seq = l->written_seq;
                pthread_mutex_unlock(&l->lock);
        }
        return 0;
}

static void portion_from_memory(struct ledger *l, struct portion *p)
{
        struct ledger_item *item;

        while (p->n < BATCH_MAX && (item = ledger_list_take(&l->written))) {
                ledger_list_add(&p->items, item);
                p->e[p->n++] = &item->e;
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

/* A burst is applied in few commits, a single entry at once. With the lock held. */
static void gather(struct ledger *l, int64_t begun, size_t last)
{
        int64_t left, pause = last >= STORM ? STORM_MS : last >= FLOOD ? FLOOD_MS : GATHER_MS;

        while (!l->stopping && !l->behind && l->written.n < BATCH_MAX && (left = begun + pause - clock_mono_ms()) > 0)
                cond_wait_ms(&l->applier_cond, &l->lock, left);
}

static void drop(struct portion *p, size_t n)
{
        p->n -= n;
        memmove(p->e, p->e + n, p->n * sizeof *p->e);
}

/* The progress row moved without us: a commit whose answer was lost, or others. What it is past has been applied. */
static int resync(struct ledger *l, struct arena *arena, struct portion *p)
{
        size_t past = 0;
        int64_t seq;
        int r = ledger_position_get(l, arena, p->e[0]->stream, &seq);

        if (r == LEDGER_GONE) {
                p->gone = true;
                p->n = 0;
                return 0;
        }
        if (r)
                return r;
        while (past < p->n && p->e[past]->seq <= seq)
                past++;
        drop(p, past);
        p->from = seq;
        pthread_mutex_lock(&l->lock);
        if (!p->adopted)
                l->applied_seq = seq;
        pthread_mutex_unlock(&l->lock);
        return 0;
}

/* Until the whole portion is committed, whatever the disk says meanwhile. */
static void apply_all(struct ledger *l, struct arena *arena, struct portion *p)
{
        bool stopping = false;
        unsigned tries = 0;
        size_t done;
        int r;

        while (p->n > 0 && !stopping) {
                r = apply_portion(l, arena, p, tries > 0, &done);
                tries = r ? tries + 1 : 0;
                if (!r)
                        drop(p, done);
                arena_clear(arena);
                if (r == LEDGER_LOST)
                        r = resync(l, arena, p);
                pthread_mutex_lock(&l->lock);
                if (r && !l->stopping)
                        cond_wait_ms(&l->applier_cond, &l->lock, r == -EAGAIN ? 1 + tries % 8 : TROUBLE_MS);
                stopping = l->stopping;
                pthread_mutex_unlock(&l->lock);
        }
}

/* ---- what other processes left ---- */

/* To its end, or until this process ends. */
static int adopt_stream(struct ledger *l, struct arena *arena, struct ledger_position at)
{
        struct ledger_entry *entries;
        struct portion p = {.from = at.seq, .adopted = true};
        struct arena rows;
        size_t applied = 0;
        int r;

        arena_init(&rows, 0);
        for (;;) {
                r = l->backend->read(l, &rows, at.stream, p.from, BATCH_MAX, &entries, &p.n);
                if (r || p.n == 0)
                        break;
                for (size_t i = 0; i < p.n; i++)
                        p.e[i] = &entries[i];
                applied += p.n;
                apply_all(l, arena, &p);
                arena_clear(&rows);
                if (p.gone || p.n > 0)
                        break;
        }
        if (!r && !p.gone && p.n == 0)
                r = ledger_stream_end(l, &rows, (struct ledger_position){at.stream, p.from});
        if (applied > 0)
                log_event(LOG_INFO, "ledger.adopted", "stream", log_int(at.stream), "entries", log_int((int64_t)applied), NULL);
        arena_release(&rows);
        return r;
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
        for (size_t i = 0; !r && i < n; i++)
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

void *ledger_applier_main(void *arg)
{
        struct arena rows, arena;
        struct ledger *l = arg;
        struct portion p;
        int64_t after, begun = 0;
        size_t last = 0;
        bool work, others;

        thread_gives_way();
        arena_init(&rows, 0); /* of entries read from files: at most a portion of them */
        arena_init(&arena, ARENA_LIMIT);
        while (read_crashed(l, &rows) && !stopping(l, TROUBLE_MS))
                arena_clear(&rows);
        arena_clear(&rows);
        for (;;) {
                p = (struct portion){0};
                ledger_list_init(&p.items);
                pthread_mutex_lock(&l->lock);
                work = wait_for_work(l);
                others = l->adopt;
                l->adopt = false;
                if (work && !others) {
                        gather(l, begun, last);
                        portion_from_memory(l, &p);
                }
                begun = clock_mono_ms();
                last = p.n;
                after = l->applied_seq;
                pthread_mutex_unlock(&l->lock);
                if (!work)
                        break;
                if (others) {
                        adopt(l, &arena);
                        continue;
                }
                p.from = db_kind(l->o.db) == DB_POSTGRES ? after : -1;
                if (p.n == 0 && portion_from_disk(l, &rows, after, &p)) {
                        pthread_mutex_lock(&l->lock);
                        if (!l->stopping)
                                cond_wait_ms(&l->applier_cond, &l->lock, TROUBLE_MS);
                        pthread_mutex_unlock(&l->lock);
                }
                apply_all(l, &arena, &p);
                pthread_mutex_lock(&l->lock);
                ledger_items_free(l, &p.items);
                pthread_mutex_unlock(&l->lock);
                arena_clear(&rows);
        }
        arena_release(&rows);
        arena_release(&arena);
        return NULL;
}
