#include "contacts/link.h"

#include "shops/testing.h"
#include "staff/staff.h"
#include "store/check_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* ---- a listener that counts, as a domain above would ---- */

static int heard;

static int on_linked(struct ctx *ctx, const void *payload)
{
        (void)ctx;
        const struct contacts_linked *l = payload;
        assert_true(l->link_id != 0);
        heard++;
        return 0;
}
static const struct listener listeners[] = {{&contacts_event_linked, true, on_linked, "test.on_linked"}};
static const struct domain ear = {.name = "ear", .listeners = listeners, .n_listeners = countof(listeners)};
static const struct domain *const domains[] = {&store_domain, &shops_domain, &staff_domain, &contacts_domain, &ear};

static struct test_shop t;
static struct ctx *ctx;

static int open_shop(void **state)
{
        (void)state;
        test_shop_open(&t, domains, countof(domains));
        ctx = &t.store.ctx;
        test_shop_begin(&t);
        heard = 0;
        return 0;
}

static int close_shop(void **state)
{
        (void)state;
        int wrong = db_check_types(ctx);
        test_shop_commit(&t);
        test_shop_close(&t);
        return wrong;
}

static int64_t visitor(const char *remote_id)
{
        int64_t id;
        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, remote_id, NULL, NULL, NULL, &id), 0);
        return id;
}

static int64_t buyer(const char *remote_id)
{
        int64_t id;
        assert_int_equal(contacts_ensure(ctx, "shop", t.shop, remote_id, NULL, NULL, NULL, &id), 0);
        return id;
}

static int64_t person_of(int64_t identity_id)
{
        struct contacts_identity i;
        assert_int_equal(contacts_identity_get(ctx, identity_id, &i), 0);
        return i.person_id;
}

static void identities_are_found_again(void **state)
{
        (void)state;
        int64_t a, b;
        struct contacts_identity i;
        char long_id[200];
        memset(long_id, 'x', sizeof(long_id));
        long_id[sizeof(long_id) - 1] = '\0';
        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, "wm1", NULL, "小鱼", "http://a", &a), 0);
        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, "wm1", "", "小鱼儿", NULL, &b), 0);
        assert_int_equal(a, b);
        assert_int_equal(contacts_identity_get(ctx, a, &i), 0);
        assert_string_equal(i.nickname, "小鱼儿");
        assert_string_equal(i.avatar, "http://a"); /* not told is not forgotten */
        assert_null(i.unionid);
        assert_int_equal(contacts_ensure(ctx, "shop", t.wecom, "wm1", NULL, NULL, NULL, &b), 0);
        assert_int_not_equal(a, b);
        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, "", NULL, NULL, NULL, &b), CONTACTS_E_BAD_ID);
        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, NULL, NULL, NULL, NULL, &b), CONTACTS_E_BAD_ID);
        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, long_id, NULL, NULL, NULL, &b), CONTACTS_E_BAD_ID);
        int64_t ours = ctx->merchant;
        ctx->merchant = ours + 1;
        assert_int_equal(contacts_identity_get(ctx, a, &i), CONTACTS_E_NONE);
        ctx->merchant = ours;
}

