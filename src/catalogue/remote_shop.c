/* Reads a shop's return addresses from the platform: once a day, and when somebody asks. */
#include "catalogue/remote_shop.h"
#include "catalogue/rows.h"

#include "platform/shop.h"

#define READ_EVERY_MS (24 * 3600 * 1000LL)
#define ADDRESSES_MAX 200 /* a shop has a handful; each costs one call */

struct reading {
        struct shop_address *items;
        size_t n;
};

static int enqueue(struct ctx *ctx, int64_t account_id, int64_t run_at)
{
        return status_fold(
                job_enqueue(ctx, &(struct job_new){.kind = "catalogue.addresses",
                                                   .key = arena_printf(ctx->arena, "%lld", (long long)account_id),
                                                   .account_id = account_id,
                                                   .run_at = run_at}));
}

int catalogue_addresses_refresh(struct ctx *ctx, int64_t account_id)
{
        return enqueue(ctx, account_id, 0);
}

int catalogue_start(struct ctx *ctx, const struct shops_account *account)
{
        return text_eq(account->kind, "shop") ? enqueue(ctx, account->account_id, 0) : 0;
}

int catalogue_addresses_prepare(struct ctx *ctx, struct job *job, void **state)
{
        (void)job;
        *state = arena_new(ctx->arena, struct reading);
        return 0;
}

int catalogue_addresses_call(struct ctx *ctx, struct job *job, void *state)
{
        struct reading *reading = state;
        struct wx_fault fault;
        const char *const *ids;
        size_t n;
        int r = shop_address_list(ctx, job->account_id, &ids, &n, &fault);
        if (r)
                return shops_read_outcome(job, r, &fault);
        if (n > ADDRESSES_MAX)
                n = ADDRESSES_MAX;
        reading->items = arena_array(ctx->arena, struct shop_address, n);
        for (size_t i = 0; i < n; i++) {
                r = shop_address_get(ctx, job->account_id, ids[i], &reading->items[reading->n], &fault);
                if (r == WX_E_REFUSED)
                        continue; /* deleted between the list and now */
                if (r)
                        return shops_read_outcome(job, r, &fault);
                reading->n++;
        }
        return 0;
}

static int save(struct ctx *ctx, int64_t account_id, const struct shop_address *a)
{
        const char *phone = text_mask_phone(ctx->arena, a->address_info.tel_number);
        const char *name = text_empty(a->name) ? a->address_info.user_name : a->name;
        return db_exec(ctx, &catalogue_q_address_save, DB_I(ctx->merchant), DB_I(account_id), DB_T(a->address_id),
                       DB_T(name ? name : ""), DB_T(phone ? phone : ""),
                       DB_T(shop_address_line(ctx->arena, &a->address_info)), DB_I(a->default_recv), DB_I(ctx->now));
}

int catalogue_addresses_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        const struct reading *reading = state;
        int r = 0;
        if (outcome == JOB_RETRY)
                return JOB_RETRY;
        if (!outcome) {
                for (size_t i = 0; i < reading->n && !r; i++)
                        if (reading->items[i].recv_addr && !text_empty(reading->items[i].address_id))
                                r = save(ctx, job->account_id, &reading->items[i]);
                if (!r)
                        r = db_exec(ctx, &catalogue_q_address_sweep, DB_I(ctx->merchant), DB_I(job->account_id),
                                    DB_I(ctx->now));
                if (r)
                        return status_fold(r);
        }
        return enqueue(ctx, job->account_id, ctx->now + READ_EVERY_MS);
}
