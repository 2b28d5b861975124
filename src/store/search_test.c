/* Grams, the index, and real texts with answers that others computed. */
#include "base/shared_test.h"

#include "base/crypt.h"
#include "base/json.h"
#include "store/job_impl.h"
#include "store/search.h"
#include "store/testing.h"

#define DOCS_MAX 12000

static const char *docs[DOCS_MAX + 1]; /* by id */
static size_t n_docs;

static int texts_of(struct ctx *ctx, const int64_t *ids, size_t n, const char **texts)
{
        (void)ctx;
        for (size_t i = 0; i < n; i++)
                texts[i] = ids[i] <= (int64_t)n_docs ? docs[ids[i]] : NULL;
        return 0;
}
/* Stands for a domain's own table: the two notes that are there when an index is made anew. */
static const struct query q_all = {
        .name = "test.search_all",
        .sql = "insert into store_search_todo (merchant_id, kind, id) select $1, $2, n from (select 1 as n union select 2) as two where n > 0"
               " on conflict do nothing",
        .args = "it",
};
static const struct search_kind kinds[] = {{"note", texts_of, &q_all}, {"other", texts_of, &q_all}};
static const struct domain notes = {.name = "notes", .searches = kinds, .n_searches = countof(kinds)};
static const struct domain *const domains[] = {&store_domain, &notes};
static struct test_store t;
static struct search *search;

static int setup(void **state)
{
        (void)state;
        n_docs = 0;
        test_store_open(&t, domains, countof(domains));
        assert_int_equal(search_open(&search, t.db, arena_printf(&t.arena, "%s/search.db", t.dir)), 0);
        t.ctx.search = search;
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        search_close(search);
        test_store_close(&t);
        return 0;
}

/* ---- grams ---- */

static const char *terms(const char *query)
{
        struct search_term *list;
        size_t n = search_terms(&t.arena, query, &list);
        struct text out;

        text_init(&out, &t.arena);
        text_add(&out, "");
        for (size_t i = 0; i < n; i++)
                text_addf(&out, "%s%s%s", i ? " " : "", list[i].gram, list[i].prefix ? "*" : "");
        return out.p;
}

static void a_text_gives_every_part_of_itself(void **state)
{
        (void)state;
        assert_string_equal(search_grams(&t.arena, "我要退款"), "我要 要退 退款 款");
        assert_string_equal(search_grams(&t.arena, "BB霜"), "bb b 霜");
        assert_string_equal(search_grams(&t.arena, "Cream"), "cre rea eam am m");
        assert_string_equal(search_grams(&t.arena, "37312，好"), "3731 7312 312 12 2 好");
        assert_string_equal(search_grams(&t.arena, "ＳＫ－Ⅱ　退"), "sk k 退");
        assert_string_equal(search_grams(&t.arena, "，。!? \n"), "");
        assert_string_equal(search_grams(&t.arena, ""), "");
}

static void a_question_asks_for_whole_grams_or_beginnings(void **state)
{
        (void)state;
        assert_string_equal(terms("退款"), "退款");
        assert_string_equal(terms("退"), "退*");
        assert_string_equal(terms("洗面奶"), "洗面 面奶");
        assert_string_equal(terms("SK-II"), "sk* ii*");
        assert_string_equal(terms("7731"), "7731");
        assert_string_equal(terms("73"), "73*");
        assert_string_equal(terms("\"' OR *"), "or*");
        assert_string_equal(terms("，"), "");
}

static void the_text_has_the_last_word(void **state)
{
        (void)state;
        assert_true(search_matches(&t.arena, "我的ＢＢ霜呢", "bb霜 我"));
        assert_false(search_matches(&t.arena, "b和b霜", "bb霜"));
        assert_true(search_matches(&t.arena, "任何话", "  "));
}

/* ---- the index ---- */

