/* The small parts: cursors, timers, rings, switches, tokens, multipart, tables, population. */
#include "sim/chat.h"
#include "sim/wecom/wecom.h"
#include "sim/cursor.h"
#include "sim/gate.h"
#include "sim/multipart.h"
#include "sim/world_test.h"

static void cursors_are_opaque_and_sealed(void **state)
{
        struct sim *sim = *state;
        struct kf_account *a = sim->world.corp.kf[0], *b = sim->world.corp.kf[1];
        size_t place = 0;
        char *text = cursor_make(sim, &sim->arena, a, 4711);

        assert_true(strlen(text) <= 64);
        assert_int_equal(cursor_read(sim, &sim->arena, a, text, &place), 0);
        assert_int_equal(place, 4711);
        assert_int_equal(cursor_read(sim, &sim->arena, b, text, &place), CURSOR_E_BAD);
        text[strlen(text) - 1] ^= 1;
        assert_int_equal(cursor_read(sim, &sim->arena, a, text, &place), CURSOR_E_BAD);
        assert_int_equal(cursor_read(sim, &sim->arena, a, "", &place), CURSOR_E_BAD);
}

static void notice_tokens_live_ten_minutes(void **state)
{
        struct sim *sim = *state;
        struct kf_account *a = sim->world.corp.kf[0], *b = sim->world.corp.kf[1];
        char *text = cursor_push_token(sim, &sim->arena, a);

        assert_int_equal(cursor_push_token_check(sim, &sim->arena, b, text), CURSOR_E_BAD);
        pass(sim, 600000);
        assert_int_equal(cursor_push_token_check(sim, &sim->arena, a, text), 0);
        pass(sim, 1);
        assert_int_equal(cursor_push_token_check(sim, &sim->arena, a, text), CURSOR_E_EXPIRED);
}

static char seen[32];
static int64_t seen_at[32];

static void see(struct sim *sim, void *arg)
{
        size_t n = strlen(seen);
        seen[n] = *(const char *)arg;
        seen_at[n] = sim_now(sim) - TEST_START_MS;
}

static void timers_fire_in_order_at_their_moment(void **state)
{
        struct sim *sim = *state;
        static char names[] = "abcd";

        memset(seen, 0, sizeof(seen));
        timer_after(sim, 300, see, &names[2]);
        timer_after(sim, 100, see, &names[0]);
        timer_after(sim, 100, see, &names[1]);
        timer_after(sim, 9000, see, &names[3]);
        timers_run(sim);
        assert_string_equal(seen, "");
        pass(sim, 1000);
        assert_string_equal(seen, "abc");
        assert_int_equal(seen_at[0], 100);
        assert_int_equal(seen_at[2], 300);
        assert_int_equal(sim_now(sim), TEST_START_MS + 1000);
}

static void a_ring_forgets_its_oldest_part(void **state)
{
        static struct ring ring;
        struct arena *arena;
        (void)state;

        ring_init(&ring, sizeof(uint64_t), 4);
        for (uint64_t i = 1; i <= 4 * RING_SEGMENTS + 10; i++)
                *(uint64_t *)ring_add(&ring, &arena) = i;
        assert_null(ring_row(&ring, ring_first(&ring) - 1));
        assert_null(ring_row(&ring, ring.next));
        assert_true(ring_first(&ring) > 1);
        for (uint64_t i = ring_first(&ring); i < ring.next; i++)
                assert_int_equal(*(const uint64_t *)ring_row(&ring, i), i);
        ring_release(&ring);
}

static void switches_know_their_values(void **state)
{
        struct sim *sim = *state;

        for (size_t i = 1; i < SW_N; i++)
                assert_true(strcmp(switches[i - 1].name, switches[i].name) < 0);
        assert_int_equal(switch_on(sim, SW_IDS_MIXED), 1);
        turn(sim, "bound", "true");
        assert_int_equal(switch_on(sim, SW_BOUND), 1);
        assert_int_equal(switch_set(sim, "bound", "2"), SWITCH_E_VALUE);
        assert_int_equal(switch_set(sim, "drop", "101"), SWITCH_E_VALUE);
        assert_int_equal(switch_set(sim, "drop", "-1"), SWITCH_E_VALUE);
        assert_int_equal(switch_set(sim, "no_such", "1"), SWITCH_E_NAME);
        turn(sim, "fail_type", "-1");
        turn(sim, "rate_limit", "/cgi-bin/kf/send_msg");
        assert_string_equal(switch_text(sim, SW_RATE_LIMIT), "/cgi-bin/kf/send_msg");
}

