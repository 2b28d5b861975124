/*
 * Asking for a job on PostgreSQL.
 *
 * The same few jobs ("pull account 7") are asked for by everybody, claimed and ended by others, all at once. Serializable
 * transactions that met in such a row would undo one another's whole batches (measured: nine tenths of them). So who asks
 * leaves a row of his own, which nobody else touches; the runner takes what was left into the jobs in the read-committed
 * transaction that claims. One that runs already is not touched either, because its end is written by a serializable
 * transaction: the wish for one more run waits beside it, the newest for all, until it has ended.
 *
 * SQLite has one writer, and its jobs are asked for in place.
 *
 * "busy" is a value of the one live row and no "exists": that one PostgreSQL may answer by hashing all jobs first.
 */
#include "store/db_impl.h"
#include "store/job_impl.h"

#define ASKS_MAX 1000 /* taken at once */

/* Its wish is the earliest of all and its payload the newest, once it met the job running; before, the first one's. */
#define EARLIER                                                                                                        \
        "j.state = 0 and j.tries = 0 and (select soonest_again from one where ask_id = excluded.job_id) < j.run_at"
#define NEWER "exists (select 1 from one where ask_id = excluded.job_id and met = 1)"

static const struct query q_take = {
        .name = "store.job_take_asks",
        .sql = "delete from store_job_ask where $1 < $2", /* never asked of SQLite */
        .sql_pg =
                "with taken as materialized (select * from store_job_ask order by ask_id limit $1 for update skip locked),"
                " ask as materialized (select *, coalesce((select j.state from store_job j where j.merchant_id = taken.merchant_id"
                "  and j.kind = taken.kind and j.key = taken.key and j.state < 3) = 2, false) as busy, max(ask_id) over k as newest,"
                "  min(again_at) over k as soonest_again, min(case when met = 1 then again_at else run_at end) over k as soonest"
                "  from taken window k as (partition by merchant_id, kind, key)),"
                " kept as (update store_job_ask s set met = 1, again_at = ask.soonest_again from ask where ask.busy"
                "  and ask.ask_id = ask.newest and (ask.met = 0 or ask.again_at > ask.soonest_again) and s.ask_id = ask.ask_id),"
                " one as materialized (select distinct on (merchant_id, kind, key) * from ask where not busy"
                "  order by merchant_id, kind, key, met desc, case when met = 1 then -ask_id else ask_id end),"
                " put as (insert into store_job as j (job_id, merchant_id, kind, key, account_id, class, state, tries, run_at,"
                "  deadline, again, payload, error, created_at) select ask_id, merchant_id, kind, key, account_id, class,"
                "  case when soonest <= $2 then 1 else 0 end, 0, soonest, deadline, 0, payload, null, created_at from one"
                "  order by merchant_id, kind, key"
                "  on conflict (merchant_id, kind, key) where state < 3 do update set"
                "  state = case when " EARLIER " then excluded.state else j.state end,"
                "  run_at = case when " EARLIER " then excluded.run_at else j.run_at end,"
                "  payload = case when " NEWER " then excluded.payload else j.payload end,"
                "  deadline = case when " NEWER " then excluded.deadline else j.deadline end"
                "  where j.state < 2 returning merchant_id, kind, key)"
                " delete from store_job_ask s using ask where s.ask_id = ask.ask_id and (ask.busy and ask.ask_id < ask.newest"
                "  or exists (select 1 from put where put.merchant_id = ask.merchant_id and put.kind = ask.kind"
                "  and put.key = ask.key))",
        .args = "ii",
};

int job_take_asks(struct ctx *ctx, bool *more)
{
        int r;

        *more = false;
        if (db_kind(ctx->db->db) == DB_SQLITE)
                return 0;
        r = db_exec(ctx, &q_take, DB_I(ASKS_MAX), DB_I(ctx->now));
        *more = !r && db_changed(ctx) >= ASKS_MAX;
        return r ? status_fold(r) : 0;
}
