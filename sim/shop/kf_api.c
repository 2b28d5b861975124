/* Shop: in-shop 客服 (微信小店 自研客服). */
#include "sim/chat.h"
#include "sim/gate.h"
#include "sim/multipart.h"
#include "sim/picture.h"
#include "sim/sim.h"
#include "sim/shop/past.h"
#include "sim/shop/trade.h"

/* What a person reads of it, or an errcode. */
static int check_content(struct request *rq, const char *type, const char **text)
{
        if (text_eq(type, "text")) {
                *text = rq_str(rq, "text.content");
                return text_empty(*text) ? refuse(rq, 10190001, "text.content 为空") : 0;
        }
        if (text_eq(type, "image") || text_eq(type, "video") || text_eq(type, "file")) {
                const char *url = rq_str(rq, arena_printf(rq->arena, "%s.cos_url", type));
                *text = arena_printf(rq->arena, "[%s]", type);
                return map_get(&rq->sim->world.media, url) ? 0 : refuse(rq, 10190001, "cos_url 不是 cosupload 给出的");
        }
        if (text_eq(type, "order_share")) {
                struct order *order = order_look(rq->sim, rq->arena, rq_str(rq, "order_share.order_id"));
                *text = "[order_share]";
                return order && order->shop == rq->shop ? 0
                                                        : refuse(rq, 10190001, "order_share.order_id 不是这个店的订单");
        }
        if (text_eq(type, "product_share")) {
                *text = "[product_share]";
                for (size_t i = 0; i < rq->shop->products.n; i++)
                        if (text_eq(rq->shop->products.v[i]->id, rq_str(rq, "product_share.product_id")))
                                return 0;
                return refuse(rq, 10190001, "product_share.product_id 不是这个店的商品");
        }
        return refuse(rq, 10190001, "不支持的 msg_type %s", type ? type : "(缺)");
}

/* May this shop speak to her in its chat? */
static int check_window(struct request *rq, struct person *person)
{
        struct shop_chat *chat = person ? person->shop_chat[rq->shop->place] : NULL;

        if (!chat)
                return refuse(rq, 10190006, "open_id 不存在或没有会话");
        if (chat->last_customer + REPLY_WINDOW_MS < sim_now(rq->sim))
                return refuse(rq, 10190009, "客户上次发言已过 48 小时");
        if (chat->sent >= REPLY_BUDGET)
                return refuse(rq, 10190008, "客户上次发言后已回 %d 条", REPLY_BUDGET);
        return 0;
}

static int sendmsg(struct request *rq)
{
        struct sim *sim = rq->sim;
        const char *type = rq_str(rq, "msg_type"), *key = rq_str(rq, "request_id"), *text = "";
        struct person *person = map_get(&sim->world.by_openid, rq_str(rq, "open_id"));

        if (!rq->shop->kf_api_mode)
                return refuse(rq, 10190003, "店铺客服不在 API 模式");
        if (person && !text_eq(person->openid[rq->shop->place], rq_str(rq, "open_id")))
                person = NULL; /* of another shop */
        int r = check_content(rq, type, &text);
        if (r)
                return r;
        struct message *before = text_empty(key) ? NULL : chat_sent_before(sim, rq->shop->appid, key);
        if (before) {
                /* An idempotency key: the same answer again, nothing sent. */
                sim->world.n_repeats++;
                ledger_add(sim, "repeated", rq->shop->appid, key, "%s", rq->endpoint->path);
                out_str(&rq->out, "msg_id", before->msgid);
                return 0;
        }
        r = check_window(rq, person);
        if (r)
                return r;
        struct message *m = shop_deliver(sim, person, rq->shop, text_empty(key) ? NULL : key, type,
                                         json_get(rq->arena, raw_body(rq->raw), type), text);
        out_str(&rq->out, "msg_id", m->msgid);
        return 0;
}

static int cosupload(struct request *rq)
{
        struct multipart m;

        if (multipart_read(rq->arena, raw_header(rq->raw, "Content-Type"), raw_body(rq->raw), &m) || !m.file.n)
                return refuse(rq, 10190001, "正文应为带文件的 multipart");
        if (!map_get(&rq->sim->world.by_openid, multipart_field(&m, "open_id")))
                return refuse(rq, 10190006, "缺 open_id 或不存在");
        struct media *media = media_keep(rq->sim, m.mime, m.file);
        const char *url = arena_printf(&rq->sim->arena, "https://commkf.cos.sim/%s", media->id);
        map_put(&rq->sim->world.media, &rq->sim->arena, url, media);
        out_str(&rq->out, "cos_url", url);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/channels/ec/commkf/cosupload", "POST", FAMILY_WEIXIN, 3000, ENDPOINT_MULTIPART, cosupload},
        {"/channels/ec/commkf/sendmsg", "POST", FAMILY_WEIXIN, 20000, 0, sendmsg},
};

static const char *const events[] = {
        "commkf_send_msg_to_kf", NULL,
};

const struct product_table shop_kf = {"shop_kf", endpoints, countof(endpoints), events};
