#include "base/crypt.h"
#include "shops/shops.h"
#include "staff/login.h"
#include "store/check_types.h"
#include "store/testing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sodium.h>

static const struct permission test_permissions[] = {
        {"test.own", ROLE_OWNER, ""},
        {"test.talk", ROLE_OWNER | ROLE_AGENT, ""},
};
static const struct domain test_domain = {
        .name = "test", .permissions = test_permissions, .n_permissions = countof(test_permissions)};
static const struct domain *const domains[] = {&store_domain, &shops_domain, &staff_domain, &test_domain};

static struct test_store t;
static int64_t anna;

static void begin(void)
{
        t.ctx.now = clock_now(&t.clock);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_WRITE), 0);
}

static void commit(void)
{
        assert_int_equal(db_commit(&t.ctx), 0);
}

static int open_store(void **state)
{
        (void)state;
        if (crypt_init())
                return -1;
        test_store_open(&t, domains, countof(domains));
        begin();
        assert_int_equal(staff_create(&t.ctx, "Anna", "安娜", "owner", "correct horse", &anna), 0);
        commit();
        return 0;
}

static int close_store(void **state)
{
        (void)state;
        begin();
        int wrong = db_check_types(&t.ctx);
        db_rollback(&t.ctx);
        test_store_close(&t);
        return wrong;
}

/* Both halves, as the edge runs them: a positive status of the second half commits. */
static int login(const char *name, const char *password, const char *address, const char **cookie,
                 struct staff_session *session)
{
        struct staff_checked *checked;
        t.ctx.now = clock_now(&t.clock);
        assert_int_equal(db_begin(t.db, &t.ctx, DB_READ), 0);
        int r = staff_login_check(&t.ctx, name, password, address, &checked);
        db_rollback(&t.ctx);
        if (r)
                return r;
        begin();
        r = staff_login_finish(&t.ctx, checked, address, cookie, session);
        assert_true(r >= 0);
        commit();
        return r;
}

/* The second half alone, for a password that was wrong: hashing each would take the test half a minute. */
static int refuse(const char *name, const char *address)
{
        struct staff_checked wrong = {.login = name};
        struct staff_session s;
        const char *cookie;
        begin();
        int r = staff_login_finish(&t.ctx, &wrong, address, &cookie, &s);
        commit();
        return r;
}

static void logging_in_and_out(void **state)
{
        (void)state;
        const char *cookie;
        struct staff_session s, found;
        assert_int_equal(login("ANNA", "correct horse", "1.2.3.4", &cookie, &s), 0);
        assert_int_equal(strlen(cookie), 43);
        assert_int_equal(s.staff_id, anna);
        assert_string_equal(s.role, "owner");
        begin();
        assert_int_equal(staff_session_find(&t.ctx, cookie, &found), 0);
        assert_string_equal(found.csrf, s.csrf);
        assert_string_equal(found.name, "安娜");
        char other[44];
        snprintf(other, sizeof(other), "%s", cookie);
        other[0] = other[0] == 'x' ? 'y' : 'x';
        assert_int_equal(staff_session_find(&t.ctx, other, &found), STAFF_E_EXPIRED);
        assert_int_equal(staff_session_find(&t.ctx, NULL, &found), STAFF_E_EXPIRED);
        assert_int_equal(staff_session_find(&t.ctx, "", &found), STAFF_E_EXPIRED);
        assert_int_equal(staff_logout(&t.ctx, cookie), 0);
        assert_int_equal(staff_session_find(&t.ctx, cookie, &found), STAFF_E_EXPIRED);
        commit();
}

