#include "base/cursor.h"
#include "base/json.h"
#include "base/shared_test.h"

#include <inttypes.h>

static struct arena arena;

static int setup(void **state)
{
        (void)state;
        arena_init(&arena, 0);
        return 0;
}

static int teardown(void **state)
{
        (void)state;
        arena_release(&arena);
        return 0;
}

static void builds_texts(void **state)
{
        struct text t;

        (void)state;
        text_init(&t, &arena);
        assert_string_equal(t.p, "");
        for (int i = 0; i < 10000; i++)
                text_addf(&t, "%d,", i % 10);
        assert_int_equal(t.n, 20000);
        assert_string_equal(t.p + 19990, "5,6,7,8,9,");
        text_add_n(&t, "xyz", 1);
        text_add(&t, "");
        assert_int_equal(t.n, 20001);
        text_addf(&t, "%01000d", 5);
        assert_int_equal(strlen(t.p), t.n);
        assert_int_equal(t.n, 21001);
}

static void compares(void **state)
{
        (void)state;
        assert_true(text_eq(NULL, NULL));
        assert_false(text_eq(NULL, ""));
        assert_false(text_eq("a", "b"));
        assert_true(text_eq("掌", "掌"));
        assert_true(text_empty(NULL) && text_empty("") && !text_empty(" "));
        assert_true(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("a", "ab") &&
                    !text_starts(NULL, ""));
}

static void reads_whole_numbers(void **state)
{
        static const struct {
                const char *s;
                int64_t min, max, v;
                bool ok;
        } rows[] = {
                {"0", 0, 10, 0, true},
                {"-0", -1, 1, 0, true},
                {"007", 0, 10, 7, true},
                {"10", 0, 10, 10, true},
                {"11", 0, 10, 0, false},
                {"-1", 0, 10, 0, false},
                {"9223372036854775807", INT64_MIN, INT64_MAX, INT64_MAX, true},
                {"-9223372036854775808", INT64_MIN, INT64_MAX, INT64_MIN, true},
                {"9223372036854775808", INT64_MIN, INT64_MAX, 0, false},
                {"-9223372036854775809", INT64_MIN, INT64_MAX, 0, false},
                {"99999999999999999999999999", INT64_MIN, INT64_MAX, 0, false},
                {"", INT64_MIN, INT64_MAX, 0, false},
                {"-", INT64_MIN, INT64_MAX, 0, false},
                {"+1", INT64_MIN, INT64_MAX, 0, false},
                {"--1", INT64_MIN, INT64_MAX, 0, false},
                {" 1", INT64_MIN, INT64_MAX, 0, false},
                {"1 ", INT64_MIN, INT64_MAX, 0, false},
                {"1.0", INT64_MIN, INT64_MAX, 0, false},
                {"1e3", INT64_MIN, INT64_MAX, 0, false},
                {"0x1", INT64_MIN, INT64_MAX, 0, false},
                {"１", INT64_MIN, INT64_MAX, 0, false},
        };

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) {
                int64_t v = 0;
                int r = text_to_int(rows[i].s, rows[i].min, rows[i].max, &v);
                if (r != (rows[i].ok ? 0 : TEXT_E_NUMBER) || v != rows[i].v)
                        fail_msg("\"%s\": status %d, %" PRId64, rows[i].s, r, v);
        }
        int64_t v;
        assert_int_equal(text_to_int(NULL, 0, 1, &v), TEXT_E_NUMBER);
}

static void masks_phones(void **state)
{
        static const char *const rows[][2] = {
                {"13812345678", "138****5678"},
                {"+8613812345678", "138****5678"},
                {"138 1234 5678", "138****5678"},
                {"138-1234-5678", "138****5678"},
                {"138****5678", "138****5678"},
                {"13812345678-1234", "138****1234"},
                {"02112345678", "021****5678"},
                {"12345678", "****678"},
                {"12345", "****"},
                {"", "****"},
                {"张三", "****"},
                {"1381234567*", "138****567*"},
        };

        (void)state;
        for (size_t i = 0; i < countof(rows); i++)
                assert_string_equal(text_mask_phone(&arena, rows[i][0]), rows[i][1]);
        assert_null(text_mask_phone(&arena, NULL));
}

static void cuts_and_counts_characters(void **state)
{
        (void)state;
        assert_int_equal(utf8_length("a掌柜😀"), 4);
        assert_string_equal(utf8_cut(&arena, "a掌柜", 100), "a掌柜");
        assert_string_equal(utf8_cut(&arena, "a掌柜", 7), "a掌柜");
        assert_string_equal(utf8_cut(&arena, "a掌柜", 6), "a掌");
        assert_string_equal(utf8_cut(&arena, "a掌柜", 4), "a掌");
        assert_string_equal(utf8_cut(&arena, "a掌柜", 3), "a");
        assert_string_equal(utf8_cut(&arena, "😀", 3), "");
        assert_string_equal(utf8_cut(&arena, "abc", 0), "");
}

