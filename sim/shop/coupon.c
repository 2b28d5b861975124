#include "sim/shop/coupon.h"

#include "base/json.h"
#include "sim/push.h"
#include "sim/shop/request.h"
#include "sim/sim.h"

enum { VALID = 100, EXPIRED = 101, USED = 102 };

struct coupon *coupon_find(const struct shop *shop, const char *id)
{
        for (size_t i = 0; i < shop->coupons.n; i++)
                if (text_eq(shop->coupons.v[i]->id, id) && shop->coupons.v[i]->status != 5)
                        return shop->coupons.v[i];
        return NULL;
}

struct user_coupon *coupon_of(const struct shop *shop, const char *id)
{
        for (size_t i = 0; i < shop->user_coupons.n; i++)
                if (text_eq(shop->user_coupons.v[i]->id, id))
                        return shop->user_coupons.v[i];
        return NULL;
}

void coupon_tell(struct sim *sim, struct shop *shop, const struct coupon *c, const char *event, const char *moment)
{
        const char *q = push_id_as_number(sim, shop) ? "" : "\"";
        struct arena arena;

        arena_init(&arena, 0);
        shop_tell(sim, shop, event, c->id,
                  arena_printf(&arena, "\"coupon_info\":{\"coupon_id\":%s%s%s,\"%s\":%lld}", q, c->id, q, moment,
                               (long long)sim_now_s(sim)));
        arena_release(&arena);
}

/* receive_info when she claims it, user_coupon_info afterwards. */
static void tell_hers(struct sim *sim, struct shop *shop, const struct user_coupon *u, const char *event, const char *key,
                      const char *moment)
{
        const char *q = push_id_as_number(sim, shop) ? "" : "\"";
        struct arena arena;

        arena_init(&arena, 0);
        push_shop_event(sim, shop, u->person->openid[shop->place], event, u->id,
                        arena_printf(&arena, "\"%s\":{\"coupon_id\":%s%s%s,\"user_coupon_id\":%s%s%s,\"%s\":%lld}", key, q,
                                     u->coupon->id, q, q, u->id, q, moment, (long long)sim_now_s(sim)));
        arena_release(&arena);
}

struct hers {
        struct shop *shop;
        struct user_coupon *u;
};

static void expires(struct sim *sim, void *arg)
{
        struct hers *hers = arg;
        if (hers->u->status != VALID)
                return;
        hers->u->status = EXPIRED;
        tell_hers(sim, hers->shop, hers->u, "channels_ec_user_coupon_expire", "user_coupon_info", "expire_time");
}

int coupon_claim(struct sim *sim, struct coupon *c, struct shop *shop, struct person *p, struct user_coupon **out)
{
        int64_t held = 0, days = 0;
        struct arena arena;

        for (size_t i = 0; i < shop->user_coupons.n; i++)
                held += shop->user_coupons.v[i]->person == p && shop->user_coupons.v[i]->coupon == c;
        if (c->status != 2 || c->issued >= c->total || held >= c->per_person || sim_now_s(sim) > c->until)
                return COUPON_E_CLAIM;
        arena_init(&arena, 0);
        const char *fixed = json_get(&arena, bytes_of_text(c->json), "valid_info.end_time");
        const char *after = json_get(&arena, bytes_of_text(c->json), "valid_info.valid_day_num");
        struct user_coupon *u = arena_new(&sim->arena, struct user_coupon);
        *u = (struct user_coupon){
                .id = world_id(sim, "30", ++sim->world.n_tasks, 13),
                .coupon = c,
                .person = p,
                .status = VALID,
                .received = sim_now(sim),
        };
        if (after && !text_to_int(after, 1, 3650, &days))
                u->until = sim_now_s(sim) + days * 86400;
        else if (!fixed || text_to_int(fixed, 0, INT64_MAX, &u->until))
                u->until = c->until;
        arena_release(&arena);
        c->issued++;
        vec_push(&sim->arena, &shop->user_coupons, u);
        struct hers *hers = arena_new(&sim->arena, struct hers);
        *hers = (struct hers){shop, u};
        timer_at(sim, u->until * 1000, expires, hers);
        tell_hers(sim, shop, u, "channels_ec_coupon_receive", "receive_info", "receive_time");
        *out = u;
        return 0;
}

int coupon_use(struct sim *sim, struct shop *shop, struct user_coupon *u, bool used)
{
        if (u->status != (used ? VALID : USED))
                return COUPON_E_CLAIM;
        u->status = used ? USED : VALID;
        u->used = used ? sim_now(sim) : 0;
        u->coupon->used += used ? 1 : -1;
        tell_hers(sim, shop, u, used ? "channels_ec_user_coupon_use" : "channels_ec_user_coupon_unuse", "user_coupon_info",
                  used ? "use_time" : "unuse_time");
        return 0;
}
