/* How merchants do: each count of a whole page by one query. */
#include "hosting/hosting.h"

#include "inbox/inbox.h"
#include "staff/staff.h"
#include "store/check.h"
#include "store/job.h"

static int fill(struct ctx *ctx, struct hosting_health *h, size_t n)
{
        int64_t *ids = arena_array(ctx->arena, int64_t, n);
        struct inbox_waiting_sum *waiting;
        struct shops_count *accounts;
        struct staff_count *people;
        struct check_count *checks;
        struct job_sum *jobs;
        int r;

        for (size_t i = 0; i < n; i++)
                ids[i] = h[i].m.merchant_id;
        r = shops_counts(ctx, ids, n, &accounts);
        if (!r)
                r = staff_counts(ctx, ids, n, &people);
        if (!r)
                r = check_counts(ctx, ids, n, &checks);
        if (!r)
                r = inbox_waiting_merchants(ctx, ids, n, &waiting);
        if (!r)
                r = job_sums(ctx, ids, n, &jobs);
        for (size_t i = 0; !r && i < n; i++) {
                h[i].accounts = accounts[i].accounts;
                h[i].pending = accounts[i].pending;
                h[i].shops = accounts[i].shops;
                h[i].last_callback_at = accounts[i].last_callback_at;
                h[i].people = people[i].people;
                h[i].fails = checks[i].fails;
                h[i].warns = checks[i].warns;
                h[i].waiting = waiting[i].customers;
                h[i].waiting_since = waiting[i].since;
                h[i].jobs_waiting = jobs[i].waiting;
                h[i].jobs_dead = jobs[i].dead;
        }
        return status_fold(r);
}

int hosting_page(struct ctx *ctx, const char *q, int64_t after, int64_t limit, struct hosting_health **out, size_t *n)
{
        struct shops_merchant *merchants;
        int r = shops_merchant_page(ctx, q, after, limit, &merchants, n);

        if (r)
                return status_fold(r);
        *out = arena_array(ctx->arena, struct hosting_health, *n);
        for (size_t i = 0; i < *n; i++)
                (*out)[i] = (struct hosting_health){.m = merchants[i]};
        return *n ? fill(ctx, *out, *n) : 0;
}

int hosting_one(struct ctx *ctx, int64_t merchant_id, struct hosting_health *out)
{
        int r;

        *out = (struct hosting_health){0};
        ctx->merchant = merchant_id;
        r = shops_merchant_get(ctx, &out->m);
        if (r)
                return r == SHOPS_E_NONE ? HOSTING_E_NONE : status_fold(r);
        return fill(ctx, out, 1);
}

/* ---- by account ---- */

static void add_findings(struct hosting_account *a, const struct check_row *rows, size_t n)
{
        int64_t worst = CHECK_UNKNOWN;

        for (size_t i = 0; i < n; i++) {
                if (rows[i].account_id != a->account->account_id)
                        continue;
                a->fails += rows[i].level == CHECK_FAIL;
                a->warns += rows[i].level == CHECK_WARN;
                if (rows[i].level <= worst)
                        continue;
                worst = rows[i].level;
                a->zh = rows[i].zh;
                a->en = rows[i].en;
        }
}

int hosting_accounts(struct ctx *ctx, struct hosting_account **out, size_t *n)
{
        struct inbox_waiting_sum *waiting;
        struct shops_account *accounts;
        struct check_row *checks;
        struct job *dead;
        size_t n_waiting, n_checks, n_dead;
        int r = shops_account_list(ctx, &accounts, n);

        if (!r)
                r = check_list(ctx, &checks, &n_checks);
        if (!r)
                r = inbox_waiting_accounts(ctx, &waiting, &n_waiting);
        if (!r)
                r = job_list_dead(ctx, &dead, &n_dead);
        if (r)
                return status_fold(r);
        *out = arena_array(ctx->arena, struct hosting_account, *n);
        for (size_t i = 0; i < *n; i++) {
                struct hosting_account *a = &(*out)[i];

                *a = (struct hosting_account){.account = &accounts[i], .last_callback_at = accounts[i].last_callback_at};
                for (size_t j = 0; j < *n; j++)
                        if (accounts[i].parent_id && accounts[j].account_id == accounts[i].parent_id)
                                a->last_callback_at = accounts[j].last_callback_at;
                add_findings(a, checks, n_checks);
                for (size_t j = 0; j < n_waiting; j++)
                        if (waiting[j].id == accounts[i].account_id)
                                a->waiting = waiting[j].customers;
                for (size_t j = 0; j < n_dead; j++)
                        a->jobs_dead += dead[j].account_id == accounts[i].account_id;
        }
        return 0;
}
