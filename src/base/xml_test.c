#include "base/crypt.h"
#include "base/shared_test.h"
#include "base/xml.h"

#include <pthread.h>

static struct arena arena;

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

static int read_xml(const char *text, struct json_leaf **leaves, size_t *n)
{
        return xml_leaves(&arena, bytes_of_text(text), leaves, n);
}

static void reads_leaves(void **state)
{
        static const char text[] =
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n"
                "  <ToUserName><![CDATA[gh_<&>x]]></ToUserName>\n"
                "  <CreateTime>1700000000</CreateTime>\n  <Empty/><None></None>\n"
                "  <order_info attr=\"ignored\"><order_id>37</order_id><note>a&amp;b &#x638c;<!-- c -->柜</note>"
                "</order_info>\n"
                "  <Item>1</Item><Item>2</Item><Item><Deep>3</Deep></Item><Other>x</Other>\n</xml>\n";
        static const char *const want[][2] = {
                {"ToUserName", "gh_<&>x"},
                {"CreateTime", "1700000000"},
                {"Empty", ""},
                {"None", ""},
                {"order_info.order_id", "37"},
                {"order_info.note", "a&b 掌柜"},
                {"Item", "1"},
                {"Item.1", "2"},
                {"Item.2.Deep", "3"},
                {"Other", "x"},
        };
        struct json_leaf *leaves;
        size_t n;

        (void)state;
        for (int again = 0; again < 3; again++) { /* the parser is used again and again */
                assert_int_equal(read_xml(text, &leaves, &n), 0);
                assert_int_equal(n, countof(want));
                for (size_t i = 0; i < n; i++) {
                        assert_string_equal(leaves[i].path, want[i][0]);
                        assert_string_equal(leaves[i].value, want[i][1]);
                }
        }
}

static void refuses(void **state)
{
        static const struct {
                const char *text;
                int status;
        } rows[] = {
                {"", XML_E_SYNTAX},
                {"text", XML_E_SYNTAX},
                {"<a>", XML_E_SYNTAX},
                {"<a></b>", XML_E_SYNTAX},
                {"<a/><b/>", XML_E_SYNTAX},
                {"<a>&unknown;</a>", XML_E_SYNTAX},
                {"<a>\x01</a>", XML_E_SYNTAX},
                {"<a>\xff</a>", XML_E_SYNTAX},
                {"<?xml version=\"1.0\" encoding=\"GBK\"?><a>\xd5\xc6</a>", XML_E_SYNTAX},
                {"<!DOCTYPE a><a/>", XML_E_DOCTYPE},
                {"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", XML_E_DOCTYPE},
                {"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", XML_E_DOCTYPE},
        };
        struct json_leaf *leaves;
        size_t n;

        (void)state;
        for (size_t i = 0; i < countof(rows); i++)
                if (read_xml(rows[i].text, &leaves, &n) != rows[i].status)
                        fail_msg("%s must give %d", rows[i].text, rows[i].status);
        assert_int_equal(read_xml("<a>ok</a>", &leaves, &n), 0); /* the parser is well again */
        assert_string_equal(leaves[0].value, "ok");
}

