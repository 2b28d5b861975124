/* Shop: its own data and its addresses (channels-product-address.md 5 and 7). */
#include "sim/gate.h"
#include "sim/sim.h"

static int info_get(struct request *rq)
{
        struct out *out = &rq->out;

        out_obj(out, "info");
        out_str(out, "nickname", rq->shop->name);
        out_str(out, "headimg_url", arena_printf(rq->arena, "https://wx.qlogo.cn/sim/shop/%u", rq->shop->place));
        out_str(out, "subject_type", "企业");
        out_str(out, "status", "open_finished");
        out_str(out, "username", rq->shop->origin_id);
        out_int(out, "is_local_life", 0);
        out_end(out);
        return 0;
}

static int address_list(struct request *rq)
{
        struct shop *shop = rq->shop;
        int64_t offset = rq_int(rq, "offset", 0), limit = rq_int(rq, "limit", 20);

        if (offset < 0 || limit < 1 || limit > 100)
                return refuse(rq, 40097, "offset ≥ 0，limit 1..100");
        out_list(&rq->out, "address_id_list");
        for (size_t i = (size_t)offset; i < shop->addresses.n && i < (size_t)(offset + limit); i++)
                out_id(&rq->out, NULL, shop->addresses.v[i]->id, true);
        out_end(&rq->out);
        return 0;
}

static int address_get(struct request *rq)
{
        struct address *a = shop_address(rq->shop, rq_str(rq, "address_id"));
        struct out *out = &rq->out;

        if (!a)
                return refuse(rq, 10025093, "没有这个地址");
        out_obj(out, "address_detail");
        out_id(out, "address_id", a->id, true);
        out_str(out, "name", a->name);
        out_obj(out, "address_info");
        out_str(out, "user_name", a->name);
        out_str(out, "postal_code", "");
        out_str(out, "province_name", a->province);
        out_str(out, "city_name", a->city);
        out_str(out, "county_name", a->county);
        out_str(out, "detail_info", a->detail);
        out_str(out, "house_number", "");
        out_str(out, "national_code", "");
        out_str(out, "tel_number", a->phone);
        out_end(out);
        out_str(out, "landline", "");
        out_str(out, "remark", "");
        out_bool(out, "send_addr", a->send);
        out_bool(out, "recv_addr", a->recv);
        out_bool(out, "default_send", a->default_send);
        out_bool(out, "default_recv", a->default_recv);
        out_obj(out, "address_type");
        out_int(out, "same_city", 0);
        out_int(out, "pickup", 0);
        out_end(out);
        out_int(out, "create_time", a->created / 1000);
        out_int(out, "update_time", a->created / 1000);
        out_end(out);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/channels/ec/basics/info/get", "GET", FAMILY_WEIXIN, 600, 0, info_get},
        {"/channels/ec/merchant/address/get", "POST", FAMILY_WEIXIN, 3000, 0, address_get},
        {"/channels/ec/merchant/address/list", "POST", FAMILY_WEIXIN, 3000, 0, address_list},
};

const struct product_table shop_basics = {"shop_basics", endpoints, countof(endpoints), NULL};
