#include "base/crypt.h"
#include "base/json.h"
#include "base/shared_test.h"

#include <inttypes.h>
#include <math.h>

static struct arena arena;

struct line {
        int64_t count;
        const char *note;
};

static const struct json_field line_fields[] = {
        JSON_INT(struct line, count, JSON_REQUIRED, 1, 100, "pieces"),
        JSON_STR(struct line, note, JSON_OMIT, 0, 12, "bytes"),
};
static const struct json_desc line = JSON_DESC("Line", struct line, line_fields);

struct order {
        int64_t id;
        const char *remote_id, *state, *name, *raw;
        int64_t fen;
        double rate;
        bool paid;
        struct line first;
        struct line *gift;
        struct line *lines;
        size_t n_lines;
        const char **tags;
        size_t n_tags;
};

static const char *const states[] = {"open", "done", NULL};

static const struct json_field order_fields[] = {
        JSON_KEY(struct order, id, 0, "ours"),
        JSON_ID(struct order, remote_id, 0, "theirs"),
        JSON_CHOICE(struct order, state, 0, states, "state \"now\""),
        JSON_STR(struct order, name, JSON_REQUIRED, 1, 9, "bytes"),
        JSON_RAW(struct order, raw, 0, "as it came"),
        JSON_INT(struct order, fen, 0, 0, 1000, "money"),
        JSON_DBL(struct order, rate, 0, "share"),
        JSON_BOOL(struct order, paid, 0, "paid"),
        JSON_OBJ(struct order, first, JSON_OMIT, &line, "first"),
        JSON_PTR(struct order, gift, JSON_OMIT, &line, "gift"),
        JSON_LIST(struct order, lines, n_lines, 0, 3, &line, "lines"),
        JSON_STRS(struct order, tags, n_tags, JSON_OMIT, 3, "tags"),
};
static const struct json_desc order = JSON_DESC("Order", struct order, order_fields);

static int setup(void **state)
{
        (void)state;
        arena_init(&arena, 0);
        return crypt_init();
}

static int teardown(void **state)
{
        (void)state;
        arena_release(&arena);
        return 0;
}

static int strict(const char *text, struct order *o, struct json_fault *f)
{
        return json_read(&arena, bytes_of_text(text), &order, JSON_STRICT, o, f);
}

static int lenient(const char *text, struct order *o, struct json_fault *f)
{
        return json_read(&arena, bytes_of_text(text), &order, JSON_LENIENT, o, f);
}

static const char full[] =
        "{\"id\":\"123456789012345678\",\"remote_id\":9223372036854775807,\"state\":\"open\",\"name\":\"掌柜\","
        "\"raw\":{\"a\":[1,-2.50,\"\\u0001\",null,true]},\"fen\":1000,\"rate\":0.1,\"paid\":true,"
        "\"first\":{\"count\":1,\"note\":\"x\"},\"gift\":{\"count\":2},\"lines\":[{\"count\":3},{\"count\":4}],"
        "\"tags\":[\"a\",3705115058471208928]}";

static void reads_every_type(void **state)
{
        struct order o;

        (void)state;
        assert_int_equal(strict(full, &o, NULL), 0);
        assert_int_equal(o.id, INT64_C(123456789012345678));
        assert_string_equal(o.remote_id, "9223372036854775807");
        assert_string_equal(o.state, "open");
        assert_string_equal(o.name, "掌柜");
        assert_string_equal(o.raw, "{\"a\":[1,-2.5,\"\\u0001\",null,true]}");
        assert_int_equal(o.fen, 1000);
        assert_true(o.rate == 0.1 && o.paid);
        assert_int_equal(o.first.count, 1);
        assert_string_equal(o.first.note, "x");
        assert_int_equal(o.gift->count, 2);
        assert_null(o.gift->note);
        assert_int_equal(o.n_lines, 2);
        assert_int_equal(o.lines[1].count, 4);
        assert_int_equal(o.n_tags, 2);
        assert_string_equal(o.tags[1], "3705115058471208928");
}

