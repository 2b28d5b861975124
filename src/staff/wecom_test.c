/* Members, links, and signing in by WeCom, as far as no platform is asked. */
#include "staff/sign_in.h"
#include "staff/rows.h"

#include "backfill/backfill.h"
#include "shops/testing.h"
#include "store/check_types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int64_t disabled; /* whom the event named last */

static int on_disabled(struct ctx *ctx, const void *payload)
{
        (void)ctx;
        disabled = ((const struct staff_event *)payload)->staff_id;
        return 0;
}
static const struct listener listeners[] = {{&staff_event_disabled, true, on_disabled, "test.on_disabled"}};
static const struct domain hearer = {.name = "hearer", .listeners = listeners, .n_listeners = countof(listeners)};
static const struct domain *const domains[] = {&store_domain, &shops_domain, &backfill_domain, &staff_domain, &hearer};

static struct test_shop t;
static struct ctx *ctx;
static int64_t merchant, owner;

static void as_owner(void)
{
        ctx->merchant = merchant;
        ctx->actor = (struct actor){ACTOR_STAFF, owner, "安娜", ROLE_OWNER};
}

static int open_shop(void **state)
{
        (void)state;
        test_shop_open(&t, domains, countof(domains));
        ctx = &t.store.ctx;
        merchant = ctx->merchant;
        disabled = 0;
        test_shop_begin(&t);
        assert_int_equal(staff_create(ctx, "anna", "安娜", "owner", "correct horse", &owner), 0);
        as_owner();
        assert_int_equal(shops_set_agent(ctx, t.wecom, "1000002"), 0);
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

static void see(const char *userid, const char *name, int64_t status)
{
        assert_int_equal(staff_member_keep(ctx, t.wecom, &(struct staff_seen){userid, name, "客服部", status}), 0);
}

static int64_t let_in(const char *userid, const char *role)
{
        int64_t id;
        assert_int_equal(staff_link_new(ctx, t.wecom, userid, role, &id), 0);
        return id;
}

/* A session that lives, made as signing in makes it. */
static const char *session_of(int64_t staff_id)
{
        struct staff_session s;
        struct staff_person p;
        const char *cookie;
        assert_int_equal(staff_get(ctx, staff_id, &p), 0);
        assert_int_equal(staff_session_make(ctx, &p, &cookie, &s), 0);
        as_owner();
        return cookie;
}

static bool lives(const char *cookie)
{
        struct staff_session s;
        return staff_session_find(ctx, cookie, &s) == 0;
}

static struct staff_person person(int64_t id)
{
        struct staff_person p;
        assert_int_equal(staff_get(ctx, id, &p), 0);
        return p;
}

static void the_directory(void **state)
{
        (void)state;
        struct staff_member *all, m;
        const char *const *missing;
        size_t n;
        see("LinXia", "林夏", 1);
        see("zhoumo", NULL, 1);
        see("xiaobai", "小白", 4);
        assert_int_equal(staff_members(ctx, t.wecom, &all, &n), 0);
        assert_int_equal(n, 3);
        assert_string_equal(all[2].userid, "xiaobai"); /* those who are active come first */
        assert_int_equal(all[2].active, 0);
        assert_int_equal(staff_member_get(ctx, t.wecom, "linxia", &m), 0); /* letters' cases are one */
        assert_string_equal(m.userid, "LinXia");
        assert_int_equal(staff_member_get(ctx, t.wecom, "zhoumo", &m), 0);
        assert_string_equal(m.name, "zhoumo"); /* no name was told */
        see("ZHOUMO", "周末", 1);
        assert_int_equal(staff_members(ctx, t.wecom, &all, &n), 0);
        assert_int_equal(n, 3);
        /* What is not told stays. */
        assert_int_equal(staff_member_keep(ctx, t.wecom, &(struct staff_seen){.userid = "zhoumo", .status = 1}), 0);
        assert_int_equal(staff_member_get(ctx, t.wecom, "zhoumo", &m), 0);
        assert_string_equal(m.name, "周末");
        assert_string_equal(m.department, "客服部");
        /* A look begins, and names only one of them. */
        ctx->now += 5000;
        int64_t since = ctx->now;
        see("LinXia", "林夏", 1);
        assert_int_equal(staff_members_missing(ctx, t.wecom, since, &missing, &n), 0);
        assert_int_equal(n, 2);
        see("zhoumo", NULL, 5);
        see("xiaobai", NULL, 0);
        see("stranger", NULL, 0);
        assert_int_equal(staff_member_get(ctx, t.wecom, "zhoumo", &m), STAFF_E_NONE); /* he was nobody here */
        assert_int_equal(staff_member_get(ctx, t.wecom, "stranger", &m), STAFF_E_NONE);
        assert_int_equal(staff_members_missing(ctx, t.wecom, since + 1000, &missing, &n), 0);
        assert_int_equal(n, 1); /* who is gone, or hidden, is not asked for again */
        assert_int_equal(staff_member_get(ctx, t.kf, "zhoumo", &m), STAFF_E_NONE); /* of another account */
}

static void a_new_name_keeps_its_link(void **state)
{
        (void)state;
        struct staff_member m;
        see("old", "林夏", 1);
        int64_t id = let_in("old", "agent");
        see("New", "林夏", 1); /* the list was faster than the callback */
        assert_int_equal(staff_member_rename(ctx, t.wecom, "old", "New"), 0);
        assert_int_equal(staff_member_get(ctx, t.wecom, "new", &m), 0);
        assert_int_equal(m.staff_id, id);
        assert_string_equal(m.userid, "New");
        assert_int_equal(staff_member_get(ctx, t.wecom, "old", &m), STAFF_E_NONE);
        assert_int_equal(staff_member_of(ctx, id, &m), 0);
        assert_string_equal(m.userid, "New");
        assert_int_equal(staff_member_rename(ctx, t.wecom, "NEW", "new"), 0); /* no other name */
        assert_int_equal(staff_member_of(ctx, owner, &m), STAFF_E_NONE);
}

static void who_leaves_loses_access(void **state)
{
        (void)state;
        struct staff_member m;
        see("linxia", "林夏", 1);
        see("zhoumo", "周末", 1);
        see("hejian", "何间", 1);
        int64_t left = let_in("linxia", "agent"), off = let_in("zhoumo", "agent"), outside = let_in("hejian", "agent");
        const char *a = session_of(left), *b = session_of(off), *c = session_of(outside), *mine = session_of(owner);
        assert_true(lives(a) && lives(b) && lives(c) && lives(mine));
        see("linxia", NULL, 5);
        assert_false(lives(a));
        assert_int_equal(person(left).disabled, 1);
        assert_int_equal(disabled, left);
        assert_int_equal(staff_member_of(ctx, left, &m), STAFF_E_NONE); /* nobody to write to */
        see("zhoumo", NULL, 2);
        assert_false(lives(b));
        assert_int_equal(person(off).disabled, 1);
        disabled = 0;
        see("hejian", NULL, 0);
        assert_false(lives(c));
        assert_int_equal(person(outside).disabled, 0);
        assert_int_equal(disabled, 0);
        assert_true(lives(mine));
        see("zhoumo", NULL, 1); /* back: let in by hand, not by itself */
        assert_int_equal(person(off).disabled, 1);
}

static void the_last_owner_stays(void **state)
{
        (void)state;
        struct staff_person p;
        const bool yes = true;
        see("linxia", "林夏", 1);
        int64_t id = let_in("linxia", "agent");
        assert_int_equal(staff_change(ctx, id, &(struct staff_change){.role = "owner"}, &p), STAFF_E_WEAK);
        assert_int_equal(staff_change(ctx, id, &(struct staff_change){.role = "owner", .hash = "a hash"}, &p), 0);
        assert_int_equal(staff_change(ctx, owner, &(struct staff_change){.disabled = &yes}, &p), 0);
        const char *cookie = session_of(id);
        see("linxia", NULL, 5);
        assert_int_equal(person(id).disabled, 0); /* he has his password */
        assert_false(lives(cookie));
}

static void who_gives_what(void **state)
{
        (void)state;
        int64_t id, agent;
        see("linxia", "林夏", 1);
        see("zhoumo", "周末", 1);
        see("xiaobai", "小白", 4);
        assert_int_equal(staff_link_new(ctx, t.wecom, "linxia", "owner", &id), STAFF_E_GIVE);
        assert_int_equal(staff_link_new(ctx, t.wecom, "linxia", "king", &id), STAFF_E_GIVE);
        assert_int_equal(staff_link_new(ctx, t.wecom, "xiaobai", "agent", &id), STAFF_E_MEMBER);
        assert_int_equal(staff_link_new(ctx, t.wecom, "nobody", "agent", &id), STAFF_E_NONE);
        assert_int_equal(staff_link_known(ctx, t.wecom, "linxia", owner), STAFF_E_GIVE);
        ctx->actor.role = ROLE_SUPERVISOR;
        assert_int_equal(staff_link_new(ctx, t.wecom, "linxia", "supervisor", &id), STAFF_E_GIVE);
        agent = let_in("linxia", "agent");
        assert_int_equal(staff_link_new(ctx, t.wecom, "linxia", "agent", &id), STAFF_E_LINKED);
        assert_int_equal(staff_link_known(ctx, t.wecom, "zhoumo", agent), STAFF_E_LINKED); /* one member each */
        /* Taken away: nobody could come in as him; given again it is the same person. */
        assert_int_equal(staff_unlink(ctx, t.wecom, "linxia"), 0);
        assert_int_equal(person(agent).disabled, 1);
        assert_int_equal(staff_unlink(ctx, t.wecom, "linxia"), STAFF_E_NONE);
        assert_int_equal(let_in("linxia", "reader"), agent);
        assert_int_equal(person(agent).disabled, 0);
        assert_string_equal(person(agent).role, "reader");
        as_owner();
        int64_t sup = let_in("zhoumo", "supervisor");
        assert_string_equal(person(sup).role, "supervisor");
        ctx->actor.role = ROLE_SUPERVISOR;
        assert_int_equal(staff_unlink(ctx, t.wecom, "zhoumo"), STAFF_E_GIVE);
        as_owner();
        assert_int_equal(staff_unlink(ctx, t.wecom, "zhoumo"), 0);
        ctx->actor.role = ROLE_SUPERVISOR; /* no way to take a supervisor down */
        assert_int_equal(staff_link_new(ctx, t.wecom, "zhoumo", "agent", &id), STAFF_E_GIVE);
        assert_string_equal(person(sup).role, "supervisor");
}

/* Logins are unique in the installation; another merchant's cannot stand in the way. */
static void a_login_taken_elsewhere(void **state)
{
        (void)state;
        int64_t other, id;
        assert_int_equal(shops_merchant_create(ctx, "别家", &other), 0);
        ctx->merchant = other;
        assert_int_equal(staff_create(ctx, "linxia@ww1", "林夏", "agent", "eight-chars", &id), 0);
        as_owner();
        see("linxia", "林夏", 1);
        int64_t mine = let_in("linxia", "agent");
        assert_true(mine != id);
        assert_int_equal(person(mine).merchant_id, merchant);
}

/* Of several merchants a stranger learns nothing but of the corp that he names. */
static void who_offers_what(void **state)
{
        (void)state;
        struct staff_corp *corps;
        int64_t other, corp;
        size_t n;
        assert_int_equal(staff_offers(ctx, NULL, &corps, &n), 0);
        assert_int_equal(n, 0);
        assert_int_equal(staff_corp_set(ctx, t.shop, true, false), STAFF_E_NONE);
        assert_int_equal(staff_corp_set(ctx, t.wecom, true, false), 0);
        assert_int_equal(staff_offers(ctx, NULL, &corps, &n), 0);
        assert_int_equal(n, 1);
        assert_string_equal(corps[0].corp_id, "ww1");
        assert_string_equal(corps[0].agent_id, "1000002");
        assert_int_equal(shops_merchant_create(ctx, "别家", &other), 0);
        ctx->merchant = other;
        assert_int_equal(shops_connect(ctx, &(struct shops_new){.kind = "wecom", .remote_id = "ww2", .name = "别家", .secret = "s"}, &corp), 0);
        assert_int_equal(staff_corp_set(ctx, corp, true, false), STAFF_E_AGENT);
        assert_int_equal(shops_set_agent(ctx, corp, "x"), SHOPS_E_BAD);
        assert_int_equal(shops_set_agent(ctx, corp, "1000009"), 0);
        assert_int_equal(staff_corp_set(ctx, corp, true, false), 0);
        ctx->merchant = 0;
        assert_int_equal(staff_offers(ctx, "", &corps, &n), 0);
        assert_int_equal(n, 0);
        assert_int_equal(staff_offers(ctx, "ww2", &corps, &n), 0);
        assert_int_equal(n, 1);
        assert_int_equal(corps[0].merchant_id, other);
        assert_int_equal(staff_offers(ctx, "ww3", &corps, &n), 0);
        assert_int_equal(n, 0);
}

static struct staff_going *go(const char *address)
{
        struct staff_going *going;
        ctx->merchant = 0;
        assert_int_equal(staff_go(ctx, "ww1", address, &going), 0);
        assert_int_equal(ctx->merchant, merchant);
        assert_int_equal(staff_gone(ctx, going, address), 0);
        return going;
}

/* Both halves, with what the platform would have said between them. */
static int come(const struct staff_going *going, const char *cookie, const char *userid, int64_t status, struct staff_session *out)
{
        struct staff_coming *coming;
        const char *session;
        ctx->merchant = 0;
        int r = staff_come(ctx, going->state, cookie, "1.2.3.4", &coming);
        if (r)
                return r;
        if (!coming->status)
                coming->seen = (struct staff_seen){.userid = userid, .status = status};
        r = staff_came(ctx, coming, &session, out);
        if (!r)
                assert_true(lives(session));
        as_owner();
        return r;
}

static void there_and_back(void **state)
{
        (void)state;
        struct staff_session s;
        struct staff_corp *corps;
        struct staff_member m;
        size_t n;
        see("LinXia", "林夏", 1);
        assert_int_equal(staff_corp_set(ctx, t.wecom, true, false), 0);
        struct staff_going *going = go("1.2.3.4");
        assert_int_equal(strlen(going->state), 32);
        assert_int_equal(come(going, "another browser", "linxia", 1, &s), STAFF_E_STATE);
        assert_int_equal(come(going, NULL, "linxia", 1, &s), STAFF_E_STATE);
        assert_int_equal(come(going, going->cookie, "linxia", 1, &s), STAFF_E_UNLINKED);
        assert_int_equal(staff_member_get(ctx, t.wecom, "linxia", &m), 0);
        assert_int_equal(m.asked_at, ctx->now);
        assert_int_equal(come(going, going->cookie, "linxia", 1, &s), STAFF_E_STATE); /* used up, though nobody came in */
        int64_t id = let_in("linxia", "agent");
        going = go("1.2.3.4");
        assert_int_equal(come(going, going->cookie, "linxia", 1, &s), 0);
        assert_int_equal(s.staff_id, id);
        assert_int_equal(s.merchant_id, merchant);
        going = go("1.2.3.4");
        ctx->now += STAFF_SIGN_IN_MS;
        assert_int_equal(come(going, going->cookie, "linxia", 1, &s), STAFF_E_STATE);
        /* The platform's word of the moment counts: he left, and no callback told. */
        going = go("1.2.3.4");
        assert_int_equal(come(going, going->cookie, "linxia", 5, &s), STAFF_E_MEMBER);
        assert_int_equal(person(id).disabled, 1);
        go("1.2.3.4");
        go("1.2.3.4");
        assert_int_equal(staff_corps(ctx, &corps, &n), 0);
        assert_int_equal(corps[0].sent, 2);
        assert_true(corps[0].returned_at > 0);
}

static void everyone_may_come(void **state)
{
        (void)state;
        struct staff_session s;
        assert_int_equal(staff_corp_set(ctx, t.wecom, true, true), 0);
        struct staff_going *going = go("1.2.3.4");
        assert_int_equal(come(going, going->cookie, "fresh", 1, &s), 0); /* no list has told of him yet */
        assert_string_equal(s.role, "agent");
        /* Whom somebody sent away does not come back by himself. */
        assert_int_equal(staff_unlink(ctx, t.wecom, "fresh"), 0);
        going = go("1.2.3.4");
        assert_int_equal(come(going, going->cookie, "fresh", 1, &s), STAFF_E_DISABLED);
}

static void strangers_are_throttled(void **state)
{
        (void)state;
        struct staff_session s;
        struct staff_going *going, wrong = {.state = "no such state"};
        assert_int_equal(staff_corp_set(ctx, t.wecom, true, false), 0);
        for (int i = 0; i < 20; i++)
                assert_int_equal(come(&wrong, "x", "linxia", 1, &s), STAFF_E_STATE);
        assert_int_equal(come(&wrong, "x", "linxia", 1, &s), STAFF_E_THROTTLED);
        for (int i = 0; i < 60; i++)
                go("9.9.9.9");
        assert_int_equal(staff_go(ctx, "ww1", "9.9.9.9", &going), STAFF_E_THROTTLED);
        assert_int_equal(staff_go(ctx, "ww1", "8.8.8.8", &going), 0);
        as_owner();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_directory, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_new_name_keeps_its_link, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(who_leaves_loses_access, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(the_last_owner_stays, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(who_gives_what, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(a_login_taken_elsewhere, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(who_offers_what, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(there_and_back, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(everyone_may_come, open_shop, close_shop),
                cmocka_unit_test_setup_teardown(strangers_are_throttled, open_shop, close_shop),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
