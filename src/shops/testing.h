/*
 * For tests only: a store with a merchant, a WeCom account with a 微信客服 account, and a shop. Begin with
 * test_shop_begin(), end with test_shop_commit().
 */
#ifndef SHOPS_TESTING_H
#define SHOPS_TESTING_H

#include "base/crypt.h"
#include "base/seal.h"
#include "shops/shops.h"
#include "store/testing.h"

struct test_shop {
        struct test_store store;
        struct seal_keys keys;
        int64_t wecom, kf, shop;
};

static inline void test_shop_begin(struct test_shop *t)
{
        t->store.ctx.now = clock_now(&t->store.clock);
        test_store_need(db_begin(t->store.db, &t->store.ctx, DB_WRITE) == 0, "begin");
}

static inline void test_shop_commit(struct test_shop *t)
{
        test_store_need(db_commit(&t->store.ctx) == 0, "commit");
        ctx_after_clear(&t->store.ctx);
}

static inline void test_shop_open(struct test_shop *t, const struct domain *const *domains, size_t n)
{
        struct ctx *ctx = &t->store.ctx;
        char path[128];
        test_store_need(crypt_init() == 0, "crypt");
        test_store_open(&t->store, domains, n);
        snprintf(path, sizeof(path), "%s/keys", t->store.dir);
        test_store_need(seal_load(&t->keys, path) == 0, "keys");
        ctx->keys = &t->keys;
        test_shop_begin(t);
        test_store_need(shops_merchant_create(ctx, "清禾小铺", &ctx->merchant) == 0, "merchant");
        struct shops_new wecom = {.kind = "wecom", .remote_id = "ww1", .name = "清禾", .secret = "wecomsecret"};
        test_store_need(shops_connect(ctx, &wecom, &t->wecom) == 0, "wecom");
        struct shops_new kf = {.kind = "kf", .remote_id = "wk1", .name = "客服", .parent_id = t->wecom};
        test_store_need(shops_connect(ctx, &kf, &t->kf) == 0, "kf");
        struct shops_new shop = {.kind = "shop", .remote_id = "wx1", .name = "清禾旗舰店", .secret = "shopsecret"};
        test_store_need(shops_connect(ctx, &shop, &t->shop) == 0, "shop");
        test_shop_commit(t);
}

static inline void test_shop_close(struct test_shop *t)
{
        test_store_close(&t->store);
}

#endif