static void writes_what_it_read(void **state)
{
        struct order o, again;
        struct json_fault f = {0};

        (void)state;
        assert_int_equal(strict(full, &o, NULL), 0);
        char *text = json_write(&arena, &order, &o);
        assert_string_equal(
                text, "{\"id\":\"123456789012345678\",\"remote_id\":\"9223372036854775807\",\"state\":\"open\","
                      "\"name\":\"掌柜\",\"raw\":{\"a\":[1,-2.5,\"\\u0001\",null,true]},\"fen\":1000,\"rate\":0.1,"
                      "\"paid\":true,\"first\":{\"count\":1,\"note\":\"x\"},\"gift\":{\"count\":2},"
                      "\"lines\":[{\"count\":3},{\"count\":4}],\"tags\":[\"a\",\"3705115058471208928\"]}");
        assert_int_equal(json_fits(&arena, bytes_of_text(text), &order, &f), 0);
        assert_int_equal(strict(text, &again, NULL), 0);
        assert_string_equal(json_write(&arena, &order, &again), text);
}

static void writes_nothing_as_null_or_not_at_all(void **state)
{
        struct order o = {.name = "n", .rate = NAN};

        (void)state;
        assert_string_equal(
                json_write(&arena, &order, &o),
                "{\"id\":null,\"remote_id\":null,\"state\":null,\"name\":\"n\",\"raw\":null,\"fen\":0,\"rate\":null,"
                "\"paid\":false,\"lines\":[]}");
        struct line l = {.count = 0, .note = ""};
        assert_string_equal(json_write(&arena, &line, &l), "{\"count\":0}"); /* REQUIRED wins, "" is empty */
}

static void quotes(void **state)
{
        struct text t;

        (void)state;
        text_init(&t, &arena);
        json_quote(&t, "a\"b\\c\n\t\r\x1f\x7f/掌\xff\xe6\x8e😀");
        assert_string_equal(t.p, "\"a\\\"b\\\\c\\n\\t\\u000d\\u001f\x7f/掌\xef\xbf\xbd\xef\xbf\xbd😀\"");
}

/* Text, expected status, path and a part of the reason. */
struct refusal {
        const char *text;
        int status;
        const char *path, *why;
};

static const struct refusal refusals[] = {
        {"", JSON_E_SYNTAX, "", "not JSON"},
        {"{", JSON_E_SYNTAX, "", "not JSON"},
        {"{\"name\":\"n\"} x", JSON_E_SYNTAX, "", "not JSON"},
        {"{\"name\":\"n\",\"name\":\"m\"}", JSON_E_SYNTAX, "", "twice"},
        {"{\"name\":\"\xff\"}", JSON_E_SYNTAX, "", "UTF-8"},
        {"{\"name\":\"\\u0000\"}", JSON_E_SYNTAX, "", "NUL"},
        {"{\"name\":\"\\ud83d\"}", JSON_E_SYNTAX, "", "not JSON"},
        {"{\"remote_id\":9223372036854775808}", JSON_E_SYNTAX, "", "64 bits"},
        {"[]", JSON_E_FIELD, "", "object"},
        {"null", JSON_E_FIELD, "", "object"},
        {"{}", JSON_E_FIELD, "name", "required"},
        {"{\"name\":null}", JSON_E_FIELD, "name", "required"},
        {"{\"name\":5}", JSON_E_FIELD, "name", "string"},
        {"{\"name\":\"\"}", JSON_E_FIELD, "name", "1..9 bytes"},
        {"{\"name\":\"掌柜掌柜\"}", JSON_E_FIELD, "name", "1..9 bytes"},
        {"{\"name\":\"n\",\"nam\":1}", JSON_E_FIELD, "nam", "not a field"},
        {"{\"name\":\"n\",\"id\":5}", JSON_E_FIELD, "id", "digits"},
        {"{\"name\":\"n\",\"id\":\"0\"}", JSON_E_FIELD, "id", "digits"},
        {"{\"name\":\"n\",\"id\":\"5x\"}", JSON_E_FIELD, "id", "digits"},
        {"{\"name\":\"n\",\"remote_id\":5.5}", JSON_E_FIELD, "remote_id", "whole number"},
        {"{\"name\":\"n\",\"state\":\"gone\"}", JSON_E_FIELD, "state", "one of open, done"},
        {"{\"name\":\"n\",\"fen\":1001}", JSON_E_FIELD, "fen", "0..1000"},
        {"{\"name\":\"n\",\"fen\":-1}", JSON_E_FIELD, "fen", "0..1000"},
        {"{\"name\":\"n\",\"fen\":\"5\"}", JSON_E_FIELD, "fen", "whole number"},
        {"{\"name\":\"n\",\"fen\":5.0}", JSON_E_FIELD, "fen", "whole number"},
        {"{\"name\":\"n\",\"rate\":\"1\"}", JSON_E_FIELD, "rate", "number"},
        {"{\"name\":\"n\",\"paid\":1}", JSON_E_FIELD, "paid", "true or false"},
        {"{\"name\":\"n\",\"first\":{}}", JSON_E_FIELD, "first.count", "required"},
        {"{\"name\":\"n\",\"first\":[]}", JSON_E_FIELD, "first", "object"},
        {"{\"name\":\"n\",\"gift\":{\"count\":101}}", JSON_E_FIELD, "gift.count", "1..100"},
        {"{\"name\":\"n\",\"gift\":5}", JSON_E_FIELD, "gift", "object"},
        {"{\"name\":\"n\",\"lines\":[{\"count\":1},{\"count\":0}]}", JSON_E_FIELD, "lines[1].count", "1..100"},
        {"{\"name\":\"n\",\"lines\":[{\"count\":1},7]}", JSON_E_FIELD, "lines[1]", "object"},
        {"{\"name\":\"n\",\"lines\":[{},{},{},{}]}", JSON_E_FIELD, "lines", "0..3 elements"},
        {"{\"name\":\"n\",\"lines\":[{\"count\":1,\"x\":2}]}", JSON_E_FIELD, "lines[0].x", "not a field"},
        {"{\"name\":\"n\",\"lines\":{}}", JSON_E_FIELD, "lines", "list"},
        {"{\"name\":\"n\",\"tags\":[\"a\",true]}", JSON_E_FIELD, "tags[1]", "string"},
};