static void touch(const struct search_kind *kind, int64_t id)
{
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(search_touch(&t.ctx, kind, id), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
}

static int prepare(struct ctx *ctx, void *arg)
{
        void **given = arg;

        return search_index_prepare(ctx, given[0], given[1]);
}

/* One run of the job as the runner makes it; false when there was nothing to do. `lost`: the process dies before settling. */
static bool run_job(const struct search_kind *kind, bool lost)
{
        struct job job = {.kind = SEARCH_JOB, .key = kind->name, .merchant_id = t.ctx.merchant};
        void *batch = NULL, *given[] = {&job, &batch};
        int r;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        r = prepare(&t.ctx, given);
        assert_int_equal(db_commit(&t.ctx), 0);
        if (r == JOB_DONE)
                return false;
        assert_int_equal(r, 0);
        assert_int_equal(search_index_call(&t.ctx, &job, batch), 0);
        if (lost)
                return true;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(search_index_settle(&t.ctx, &job, batch, 0), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        return true;
}

static void index_all(const struct search_kind *kind)
{
        while (run_job(kind, false))
                ;
}

static void add(const char *text)
{
        docs[++n_docs] = text;
        touch(&kinds[0], (int64_t)n_docs);
}

/* Every matching id, oldest first, in pages of `page`. */
static size_t find(const struct search_kind *kind, const char *query, int64_t page, int64_t *found)
{
        int64_t before = 0, *ids, swap;
        size_t n = 0, got;

        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        do {
                assert_int_equal(search_find(&t.ctx, kind, query, before, page, &ids, &got), 0);
                for (size_t i = 0; i < got; i++) {
                        assert_true(!before || ids[i] < before);
                        before = ids[i];
                        if (search_matches(&t.arena, docs[before], query))
                                found[n++] = before;
                }
        } while (got == (size_t)page);
        db_rollback(&t.ctx);
        for (size_t i = 0; i < n / 2; i++) {
                swap = found[i];
                found[i] = found[n - 1 - i];
                found[n - 1 - i] = swap;
        }
        return n;
}

static void what_is_written_is_found(void **state)
{
        int64_t found[16];

        (void)state;
        add("退款什么时候到账");
        add("我的订单 3712345678901237731 呢");
        add("Where is my BBcream?");
        assert_int_equal(find(&kinds[0], "退款", 2, found), 0);
        index_all(&kinds[0]);
        assert_int_equal(find(&kinds[0], "退款", 2, found), 1);
        assert_int_equal(found[0], 1);
        assert_int_equal(find(&kinds[0], "7731", 2, found), 1);
        assert_int_equal(found[0], 2);
        assert_int_equal(find(&kinds[0], "CREAM where", 2, found), 1);
        assert_int_equal(find(&kinds[0], "到 退", 2, found), 1);
        assert_int_equal(find(&kinds[0], "没有的", 2, found), 0);
}

static void merchants_and_kinds_do_not_see_each_other(void **state)
{
        int64_t found[16];

        (void)state;
        add("退款");
        index_all(&kinds[0]);
        assert_int_equal(find(&kinds[1], "退款", 2, found), 0);
        t.ctx.merchant = 2;
        assert_int_equal(find(&kinds[0], "退款", 2, found), 0);
        assert_false(run_job(&kinds[0], false));
}

static void what_is_indexed_twice_is_found_once_and_what_is_forgotten_not_at_all(void **state)
{
        int64_t found[16], gone[] = {1};

        (void)state;
        add("退款");
        add("不退款");
        assert_true(run_job(&kinds[0], true));
        index_all(&kinds[0]);
        assert_int_equal(find(&kinds[0], "退款", 2, found), 2);
        assert_int_equal(search_forget(&t.ctx, &kinds[0], gone, 1), 0);
        assert_int_equal(find(&kinds[0], "退款", 2, found), 1);
        assert_int_equal(found[0], 2);
}

static void an_index_that_is_gone_is_made_again(void **state)
{
        int64_t found[16];

        (void)state;
        add("退款");
        add("不退款");
        index_all(&kinds[0]);
        search_close(search);
        assert_int_equal(unlink(arena_printf(&t.arena, "%s/search.db", t.dir)), 0);
        assert_int_equal(search_open(&search, t.db, arena_printf(&t.arena, "%s/search.db", t.dir)), 0);
        t.ctx.search = search;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        assert_int_equal(search_start(&t.ctx), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        index_all(&kinds[0]);
        assert_int_equal(find(&kinds[0], "退款", 2, found), 2);
}

static void nothing_to_ask_for_is_said(void **state)
{
        int64_t *ids;
        size_t n;

        (void)state;
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        assert_int_equal(search_find(&t.ctx, &kinds[0], " ?", 0, 10, &ids, &n), SEARCH_E_EMPTY);
        db_rollback(&t.ctx);
}

/* ---- real texts ---- */

/* The next field of a CSV text (RFC 4180); *end: it was the last of its row. NULL at the end. */
static char *field(char **rest, bool *end)
{
        char *p = *rest, *out = p, *to = p;
        bool quoted = *p == '"';

        if (!*p)
                return NULL;
        for (p += quoted; *p && (quoted || (*p != ',' && *p != '\n')); p++) {
                if (quoted && *p == '"') {
                        if (p[1] != '"') {
                                quoted = false;
                                continue;
                        }
                        p++;
                }
                if (*p != '\r')
                        *to++ = *p;
        }
        *end = *p != ',';
        *rest = *p ? p + 1 : p;
        *to = '\0';
        return out;
}

static void answers_agree(const char *name, const char *const *names)
{
        char *json = shared_text(&t.arena, arena_printf(&t.arena, "search/%s.answers.json", name));
        int64_t *found = arena_array(&t.arena, int64_t, DOCS_MAX);
        size_t q = 0;

        if (!json)
                skip();
        for (;; q++) {
                struct bytes all = bytes_of_text(json);
                const char *query = json_get(&t.arena, all, arena_printf(&t.arena, "queries.%zu.query", q));
                uint8_t digest[32];
                struct text ids;

                if (!query)
                        break;
                size_t n = find(&kinds[0], query, 500, found);
                text_init(&ids, &t.arena);
                text_add(&ids, "");
                for (size_t i = 0; i < n; i++)
                        text_addf(&ids, "%s\n", names ? names[found[i]] : arena_printf(&t.arena, "%lld", (long long)found[i]));
                crypt_sha256(bytes_of_text(ids.p), digest);
                if (!text_eq(json_get(&t.arena, all, arena_printf(&t.arena, "queries.%zu.documents", q)),
                             arena_printf(&t.arena, "%zu", n)))
                        fail_msg("%s: %s: %zu documents", name, query, n);
                assert_string_equal(
                        crypt_hex(&t.arena, bytes_of(digest, 32)),
                        json_get(&t.arena, all, arena_printf(&t.arena, "queries.%zu.sha256_of_ids_one_per_line", q)));
        }
        assert_true(q > 10);
}

static void reviews_are_found_as_others_found_them(void **state)
{
        char *rest = shared_text(&t.arena, "search/waimai_10k.csv.gz"), *text;
        bool end;

        (void)state;
        if (!rest)
                skip();
        for (unsigned column = 0, row = 0; (text = field(&rest, &end)); column = end ? 0 : column + 1, row += end)
                if (row && column == 2 && end)
                        docs[++n_docs] = text;
        assert_int_equal(n_docs, 11987);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        for (size_t i = 1; i <= n_docs; i++)
                assert_int_equal(search_touch(&t.ctx, &kinds[0], (int64_t)i), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        index_all(&kinds[0]);
        answers_agree("waimai_10k", NULL);
}

struct product {
        const char *id, *title;
};

static int by_id(const void *a, const void *b)
{
        return strcmp(((const struct product *)a)->id, ((const struct product *)b)->id);
}

static void products_are_found_as_others_found_them(void **state)
{
        static struct product rows[30000];
        static const char *names[DOCS_MAX + 1];
        char *rest = shared_text(&t.arena, "search/double11_cosmetics.csv.gz"), *text;
        size_t n = 0;
        bool end;

        (void)state;
        if (!rest)
                skip();
        for (unsigned column = 0, row = 0; (text = field(&rest, &end)); column = end ? 0 : column + 1, row += end) {
                if (row && column == 1)
                        rows[n].id = text;
                if (row && column == 2)
                        rows[n++].title = text;
        }
        /* Stable for equal ids: the first title seen counts. */
        for (size_t i = 0; i < n; i++)
                rows[i].id = arena_printf(&t.arena, "%s %06zu", rows[i].id, i);
        qsort(rows, n, sizeof rows[0], by_id);
        for (size_t i = 0; i < n; i++) {
                char *id = arena_printf(&t.arena, "%s", rows[i].id);

                *strchr(id, ' ') = '\0';
                if (n_docs && text_eq(names[n_docs], id))
                        continue;
                names[++n_docs] = id;
                docs[n_docs] = rows[i].title;
        }
        assert_int_equal(n_docs, 3497);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
        for (size_t i = 1; i <= n_docs; i++)
                assert_int_equal(search_touch(&t.ctx, &kinds[0], (int64_t)i), 0);
        assert_int_equal(db_commit(&t.ctx), 0);
        index_all(&kinds[0]);
        answers_agree("double11_cosmetics", names);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_text_gives_every_part_of_itself),
                TEST(a_question_asks_for_whole_grams_or_beginnings),
                TEST(the_text_has_the_last_word),
                TEST(what_is_written_is_found),
                TEST(merchants_and_kinds_do_not_see_each_other),
                TEST(what_is_indexed_twice_is_found_once_and_what_is_forgotten_not_at_all),
                TEST(an_index_that_is_gone_is_made_again),
                TEST(nothing_to_ask_for_is_said),
                TEST(reviews_are_found_as_others_found_them),
                TEST(products_are_found_as_others_found_them),
        };

        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