/* A comment makes any document the library's; the plain form, read without it, must say the same. */
static void plain_form_says_the_same(void **state)
{
        static const char *const texts[] = {
                "<xml><A><![CDATA[x]]></A><B>1</B></xml>",
                "<xml>\n  <A><![CDATA[<a>&b;]] ]>]]></A>\n\t<B></B><C> 1 </C>\n</xml>\n ",
                "<xml><A><![CDATA[]]></A><A>again</A></xml>",
                "<xml><A>1</A><AA>2</AA><a_1>3</a_1></xml>",
                "<xml><A>1&amp;2</A></xml>",
                "<xml><A><B>deep</B></A></xml>",
                "<xml><A>x<![CDATA[y]]></A></xml>",
                "<xml><A><![CDATA[y]]>x</A></xml>",
                "<xml><A>\xe6\x8e\x8c</A></xml>",
                "<xml><A>\r\n</A></xml>",
                "<xml>between<A>1</A>these</xml>",
                "<xml>only</xml>",
                "<xml> </xml>",
                "<xml><A>]]></A></xml>",
                "<xml><A>]]</A></xml>",
                "<xml><A>1</B></xml>",
                "<xml><A>1</A></xm>",
                "<xml><A>1</A></xml>more",
                "<xml><A>1</A></xml><xml/>",
                "<xml><A>1</A>",
                "<xml><A><![CDATA[1]]</A></xml>",
                "<xml><A><![CDATA[1]]></xml>",
                "<xml><1A>1</1A></xml>",
                "<xml><A >1</A></xml>",
                "<xml><A>1</A ></xml>",
                "<xml><A b=\"c\">1</A></xml>",
                "<xml><A>\x02</A></xml>",
                "<xml><A>\x7f</A></xml>",
                "<xml><></></xml>",
        };
        struct json_leaf *plain, *library;
        size_t n_plain, n_library;

        (void)state;
        for (size_t i = 0; i < countof(texts); i++) {
                int r = read_xml(texts[i], &plain, &n_plain);

                if (read_xml(arena_printf(&arena, "<!-- -->%s", texts[i]), &library, &n_library) != r)
                        fail_msg("%s: %d, but the library says otherwise", texts[i], r);
                if (r)
                        continue;
                assert_int_equal(n_plain, n_library);
                for (size_t k = 0; k < n_plain; k++) {
                        assert_string_equal(plain[k].path, library[k].path);
                        assert_string_equal(plain[k].value, library[k].value);
                }
        }
}

static int repeated(const char *open, const char *close, size_t times)
{
        struct json_leaf *leaves;
        struct text t;
        size_t n;

        text_init(&t, &arena);
        text_add(&t, "<r>");
        for (size_t i = 0; i < times; i++)
                text_add(&t, open);
        for (size_t i = 0; i < times; i++)
                text_add(&t, close);
        text_add(&t, "</r>");
        return read_xml(t.p, &leaves, &n);
}

static void keeps_its_limits(void **state)
{
        struct json_leaf *leaves;
        struct text t;
        size_t n;

        (void)state;
        assert_int_equal(repeated("<a>", "</a>", 15), 0);
        assert_int_equal(repeated("<a>", "</a>", 16), XML_E_SIZE);
        assert_int_equal(repeated("<a>", "</a>", 200), XML_E_SIZE);
        assert_int_equal(repeated("<a/>", "", 1999), 0);
        assert_int_equal(repeated("<a/>", "", 2000), XML_E_SIZE);
        text_init(&t, &arena);
        text_addf(&t, "<r>%0*d</r>", (1 << 20) - 7, 0);
        assert_int_equal(xml_leaves(&arena, bytes_of(t.p, t.n), &leaves, &n), 0);
        text_add(&t, " ");
        assert_int_equal(xml_leaves(&arena, bytes_of(t.p, t.n), &leaves, &n), XML_E_SIZE);
        t.n = 0;
        text_addf(&t, "<r><a%01023d/></r>", 0);
        assert_int_equal(xml_leaves(&arena, bytes_of(t.p, t.n), &leaves, &n), 0);
        t.n = 0;
        text_addf(&t, "<r><a%01024d/></r>", 0);
        assert_int_equal(xml_leaves(&arena, bytes_of(t.p, t.n), &leaves, &n), XML_E_SIZE);
}