static void refuses_by_name_and_reason(void **state)
{
        struct order o;

        (void)state;
        for (size_t i = 0; i < countof(refusals); i++) {
                const struct refusal *r = &refusals[i];
                struct json_fault f = {0};
                int status = strict(r->text, &o, &f);
                if (status != r->status || strcmp(f.path, r->path) != 0 || !strstr(f.why, r->why))
                        fail_msg("%s: status %d, \"%s\" %s", r->text, status, f.path, f.why);
                assert_true(strlen(f.why_zh) > 5 && utf8_valid(f.why_zh, strlen(f.why_zh)));
                assert_int_equal(strict(r->text, &o, NULL), r->status); /* the fault is optional */
        }
}

static void lenient_takes_what_it_can(void **state)
{
        struct order o;
        struct json_fault f;

        (void)state;
        assert_int_equal(
                lenient("{\"name\":12345678901,\"unknown\":{},\"id\":77,\"remote_id\":5,\"state\":\"never heard of\","
                        "\"fen\":\"99999\",\"rate\":\"0.5\",\"paid\":1,\"tags\":[1,{},\"b\"]}",
                        &o, NULL),
                0);
        assert_string_equal(o.name, "12345678901"); /* too long, but ranges do not hold */
        assert_int_equal(o.id, 77);
        assert_string_equal(o.remote_id, "5");
        assert_string_equal(o.state, "never heard of");
        assert_int_equal(o.fen, 99999);
        assert_true(o.rate == 0.5 && o.paid);
        assert_int_equal(o.n_tags, 2);
        assert_string_equal(o.tags[1], "b");

        assert_int_equal(lenient("{\"name\":\"n\",\"id\":-5,\"remote_id\":1.5,\"state\":[],\"fen\":\"5x\",\"rate\":"
                                 "\"\",\"paid\":2,"
                                 "\"first\":5,\"gift\":\"\",\"lines\":\"\",\"tags\":{}}",
                                 &o, NULL),
                         0);
        assert_int_equal(o.id, 0);
        assert_null(o.remote_id);
        assert_null(o.state);
        assert_int_equal(o.fen, 0);
        assert_true(o.rate == 0 && !o.paid && !o.gift && !o.lines && !o.n_lines && !o.tags);

        assert_int_equal(
                lenient("{\"name\":\"n\",\"fen\":5.0,\"lines\":[1,{\"count\":1000},null,{\"count\":2}]}", &o, NULL), 0);
        assert_int_equal(o.fen, 5);
        assert_int_equal(o.n_lines, 2);
        assert_int_equal(o.lines[0].count, 1000);
        assert_int_equal(o.lines[1].count, 2);

        assert_int_equal(lenient("{\"name\":\"n\",\"fen\":1e300}", &o, NULL), 0);
        assert_int_equal(o.fen, 0);
        assert_int_equal(lenient("{\"name\":{}}", &o, &f), JSON_E_FIELD); /* REQUIRED still holds */
        assert_string_equal(f.path, "name");
        assert_int_equal(lenient("{\"name\":\"n\",\"lines\":[{}]}", &o, &f), JSON_E_FIELD);
        assert_string_equal(f.path, "lines[0].count");
}

