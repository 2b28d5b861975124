/* Shop: disputes and guarantee orders (微信小店 售后·纠纷、保障单). */
#include "sim/shop/request.h"
#include "sim/shop/trade.h"
#include "sim/sim.h"

#define CONTENT_MAX 500 /* characters */
#define MEDIA_MAX 20    /* over the whole dispute */

enum item { ITEM_MERCHANT_SAYS = 3, ITEM_MERCHANT_PROVES = 8 };

static int find_complaint(struct request *rq, struct complaint **k)
{
        *k = map_get(&rq->sim->world.complaints, rq_str(rq, "complaint_id"));
        return *k && (*k)->c->order->shop == rq->shop ? 0 : refuse(rq, 40097, "没有这个纠纷单（微信小店 售后·纠纷）");
}

static int type_number(const char *type)
{
        return text_eq(type, "REFUND") ? 1 : text_eq(type, "RETURN") ? 2 : text_eq(type, "EXCHANGE") ? 3 : 4;
}

static int getcomplaintorder(struct request *rq)
{
        struct out *out = &rq->out;
        struct complaint *k;
        int r = find_complaint(rq, &k);

        if (r)
                return r;
        out_str(out, "order_id", k->c->order->id);
        out_str(out, "after_sale_order_id", k->c->id);
        out_int(out, "status", k->status);
        out_list(out, "history");
        for (size_t i = k->history.n; i--;) { /* the newest first */
                const struct complaint_item *item = &k->history.v[i];
                out_obj(out, NULL);
                out_int(out, "item_type", item->type);
                out_int(out, "time", item->at / 1000);
                if (item->type == 1) {
                        out_str(out, "phone_number", text_mask_phone(rq->arena, k->c->order->person->phone));
                        out_int(out, "after_sale_type", type_number(k->c->type));
                        out_int(out, "after_sale_reason", 2);
                        out_int(out, "complaint_type", 700);
                }
                out_opt(out, "content", item->content);
                out_raw(out, "media_id_list", item->media);
                out_end(out);
        }
        out_end(out);
        return 0;
}

static int add(struct request *rq, int type)
{
        const char *content = rq_str(rq, "content");
        size_t n = rq_list(rq, "media_id_list");
        struct complaint *k;
        int r = find_complaint(rq, &k);

        if (r)
                return r;
        if (k->over)
                return refuse(rq, 40097, "纠纷已结束（微信小店 售后·纠纷）");
        if (utf8_length(content) > CONTENT_MAX)
                return refuse(rq, 40097, "content 最多 %d 字（微信小店 售后·纠纷）", CONTENT_MAX);
        if (k->media + n > MEDIA_MAX)
                return refuse(rq, 40097, "整个纠纷最多 %d 张图（微信小店 售后·纠纷）", MEDIA_MAX);
        for (size_t i = 0; i < n; i++)
                if (!map_get(&rq->sim->world.media, rq_str(rq, arena_printf(rq->arena, "media_id_list.%zu", i))))
                        return refuse(rq, 40097, "media_id_list.%zu 没有上传过（微信小店 图片上传）", i);
        k->media += (unsigned)n;
        complaint_add(rq->sim, k, type, content, n ? rq_keep(rq, "media_id_list") : NULL);
        return 0;
}

static int addcomplaintmaterial(struct request *rq)
{
        return add(rq, ITEM_MERCHANT_SAYS);
}

static int addcomplaintproof(struct request *rq)
{
        return add(rq, ITEM_MERCHANT_PROVES);
}

static int syncworkorder(struct request *rq)
{
        struct complaint *k;
        return find_complaint(rq, &k);
}

/* ---- guarantees ---- */

static int find_guarantee(struct request *rq, struct guarantee **g)
{
        const char *id = rq_str(rq, "guarantee_order_id");

        for (size_t i = 0; i < rq->shop->guarantees.n; i++)
                if (text_eq(rq->shop->guarantees.v[i]->id, id)) {
                        *g = rq->shop->guarantees.v[i];
                        return 0;
                }
        return refuse(rq, 40097, "没有这个保障单（微信小店 售后·保障单）");
}

static void write_guarantee(struct request *rq, const char *key, const struct guarantee *g)
{
        const struct line *line = &g->order->line[g->line];
        struct out *out = &rq->out;

        out_obj(out, key);
        out_str(out, "guarantee_order_id", g->id);
        out_str(out, "order_id", g->order->id);
        out_int(out, "type", g->type);
        out_str(out, "status", g->status);
        out_str(out, "openid", g->order->person->openid[rq->shop->place]);
        out_str(out, "product_id", line->product->id);
        out_str(out, "sku_id", line->sku->id);
        out_int(out, "bad_level", g->bad_level);
        out_int(out, "amount", g->amount);
        out_str(out, "reason", g->reason);
        out_str(out, "merchant_remark", g->remark);
        out_str(out, "content", g->proof);
        out_raw(out, "pic_list", g->pictures);
        out_int(out, "create_time", g->created / 1000);
        out_int(out, "update_time", g->updated / 1000);
        out_end(out);
}

static int getguaranteeorder(struct request *rq)
{
        struct guarantee *g;
        int r = find_guarantee(rq, &g);

        if (!r)
                write_guarantee(rq, "guarantee_order", g);
        return r;
}

/* Is the text in the body's list? An absent list wants everything. */
static bool in_list(struct request *rq, const char *list, const char *text)
{
        size_t n = rq_list(rq, list);
        bool found = !n;

        for (size_t i = 0; i < n; i++)
                found |= text_eq(text, rq_str(rq, arena_printf(rq->arena, "%s.%zu", list, i)));
        return found;
}

