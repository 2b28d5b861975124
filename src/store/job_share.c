/* Merchants whose jobs are held back: all of them while he is suspended, or more than so many at once. */
#include "store/job_runner.h"

int job_set_share(struct ctx *ctx, bool resting, int64_t most)
{
        static const struct query set = {
                .name = "store.share_set",
                .sql = "insert into store_share (merchant_id, resting, most) values ($1, $2, $3) on conflict (merchant_id)"
                       " do update set resting = excluded.resting, most = excluded.most",
                .args = "iii",
        };
        static const struct query drop = {.name = "store.share_drop", .sql = "delete from store_share where merchant_id = $1", .args = "i"};
        int r = resting || most ? db_exec(ctx, &set, DB_I(ctx->merchant), DB_I(resting), DB_I(most))
                                : db_exec(ctx, &drop, DB_I(ctx->merchant));

        ctx->after.jobs = true; /* what waited may run now */
        return status_fold(r);
}

/* Few rows: merchants without any are not among them. By merchant, so that a batch finds one by halving. */
int job_read_shares(struct batch *b)
{
        static const struct db_col cols[] = {
                DB_COL_I(struct job_share, merchant_id),
                DB_COL_I(struct job_share, resting),
                DB_COL_I(struct job_share, most),
        };
        static const struct query q = {
                .name = "store.shares", /* all merchants: the scheduler claims for all */
                .sql = "select merchant_id, resting, most from store_share order by merchant_id",
                .args = "",
                .row = cols,
                .n_row = countof(cols),
                .size = sizeof(struct job_share),
        };

        return status_fold(db_all_v(b->tx, &q, (void **)&b->shares, &b->n_shares, NULL, 0));
}

static const struct job_share *share_of(const struct batch *b, int64_t merchant_id)
{
        size_t from = 0, to = b->n_shares;

        while (from < to) {
                size_t mid = from + (to - from) / 2;

                if (b->shares[mid].merchant_id == merchant_id)
                        return &b->shares[mid];
                if (b->shares[mid].merchant_id < merchant_id)
                        from = mid + 1;
                else
                        to = mid;
        }
        return NULL;
}

/* No job of his is begun now. Jobs without a call pass a limit of calls. */
bool job_held(struct batch *b, int64_t merchant_id, int class_)
{
        const struct job_share *share = b->n_shares ? share_of(b, merchant_id) : NULL;
        const struct run *run;
        int64_t n = 0;

        if (!share || share->resting || !share->most || class_ == JOB_LOCAL)
                return share && share->resting;
        pthread_mutex_lock(&b->jr->lock);
        for (run = b->jr->flying; run; run = run->next_flying)
                n += run->worker && run->job.merchant_id == merchant_id;
        pthread_mutex_unlock(&b->jr->lock);
        return n >= share->most;
}