static void sessions_slide_to_a_week(void **state)
{
        (void)state;
        const int64_t hour = 3600 * 1000;
        const char *cookie;
        struct staff_session s;
        assert_int_equal(login("anna", "correct horse", "1.2.3.4", &cookie, &s), 0);
        clock_push(&t.clock, 5 * 60 * 1000);
        begin();
        assert_int_equal(staff_session_prolong(&t.ctx, cookie), 0);
        assert_int_equal(db_changed(&t.ctx), 0); /* too soon to be worth a write */
        commit();
        int64_t lived = 0;
        for (;;) {
                clock_push(&t.clock, 11 * hour);
                lived += 11 * hour;
                begin();
                int r = staff_session_find(&t.ctx, cookie, &s);
                if (!r)
                        assert_int_equal(staff_session_prolong(&t.ctx, cookie), 0);
                commit();
                if (r) {
                        assert_int_equal(r, STAFF_E_EXPIRED);
                        break;
                }
                assert_true(lived < 7 * 24 * hour);
        }
        assert_true(lived > 6 * 24 * hour);

        assert_int_equal(login("anna", "correct horse", "1.2.3.4", &cookie, &s), 0);
        clock_push(&t.clock, 12 * hour);
        begin();
        assert_int_equal(staff_session_find(&t.ctx, cookie, &s), STAFF_E_EXPIRED);
        commit();
}

static void five_tries_per_login(void **state)
{
        (void)state;
        const char *cookie;
        struct staff_session s;
        assert_int_equal(login("anna", "wrong", "1.2.3.4", &cookie, &s), STAFF_E_REFUSED);
        for (int i = 0; i < 4; i++)
                assert_int_equal(refuse("anna", "1.2.3.4"), STAFF_E_REFUSED);
        assert_int_equal(login("anna", "correct horse", "9.9.9.9", &cookie, &s), STAFF_E_THROTTLED);
        clock_push(&t.clock, 5 * 60 * 1000);
        assert_int_equal(login("anna", "correct horse", "9.9.9.9", &cookie, &s), 0);
        for (int i = 0; i < 4; i++)
                assert_int_equal(refuse("anna", "1.2.3.4"), STAFF_E_REFUSED);
        assert_int_equal(login("anna", "correct horse", "1.2.3.4", &cookie, &s), 0); /* forgives */
        assert_int_equal(refuse("anna", "1.2.3.4"), STAFF_E_REFUSED);
}

static void twenty_tries_per_address(void **state)
{
        (void)state;
        const char *cookie;
        struct staff_session s;
        for (int i = 0; i < 20; i++) {
                char name[8];
                snprintf(name, sizeof(name), "no%d", i);
                assert_int_equal(refuse(name, "6.6.6.6"), STAFF_E_REFUSED);
        }
        assert_int_equal(login("anna", "correct horse", "6.6.6.6", &cookie, &s), STAFF_E_THROTTLED);
        assert_int_equal(login("anna", "correct horse", "7.7.7.7", &cookie, &s), 0);
}

/* A hundred at once pass the first half; the second half tells only five of them anything. */
static void a_crowd_passes_only_the_first_half(void **state)
{
        (void)state;
        struct staff_checked *wrong, *right;
        const char *cookie;
        struct staff_session s;
        begin();
        assert_int_equal(staff_login_check(&t.ctx, "anna", "wrong", "1.1.1.1", &wrong), 0);
        assert_int_equal(staff_login_check(&t.ctx, "anna", "correct horse", "1.1.1.1", &right), 0);
        for (int i = 0; i < 5; i++)
                assert_int_equal(staff_login_finish(&t.ctx, wrong, "1.1.1.1", &cookie, &s), STAFF_E_REFUSED);
        assert_int_equal(staff_login_finish(&t.ctx, right, "1.1.1.1", &cookie, &s), STAFF_E_THROTTLED);
        commit();
}

static void what_was_right_may_not_be_any_more(void **state)
{
        (void)state;
        struct staff_checked *checked;
        const char *cookie, *hash;
        struct staff_session s;
        struct staff_person p;
        int64_t id;
        begin();
        assert_int_equal(staff_create(&t.ctx, "bo", "波", "agent", "password1", &id), 0);
        assert_int_equal(staff_login_check(&t.ctx, "bo", "password1", "1.1.1.1", &checked), 0);
        assert_int_equal(staff_hash(&t.ctx, "password2", &hash), 0);
        assert_int_equal(staff_change(&t.ctx, id, &(struct staff_change){.hash = hash}, &p), 0);
        assert_int_equal(staff_login_finish(&t.ctx, checked, "1.1.1.1", &cookie, &s), STAFF_E_REFUSED);
        commit();
        assert_int_equal(login("bo", "password2", "1.1.1.1", &cookie, &s), 0);
        bool yes = true;
        begin();
        assert_int_equal(staff_change(&t.ctx, id, &(struct staff_change){.disabled = &yes}, &p), 0);
        assert_int_equal(staff_session_find(&t.ctx, cookie, &s), STAFF_E_EXPIRED);
        commit();
        assert_int_equal(login("bo", "password2", "1.1.1.1", &cookie, &s), STAFF_E_REFUSED);
}