static void one_text_for_several_structs(void **state)
{
        struct json_doc *doc;
        struct order o;
        struct line l;

        (void)state;
        assert_int_equal(json_open(&arena, bytes_of_text("{\"name\":\"n\",\"count\":\"3\",\"more\":[]}"), &doc), 0);
        assert_int_equal(json_take(doc, &line, &l), 0);
        assert_int_equal(l.count, 3);
        assert_int_equal(json_take(doc, &order, &o), 0);
        assert_string_equal(o.name, "n");
        json_close(doc);
        assert_string_equal(o.name, "n"); /* the arena's, not the document's */
        assert_int_equal(json_open(&arena, bytes_of_text("[1]"), &doc), 0);
        assert_int_equal(json_take(doc, &line, &l), JSON_E_FIELD);
        json_close(doc);
        assert_int_equal(json_open(&arena, bytes_of_text("{\"count\":"), &doc), JSON_E_SYNTAX);
        json_close(doc);
}

static void lenient_mends_what_people_typed(void **state)
{
        static const char *const rows[][2] = {
                {"{\"name\":\"a\\u0000b\"}", "a\xef\xbf\xbd"
                                             "b"},
                {"{\"name\":\"\\ud83d\"}", "\xef\xbf\xbd"},
                {"{\"name\":\"\\ud83dx\"}", "\xef\xbf\xbdx"},
                {"{\"name\":\"\\ude00\\ud83d\\ude00\"}", "\xef\xbf\xbd😀"},
                {"{\"name\":\"\\ud83d\\ud83d\\ude00\"}", "\xef\xbf\xbd😀"},
                {"{\"name\":\"\xff\"}", "\xef\xbf\xbd"},
                {"{\"name\":\"\xf0\x9f\x98\"}", "\xef\xbf\xbd"},
                {"{\"name\":\"a\nb\x01\\\"\\\\\"}", "a b \"\\"},
                {"{\"name\":\"\xff\\\\ud83d\"}", "\xef\xbf\xbd\\ud83d"}, /* a backslash, then plain letters */
        };
        struct order o;

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) {
                assert_int_equal(strict(rows[i][0], &o, NULL), JSON_E_SYNTAX);
                if (lenient(rows[i][0], &o, NULL) || strcmp(o.name, rows[i][1]) != 0)
                        fail_msg("%s: %s", rows[i][0], o.name ? o.name : "refused");
        }
        assert_int_equal(json_read(&arena, bytes_of("{\"name\":\"\0\"}", 12), &order, JSON_LENIENT, &o, NULL), 0);
        assert_string_equal(o.name, "\xef\xbf\xbd");
        assert_int_equal(json_read(&arena, bytes_of("{\"name\":5\0}", 11), &order, JSON_LENIENT, &o, NULL),
                         JSON_E_SYNTAX);
        static const char *const broken[] = {"{\"name\":\"\\ud83d\"", "{\"name\":\xff}", "{\"name\":\"\\u00\"}",
                                             "\"\\u", "\"\\"};
        for (size_t i = 0; i < countof(broken); i++)
                assert_int_equal(lenient(broken[i], &o, NULL), JSON_E_SYNTAX);
}

