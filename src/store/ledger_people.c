/* What people see of the ledger and do with it: failures, replay, counts, notes. */
#include "store/ledger_impl.h"

#include <string.h>

int ledger_count(struct ledger *l, int64_t merchant_id, int64_t *rows)
{
        *rows = 0;
        return l->backend->count(l, merchant_id, rows);
}

int ledger_failures(struct ctx *ctx, struct ledger_failure **out, size_t *n)
{
        static const struct db_col cols[] = {
                DB_COL_I(struct ledger_failure, stream),    DB_COL_I(struct ledger_failure, seq),
                DB_COL_I(struct ledger_failure, failed_at), DB_COL_I(struct ledger_failure, account_id),
                DB_COL_T(struct ledger_failure, kind),      DB_COL_T(struct ledger_failure, reason),
        };
        static const struct query q = {
                .name = "ledger.failures",
                .sql = "select stream, seq, failed_at, account_id, kind, reason from store_ledger_failed where"
                       " merchant_id = $1 order by stream desc, seq desc limit 200",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct ledger_failure),
        };
        int r = db_all(ctx, &q, out, n, DB_I(ctx->merchant));

        return r ? status_fold(r) : 0;
}

/* Takes it from the list. */
static int take(struct ctx *ctx, int64_t stream, int64_t seq)
{
        static const struct query q = {
                .name = "ledger.failed_take",
                .sql = "delete from store_ledger_failed where merchant_id = $1 and stream = $2 and seq = $3",
                .args = "iii",
        };
        int r = db_exec(ctx, &q, DB_I(ctx->merchant), DB_I(stream), DB_I(seq));

        if (r)
                return status_fold(r);
        return db_changed(ctx) ? 0 : LEDGER_E_NONE;
}

static void one_less(struct ledger *l)
{
        pthread_mutex_lock(&l->lock);
        l->failed--;
        pthread_mutex_unlock(&l->lock);
}

int ledger_drop(struct ledger *l, struct ctx *ctx, int64_t stream, int64_t seq)
{
        int r = take(ctx, stream, seq);

        if (!r)
                one_less(l);
        return r;
}

int ledger_replay(struct ledger *l, struct ctx *ctx, int64_t stream, int64_t seq)
{
        struct ledger_entry e;
        bool found;
        int r, status;

        r = take(ctx, stream, seq);
        if (r)
                return r;
        r = l->backend->find(l, ctx->arena, stream, seq, &e, &found);
        if (r)
                return r;
        if (!found || e.merchant_id != ctx->merchant)
                return LEDGER_E_NONE;
        r = ledger_apply_one(l, ctx, &e, &status);
        if (r)
                return r;
        if (status) {
                r = ledger_fail(ctx, &e, status);
                return r ? r : LEDGER_E_AGAIN;
        }
        one_less(l);
        return 0;
}

int ledger_note(struct ctx *ctx, int64_t account_id, const char *reason, int64_t times)
{
        static const struct query q = {
                .name = "ledger.note",
                .sql = "insert into store_ledger_note (merchant_id, account_id, reason, count, last_at) values"
                       " ($1, $2, $3, $4, $5) on conflict (merchant_id, account_id, reason) do update set"
                       " count = store_ledger_note.count + excluded.count, last_at = excluded.last_at",
                .args = "iitii",
        };
        int r = db_exec(ctx, &q, DB_I(ctx->merchant), DB_I(account_id), DB_T(reason), DB_I(times), DB_I(ctx->now));

        return r ? status_fold(r) : 0;
}

int ledger_notes(struct ctx *ctx, struct ledger_note_row **out, size_t *n)
{
        static const struct db_col cols[] = {
                DB_COL_I(struct ledger_note_row, account_id),
                DB_COL_T(struct ledger_note_row, reason),
                DB_COL_I(struct ledger_note_row, count),
                DB_COL_I(struct ledger_note_row, last_at),
        };
        static const struct query q = {
                .name = "ledger.notes",
                .sql = "select account_id, reason, count, last_at from store_ledger_note where merchant_id = $1"
                       " order by account_id, reason",
                .args = "i",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct ledger_note_row),
        };
        int r = db_all(ctx, &q, out, n, DB_I(ctx->merchant));

        return r ? status_fold(r) : 0;
}

static int erase_entries(struct ctx *ctx, void *arg)
{
        static const struct query q = {
                .name = "ledger.erase",
                .sql = "delete from ledger_entry where merchant_id = $1",
                .sql_pg = "delete from store_ledger where merchant_id = $1",
                .args = "i",
        };
        int r = db_exec(ctx, &q, DB_I(ctx->merchant));

        *(int64_t *)arg = r ? 0 : db_changed(ctx);
        return status_fold(r);
}

int ledger_erase(struct db *db, const struct ctx *proto, const char *dir, int64_t merchant_id, int64_t *rows)
{
        struct arena arena;
        struct ledger l = {.proto = *proto};
        struct ledger_day day;
        struct ctx ctx;
        int64_t went = 0;
        size_t n = 0;
        int r, *days;

        *rows = 0;
        arena_init(&arena, 0);
        store_ctx(&ctx, proto, &arena, merchant_id, 0);
        if (db_kind(db) == DB_POSTGRES) {
                r = db_run(db, &ctx, DB_WRITE, erase_entries, rows);
                arena_release(&arena);
                return r;
        }
        l.dir = arena_strdup(&arena, dir);
        r = ledger_days(&l, &arena, &days, &n);
        for (size_t i = 0; !r && i < n; i++) {
                r = ledger_day_open(&l, days[i], DB_WRITE, &day);
                if (!r)
                        r = db_run(day.db, &ctx, DB_WRITE, erase_entries, &went);
                if (!r)
                        *rows += went;
                ledger_day_close(&day);
        }
        arena_release(&arena);
        return r;
}
