#include "sim/population.h"

#include "base/json.h"
#include "sim/chat.h"
#include "sim/hours.h"
#include "sim/out.h"
#include "sim/sim.h"
#include "sim/shop/past.h"
#include "sim/shop/trade.h"

#define PICK(rng, list) ((list)[rng_between((rng), 0, (int64_t)countof(list) - 1)])

/* ---- what customers say ---- */

/* By what has become of her order: nobody asks when a parcel leaves that she holds in her hands. */
static const char *const before_shipping[] = {
        "在吗？我前天下的单怎么还没发货呀，周末要穿的",
        "麻烦催一下发货，急用，谢谢",
        "能改一下收货地址吗？搬家了，还没发货吧",
        "不小心拍重复了，帮我取消一单吧",
        "今天能发出来吗？下午就要出差了",
        "下单的时候备注忘写了，麻烦不要放价格单，送人的",
        "退款申请提交两天了，什么时候能到账",
        "想加一件一起发，能合并邮费吗",
};

static const char *const under_way[] = {
        "物流两天没动了，帮我看看是不是丢件了",
        "显示已签收但我没收到，也没放驿站",
        "快递员打电话说地址不全，麻烦你们帮忙补一下门牌",
        "帮我催催快递，说是昨天就该到的",
        "能不能让快递送到公司，家里白天没人",
        "包裹外面都压扁了，里面的东西也凹了一块，怎么处理？",
        "少发了一件，我拍的是两件，只收到一件",
};

static const char *const at_home[] = {
        "收到了，但是颜色和直播间看到的差好多，想退",
        "尺码偏大，能换小一码吗？吊牌都没拆",
        "可以开发票吗？抬头开公司，要增值税普票",
        "退货地址发我一下，运费险怎么用？",
        "用了几天觉得质量一般，你们看看怎么办",
        "说好送的小样没有收到，是漏发了吗",
        "我要退这个，孩子他爸买错了",
        "很满意，还想再买一份送我妈，有老客优惠吗",
};

static const char *const about_goods[] = {
        "你好，身高162体重110，衬衫穿什么码合适？",
        "这款外套后面还补货吗？想要竹青的 L",
        "裙子会不会透？需要穿打底吗",
        "直播间说的满减还有吗，刚刚没抢到",
        "龙井是今年的新茶吗？送长辈的，有没有手提袋",
        "大米是几月份的新米？能保存多久",
        "蜂蜜结晶了正常吗？我妈说是掺糖的",
        "发顺丰吗？新疆能不能到",
        "请问三八节还有活动吗，想等活动再下单",
        "两件可以一起优惠点吗老板",
        "真丝的能机洗吗？怎么保养比较好",
        "核桃仁是原味的还是有加糖的？老人血糖高",
};

static const char *const follow_ups[] = {
        "在的话回我一下哈",
        "麻烦快一点，谢谢🙏",
        "？？？",
        "好的，我等你消息",
        "刚才那个问题还没回我呢",
        "不着急，你们忙完看一下",
        "对了，能不能顺便帮我备注一下",
        "我发张照片给你看",
};

static const char *const answers[] = {
        "您好，这边帮您看一下，请稍等。",
        "已经帮您催仓库了，今天下午发出，单号出来后您在订单里就能看到。",
        "可以换的，您先在订单里申请换货，我们收到后马上寄新的。",
        "建议您选 M 码，平时穿 S 也可以，版型偏合身。",
        "退款一般原路退回，银行卡 1 到 3 个工作日到账。",
};

const char *population_sentence(struct sim *sim, struct arena *arena, const struct order *order, bool number)
{
        struct rng *rng = &sim->rng;
        if (!order)
                return PICK(rng, about_goods);
        const char *text = text_eq(order->status, "30")    ? PICK(rng, under_way)
                           : text_eq(order->status, "100") ? PICK(rng, at_home)
                                                           : PICK(rng, before_shipping);
        switch (number ? rng_between(rng, 0, 3) : -1) {
        case 0:
                return arena_printf(arena, "%s\n订单号 %s", text, order->id);
        case 1:
                return arena_printf(arena, "%s 单号：%s", text, order->id);
        case 2:
                return arena_printf(arena, "%s（%s 这个单）", text, order->id);
        case 3:
                return arena_printf(arena, "订单%s，%s", order->id, text);
        default:
                return text;
        }
}

const char *population_follow_up(struct sim *sim)
{
        return PICK(&sim->rng, follow_ups);
}

/* ---- the month, played by timers while the clock runs through it ---- */

/* Chance of one in three that she names her order; what she named is kept as the truth. */
static void writes(struct sim *sim, struct person *p, struct kf_account *kf)
{
        struct arena arena;
        struct order *order = p->orders.n ? p->orders.v[p->orders.n - 1] : NULL;
        bool number = order && p->place % 3 == 0;

        arena_init(&arena, 0);
        const char *text = population_sentence(sim, &arena, order, number);
        chat_say(sim, p, kf, "text", text_body(&arena, text), text);
        if (number) {
                p->wrote_order = order->id;
                p->clue = "number";
        }
        arena_release(&arena);
}