static void lenient_keeps_the_digits_of_huge_numbers(void **state)
{
        static const char text[] =
                "{\"name\":\"\\\"1\",\"remote_id\":18446744073709551615,\"fen\":18446744073709551615,"
                "\"rate\":-123456789012345678901234567890.5,\"tags\":[-9223372036854775809,1]}";
        struct order o;

        (void)state;
        assert_int_equal(strict(text, &o, NULL), JSON_E_SYNTAX);
        assert_int_equal(lenient(text, &o, NULL), 0);
        assert_string_equal(o.name, "\"1");
        assert_string_equal(o.remote_id, "18446744073709551615");
        assert_int_equal(o.fen, 0);
        assert_true(o.rate < -1e29);
        assert_string_equal(o.tags[0], "-9223372036854775809");
        assert_string_equal(json_get(&arena, bytes_of_text("{\"filesize\":11101571002822706744}"), "filesize"),
                            "11101571002822706744");
        assert_null(json_get(&arena, bytes_of_text("[01,11101571002822706744]"), "1"));
        assert_null(json_get(&arena, bytes_of_text("[1e999,11101571002822706744]"), "1"));
}

static void fits_is_as_strict_as_the_reply_is(void **state)
{
        static const char good[] =
                "{\"id\":null,\"remote_id\":null,\"state\":null,\"name\":\"n\",\"raw\":null,\"fen\":0,\"rate\":1.0,"
                "\"paid\":false,\"lines\":[]}";
        static const struct refusal bad[] = {
                {"{\"id\":null,\"remote_id\":5,\"name\":\"n\"}", JSON_E_FIELD, "remote_id", "id"},
                {"{\"id\":null,\"name\":\"n\"}", JSON_E_FIELD, "remote_id", "missing"},
                {"{\"id\":null,\"remote_id\":null,\"state\":null,\"name\":null}", JSON_E_FIELD, "name", "required"},
                {"{\"id\":null,\"remote_id\":null,\"state\":null,\"name\":\"n\",\"raw\":null,\"fen\":null}",
                 JSON_E_FIELD, "fen", "whole number"},
                {"{\"id\":null,\"remote_id\":null,\"state\":null,\"name\":\"n\",\"raw\":null,\"fen\":1,\"rate\":1,"
                 "\"paid\":true,"
                 "\"lines\":null}",
                 JSON_E_FIELD, "lines", "list"},
                {"{\"id\":null,\"remote_id\":null,\"state\":null,\"name\":\"n\",\"raw\":null,\"fen\":1,\"rate\":1,"
                 "\"paid\":true,"
                 "\"lines\":[],\"more\":1}",
                 JSON_E_FIELD, "more", "not a field"},
                {"{", JSON_E_SYNTAX, "", "not JSON"},
        };

        (void)state;
        assert_int_equal(json_fits(&arena, bytes_of_text(good), &order, NULL), 0);
        for (size_t i = 0; i < countof(bad); i++) {
                struct json_fault f = {0};
                int status = json_fits(&arena, bytes_of_text(bad[i].text), &order, &f);
                if (status != bad[i].status || strcmp(f.path, bad[i].path) != 0 || !strstr(f.why, bad[i].why))
                        fail_msg("%s: status %d, \"%s\" %s", bad[i].text, status, f.path, f.why);
        }
}

static void reads_parameters(void **state)
{
        struct order o = {0};
        struct json_fault f;

        (void)state;
        static const char *const good[][2] = {{"id", "7"},   {"remote_id", "x"}, {"state", "done"},
                                              {"fen", "12"}, {"rate", "2.5"},    {"paid", "true"},
                                              {"tags", "a"}, {"tags", "b"},      {"name", ""}};
        for (size_t i = 0; i < countof(good); i++)
                assert_int_equal(json_read_param(&arena, &order, good[i][0], good[i][1], &o, NULL), 0);
        assert_int_equal(o.id, 7);
        assert_string_equal(o.remote_id, "x");
        assert_string_equal(o.state, "done");
        assert_int_equal(o.fen, 12);
        assert_true(o.rate == 2.5 && o.paid);
        assert_int_equal(o.n_tags, 2);
        assert_string_equal(o.tags[1], "b");
        static const char *const bad[][2] = {{"id", "0"},      {"id", "x"},   {"state", "x"},  {"fen", "1001"},
                                             {"fen", "1x"},    {"rate", "x"}, {"rate", "nan"}, {"paid", "y"},
                                             {"nothing", "1"}, {"gift", "{}"}};
        for (size_t i = 0; i < countof(bad); i++) {
                assert_int_equal(json_read_param(&arena, &order, bad[i][0], bad[i][1], &o, &f), JSON_E_FIELD);
                assert_string_equal(f.path, bad[i][0]);
        }
        assert_int_equal(json_read_param(&arena, &order, "tags", "c", &o, &f), 0);
        assert_int_equal(json_read_param(&arena, &order, "tags", "d", &o, &f), JSON_E_FIELD); /* at most three */
}

