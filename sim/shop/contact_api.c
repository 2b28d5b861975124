/* Shop: the buyer's contact data and virtual numbers (微信小店 订单·敏感信息). */
#include "sim/shop/order_write.h"
#include "sim/shop/request.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#include <string.h>

#define NUMBER_LIFE_S (30 * INT64_C(86400))
#define DELAY_WINDOW_S (7 * INT64_C(86400))
#define DELAYS_MAX 3
#define APPLICATIONS_MAX 3
#define REVIEW_MS HOUR_MS
#define EXT_NUMBER 5
#define EXT_REAL_NUMBER 13

enum audit { AUDIT_WAITS = 1, AUDIT_PASSED = 3 }; /* 3 is the sample's; the table of the values is unconfirmed */

static const char *extension(struct request *rq, const struct order *order)
{
        return arena_printf(rq->arena, "%.4s", order->id + strlen(order->id) - 4);
}

int64_t shop_decoded(struct sim *sim, const struct shop *shop)
{
        return shop->decode_day == sim_today(sim) ? shop->decoded : 0;
}

static int decode(struct request *rq)
{
        struct shop *shop = rq->shop;
        int64_t today = sim_today(rq->sim);
        struct order *order;
        int r = rq_order(rq, 10020123, &order);

        if (r)
                return r;
        if (shop->decode_day != today) {
                shop->decode_day = today;
                shop->decoded = 0;
        }
        /* The same order again is free. */
        if (order->decoded_day != today) {
                if (shop->decoded >= switch_on(rq->sim, SW_DECODE_QUOTA))
                        return refuse(rq, 10020124, "今日解密额度已用完，零点恢复（微信小店 订单·解密敏感信息）");
                shop->decoded++;
                order->decoded_day = today;
        }
        order_write_receiver(rq, "address_info", order, NULL, false);
        out_obj(&rq->out, "virtual_number_info");
        out_str(&rq->out, "virtual_number", order_virtual_number(rq->arena, order));
        out_str(&rq->out, "extension", extension(rq, order));
        out_int(&rq->out, "expiration", order_number_until(order));
        out_end(&rq->out);
        return 0;
}

static int virtualtelnumber_get(struct request *rq)
{
        struct order *order;
        int r = rq_order(rq, 100002, &order);

        if (r)
                return r;
        out_str(&rq->out, "virtual_tel_number", order_virtual_number(rq->arena, order));
        out_int(&rq->out, "virtual_tel_expire_time", order_number_until(order));
        out_int(&rq->out, "get_virtual_tel_cnt", order->number_applied);
        return 0;
}

static int applyagain(struct request *rq)
{
        struct order *order;
        int r = rq_order_to_change(rq, 100002, &order);

        if (r)
                return r;
        if (order->number_applied >= APPLICATIONS_MAX)
                return refuse(rq, 10020502, "虚拟号申请次数已用完（微信小店 订单·虚拟号）");
        order->number_applied++;
        order->number_until = sim_now_s(rq->sim) + NUMBER_LIFE_S;
        order_changed(rq->sim, order);
        out_str(&rq->out, "virtual_number", order_virtual_number(rq->arena, order));
        out_str(&rq->out, "extension", extension(rq, order));
        out_int(&rq->out, "apply_quota", APPLICATIONS_MAX - order->number_applied);
        return 0;
}

static int delay(struct request *rq)
{
        struct order *order;
        int r = rq_order_to_change(rq, 100002, &order);

        if (r)
                return r;
        int64_t left = order_number_until(order) - sim_now_s(rq->sim);
        if (left < 0 || left > DELAY_WINDOW_S)
                return refuse(rq, 10020501, "只能在有效期最后 7 天内延期（微信小店 订单·虚拟号）");
        if (order->number_delayed >= DELAYS_MAX)
                return refuse(rq, 10020503, "延期次数已用完（微信小店 订单·虚拟号）");
        if (rq_int(rq, "has_delay_times", 0) != order->number_delayed)
                return refuse(rq, 10020506, "has_delay_times 与已延期次数不一致（微信小店 订单·虚拟号）");
        order->number_delayed++;
        order->number_until = order_number_until(order) + NUMBER_LIFE_S;
        order_changed(rq->sim, order);
        order_tell_ext(rq->sim, order, EXT_NUMBER);
        out_int(&rq->out, "expiration", order->number_until);
        out_int(&rq->out, "available_extend_num", DELAYS_MAX - order->number_delayed);
        return 0;
}

/* ---- the real number: people of the platform look at the reason ---- */

static void reviewed(struct sim *sim, void *arg)
{
        struct order *order = arg;
        order->real_state = AUDIT_PASSED;
        order_changed(sim, order);
        order_tell_ext(sim, order, EXT_REAL_NUMBER);
}