static void corp_tokens_stay_and_shop_tokens_change(void **state)
{
        struct sim *sim = *state;
        struct shop *shop = sim->world.shops[0];
        struct token *found, *corp = token_give_app(sim, wecom_of(sim)->apps.v[0]);

        assert_ptr_equal(token_give_app(sim, wecom_of(sim)->apps.v[0]), corp);
        assert_int_equal(token_check(sim, true, corp->text, &found), 0);
        assert_int_equal(token_check(sim, false, corp->text, &found), 40014);
        assert_int_equal(token_check(sim, true, NULL, &found), 41001);
        assert_int_equal(token_check(sim, true, "nobody's", &found), 40014);

        struct token *first = token_give(sim, shop, false, true), *second = token_give(sim, shop, false, true);
        assert_ptr_not_equal(first, second);
        assert_int_equal(token_check(sim, false, first->text, &found), 0);
        pass(sim, TOKEN_OVERLAP_MS);
        assert_int_equal(token_check(sim, false, first->text, &found), 42001);
        assert_int_equal(token_check(sim, false, second->text, &found), 0);
        pass(sim, TOKEN_LIFE_S * 1000);
        assert_int_equal(token_check(sim, true, corp->text, &found), 42001);

        struct token *stable = token_give(sim, shop, true, false);
        assert_ptr_equal(token_give(sim, shop, true, false), stable);
        token_give(sim, shop, true, true);
        assert_int_equal(token_check(sim, false, stable->text, &found), 40001);
        token_revoke_all(sim, false);
        assert_int_equal(token_check(sim, false, token_give(sim, shop, true, false)->text, &found), 0);
}

static void multipart_bodies(void **state)
{
        static const char body[] = "--xyz\r\nContent-Disposition: form-data; name=\"open_id\"\r\n\r\noA\r\n"
                                   "--xyz\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.png\"\r\n"
                                   "Content-Type: image/png\r\n\r\n\x89PNG\r\n--xy\0z\r\n--xyz--\r\n";
        struct sim *sim = *state;
        struct multipart m;
        struct bytes all = bytes_of(body, sizeof(body) - 1);

        assert_int_equal(multipart_read(&sim->arena, "multipart/form-data; boundary=xyz", all, &m), 0);
        assert_string_equal(multipart_field(&m, "open_id"), "oA");
        assert_string_equal(m.file_field, "media");
        assert_string_equal(m.mime, "image/png");
        assert_int_equal(m.file.n, 12);
        assert_int_equal(multipart_read(&sim->arena, "multipart/form-data; boundary=other", all, &m), MULTIPART_E_BAD);
        for (size_t cut = 0; cut < sizeof(body) - 3; cut++)
                assert_int_equal(
                        multipart_read(&sim->arena, "multipart/form-data; boundary=xyz", bytes_of(body, cut), &m),
                        MULTIPART_E_BAD);
}

static void the_tables_of_endpoints_are_sorted(void **state)
{
        (void)state;
        for (size_t i = 0; i < gate_n_products; i++) {
                const struct product_table *p = gate_products[i];
                for (size_t k = 0; k < p->n; k++) {
                        assert_true(!k || strcmp(p->endpoint[k - 1].path, p->endpoint[k].path) < 0);
                        assert_ptr_equal(gate_find(p->endpoint[k].family, p->endpoint[k].path), &p->endpoint[k]);
                }
        }
        assert_null(gate_find(FAMILY_WECOM, "/channels/ec/order/get"));
}

static void one_seed_tells_one_story(void **state)
{
        static struct sim a, b;
        struct sim_options o = {
                .seed = 11, .customers = 60, .manual_clock = true, .start_ms = TEST_START_MS, .population = "demo"};
        (void)state;

        assert_int_equal(sim_init(&a, &o), 0);
        assert_int_equal(sim_init(&b, &o), 0);
        assert_int_equal(sim_now(&a), TEST_START_MS);
        assert_true(a.world.n_orders > 60);
        assert_true(a.world.n_cases > 0);
        assert_int_equal(a.ledger.next, b.ledger.next);
        for (uint64_t i = 1; i < a.ledger.next; i++) {
                const struct ledger_row *x = ring_row(&a.ledger, i), *y = ring_row(&b.ledger, i);
                assert_int_equal(x->at, y->at);
                assert_string_equal(x->id, y->id);
                assert_string_equal(x->detail, y->detail);
                assert_string_not_equal(x->what, "impossible");
        }
        /* Somebody waits for an answer, in a session that the API may speak in. */
        size_t waiting = 0;
        for (size_t i = 0; i < a.world.people.n; i++)
                for (size_t k = 0; k < a.world.corp.n_kf; k++) {
                        struct session *s = session_find(a.world.people.v[i], a.world.corp.kf[k]);
                        waiting += s && session_may_send(&a, s) == 0;
                }
        assert_true(waiting >= 8);
        sim_release(&a);
        sim_release(&b);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                world_unit(cursors_are_opaque_and_sealed),
                world_unit(notice_tokens_live_ten_minutes),
                world_unit(timers_fire_in_order_at_their_moment),
                cmocka_unit_test(a_ring_forgets_its_oldest_part),
                world_unit(switches_know_their_values),
                world_unit(corp_tokens_stay_and_shop_tokens_change),
                world_unit(multipart_bodies),
                cmocka_unit_test(the_tables_of_endpoints_are_sorted),
                cmocka_unit_test(one_seed_tells_one_story),
        };
        return crypt_init() ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