static void checks_structs(void **state)
{
        struct line lines[] = {{.count = 1}, {.count = 101}}, gift = {.count = 5, .note = "0123456789abc"};
        struct order o = {.first.count = 1};
        struct json_fault f;

        (void)state;
        assert_int_equal(json_check(&arena, &order, &o, &f), JSON_E_FIELD);
        assert_string_equal(f.path, "name");
        o.name = "n";
        assert_int_equal(json_check(&arena, &order, &o, &f), 0);
        o.state = "gone";
        assert_int_equal(json_check(&arena, &order, &o, &f), JSON_E_FIELD);
        assert_string_equal(f.path, "state");
        o.state = "done";
        o.lines = lines;
        o.n_lines = 2;
        assert_int_equal(json_check(&arena, &order, &o, &f), JSON_E_FIELD);
        assert_string_equal(f.path, "lines[1].count");
        o.n_lines = 1;
        o.gift = &gift;
        assert_int_equal(json_check(&arena, &order, &o, &f), JSON_E_FIELD);
        assert_string_equal(f.path, "gift.note");
        gift.note = NULL;
        o.fen = 5000;
        assert_int_equal(json_check(&arena, &order, &o, NULL), JSON_E_FIELD);
}

static void prints_its_schema(void **state)
{
        static const char *const rows[][2] = {
                {"type", "object"},
                {"additionalProperties", "false"},
                {"required", "[\"name\"]"},
                {"properties.id.type", "[\"string\",\"null\"]"},
                {"properties.state.enum", "[\"open\",\"done\",null]"},
                {"properties.state.description", "state \"now\""},
                {"properties.name.type", "string"},
                {"properties.name.minLength", "1"},
                {"properties.name.maxLength", "9"},
                {"properties.fen.maximum", "1000"},
                {"properties.first.$ref", "#/components/schemas/Line"},
                {"properties.gift.anyOf.1.type", "null"},
                {"properties.lines.items.$ref", "#/components/schemas/Line"},
                {"properties.lines.maxItems", "3"},
                {"properties.tags.items.type", "string"},
        };
        struct text t;

        (void)state;
        text_init(&t, &arena);
        json_schema(&t, &order);
        for (size_t i = 0; i < countof(rows); i++) {
                const char *got = json_get(&arena, bytes_of(t.p, t.n), rows[i][0]);
                if (!got || strcmp(got, rows[i][1]) != 0)
                        fail_msg("%s is %s", rows[i][0], got ? got : "absent");
        }
}

static void finds_single_values(void **state)
{
        static const char text[] =
                "{\"a\":{\"b\":[10,{\"c\":\"掌\"},1.10]},\"n\":null,\"t\":true,\"id\":9007199254740993,\"\":1}";
        static const char *const rows[][2] = {
                {"a.b.0", "10"},
                {"a.b.1.c", "掌"},
                {"a.b.2", "1.1"},
                {"t", "true"},
                {"id", "9007199254740993"},
                {"n", NULL},
                {"a.x", NULL},
                {"a.b.3", NULL},
                {"a.b.x", NULL},
                {"a.b.-1", NULL},
                {"t.x", NULL},
                {"a.b.1", "{\"c\":\"掌\"}"},
                {"a.b.99999999999999999999", NULL},
        };

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) {
                const char *got = json_get(&arena, bytes_of_text(text), rows[i][0]);
                if (!text_eq(got, rows[i][1]))
                        fail_msg("%s is %s", rows[i][0], got ? got : "absent");
        }
        assert_null(json_get(&arena, bytes_of_text("{"), "a"));
        assert_string_equal(json_get(&arena, bytes_of_text(" [1, 2]"), ""), "[1,2]");
}