static void people(void **state)
{
        (void)state;
        int64_t id;
        struct staff_person p, *all;
        size_t n;
        bool yes = true;
        begin();
        assert_int_equal(staff_create(&t.ctx, "aNNa", "又一个", "agent", "password1", &id), STAFF_E_EXISTS);
        assert_int_equal(staff_create(&t.ctx, "carl", "卡", "boss", "password1", &id), STAFF_E_ROLE);
        assert_int_equal(staff_create(&t.ctx, "carl", "卡", "agent", "七个字符的密码", &id), STAFF_E_WEAK);
        assert_int_equal(staff_change(&t.ctx, anna, &(struct staff_change){.role = "agent"}, &p), STAFF_E_ROLE);
        assert_int_equal(staff_change(&t.ctx, anna, &(struct staff_change){.disabled = &yes}, &p), STAFF_E_ROLE);
        assert_int_equal(staff_create(&t.ctx, "carl", "卡", "owner", "password1", &id), 0);
        assert_int_equal(staff_change(&t.ctx, anna, &(struct staff_change){.role = "reader"}, &p), 0);
        assert_string_equal(p.role, "reader");
        assert_int_equal(staff_change(&t.ctx, 5, &(struct staff_change){.role = "reader"}, &p), STAFF_E_NONE);
        assert_int_equal(staff_list(&t.ctx, &all, &n), 0);
        assert_int_equal(n, 2);
        t.ctx.merchant = 2;
        assert_int_equal(staff_get(&t.ctx, anna, &p), STAFF_E_NONE);
        t.ctx.merchant = 1;
        commit();
}

static void permissions(void **state)
{
        (void)state;
        assert_true(staff_may(&t.registry, ROLE_AGENT, "test.talk"));
        assert_false(staff_may(&t.registry, ROLE_AGENT, "test.own"));
        assert_true(staff_may(&t.registry, ROLE_OWNER, "staff.manage"));
        assert_false(staff_may(&t.registry, ROLE_OWNER, "test.nothing"));
        assert_false(staff_may(&t.registry, staff_role("nobody"), "test.talk"));
}

/* A login that names nobody must cost what a real one costs: the stand-in has to be a hash like ours. */
static void the_stand_in_is_a_hash_like_ours(void **state)
{
        (void)state;
        const char *ours;
        begin();
        assert_int_equal(password_hash(t.ctx.arena, "anything", &ours), 0);
        commit();
        assert_int_equal(crypto_pwhash_str_needs_rehash(staff_nobody, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                                        crypto_pwhash_MEMLIMIT_INTERACTIVE),
                         crypto_pwhash_str_needs_rehash(ours, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                                        crypto_pwhash_MEMLIMIT_INTERACTIVE));
        int64_t before = clock_mono_us();
        assert_false(password_verify(staff_nobody, "anything"));
        int64_t stand_in = clock_mono_us() - before;
        before = clock_mono_us();
        assert_false(password_verify(ours, "something else"));
        int64_t real = clock_mono_us() - before;
        assert_true(stand_in * 5 > real); /* an unreadable hash would be refused in microseconds */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(logging_in_and_out, open_store, close_store),
                cmocka_unit_test_setup_teardown(sessions_slide_to_a_week, open_store, close_store),
                cmocka_unit_test_setup_teardown(five_tries_per_login, open_store, close_store),
                cmocka_unit_test_setup_teardown(twenty_tries_per_address, open_store, close_store),
                cmocka_unit_test_setup_teardown(a_crowd_passes_only_the_first_half, open_store, close_store),
                cmocka_unit_test_setup_teardown(what_was_right_may_not_be_any_more, open_store, close_store),
                cmocka_unit_test_setup_teardown(people, open_store, close_store),
                cmocka_unit_test_setup_teardown(permissions, open_store, close_store),
                cmocka_unit_test_setup_teardown(the_stand_in_is_a_hash_like_ours, open_store, close_store),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