static void knows_utf8(void **state)
{
        static const struct {
                const char *s;
                const char *scrubbed;
        } rows[] = {
                {"plain", "plain"},
                {"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"},                 /* overlong: two parts */
                {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* surrogate */
                {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
                {"\xe1\x80"
                 "A",
                 "\xef\xbf\xbd"
                 "A"}, /* a maximal part is one */
                {"\xf1\x80\x80\xe1\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
                {"\xe6\x8e", "\xef\xbf\xbd"},
        };

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) {
                size_t n = strlen(rows[i].s);
                assert_string_equal(utf8_scrub(&arena, rows[i].s, n), rows[i].scrubbed);
                assert_int_equal(utf8_valid(rows[i].s, n), strcmp(rows[i].s, rows[i].scrubbed) == 0);
        }
        assert_string_equal(utf8_scrub(&arena, "a\0b", 3), "a\xef\xbf\xbd"
                                                           "b");
        assert_string_equal(utf8_scrub(&arena, NULL, 0), "");
        assert_true(utf8_valid("", 0));
}

struct utf8_case {
        const char *id, *hex, *replaced;
        bool valid;
};

static const struct json_field utf8_case_fields[] = {
        {.name = "id", .type = JSON_T_STR, .flags = JSON_REQUIRED, .at = offsetof(struct utf8_case, id)},
        {.name = "hex", .type = JSON_T_STR, .flags = JSON_REQUIRED, .at = offsetof(struct utf8_case, hex)},
        {.name = "replace_invalid_hex", .type = JSON_T_STR, .at = offsetof(struct utf8_case, replaced)},
        {.name = "valid", .type = JSON_T_BOOL, .at = offsetof(struct utf8_case, valid)},
};
static const struct json_desc utf8_case = JSON_DESC("Utf8Case", struct utf8_case, utf8_case_fields);

struct utf8_cases {
        struct utf8_case *cases;
        size_t n;
};

static const struct json_field utf8_cases_fields[] = {
        JSON_LIST(struct utf8_cases, cases, n, JSON_REQUIRED, 0, &utf8_case, ""),
};
static const struct json_desc utf8_cases = JSON_DESC("Utf8Cases", struct utf8_cases, utf8_cases_fields);

static struct bytes from_hex(const char *hex)
{
        size_t n = strlen(hex) / 2;
        unsigned char *out = arena_alloc(&arena, n + 1);

        for (size_t i = 0; i < n; i++)
                assert_int_equal(sscanf(hex + 2 * i, "%2hhx", &out[i]), 1);
        return bytes_of(out, n);
}

static void agrees_with_published_utf8_cases(void **state)
{
        struct utf8_cases all;

        (void)state;
        char *text = shared_text(&arena, "text/utf8_cases_half.json");
        if (!text)
                return;
        assert_int_equal(json_read(&arena, bytes_of_text(text), &utf8_cases, JSON_LENIENT, &all, NULL), 0);
        assert_true(all.n > 50);
        for (size_t i = 0; i < all.n; i++) {
                struct utf8_case *c = &all.cases[i];
                struct bytes b = from_hex(c->hex);
                if (utf8_valid(b.p, b.n) != c->valid)
                        fail_msg("case %s: %s must be %s", c->id, c->hex, c->valid ? "valid" : "invalid");
                if (!c->replaced)
                        continue;
                struct bytes want = from_hex(c->replaced);
                char *got = utf8_scrub(&arena, b.p, b.n);
                if (memchr(want.p, '\0', want.n)) /* NUL is a character to them, not to us */
                        want = bytes_of_text(utf8_scrub(&arena, want.p, want.n));
                if (strlen(got) != want.n || memcmp(got, want.p, want.n) != 0)
                        fail_msg("case %s: %s scrubbed wrongly", c->id, c->hex);
        }
}

static void encodes_urls(void **state)
{
        char *out;

        (void)state;
        assert_string_equal(url_encode(&arena, "a b&c=掌/~-._+%"), "a%20b%26c%3D%E6%8E%8C%2F~-._%2B%25");
        assert_int_equal(url_decode(&arena, "a%20b+c%e6%8E%8C", 16, &out), 0);
        assert_string_equal(out, "a b c掌");
        assert_int_equal(url_decode(&arena, "", 0, &out), 0);
        assert_string_equal(out, "");
        static const char *const bad[] = {"%", "%1", "%zz", "%00", "a%2", "%ff", "%c0%af", "%+1"};
        for (size_t i = 0; i < countof(bad); i++)
                assert_int_equal(url_decode(&arena, bad[i], strlen(bad[i]), &out), URL_E_BAD);
        assert_int_equal(url_decode(&arena, "%41", 2, &out), URL_E_BAD); /* the length ends it */
}

static void a_cursor_is_read_back_or_refused(void **state)
{
        static const char *const bad[] = {".", "1", "1.", ".1", "1.x", "-1.2", "1.2.3", "99999999999999999999999.1", "1 .2"};
        struct arena a;
        int64_t key = 7, id = 8;

        (void)state;
        arena_init(&a, 0);
        assert_int_equal(cursor_read(NULL, &key, &id), 0);
        assert_int_equal(cursor_read("", &key, &id), 0);
        for (size_t i = 0; i < countof(bad); i++)
                assert_int_equal(cursor_read(bad[i], &key, &id), CURSOR_E_BAD);
        assert_true(key == 7 && id == 8);
        assert_int_equal(cursor_read(cursor_write(&a, INT64_MAX, 0), &key, &id), 0);
        assert_true(key == INT64_MAX && id == 0);
        arena_release(&a);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_cursor_is_read_back_or_refused),
                cmocka_unit_test(builds_texts),
                cmocka_unit_test(compares),
                cmocka_unit_test(reads_whole_numbers),
                cmocka_unit_test(masks_phones),
                cmocka_unit_test(cuts_and_counts_characters),
                cmocka_unit_test(knows_utf8),
                cmocka_unit_test(agrees_with_published_utf8_cases),
                cmocka_unit_test(encodes_urls),
        };
        return cmocka_run_group_tests(tests, setup, teardown);
}