static void lists_all_leaves(void **state)
{
        static const char *const want[][2] = {{"a.0", "1"}, {"a.1.b", "x"}, {"c", "false"}, {"d", "-0.5"}, {"e", ""}};
        struct json_leaf *leaves;
        struct text t;
        size_t n;

        (void)state;
        assert_int_equal(
                json_leaves(
                        &arena,
                        bytes_of_text("{\"a\":[1,{\"b\":\"x\"},[],{}],\"c\":false,\"n\":null,\"d\":-0.5,\"e\":\"\"}"),
                        &leaves, &n),
                0);
        assert_int_equal(n, countof(want));
        for (size_t i = 0; i < n; i++) {
                assert_string_equal(leaves[i].path, want[i][0]);
                assert_string_equal(leaves[i].value, want[i][1]);
        }
        assert_int_equal(json_leaves(&arena, bytes_of_text("7"), &leaves, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(leaves[0].path, "");
        assert_int_equal(json_leaves(&arena, bytes_of_text("nul"), &leaves, &n), JSON_E_SYNTAX);
        text_init(&t, &arena);
        text_addf(&t, "{\"%01025d\":1}", 0);
        assert_int_equal(json_leaves(&arena, bytes_of(t.p, t.n), &leaves, &n), JSON_E_SYNTAX);
}

static char *nested(size_t depth)
{
        struct text t;

        text_init(&t, &arena);
        for (size_t i = 0; i < depth; i++)
                text_add(&t, "[");
        for (size_t i = 0; i < depth; i++)
                text_add(&t, "]");
        return t.p;
}

static void keeps_its_limits(void **state)
{
        struct json_leaf *leaves;
        size_t n;

        (void)state;
        assert_int_equal(json_leaves(&arena, bytes_of_text(nested(64)), &leaves, &n), 0);
        assert_int_equal(json_leaves(&arena, bytes_of_text(nested(65)), &leaves, &n), JSON_E_SYNTAX);
        assert_int_equal(
                json_leaves(&arena,
                            bytes_of_text("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                                          "[[[[[[[[[[\\\"[[[[[[[[[[[\""),
                            &leaves, &n),
                0); /* in a string they are letters */
        size_t big = (4 << 20) + 1;
        char *text = arena_alloc(&arena, big + 1);
        memset(text, ' ', big);
        text[0] = '7';
        assert_int_equal(json_leaves(&arena, bytes_of(text, big), &leaves, &n), JSON_E_SYNTAX);
        assert_int_equal(json_leaves(&arena, bytes_of(text, big - 1), &leaves, &n), 0);
        for (size_t i = 0; i < 2 * 131072; i += 2)
                memcpy(text + 1 + i, "1,", 2);
        text[0] = '[';
        memcpy(text + 2 * 131072, "]", 1);
        text[2 * 131072 - 1] = '1';
        assert_int_equal(json_leaves(&arena, bytes_of(text, 2 * 131072 + 1), &leaves, &n), JSON_E_SYNTAX);
        memset(text + 1, ' ', 2);
        assert_int_equal(json_leaves(&arena, bytes_of(text, 2 * 131072 + 1), &leaves, &n), 0);
        assert_int_equal(n, 131071);
}

struct suite_case {
        const char *name, *must, *base64;
};

static const struct json_field suite_case_fields[] = {
        JSON_STR(struct suite_case, name, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct suite_case, must, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct suite_case, base64, 0, 0, 0, ""),
};
static const struct json_desc suite_case = JSON_DESC("SuiteCase", struct suite_case, suite_case_fields);

/* A RAW member takes any value: {"any":<case>} reads strictly, as a request body does. */
struct any {
        const char *any;
};

static const struct json_field any_fields[] = {JSON_RAW(struct any, any, 0, "")};
static const struct json_desc any = JSON_DESC("Any", struct any, any_fields);

/* Valid JSON that we refuse on purpose: a key that appears twice, a NUL in a string. */
static bool refused_by_rule(const char *name)
{
        return strstr(name, "duplicated_key") || strstr(name, "_null_escape") || strstr(name, "escaped_null");
}

static void agrees_with_the_json_test_suite(void **state)
{
        char *rest = shared_text(&arena, "text/json_test_suite_half.jsonl.gz");
        size_t accepted = 0, refused = 0;

        (void)state;
        for (char *row; rest && (row = next_line(&rest));) {
                struct suite_case c;
                struct bytes b;
                struct text t;
                struct any out;
                assert_int_equal(json_read(&arena, bytes_of_text(row), &suite_case, JSON_LENIENT, &c, NULL), 0);
                assert_int_equal(base64_decode(&arena, c.base64, strlen(c.base64), &b), 0);
                text_init(&t, &arena);
                text_add(&t, "{\"any\":");
                text_add_n(&t, b.p, b.n);
                text_add(&t, "}");
                int r = json_read(&arena, bytes_of(t.p, t.n), &any, JSON_STRICT, &out, NULL);
                if (text_eq(c.must, "accept") && r && !refused_by_rule(c.name))
                        fail_msg("%s must be accepted", c.name);
                if (text_eq(c.must, "reject") && !r)
                        fail_msg("%s must be refused", c.name);
                accepted += !r;
                refused += r != 0;
        }
        if (rest)
                assert_true(accepted > 30 && refused > 50);
}

struct naughty {
        const char *utf8_base64;
};

static const struct json_field naughty_fields[] = {JSON_STR(struct naughty, utf8_base64, JSON_REQUIRED, 0, 0, "")};
static const struct json_desc naughty = JSON_DESC("Naughty", struct naughty, naughty_fields);

struct naughty_list {
        struct naughty *list;
        size_t n;
};

static const struct json_field naughty_list_fields[] = {
        JSON_LIST(struct naughty_list, list, n, JSON_REQUIRED, 0, &naughty, ""),
};
static const struct json_desc naughty_list = JSON_DESC("NaughtyList", struct naughty_list, naughty_list_fields);

struct said {
        const char *text;
};

static const struct json_field said_fields[] = {JSON_STR(struct said, text, JSON_REQUIRED, 0, 0, "")};
static const struct json_desc said = JSON_DESC("Said", struct said, said_fields);

static void naughty_strings_come_back(void **state)
{
        struct naughty_list all;

        (void)state;
        char *text = shared_text(&arena, "text/naughty_strings_half.json");
        if (!text)
                return;
        text = arena_printf(&arena, "{\"list\":%s}", text);
        assert_int_equal(json_read(&arena, bytes_of_text(text), &naughty_list, JSON_LENIENT, &all, NULL), 0);
        assert_true(all.n > 200);
        for (size_t i = 0; i < all.n; i++) {
                struct bytes b;
                struct said back;
                assert_int_equal(base64_decode(&arena, all.list[i].utf8_base64, strlen(all.list[i].utf8_base64), &b),
                                 0);
                struct said s = {.text = arena_strndup(&arena, b.p, b.n)};
                char *json = json_write(&arena, &said, &s);
                assert_int_equal(json_read(&arena, bytes_of_text(json), &said, JSON_STRICT, &back, NULL), 0);
                assert_string_equal(back.text, s.text);
                assert_int_equal(json_fits(&arena, bytes_of_text(json), &said, NULL), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_every_type),
                cmocka_unit_test(writes_what_it_read),
                cmocka_unit_test(writes_nothing_as_null_or_not_at_all),
                cmocka_unit_test(quotes),
                cmocka_unit_test(refuses_by_name_and_reason),
                cmocka_unit_test(lenient_takes_what_it_can),
                cmocka_unit_test(one_text_for_several_structs),
                cmocka_unit_test(lenient_mends_what_people_typed),
                cmocka_unit_test(lenient_keeps_the_digits_of_huge_numbers),
                cmocka_unit_test(fits_is_as_strict_as_the_reply_is),
                cmocka_unit_test(reads_parameters),
                cmocka_unit_test(checks_structs),
                cmocka_unit_test(prints_its_schema),
                cmocka_unit_test(finds_single_values),
                cmocka_unit_test(lists_all_leaves),
                cmocka_unit_test(keeps_its_limits),
                cmocka_unit_test(agrees_with_the_json_test_suite),
                cmocka_unit_test(naughty_strings_come_back),
        };
        return cmocka_run_group_tests(tests, setup, teardown);
}
