/* A shop over a socket, for the tests of its calls: one customer ($PERSON, $HER in the shop), two products, a return address. */
#ifndef SIM_SHOP_API_TEST_H
#define SIM_SHOP_API_TEST_H

#include "sim/call_test.h"
#include "sim/picture.h"
#include "sim/shop/past.h"
#include "sim/shop/trade.h"

#define T "?access_token=$TOKEN"
#define O "/channels/ec/order/"
#define A "/channels/ec/aftersale/"
#define P "/channels/ec/product/"
#define M "/channels/ec/merchant/"
#define B "/channels/ec/basics/"
#define C "/channels/ec/coupon/"

static inline void rows_of(const struct call_row *row, size_t n)
{
        test_rows(row, n);
}
#define RUN(...)                                                                                                       \
        do {                                                                                                           \
                static const struct call_row rows_[] = {__VA_ARGS__};                                                  \
                rows_of(rows_, countof(rows_));                                                                        \
        } while (0)
#define OK(path, body, answer) {"POST", path T, body, 0, answer}
#define NO(path, body, code) {"POST", path T, body, code, NULL}

static inline void token(void)
{
        test_let("TOKEN", test_member(test_call("GET", "/cgi-bin/token?grant_type=client_credential&appid=$APPID&secret=$SECRET",
                                                NULL),
                                      "access_token"));
}

static inline void pass_ms(const char *ms)
{
        test_let("MS", ms);
        test_call("POST", "/sim/clock", "{\"push_ms\":$MS}");
        token();
}

static inline void deed(const char *path, const char *body)
{
        const char *answer = test_call("POST", path, body);
        if (!text_eq(test_member(answer, "ok"), "true"))
                fail_msg("%s %s: %s", test_fill(path), test_fill(body), answer);
}

/* A new order of two lines (two of the first sku, one of another product) as $ORDER, its id in the fixture's names. */
static inline void new_order(const char *more)
{
        const char *body = arena_printf(&test_arena,
                                        "{\"customer\":\"$PERSON\",\"appid\":\"$APPID\",\"freight\":800,\"lines\":[{\"product\":"
                                        "\"$PRODUCT\",\"sku\":\"$SKU\",\"count\":2},{\"product\":\"$PRODUCT2\",\"count\":1}]%s}",
                                        more);
        const char *answer = test_call("POST", "/sim/order", body);
        test_let("ORDER", test_member(answer, "order_id"));
        test_let("PRESENT", test_member(answer, "present_order_id"));
}

static inline void new_case(const char *type)
{
        const char *answer =
                test_call("POST", "/sim/aftersale",
                          arena_printf(&test_arena, "{\"order_id\":\"$ORDER\",\"type\":\"%s\",\"reason\":\"质量问题\"}", type));
        test_let("CASE", test_member(answer, "after_sale_order_id"));
}

static inline struct order *order_now(void)
{
        return map_get(&test_sim.world.orders, test_fill("$ORDER"));
}

static inline int start(void **state)
{
        int r = crypt_init();

        (void)state;
        r = r ? r : test_start("empty");
        if (r)
                return r;
        struct shop *shop = test_sim.world.shops[0];
        test_let("APPID", shop->appid);
        test_let("SECRET", shop->secret);
        test_let("CORP", test_sim.world.corp.corp_id);
        test_let("STAFF", test_sim.world.corp.staff.v[0]->userid);
        test_let("PRODUCT", shop->products.v[0]->id);
        test_let("PRODUCT2", shop->products.v[1]->id);
        test_let("SKU", shop->products.v[0]->sku[0].id);
        test_let("SKU2", shop->products.v[0]->sku[1].id);
        test_let("OTHERSKU", shop->products.v[1]->sku[0].id);
        test_let("ADDRESS", shop->addresses.v[0]->id);
        test_let("OFFICE", shop->addresses.v[2]->id);
        test_let("PICTURE", media_keep(&test_sim, "image/png", bytes_of_text("png"))->id);
        token();
        test_let("PERSON", test_member(test_call("POST", "/sim/customers", "{\"name\":\"王小满\"}"), "items.0.external_userid"));
        struct person *p = map_get(&test_sim.world.by_external, test_fill("$PERSON"));
        test_let("HER", p->openid[0]);
        return 0;
}

static inline int stop(void **state)
{
        (void)state;
        test_stop();
        return 0;
}

static size_t names_before;

static inline int forget(void **state)
{
        (void)state;
        test_n_names = names_before;
        token();
        return 0;
}

static inline int remember(void **state)
{
        (void)state;
        names_before = test_n_names;
        return 0;
}

#define unit(fn) cmocka_unit_test_setup_teardown(fn, remember, forget)

#endif