static void a_unionid_ties(void **state)
{
        (void)state;
        int64_t kf, shop, late;
        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, "wm1", "U1", NULL, NULL, &kf), 0);
        assert_int_equal(contacts_ensure(ctx, "shop", t.shop, "o1", "U1", NULL, NULL, &shop), 0);
        assert_int_equal(person_of(kf), person_of(shop));
        assert_int_equal(heard, 1);
        late = buyer("o2");
        assert_int_not_equal(person_of(late), person_of(kf));
        assert_int_equal(contacts_ensure(ctx, "shop", t.shop, "o2", "U1", NULL, NULL, &late), 0);
        assert_int_equal(person_of(late), person_of(kf));

        /* What a person undid, the platform does not make again. */
        struct contacts_link *links;
        size_t n;
        assert_int_equal(contacts_links(ctx, person_of(kf), &links, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(contacts_link_undo(ctx, links[1].link_id), 0);
        assert_int_not_equal(person_of(late), person_of(kf));
        assert_int_equal(contacts_ensure(ctx, "shop", t.shop, "o2", "U2", NULL, NULL, &late), 0);
        assert_int_equal(contacts_ensure(ctx, "kf", t.wecom, "wm1", "U2", NULL, NULL, &kf), 0);
        assert_int_not_equal(person_of(late), person_of(kf));
}

static void automatic_evidence_gives_way(void **state)
{
        (void)state;
        int64_t wm1 = visitor("wm1"), wm2 = visitor("wm2"), o1 = buyer("o1"), o2 = buyer("o2"), link, again;
        assert_int_equal(contacts_link_make(ctx, wm1, o1, "order_card", "{}", &link), 0);
        assert_int_equal(contacts_link_make(ctx, wm1, o1, "order_number", "{}", &again), CONTACTS_E_SAME);
        /* A second visitor for one buyer, and a second buyer of one shop for one visitor. */
        assert_int_equal(contacts_link_make(ctx, wm2, o1, "order_card", "{}", &again), CONTACTS_E_CONFLICT);
        assert_int_equal(contacts_link_make(ctx, wm1, o2, "order_number", "{}", &again), CONTACTS_E_CONFLICT);
        assert_int_equal(contacts_link_make(ctx, wm2, o1, "agent", NULL, &again), 0);
        assert_int_equal(person_of(wm2), person_of(wm1));
        assert_int_equal(contacts_link_undo(ctx, again), 0);
        assert_int_equal(contacts_link_undo(ctx, again), CONTACTS_E_UNDONE);
        assert_int_equal(contacts_link_undo(ctx, link), 0);
        assert_int_equal(contacts_link_make(ctx, wm1, o1, "order_card", "{}", &link), CONTACTS_E_UNDONE);
        assert_int_equal(contacts_link_make(ctx, o1, wm1, "order_card", "{}", &link), CONTACTS_E_UNDONE);
        assert_int_equal(contacts_link_make(ctx, wm1, o1, "agent", NULL, &link), 0);
        assert_int_equal(contacts_link_make(ctx, wm1, 77, "agent", NULL, &link), CONTACTS_E_NONE);
        assert_int_equal(contacts_link_undo(ctx, 77), CONTACTS_E_NONE);
        assert_int_equal(heard, 5);
}

static void what_staff_wrote_survives_merging(void **state)
{
        (void)state;
        int64_t wm1 = visitor("wm1"), o1, link;
        struct contacts_person p;
        assert_int_equal(contacts_ensure(ctx, "shop", t.shop, "o1", NULL, "昵称", NULL, &o1), 0);
        int64_t older = person_of(wm1), younger = person_of(o1);
        assert_int_equal(contacts_person_edit(ctx, younger, "陈太太", "婚礼穿的旗袍"), 0);
        assert_int_equal(contacts_link_make(ctx, wm1, o1, "agent", NULL, &link), 0);
        assert_int_equal(person_of(o1), older);
        assert_int_equal(contacts_person_get(ctx, older, &p), 0);
        assert_string_equal(p.name, "陈太太");
        assert_string_equal(p.note, "婚礼穿的旗袍");
        assert_int_equal(contacts_person_edit(ctx, older, "陈姐", NULL), 0);
        assert_int_equal(contacts_person_get(ctx, older, &p), 0);
        assert_string_equal(p.name, "陈姐");
        assert_int_equal(contacts_link_undo(ctx, link), 0);
        assert_int_equal(person_of(o1), younger);
        assert_int_equal(contacts_person_get(ctx, younger, &p), 0);
        assert_string_equal(p.name, "陈太太");
        assert_int_equal(contacts_person_edit(ctx, younger, "", NULL), 0);
        assert_int_equal(contacts_person_get(ctx, younger, &p), 0);
        assert_string_equal(p.name, "昵称");
        assert_int_equal(contacts_person_edit(ctx, 5, "x", NULL), CONTACTS_E_NONE);
}

/* ---- property: persons are the connected parts of the links that hold ---- */

enum { PEOPLE = 14, STEPS = 400 };

static uint64_t seed;

static unsigned dice(unsigned n)
{
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        return (unsigned)(seed >> 33) % n;
}

struct digest_row {
        const char *text;
};
static const struct db_col digest_cols[] = {DB_COL_T(struct digest_row, text)};
/* Everything in identity rows but person_id, and all of the person rows. */
static const struct query q_rest = {
        .name = "test.rest",
        .sql = "select (select group_concat(x) from (select identity_id || home_id || kind || remote_id || account_id "
               "||"
               " created_at as x from contacts_identity where merchant_id = $1 order by identity_id)) ||"
               " (select group_concat(x) from (select person_id || created_at || changed_at || coalesce(name, '-') ||"
               " coalesce(note, '-') as x from contacts_person where merchant_id = $1 order by person_id)) as text",
        .sql_pg = "select (select string_agg(concat(identity_id, home_id, kind, remote_id, account_id, created_at), ','"
                  " order by identity_id) from contacts_identity where merchant_id = $1) ||"
                  " (select string_agg(concat(person_id, created_at, changed_at, coalesce(name, '-'), coalesce(note, '-')), ','"
                  " order by person_id) from contacts_person where merchant_id = $1) as text",
        .args = "i",
        .row = digest_cols,
        .n_row = countof(digest_cols),
        .size = sizeof(struct digest_row),
};

static void persons_are_connected_parts(void **state)
{
        (void)state;
        int64_t id[PEOPLE], home[PEOPLE], link_id[STEPS];
        int ends[STEPS][2], n_links = 0;
        bool holds[STEPS];
        struct digest_row before, after;
        for (int i = 0; i < PEOPLE; i++) {
                char name[16];
                snprintf(name, sizeof(name), "p%d", i);
                id[i] = i % 2 ? visitor(name) : buyer(name);
                home[i] = person_of(id[i]);
        }
        assert_int_equal(db_one(ctx, &q_rest, &before, DB_I(ctx->merchant)), 0);
        seed = 20240601;
        for (int step = 0; step < STEPS; step++) {
                if (n_links && dice(100) < 45) {
                        int l = (int)dice((unsigned)n_links);
                        int r = contacts_link_undo(ctx, link_id[l]);
                        assert_int_equal(r, holds[l] ? 0 : CONTACTS_E_UNDONE);
                        holds[l] = false;
                } else {
                        int a = (int)dice(PEOPLE), b = (int)dice(PEOPLE);
                        int r = contacts_link_make(ctx, id[a], id[b], "agent", NULL, &link_id[n_links]);
                        if (!r) {
                                ends[n_links][0] = a;
                                ends[n_links][1] = b;
                                holds[n_links++] = true;
                        } else {
                                assert_int_equal(r, CONTACTS_E_SAME);
                        }
                }
                /* The slow way: the smallest reachable identity, until nothing changes. */
                int least[PEOPLE];
                for (int i = 0; i < PEOPLE; i++)
                        least[i] = i;
                for (bool again = true; again;) {
                        again = false;
                        for (int l = 0; l < n_links; l++) {
                                if (!holds[l])
                                        continue;
                                int *x = &least[ends[l][0]], *y = &least[ends[l][1]], min = *x < *y ? *x : *y;
                                again |= *x != min || *y != min;
                                *x = *y = min;
                        }
                }
                for (int i = 0; i < PEOPLE; i++)
                        assert_int_equal(person_of(id[i]), home[least[i]]);
        }
        assert_int_equal(db_one(ctx, &q_rest, &after, DB_I(ctx->merchant)), 0);
        assert_string_equal(before.text, after.text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(identities_are_found_again, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_unionid_ties, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(automatic_evidence_gives_way, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(what_staff_wrote_survives_merging, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(persons_are_connected_parts, open_shop, close_shop),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