static void confirm_later(struct sim *sim, void *arg)
{
        struct order *order = arg;
        /* Not shipped in time, or refunded: she has nothing to confirm. */
        if (order_confirm(sim, order, false))
                return;
}

static void ship_later(struct sim *sim, void *arg)
{
        struct order *order = arg;
        if (order_ship(sim, order))
                return; /* an after-sale runs: the merchant waits */
        if (rng_percent(&sim->rng, 70))
                timer_after(sim, rng_between(&sim->rng, 3 * DAY_MS, 8 * DAY_MS), confirm_later, order);
}

static void return_later(struct sim *sim, void *arg)
{
        struct after_sale *c = arg;
        if (case_return(sim, c, rng_digits(&sim->rng, &sim->arena, "SF1", 12)))
                return; /* cancelled meanwhile */
}

/* The merchant of the month: agrees to most, refuses some. What is left open at the end is for the desk. */
static void merchant_decides(struct sim *sim, void *arg)
{
        struct after_sale *c = arg;
        const char *rule;

        if (text_eq(c->status, "MERCHANT_PROCESSING") && rng_percent(&sim->rng, 15)) {
                if (case_reject(sim, c, case_reject_reasons[0].wording, &rule))
                        ledger_add(sim, "month", c->order->shop->appid, c->id, "not rejected: %s", rule);
                return;
        }
        if (case_accept(sim, c, c->order->shop->addresses.v[0]->id, 0, &rule)) {
                timer_after(sim, HOUR_MS, merchant_decides, c);
                return;
        }
        if (text_eq(c->status, "USER_WAIT_RETURN")) {
                timer_after(sim, rng_between(&sim->rng, 12 * HOUR_MS, 3 * DAY_MS), return_later, c);
                timer_after(sim, 5 * DAY_MS, merchant_decides, c);
        }
}

static void complain_later(struct sim *sim, void *arg)
{
        struct order *order = arg;
        bool shipped = !text_eq(order->status, "20");
        const char *type = !shipped                     ? "REFUND"
                           : rng_percent(&sim->rng, 60) ? "RETURN"
                           : rng_percent(&sim->rng, 70) ? "REFUND"
                                                        : "EXCHANGE";
        const char *reason = case_reasons[shipped ? rng_between(&sim->rng, 3, 8) : rng_between(&sim->rng, 0, 3)].text;
        struct after_sale *c = case_open(sim, order, 0, type, reason, shipped);

        if (c)
                timer_after(sim, rng_between(&sim->rng, 4 * HOUR_MS, 40 * HOUR_MS), merchant_decides, c);
}

/* Applied for lately: nobody has decided yet, the desk will. */
static void complains_today(struct sim *sim, void *arg)
{
        struct person *p = arg;

        for (size_t i = p->orders.n; i--;) {
                struct order *order = p->orders.v[i];
                bool shipped = order->shipped != 0;
                const char *reason =
                        case_reasons[shipped ? rng_between(&sim->rng, 4, 8) : rng_between(&sim->rng, 0, 3)].text;
                if (case_open(sim, order, 0, shipped && rng_percent(&sim->rng, 65) ? "RETURN" : "REFUND", reason,
                              shipped))
                        return;
        }
}

static void pay_later(struct sim *sim, void *arg)
{
        struct order *order = arg;
        if (order_pay(sim, order))
                return; /* timed out */
        timer_after(sim, rng_between(&sim->rng, 6 * HOUR_MS, 44 * HOUR_MS), ship_later, order);
        if (rng_percent(&sim->rng, 14))
                timer_after(sim, rng_between(&sim->rng, 2 * HOUR_MS, 6 * DAY_MS), complain_later, order);
}

static void place_one(struct sim *sim, void *arg)
{
        static const char *const notes[] = {"", "", "", "", "周末再送，谢谢", "麻烦包好一点，送人的", "请放驿站"};
        struct person *p = arg;
        struct shop *shop = sim->world.shops[rng_between(&sim->rng, 0, (int64_t)sim->world.n_shops - 1)];
        const struct product *product = shop->products.v[rng_between(&sim->rng, 0, (int64_t)shop->products.n - 1)];
        struct sku *sku = &product->sku[rng_between(&sim->rng, 0, (int64_t)product->n_sku - 1)];
        struct order *order =
                order_place(sim, shop, p, product, sku, rng_percent(&sim->rng, 20) ? 2 : 1, PICK(&sim->rng, notes));

        if (rng_percent(&sim->rng, 94))
                timer_after(sim, rng_between(&sim->rng, 10000, 900000), pay_later, order);
}

/* A conversation that a servicer held in the WeCom client and ended. */
static void servicer_ends(struct sim *sim, void *arg)
{
        chat_servicer_ends(sim, arg, sim->world.corp.staff.v[0]->userid);
}

