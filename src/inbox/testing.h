/*
 * For tests only: a shop with a 微信客服 account (shops/testing.h), and what an inbox test needs below it that is not
 * the subject: orders that the test knows, and job kinds that are only counted.
 */
#ifndef INBOX_TESTING_H
#define INBOX_TESTING_H

#include "contacts/contacts.h"
#include "inbox/parts.h"
#include "orders/orders.h"
#include "shops/testing.h"
#include "staff/staff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

extern const char inbox_schema_sql[];
extern const size_t inbox_schema_sql_size;

static int test_step(struct ctx *ctx, struct job *job, void **state)
{
        (void)ctx;
        (void)job;
        (void)state;
        return JOB_DONE;
}
static const struct job_kind test_jobs[] = {
        {JOB_CLAIM, .prepare = test_step}, {JOB_MEDIA, .prepare = test_step},    {JOB_NAMES, .prepare = test_step},
        {JOB_PULL, .prepare = test_step},  {JOB_SEND, .prepare = test_step},     {JOB_WELCOME, .prepare = test_step},
        {JOB_POLL, .prepare = test_step},
};
static const struct schema test_schema = {inbox_schema_sql, &inbox_schema_sql_size};
static const struct domain test_inbox = {
        .name = "inbox",
        .schema = &test_schema,
        .jobs = test_jobs,
        .n_jobs = countof(test_jobs),
        .searches = inbox_searches,
        .n_searches = countof(inbox_searches),
};
static const struct domain *const test_domains[] = {&store_domain, &shops_domain, &staff_domain, &contacts_domain,
                                                    &test_inbox};

/* ---- orders that the test knows; these stand in for the orders domain ---- */

static struct orders_order test_orders[64];
static size_t test_n_orders;
static unsigned test_refreshed;

int orders_find_number(struct ctx *ctx, const char *number, struct orders_order *out)
{
        (void)ctx;
        for (size_t i = 0; i < test_n_orders; i++) {
                if (text_eq(test_orders[i].remote_id, number)) {
                        *out = test_orders[i];
                        return 0;
                }
        }
        return ORDERS_E_NONE;
}

int orders_get(struct ctx *ctx, int64_t order_id, struct orders_order *out)
{
        (void)ctx;
        for (size_t i = 0; i < test_n_orders; i++) {
                if (test_orders[i].order_id == order_id) {
                        *out = test_orders[i];
                        return 0;
                }
        }
        return ORDERS_E_NONE;
}

int orders_refresh(struct ctx *ctx, int64_t account_id, const char *remote_id)
{
        (void)ctx;
        (void)account_id;
        (void)remote_id;
        test_refreshed++;
        return 0;
}

struct test_inbox {
        struct test_shop shop;
        struct shops_account kf, store;
        int64_t agent;
        struct ctx *ctx;
};

static inline void test_inbox_open(struct test_inbox *t)
{
        test_shop_open(&t->shop, test_domains, countof(test_domains));
        t->ctx = &t->shop.store.ctx;
        test_shop_begin(&t->shop);
        test_store_need(shops_account_get(t->ctx, t->shop.kf, &t->kf) == 0, "kf");
        test_store_need(shops_account_get(t->ctx, t->shop.shop, &t->store) == 0, "shop");
        test_store_need(staff_create(t->ctx, "lin", "林小满", "agent", "password1", &t->agent) == 0, "agent");
        test_shop_commit(&t->shop);
        t->ctx->actor = (struct actor){.kind = ACTOR_STAFF, .id = t->agent, .name = "林小满", .role = ROLE_AGENT};
}

/* A text of hers. */
static inline struct incoming test_says(struct arena *a, const char *msgid, const char *who, int64_t second,
                                        const char *text)
{
        struct incoming m;
        struct text body;

        text_init(&body, a);
        text_add(&body, "{\"content\":");
        json_quote(&body, text);
        text_add(&body, "}");
        inbox_put_in_words(
                a,
                &(struct said){.remote_id = msgid, .customer = who, .kind = "text", .body = body.p, .second = second},
                &m);
        return m;
}

static inline struct incoming test_event(struct arena *a, const char *msgid, const char *who, int64_t second,
                                         const char *body)
{
        struct incoming m;

        inbox_put_in_words(a,
                           &(struct said){.remote_id = msgid,
                                          .customer = who,
                                          .kind = "event",
                                          .body = body,
                                          .second = second,
                                          .by = SAID_BY_SYSTEM},
                           &m);
        return m;
}

/* Takes it in; the thread, or 0 when it was known. */
static inline int64_t test_receive(struct test_inbox *t, const struct shops_account *account, const struct incoming *m)
{
        int64_t thread_id;

        test_store_need(inbox_receive(t->ctx, account, m, &thread_id) == 0, "receive");
        return thread_id;
}

/* A small generator, so that a failing case can be repeated by its seed. */
static inline uint32_t test_random(uint64_t *seed, uint32_t below)
{
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        return (uint32_t)(*seed >> 33) % below;
}

#endif
