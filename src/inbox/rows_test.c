/* Every query finds its rows by an index that goes beyond the merchant: none walks through all of his messages. */
#include "inbox/testing.h"

static const struct query *const queries[] = {
        &q_thread,         &q_thread_of,      &q_thread_update,  &q_thread_named,    &q_threads_of_identity,
        &q_list_waiting,   &q_list_mine,      &q_list_status,    &q_message,         &q_message_remote,
        &q_message_client, &q_message_update, &q_message_blob,   &q_messages_before, &q_message_head,
        &q_message_hers,   &q_message_spent,  &q_message_about,  &q_account,         &q_announced,
        &q_nameless_list,
        &q_nameless_drop,  &q_claims_waiting, &q_claims_message, &q_claim_end,       &q_thread_waiting_since,
};

struct step {
        int64_t id, parent, notused;
        const char *detail;
};
static const struct db_col step_cols[] = {
        DB_COL_I(struct step, id),
        DB_COL_I(struct step, parent),
        DB_COL_I(struct step, notused),
        DB_COL_T(struct step, detail),
};

static void every_query_has_its_index(void **state)
{
        static struct test_inbox t;

        (void)state;
        test_inbox_open(&t);
        if (db_kind(t.shop.store.db) != DB_SQLITE) {
                test_shop_close(&t.shop);
                skip(); /* its plans depend on how many rows there are */
        }
        test_shop_begin(&t.shop);
        for (size_t i = 0; i < countof(queries); i++) {
                const struct query *q = queries[i];
                struct query explain = {
                        .name = arena_printf(t.ctx->arena, "explain.%s", q->name),
                        .sql = arena_printf(t.ctx->arena, "explain query plan %s", q->sql),
                        .args = q->args,
                        .row = step_cols,
                        .n_row = countof(step_cols),
                        .size = sizeof(struct step),
                };
                struct db_value values[32];
                struct step *steps = NULL;
                size_t n;

                for (size_t k = 0; q->args[k]; k++)
                        values[k] = q->args[k] == DB_INT ? DB_I(1) : DB_T("x");
                assert_int_equal(db_all_v(t.ctx, &explain, (void **)&steps, &n, values, strlen(q->args)), 0);
                assert_true(n > 0);
                for (size_t k = 0; k < n; k++) {
                        if (!strstr(steps[k].detail, "SCAN") && !strstr(steps[k].detail, "(merchant_id=?)") &&
                            !strstr(steps[k].detail, "TEMP B-TREE"))
                                continue;
                        print_error("%s: %s\n", q->name, steps[k].detail);
                        fail();
                }
        }
        test_shop_commit(&t.shop);
        test_shop_close(&t.shop);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(every_query_has_its_index)};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