/* What is written comes back; `want` where it cannot. */
static void writes_what_reads_back(void **state)
{
        static const char *const rows[][2] = {
                {"plain 掌柜😀", NULL},
                {"<a> & \"b\" 'c'", NULL},
                {"]]>", NULL},
                {"]]]]>>]]>]]", NULL},
                {"]]", NULL},
                {"", NULL},
                {"a\tb\nc", NULL},
                {"bell\x07 and \xff\xef\xbf\xbe", "bell\xef\xbf\xbd and \xef\xbf\xbd\xef\xbf\xbd"},
        };

        (void)state;
        for (size_t i = 0; i < countof(rows); i++) {
                const char *want = rows[i][1] ? rows[i][1] : rows[i][0];
                struct json_leaf *leaves;
                struct text t;
                size_t n;
                text_init(&t, &arena);
                text_add(&t, "<xml><e>");
                xml_escape(&t, rows[i][0]);
                text_add(&t, "</e><c>");
                xml_cdata(&t, rows[i][0]);
                text_add(&t, "</c></xml>");
                assert_int_equal(read_xml(t.p, &leaves, &n), 0);
                assert_int_equal(n, 2);
                assert_string_equal(leaves[0].value, want);
                assert_string_equal(leaves[1].value, want);
        }
        struct json_leaf *leaves;
        struct text t;
        size_t n;
        text_init(&t, &arena);
        text_add(&t, "<e>");
        xml_escape(&t, "a\r\nb");
        text_add(&t, "</e>");
        assert_int_equal(read_xml(t.p, &leaves, &n), 0);
        assert_string_equal(leaves[0].value, "a\r\nb");
}

static void *read_in_thread(void *ok)
{
        struct json_leaf *leaves;
        struct arena mine;
        size_t n;

        arena_init(&mine, 0);
        *(bool *)ok = true;
        for (int i = 0; i < 200; i++)
                if (xml_leaves(&mine, bytes_of_text("<xml><a>1</a></xml>"), &leaves, &n) || n != 1 ||
                    strcmp(leaves->value, "1") != 0)
                        *(bool *)ok = false;
        arena_release(&mine);
        return NULL;
}

static void each_thread_has_its_parser(void **state)
{
        pthread_t threads[4];
        bool ok[4];

        (void)state;
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, read_in_thread, &ok[i]), 0);
        for (size_t i = 0; i < 4; i++) {
                pthread_join(threads[i], NULL);
                assert_true(ok[i]);
        }
}

struct xml_case {
        const char *name, *must, *encoding, *base64;
};

static const struct json_field xml_case_fields[] = {
        JSON_STR(struct xml_case, name, JSON_REQUIRED, 0, 0, ""),
        JSON_STR(struct xml_case, must, JSON_REQUIRED, 0, 0, ""),
        {.name = "declared_encoding", .type = JSON_T_STR, .at = offsetof(struct xml_case, encoding)},
        JSON_STR(struct xml_case, base64, 0, 0, 0, ""),
};
static const struct json_desc xml_case = JSON_DESC("XmlCase", struct xml_case, xml_case_fields);

static void agrees_with_published_xml_cases(void **state)
{
        char *rest = shared_text(&arena, "text/xml_cases_half.jsonl.gz");
        size_t read = 0, refused = 0;

        (void)state;
        for (char *row; rest && (row = next_line(&rest));) {
                struct json_leaf *leaves;
                struct xml_case c;
                struct bytes b;
                size_t n;
                assert_int_equal(json_read(&arena, bytes_of_text(row), &xml_case, JSON_LENIENT, &c, NULL), 0);
                assert_int_equal(base64_decode(&arena, c.base64, strlen(c.base64), &b), 0);
                int r = xml_leaves(&arena, b, &leaves, &n);
                /* We read UTF-8 only, and have limits of size: those are the only other reasons. */
                bool may = r == XML_E_SIZE || (r == XML_E_SYNTAX && !utf8_valid(b.p, b.n));
                if (text_eq(c.must, "be read") && r && !may)
                        fail_msg("%s must be read, not %d", c.name, r);
                if (text_starts(c.must, "reject") && !r)
                        fail_msg("%s must be refused", c.name);
                if (strstr(c.must, "document type") && r == XML_E_SIZE)
                        fail_msg("%s must be refused for its DOCTYPE", c.name);
                read += !r;
                refused += r != 0;
        }
        if (rest)
                assert_true(read > 20 && refused > 50);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_leaves),
                cmocka_unit_test(refuses),
                cmocka_unit_test(plain_form_says_the_same),
                cmocka_unit_test(keeps_its_limits),
                cmocka_unit_test(writes_what_reads_back),
                cmocka_unit_test(each_thread_has_its_parser),
                cmocka_unit_test(agrees_with_published_xml_cases),
        };
        return cmocka_run_group_tests(tests, setup, teardown);
}
