/* Transactions that are run again when others came first. */
#include "store/db.h"

#include "base/crypt.h"
#include "base/log.h"
#include "store/store.h"

#include <time.h>

#define TRIES_MAX 20
#define PAUSE_MAX_MS 64

struct metric db_metric_reruns = METRIC_COUNTER("zhanggui_transactions_again_total",
                                                "transactions that ran again because others wrote what they had read");

/* 0..1, 0..2, 0..4, ... ms: those who collided must not meet again. */
void db_pause(unsigned tries)
{
        uint32_t dice, most = tries < 6 ? 1u << tries : PAUSE_MAX_MS;

        metric_add(&db_metric_reruns, 1);
        crypt_random(&dice, sizeof dice);
        nanosleep(&(struct timespec){.tv_nsec = (long)(dice % (most * 1000u)) * 1000L}, NULL);
}

static int run_once(struct db *db, struct ctx *ctx, enum db_mode mode, int (*fn)(struct ctx *, void *), void *arg)
{
        int r = db_begin(db, ctx, mode);

        if (!r)
                r = fn(ctx, arg);
        if (!r)
                return db_commit(ctx);
        db_rollback(ctx);
        return r;
}

int db_run(struct db *db, struct ctx *ctx, enum db_mode mode, int (*fn)(struct ctx *, void *), void *arg)
{
        struct arena_mark mark = arena_mark(ctx->arena);
        int r;

        for (unsigned tries = 0; tries < TRIES_MAX; tries++) {
                r = run_once(db, ctx, mode, fn, arg);
                if (r != -EAGAIN)
                        return r;
                ctx_after_clear(ctx);
                arena_reset(ctx->arena, mark);
                db_pause(tries);
        }
        return fatal(EBUSY, "a transaction lost to others %d times", TRIES_MAX);
}
