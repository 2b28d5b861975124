/*
 * For tests only: a store with a merchant, a WeCom account with a 微信客服 account, and a shop. Begin with
 * test_shop_begin(), end with test_shop_commit().
 */
#ifndef SHOPS_TESTING_H
#define SHOPS_TESTING_H

#include "base/crypt.h"
#include "base/seal.h"
#include "shops/shops.h"
#include "store/job.h"
#include "store/testing.h"

struct test_shop {
        struct test_store store;
        struct seal_keys keys;
        int64_t wecom, kf, shop;
};

static inline void test_shop_begin(struct test_shop *t)
{
        t->store.ctx.now = clock_now(&t->store.clock);
        test_store_need(db_begin(t->store.db, &t->store.ctx, DB_WRITE) == 0, "begin");
}

static inline void test_shop_commit(struct test_shop *t)
{
        test_store_need(db_commit(&t->store.ctx) == 0, "commit");
        ctx_after_clear(&t->store.ctx);
}

static inline void test_shop_open(struct test_shop *t, const struct domain *const *domains, size_t n)
{
        struct ctx *ctx = &t->store.ctx;
        char path[128];
        test_store_need(crypt_init() == 0, "crypt");
        test_store_open(&t->store, domains, n);
        snprintf(path, sizeof(path), "%s/keys", t->store.dir);
        test_store_need(seal_load(&t->keys, path) == 0, "keys");
        ctx->keys = &t->keys;
        test_shop_begin(t);
        test_store_need(shops_merchant_create(ctx, "清禾小铺", &ctx->merchant) == 0, "merchant");
        struct shops_new wecom = {.kind = "wecom", .remote_id = "ww1", .name = "清禾", .secret = "wecomsecret"};
        test_store_need(shops_connect(ctx, &wecom, &t->wecom) == 0, "wecom");
        struct shops_new kf = {.kind = "kf", .remote_id = "wk1", .name = "客服", .parent_id = t->wecom};
        test_store_need(shops_connect(ctx, &kf, &t->kf) == 0, "kf");
        struct shops_new shop = {.kind = "shop", .remote_id = "wx1", .name = "清禾旗舰店", .secret = "shopsecret"};
        test_store_need(shops_connect(ctx, &shop, &t->shop) == 0, "shop");
        test_shop_commit(t);
}

static inline void test_shop_close(struct test_shop *t)
{
        test_store_close(&t->store);
}

/* ---- jobs, one step after the other on this thread, as the runner would ---- */

static const struct db_col test_job_cols[] = {
        DB_COL_I(struct job, job_id), DB_COL_I(struct job, merchant_id), DB_COL_T(struct job, kind),
        DB_COL_T(struct job, key),    DB_COL_I(struct job, account_id),  DB_COL_T(struct job, payload),
        DB_COL_I(struct job, tries),  DB_COL_I(struct job, run_at),
};
static const struct query test_q_job = {
        .name = "test.job",
        .sql = "select job_id, merchant_id, kind, key, account_id, payload, tries, run_at from store_job"
               " where kind = $1 and state < 2 order by run_at, job_id limit 1",
        .args = "t",
        .row = test_job_cols,
        .n_row = countof(test_job_cols),
        .size = sizeof(struct job),
};
static const struct query test_q_job_state = {
        .name = "test.job_state", .sql = "update store_job set state = $2 where job_id = $1", .args = "ii"};
static const struct query test_q_job_end = {
        .name = "test.job_end", .sql = "delete from store_job where job_id = $1 and again = 0", .args = "i"};
static const struct query test_q_job_again = {
        .name = "test.job_again",
        .sql = "update store_job set state = 0, tries = tries + $2,"
               " run_at = case when again > 0 then again else run_at end, again = 0 where job_id = $1",
        .args = "ii",
};

static inline const struct job_kind *test_job_kind(const struct registry *registry, const char *name)
{
        for (size_t d = 0; d < registry->n; d++)
                for (size_t i = 0; i < registry->domains[d]->n_jobs; i++)
                        if (text_eq(registry->domains[d]->jobs[i].name, name))
                                return &registry->domains[d]->jobs[i];
        return NULL;
}

/* Is one of the kind waiting? Inside a transaction; *job may be NULL. */
static inline bool test_job_waits(struct test_shop *t, const char *kind, struct job *job)
{
        struct job found;
        bool more;

        test_store_need(!job_take_asks(&t->store.ctx, &more), "asks");
        return db_one(&t->store.ctx, &test_q_job, job ? job : &found, DB_T(kind)) == 0;
}

/* Runs the first waiting job of the kind, whatever its time. What its last step answered: 0, JOB_DONE, JOB_RETRY; -1
 * when none waits. The job as it was left is in *job (may be NULL). */
static inline int test_job_run(struct test_shop *t, const char *kind_name, struct wx *wx, struct job *left)
{
        struct ctx *ctx = &t->store.ctx;
        const struct job_kind *kind = test_job_kind(ctx->registry, kind_name);
        struct job job;
        void *state = NULL;
        test_store_need(kind != NULL, kind_name);
        test_shop_begin(t);
        if (!test_job_waits(t, kind_name, &job)) {
                test_shop_commit(t);
                return -1;
        }
        test_store_need(!db_exec(ctx, &test_q_job_state, DB_I(job.job_id), DB_I(2)), "claim");
        int r = kind->prepare ? kind->prepare(ctx, &job, &state) : 0;
        test_store_need(r >= 0, "prepare");
        test_shop_commit(t);
        if (!r && kind->call) {
                ctx->wx = wx;
                r = kind->call(ctx, &job, state);
                ctx->wx = NULL;
                test_store_need(r >= 0, "call");
                test_shop_begin(t);
                r = kind->settle ? kind->settle(ctx, &job, state, r) : r;
                test_store_need(r >= 0, "settle");
                test_shop_commit(t);
        }
        test_shop_begin(t);
        int e = r == JOB_RETRY ? 0 : db_exec(ctx, &test_q_job_end, DB_I(job.job_id));
        if (!e)
                e = db_exec(ctx, &test_q_job_again, DB_I(job.job_id), DB_I(r == JOB_RETRY));
        test_store_need(!e, "end of a job");
        test_shop_commit(t);
        if (left)
                *left = job;
        return r;
}

#endif
