/* Shop: stock (微信小店 商品·库存). */
#include "sim/shop/stock.h"

#include "sim/shop/product.h"
#include "sim/sim.h"

#define BATCH_MAX 50 /* products; unconfirmed */

static int find(struct request *rq, struct product **p, struct sku **sku)
{
        *p = product_find(rq->shop, rq_str(rq, "product_id"));
        *sku = *p ? product_sku(*p, rq_str(rq, "sku_id")) : NULL;
        if (!*p)
                return refuse(rq, 10020011, "没有这个商品（微信小店 商品·库存）");
        return *sku ? 0 : refuse(rq, 10020028, "没有这个 sku（微信小店 商品·库存）");
}

static void write_stock(struct out *out, const struct sku *sku)
{
        out_int(out, "normal_stock_num", sku->stock);
        out_int(out, "limited_discount_stock_num", 0);
        out_list(out, "warehouse_stocks");
        out_end(out);
        out_int(out, "finder_stock_num", 0);
        out_int(out, "total_stock_num", sku->stock);
}

static int get(struct request *rq)
{
        struct product *p;
        struct sku *sku;
        int r = find(rq, &p, &sku);

        if (r)
                return r;
        out_obj(&rq->out, "data");
        write_stock(&rq->out, sku);
        out_end(&rq->out);
        return 0;
}

static int batchget(struct request *rq)
{
        size_t n = rq_list(rq, "product_id");
        struct out *out = &rq->out;

        if (!n || n > BATCH_MAX)
                return refuse(rq, 40097, "product_id 是 1..%d 个的数组（微信小店 商品·批量获取库存）", BATCH_MAX);
        out_obj(out, "data");
        out_list(out, "spu_stock_list");
        for (size_t i = 0; i < n; i++) {
                const struct product *p = product_find(rq->shop, rq_str(rq, arena_printf(rq->arena, "product_id.%zu", i)));
                if (!p)
                        continue;
                out_obj(out, NULL);
                out_str(out, "product_id", p->id);
                out_list(out, "sku_stock");
                for (size_t k = 0; k < p->n_sku; k++) {
                        out_obj(out, NULL);
                        out_str(out, "sku_id", p->sku[k].id);
                        write_stock(out, &p->sku[k]);
                        out_end(out);
                }
                out_end(out);
                out_end(out);
        }
        out_end(out);
        out_end(out);
        return 0;
}

static int update(struct request *rq)
{
        int64_t type = rq_int(rq, "diff_type", 0), num = rq_int(rq, "num", -1);
        struct product *p;
        struct sku *sku;
        int r = find(rq, &p, &sku);

        if (r)
                return r;
        if (type < STOCK_IN || type > STOCK_SET || num < 0)
                return refuse(rq, 40097, "diff_type 应为 1、2 或 3，num 不为负（微信小店 商品·更新库存）");
        int64_t now = type == STOCK_IN ? sku->stock + num : type == STOCK_OUT ? sku->stock - num : num;
        if (now < 0)
                return refuse(rq, 40097, "减少的数量超过现有库存（微信小店 商品·更新库存）");
        stock_write(rq->sim, rq->shop, p, sku, (enum stock_op)type, now);
        return 0;
}

static int getflow(struct request *rq)
{
        int64_t from = rq_int(rq, "begin_time", 0), to = rq_int(rq, "end_time", INT64_MAX / 1000);
        struct out *out = &rq->out;
        struct product *p;
        struct sku *sku;
        size_t at, n;
        int r = find(rq, &p, &sku);

        r = r ? r : rq_page(rq, "stock/flow", 10, 100, &at, &n);
        if (r)
                return r;
        out_obj(out, "data");
        out_list(out, "stock_flow_info_list");
        for (; n && at < rq->shop->flows.n; at++) {
                const struct stock_flow *flow = &rq->shop->flows.v[at];
                if (flow->sku != sku || flow->at / 1000 < from || flow->at / 1000 > to)
                        continue;
                out_obj(out, NULL);
                out_int(out, "amount", flow->amount);
                out_int(out, "beginning_amount", flow->before);
                out_int(out, "ending_amount", flow->after);
                out_int(out, "stock_sub_type", 0);
                out_int(out, "op_type", flow->op);
                out_int(out, "update_time", flow->at / 1000);
                out_obj(out, "ext_info");
                out_str(out, "order_id", flow->order_id);
                out_end(out);
                out_end(out);
                n--;
        }
        out_end(out);
        out_end(out);
        rq_write_page(rq, "stock/flow", at, at < rq->shop->flows.n);
        return 0;
}

#define SKU "product_id:d! sku_id:d!"

static const struct endpoint endpoints[] = {
        {"/channels/ec/product/stock/batchget", "POST", FAMILY_WEIXIN, 3000, 0, batchget, "product_id:l! product_id[]:d"},
        {"/channels/ec/product/stock/get", "POST", FAMILY_WEIXIN, 3000, 0, get, SKU},
        {"/channels/ec/product/stock/getflow", "POST", FAMILY_WEIXIN, 600, 0, getflow,
         SKU " begin_time:n end_time:n op_type_list:l page_size:n next_key:s"},
        {"/channels/ec/product/stock/update", "POST", FAMILY_WEIXIN, 3000, 0, update, SKU " diff_type:n! num:n!"},
};

static const char *const events[] = {"channels_ec_stock_no_enough", NULL};

const struct product_table shop_stock = {"shop_stock", endpoints, countof(endpoints), events};
