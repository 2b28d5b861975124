#include "base/shared_test.h"
#include "base/state.h"

static const struct state_row rows[] = {
        {.name = "new", .zh = "新建", .en = "new"},
        {.name = "open", .zh = "处理中", .en = "open"},
        {.name = "done", .terminal = true, .zh = "完成", .en = "done"},
};

static const struct state_move moves[] = {
        {"new", "open", "agent"}, {"open", "done", "agent"}, {"open", "new", "agent"}};

static const struct state_table table = {.name = "test.case",
                                         .first = "new",
                                         .states = rows,
                                         .n_states = countof(rows),
                                         .moves = moves,
                                         .n_moves = countof(moves)};

static void answers_moves(void **state)
{
        (void)state;
        assert_int_equal(state_move(&table, "new", "open"), 0);
        assert_int_equal(state_move(&table, "open", "new"), 0);
        assert_int_equal(state_move(&table, "new", "new"), STATE_E_SAME);
        assert_int_equal(state_move(&table, "new", "done"), STATE_E_ILLEGAL);
        assert_int_equal(state_move(&table, "done", "open"), STATE_E_ILLEGAL);
        assert_int_equal(state_move(&table, "new", "gone"), STATE_E_UNKNOWN);
        assert_int_equal(state_move(&table, "gone", "gone"), STATE_E_UNKNOWN);
        assert_int_equal(state_move(&table, NULL, "new"), STATE_E_UNKNOWN);
        assert_string_equal(state_row(&table, "open")->zh, "处理中");
        assert_null(state_row(&table, "gone"));
        assert_null(state_row(&table, NULL));
}

static void checks_tables(void **state)
{
        static const struct state_move out_of_done[] = {{"new", "open", ""}, {"open", "done", ""}, {"done", "new", ""}};
        static const struct state_move unknown[] = {{"new", "open", ""}, {"open", "done", ""}, {"open", "gone", ""}};
        static const struct state_move unreached[] = {{"new", "open", ""}, {"open", "new", ""}};
        static const struct state_move itself[] = {{"new", "open", ""}, {"open", "done", ""}, {"open", "open", ""}};
        static const struct state_row twice[] = {{.name = "new"}, {.name = "new"}};
        struct state_table t = table;

        (void)state;
        assert_int_equal(state_check(&t), 0);
        t.moves = out_of_done;
        assert_int_equal(state_check(&t), -EINVAL);
        t.moves = unknown;
        assert_int_equal(state_check(&t), -EINVAL);
        t.moves = itself;
        assert_int_equal(state_check(&t), -EINVAL);
        t.moves = unreached;
        t.n_moves = countof(unreached);
        assert_int_equal(state_check(&t), -EINVAL);
        t.first = NULL; /* a remote object may come in any state */
        assert_int_equal(state_check(&t), 0);
        t = table;
        t.first = "gone";
        assert_int_equal(state_check(&t), -EINVAL);
        t = table;
        t.n_states = 0;
        assert_int_equal(state_check(&t), -EINVAL);
        t = (struct state_table){.name = "test", .states = twice, .n_states = 2};
        assert_int_equal(state_check(&t), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(answers_moves), cmocka_unit_test(checks_tables)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
