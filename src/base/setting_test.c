#include "base/setting.h"
#include "base/shared_test.h"

#include <unistd.h>

struct conf {
        const char *listen, *level;
        int64_t threads;
        bool dev;
};

static const char *const levels[] = {"debug", "info", NULL};

static const struct setting rows[] = {
        {"listen", SETTING_TEXT, offsetof(struct conf, listen), "127.0.0.1:80", 3, 32, NULL, "", "address"},
        {"job-threads", SETTING_INT, offsetof(struct conf, threads), "8", 1, 64, NULL, "threads", "how many"},
        {"log.level", SETTING_CHOICE, offsetof(struct conf, level), "info", 0, 0, levels, "", "least weight"},
        {"dev", SETTING_BOOL, offsetof(struct conf, dev), "no", 0, 0, NULL, "", "for tests"},
};
static const struct setting_table table = {"ZGTEST_", rows, countof(rows)};

static struct arena arena;
static struct conf conf;
static const char *why;

static int setup(void **state)
{
        (void)state;
        arena_init(&arena, 0);
        return setting_defaults(&arena, &table, &conf, &why);
}

static int teardown(void **state)
{
        (void)state;
        arena_release(&arena);
        return 0;
}

static int from_file(const char *text)
{
        char path[] = "/tmp/zhanggui-setting-XXXXXX";
        int fd = mkstemp(path);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        close(fd);
        int r = setting_read_file(&arena, &table, path, &conf, &why);
        unlink(path);
        return r;
}

static void later_wins(void **state)
{
        char *argv[] = {arena_strdup(&arena, "zhanggui"),
                        arena_strdup(&arena, "serve"),
                        arena_strdup(&arena, "--job-threads=12"),
                        arena_strdup(&arena, "--dev"),
                        arena_strdup(&arena, "more"),
                        arena_strdup(&arena, "--log.level"),
                        arena_strdup(&arena, "debug"),
                        arena_strdup(&arena, "--"),
                        arena_strdup(&arena, "--listen"),
                        NULL};
        int argc = countof(argv) - 1;

        (void)state;
        assert_string_equal(conf.listen, "127.0.0.1:80");
        assert_int_equal(conf.threads, 8);
        assert_string_equal(conf.level, "info");
        assert_false(conf.dev);
        assert_int_equal(from_file("# comment\n\n  job-threads =  9 \r\nlisten=[::]:80\n\tdev = no"), 0);
        assert_int_equal(conf.threads, 9);
        assert_string_equal(conf.listen, "[::]:80");
        setenv("ZGTEST_JOB_THREADS", "10", 1);
        setenv("ZGTEST_LOG_LEVEL", "debug", 1);
        assert_int_equal(setting_read_env(&arena, &table, &conf, &why), 0);
        assert_int_equal(conf.threads, 10);
        assert_string_equal(conf.level, "debug");
        assert_int_equal(setting_read_flags(&arena, &table, &argc, argv, &conf, &why), 0);
        assert_int_equal(conf.threads, 12);
        assert_true(conf.dev);
        assert_int_equal(argc, 4);
        assert_string_equal(argv[1], "serve");
        assert_string_equal(argv[2], "more");
        assert_string_equal(argv[3], "--listen"); /* an operand, for it stands behind "--" */
        assert_null(argv[4]);
        unsetenv("ZGTEST_JOB_THREADS");
        unsetenv("ZGTEST_LOG_LEVEL");
}

static void refuses_with_place_and_range(void **state)
{
        static const char *const files[][3] = {
                {"a\njob-threads = 65\n", ":1: ", "name = value"}, {"\njob-threads = 65\n", ":2: ", "from 1 to 64"},
                {"job-threads = \n", ":1: ", "from 1 to 64"},      {"job-threads = 1 2\n", ":1: ", "from 1 to 64"},
                {"nothing = 1\n", ":1: ", "no setting nothing"},   {"dev = maybe\n", ":1: ", "yes or no"},
                {"log.level = loud\n", ":1: ", "debug, info"},     {"listen = ab\n", ":1: ", "3 to 32 bytes"},
                {"listen = \xff\xff\xff\n", ":1: ", "a text"},
        };

        (void)state;
        for (size_t i = 0; i < countof(files); i++) {
                why = "";
                assert_int_equal(from_file(files[i][0]), SETTING_E_BAD);
                if (!strstr(why, files[i][1]) || !strstr(why, files[i][2]))
                        fail_msg("%s: %s", files[i][0], why);
        }
        struct text t;
        text_init(&t, &arena);
        text_addf(&t, "listen = %09000d\n", 0);
        assert_int_equal(from_file(t.p), SETTING_E_BAD);
        assert_int_equal(setting_read_file(&arena, &table, "/no/such/file", &conf, &why), SETTING_E_BAD);
        assert_non_null(strstr(why, "/no/such/file"));
        setenv("ZGTEST_DEV", "maybe", 1);
        assert_int_equal(setting_read_env(&arena, &table, &conf, &why), SETTING_E_BAD);
        assert_non_null(strstr(why, "ZGTEST_DEV"));
        unsetenv("ZGTEST_DEV");
}

static int flags(const char *one, const char *two)
{
        char *argv[] = {arena_strdup(&arena, "zhanggui"), arena_strdup(&arena, one), arena_strdup(&arena, two), NULL};
        int argc = two ? 3 : 2;

        return setting_read_flags(&arena, &table, &argc, argv, &conf, &why);
}

static void reads_flags(void **state)
{
        (void)state;
        assert_int_equal(flags("--nothing", "1"), SETTING_E_BAD);
        assert_non_null(strstr(why, "--nothing"));
        assert_int_equal(flags("--job-threads", NULL), SETTING_E_BAD);
        assert_non_null(strstr(why, "needs a value"));
        assert_int_equal(flags("--job-threads=0", NULL), SETTING_E_BAD);
        assert_int_equal(flags("--dev", "no"), 0);
        assert_false(conf.dev);
        assert_int_equal(flags("--dev", "operand"), 0);
        assert_true(conf.dev);
        assert_int_equal(flags("--dev=off", NULL), 0);
        assert_false(conf.dev);
        assert_int_equal(flags("--listen=", NULL), SETTING_E_BAD);
        assert_int_equal(flags("--listen", "a=b"), 0);
        assert_string_equal(conf.listen, "a=b");
}

static void numbers_are_found_by_name(void **state)
{
        int64_t n = 0;

        (void)state;
        assert_int_equal(flags("--job-threads=9", NULL), 0);
        assert_int_equal(setting_int(&table, &conf, "job-threads", &n), 0);
        assert_int_equal(n, 9);
        assert_int_equal(setting_int(&table, &conf, "listen", &n), SETTING_E_BAD);
        assert_int_equal(setting_int(&table, &conf, "job", &n), SETTING_E_BAD);
}

static void helps(void **state)
{
        struct text t;

        (void)state;
        text_init(&t, &arena);
        setting_help(&t, &table);
        assert_non_null(strstr(t.p, "--job-threads\n"));
        assert_non_null(
                strstr(t.p, "a whole number from 1 to 64 (threads); default: 8; environment: ZGTEST_JOB_THREADS"));
        assert_non_null(strstr(t.p, "one of debug, info; default: info; environment: ZGTEST_LOG_LEVEL"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(later_wins, setup, teardown),
                cmocka_unit_test_setup_teardown(refuses_with_place_and_range, setup, teardown),
                cmocka_unit_test_setup_teardown(reads_flags, setup, teardown),
                cmocka_unit_test_setup_teardown(numbers_are_found_by_name, setup, teardown),
                cmocka_unit_test_setup_teardown(helps, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