static int realnumber_apply(struct request *rq)
{
        struct order *order;
        int r = rq_order_to_change(rq, 100002, &order);

        if (r)
                return r;
        if (order->real_state == AUDIT_WAITS)
                return refuse(rq, 10020198, "上一次申请还在审核（微信小店 订单·真实号）");
        order->real_task = ++rq->sim->world.n_tasks;
        order->real_state = AUDIT_WAITS;
        order->real_applied = sim_now(rq->sim);
        order->real_reason = rq_keep(rq, "apply_reason");
        timer_after(rq->sim, REVIEW_MS, reviewed, order);
        out_int(&rq->out, "task_id", (int64_t)order->real_task);
        return 0;
}

static int realnumberviewaudit_get(struct request *rq)
{
        int64_t task = rq_int(rq, "task_id", 0);
        const struct order *found = NULL;

        for (size_t i = 0; task > 0 && i < rq->shop->changes.n && !found; i++)
                if (rq->shop->changes.v[i].order->real_task == (uint64_t)task)
                        found = rq->shop->changes.v[i].order;
        if (!found && rq_str(rq, "order_id")) {
                found = map_get(&rq->sim->world.orders, rq_str(rq, "order_id"));
                found = found && found->shop == rq->shop && found->real_task ? found : NULL;
        }
        if (!found)
                return refuse(rq, 10020248, "没有这个申请（微信小店 订单·真实号）");
        out_int(&rq->out, "apply_time", found->real_applied);
        out_int(&rq->out, "audit_state", found->real_state);
        out_str(&rq->out, "apply_reason", found->real_reason);
        out_int(&rq->out, "task_id", (int64_t)found->real_task);
        return 0;
}

/* ---- the shop's own caller numbers ---- */

static bool is_phone(const char *text)
{
        return text && strlen(text) == 11 && text[0] == '1' && strspn(text, "0123456789") == 11;
}

static int sendverifycode(struct request *rq)
{
        if (!is_phone(rq_str(rq, "phone_number")))
                return refuse(rq, 40097, "phone_number 应为 11 位手机号");
        rq->shop->verify_code = rng_digits(&rq->sim->rng, &rq->sim->arena, "", 6);
        ledger_add(rq->sim, "verify_code", rq->shop->appid, rq_str(rq, "phone_number"), "%s", rq->shop->verify_code);
        return 0;
}

static int addphone(struct request *rq)
{
        if (!is_phone(rq_str(rq, "phone_number")))
                return refuse(rq, 40097, "phone_number 应为 11 位手机号");
        if (!rq->shop->verify_code || !text_eq(rq->shop->verify_code, rq_str(rq, "verify_code")))
                return refuse(rq, 40097, "verify_code 不对");
        vec_push(&rq->sim->arena, &rq->shop->caller_phones, rq_keep(rq, "phone_number"));
        rq->shop->verify_code = NULL;
        return 0;
}

static int getphone(struct request *rq)
{
        out_list(&rq->out, "phone_number_list");
        for (size_t i = 0; i < rq->shop->caller_phones.n; i++)
                out_str(&rq->out, NULL, rq->shop->caller_phones.v[i]);
        out_end(&rq->out);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/channels/ec/merchant/privatenumber/addphone", "POST", FAMILY_WEIXIN, 600, 0, addphone,
         "phone_number:s! verify_code:s!"},
        {"/channels/ec/merchant/privatenumber/getphone", "POST", FAMILY_WEIXIN, 600, 0, getphone, NULL},
        {"/channels/ec/merchant/privatenumber/sendverifycode", "POST", FAMILY_WEIXIN, 600, 0, sendverifycode,
         "phone_number:s!"},
        {"/channels/ec/order/realnumber/apply", "POST", FAMILY_WEIXIN, 600, 0, realnumber_apply,
         "order_id:d! apply_type:n apply_reason:s pic_media_ids:l"},
        {"/channels/ec/order/realnumberviewaudit/get", "POST", FAMILY_WEIXIN, 600, 0, realnumberviewaudit_get,
         "task_id:n order_id:d"},
        {"/channels/ec/order/sensitiveinfo/decode", "POST", FAMILY_WEIXIN, 3000, 0, decode, "order_id:d!"},
        {"/channels/ec/order/virtualnumber/applyagain", "POST", FAMILY_WEIXIN, 3000, 0, applyagain, "order_id:d!"},
        {"/channels/ec/order/virtualnumber/delay", "POST", FAMILY_WEIXIN, 3000, 0, delay,
         "order_id:d! has_delay_times:n!"},
        {"/channels/ec/order/virtualtelnumber/get", "POST", FAMILY_WEIXIN, 3000, 0, virtualtelnumber_get, "order_id:d!"},
};

const struct product_table shop_contact = {"shop_contact", endpoints, countof(endpoints), NULL};