static void servicer_answers(struct sim *sim, void *arg)
{
        chat_servicer_says(sim, arg, sim->world.corp.staff.v[0]->userid, PICK(&sim->rng, answers));
        timer_after(sim, rng_between(&sim->rng, 60000, 900000), servicer_ends, arg);
}

static void finished_chat(struct sim *sim, void *arg)
{
        struct person *p = arg;
        struct kf_account *kf = sim->world.corp.kf[p->place % sim->world.corp.n_kf];
        writes(sim, p, kf);
        timer_after(sim, rng_between(&sim->rng, 60000, 600000), servicer_answers, session_find(p, kf));
}

static void waiting_follow_up(struct sim *sim, void *arg)
{
        struct person *p = arg;
        struct arena arena;
        const char *text = population_follow_up(sim);

        arena_init(&arena, 0);
        chat_say(sim, p, sim->world.corp.kf[p->place % sim->world.corp.n_kf], "text", text_body(&arena, text), text);
        arena_release(&arena);
}

static void waiting_chat(struct sim *sim, void *arg)
{
        struct person *p = arg;
        struct kf_account *kf = sim->world.corp.kf[p->place % sim->world.corp.n_kf];

        if (p->place % 4 == 1)
                chat_enter(sim, p, kf, NULL, NULL, "{\"scene\":2,\"nickname\":\"云溪直播间\"}");
        writes(sim, p, kf);
        if (p->place % 3 == 1)
                timer_after(sim, rng_between(&sim->rng, 60000, 600000), waiting_follow_up, p);
}

#define FINISHED_CHATS 24
#define WAITING_CHATS 12
#define ORDERS_TODAY 24
#define CASES_TODAY 8
#define LIVELY_MAX 1000      /* people whose month is played; of a larger population the others have a past */
#define PAST_ORDERS_EACH 10

/* When people buy. */
static int64_t moment_between(struct sim *sim, int64_t begin, int64_t end)
{
        int64_t at = hours_midnight(rng_between(&sim->rng, begin, end)) + hours_moment(rng_between(&sim->rng, 0, DAY_MS - 1));
        return at < begin ? begin : at > end ? end : at;
}

int population_make(struct sim *sim, const char *name, unsigned customers)
{
        struct world *w = &sim->world;
        int64_t end = sim_now(sim), begin = end - 30 * DAY_MS;

        if (text_eq(name, "empty"))
                return 0;
        if (!text_eq(name, "demo"))
                return POPULATION_E_NAME;
        for (unsigned i = 0; i < customers; i++) {
                struct person *p = world_person(sim, NULL);
                if (i >= LIVELY_MAX)
                        continue;
                for (int64_t n = rng_between(&sim->rng, 1, 5); n; n--)
                        timer_at(sim, moment_between(sim, begin, end - HOUR_MS), place_one, p);
        }
        for (size_t i = 0; customers > LIVELY_MAX && i < w->n_shops; i++)
                past_begin(sim, w->shops[i], (size_t)customers * PAST_ORDERS_EACH / w->n_shops);
        for (unsigned i = 0; i < FINISHED_CHATS + WAITING_CHATS && i < customers; i++) {
                bool waiting = i >= FINISHED_CHATS;
                timer_at(sim,
                         waiting ? rng_between(&sim->rng, end - 2 * HOUR_MS, end - 60000)
                                 : rng_between(&sim->rng, end - 5 * DAY_MS, end - 12 * HOUR_MS),
                         waiting ? waiting_chat : finished_chat, w->people.v[i]);
        }
        for (unsigned i = 0; i < ORDERS_TODAY && i < customers; i++)
                timer_at(sim, rng_between(&sim->rng, end - 20 * HOUR_MS, end - 20 * 60000), place_one,
                         w->people.v[customers - 1 - i]);
        for (unsigned i = 0; i < CASES_TODAY && i < customers; i++)
                timer_at(sim, rng_between(&sim->rng, end - 20 * HOUR_MS, end - 10 * 60000), complains_today,
                         w->people.v[customers - 1 - i * 3 % customers]);
        clock_set(&sim->clock, begin);
        timers_push_to(sim, end);
        return 0;
}

void population_url_set(struct sim *sim, struct target *target)
{
        struct world *w = &sim->world;
        struct shop *shop = target->wecom ? NULL : world_shop(sim, target->id);
        struct arena arena;

        if (target->mp)
                return;
        arena_init(&arena, 0);
        for (size_t i = FINISHED_CHATS + WAITING_CHATS, said = 0; i < w->people.n && said < 3; i++) {
                struct person *p = w->people.v[i];
                struct order *order = p->orders.n ? p->orders.v[p->orders.n - 1] : NULL;
                if (p->chat.n || !order || (shop && order->shop != shop))
                        continue;
                const char *text = population_sentence(sim, &arena, order, false);
                said++;
                if (!shop) {
                        chat_say(sim, p, w->corp.kf[p->place % w->corp.n_kf], "text", text_body(&arena, text), text);
                        break;
                }
                shop_say(sim, p, shop, "text", text_body(&arena, text), text);
                p->clue = "shop";
        }
        arena_release(&arena);
}