static int searchguaranteeorder(struct request *rq)
{
        int64_t from = rq_int(rq, "begin_time", -1), to = rq_int(rq, "end_time", -1), type = rq_int(rq, "type", 0);
        int64_t offset = rq_int(rq, "offset", 0), limit = rq_int(rq, "limit", 10), n = 0;

        if (from < 0 || to < from)
                return refuse(rq, 40097, "begin_time、end_time 不对（微信小店 售后·保障单）");
        if (offset < 0 || limit < 1 || limit > 100)
                return refuse(rq, 40097, "offset ≥ 0，limit 1..100");
        out_list(&rq->out, "guarantee_order_list");
        for (size_t i = 0; i < rq->shop->guarantees.n; i++) {
                const struct guarantee *g = rq->shop->guarantees.v[i];
                if (g->created / 1000 < from || g->created / 1000 > to || (type && g->type != type) ||
                    !in_list(rq, "guarantee_order_id_list", g->id) || !in_list(rq, "order_id_list", g->order->id) ||
                    !in_list(rq, "status_list", g->status))
                        continue;
                if (n >= offset && n < offset + limit)
                        write_guarantee(rq, NULL, g);
                n++;
        }
        out_end(&rq->out);
        out_int(&rq->out, "total_num", n);
        return 0;
}

/* An answer of the merchant while the guarantee waits for him. */
static int answer(struct request *rq, struct guarantee **g)
{
        int r = find_guarantee(rq, g);
        if (!r && !text_eq((*g)->status, "STATUS_WAIT_MERCHANT"))
                return refuse(rq, 10020001, "状态 %s 不能处理（微信小店 售后·保障单）", (*g)->status);
        return r;
}

static int merchantacceptguarantee(struct request *rq)
{
        struct guarantee *g;
        int r = answer(rq, &g);

        if (!r && switch_on(rq->sim, SW_BALANCE_SHORT))
                r = refuse(rq, 10021046, "开关 balance_short：余额不足");
        if (!r)
                guarantee_move(rq->sim, g, "STATUS_PAY_SUCC");
        return r;
}

static int merchantrefuseguarantee(struct request *rq)
{
        struct guarantee *g;
        int r = answer(rq, &g);

        if (r)
                return r;
        g->remark = rq_keep(rq, "reason");
        guarantee_move(rq->sim, g, "STATUS_MERCHANT_REFUSE");
        return 0;
}

static int merchantmodifyguarantee(struct request *rq)
{
        int64_t level = rq_int(rq, "bad_level", 0);
        struct guarantee *g;
        int r = answer(rq, &g);

        if (r)
                return r;
        if (level < 1 || level > 100)
                return refuse(rq, 40097, "bad_level 应为 1..100（微信小店 售后·保障单）");
        g->bad_level = level;
        g->amount = g->order->line[g->line].real_price * level / 100;
        g->remark = rq_keep(rq, "merchant_remark");
        guarantee_move(rq->sim, g, "STATUS_WAIT_USER");
        return 0;
}

static int merchantproofguarantee(struct request *rq)
{
        struct guarantee *g;
        int r = find_guarantee(rq, &g);

        if (r)
                return r;
        g->proof = rq_keep(rq, "content");
        g->pictures = rq_has(rq, "pic_list") ? rq_keep(rq, "pic_list") : "[]";
        g->updated = sim_now(rq->sim);
        return 0;
}

#define COMPLAINT "complaint_id:d! content:s! media_id_list:l"

static const struct endpoint endpoints[] = {
        {"/channels/ec/aftersale/addcomplaintmaterial", "POST", FAMILY_WEIXIN, 3000, 0, addcomplaintmaterial, COMPLAINT},
        {"/channels/ec/aftersale/addcomplaintproof", "POST", FAMILY_WEIXIN, 3000, 0, addcomplaintproof, COMPLAINT},
        {"/channels/ec/aftersale/getcomplaintorder", "POST", FAMILY_WEIXIN, 3000, 0, getcomplaintorder, "complaint_id:d!"},
        {"/channels/ec/aftersale/getguaranteeorder", "POST", FAMILY_WEIXIN, 3000, 0, getguaranteeorder,
         "guarantee_order_id:d!"},
        {"/channels/ec/aftersale/merchantacceptguarantee", "POST", FAMILY_WEIXIN, 3000, 0, merchantacceptguarantee,
         "guarantee_order_id:d!"},
        {"/channels/ec/aftersale/merchantmodifyguarantee", "POST", FAMILY_WEIXIN, 3000, 0, merchantmodifyguarantee,
         "guarantee_order_id:d! bad_level:n! merchant_remark:s"},
        {"/channels/ec/aftersale/merchantproofguarantee", "POST", FAMILY_WEIXIN, 3000, 0, merchantproofguarantee,
         "guarantee_order_id:d! content:s! pic_list:l"},
        {"/channels/ec/aftersale/merchantrefuseguarantee", "POST", FAMILY_WEIXIN, 3000, 0, merchantrefuseguarantee,
         "guarantee_order_id:d! reason:s! pic_list:l"},
        {"/channels/ec/aftersale/searchguaranteeorder", "POST", FAMILY_WEIXIN, 3000, 0, searchguaranteeorder,
         "begin_time:n! end_time:n! guarantee_order_id_list:l order_id_list:l type:n status_list:l offset:n limit:n"},
        {"/channels/ec/aftersale/syncworkorder", "POST", FAMILY_WEIXIN, 3000, 0, syncworkorder, "complaint_id:d!"},
};

static const char *const events[] = {
        "channels_ec_complaint_update", "channels_ec_guarantee_update", NULL,
};

const struct product_table shop_dispute = {"shop_dispute", endpoints, countof(endpoints), events};
