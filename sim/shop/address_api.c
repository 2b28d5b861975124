/* Shop: the merchant's addresses, area codes, freight templates (微信小店 地址管理、运费模板). */
#include "sim/shop/request.h"
#include "sim/sim.h"

#include <string.h>

static int find_address(struct request *rq, const char *path, struct address **a)
{
        *a = shop_address(rq->shop, rq_str(rq, path));
        return *a ? 0 : refuse(rq, 10025093, "没有这个地址（微信小店 地址管理）");
}

static int list(struct request *rq)
{
        int64_t offset = rq_int(rq, "offset", 0), limit = rq_int(rq, "limit", 20), n = 0;

        if (offset < 0 || limit < 1 || limit > 100)
                return refuse(rq, 40097, "offset ≥ 0，limit 1..100（微信小店 地址管理）");
        out_list(&rq->out, "address_id_list");
        for (size_t i = 0; i < rq->shop->addresses.n; i++) {
                const struct address *a = rq->shop->addresses.v[i];
                if (a->gone)
                        continue;
                if (n >= offset && n < offset + limit)
                        out_id(&rq->out, NULL, a->id, true);
                n++;
        }
        out_end(&rq->out);
        return 0;
}

static int get(struct request *rq)
{
        struct out *out = &rq->out;
        struct address *a;
        int r = find_address(rq, "address_id", &a);

        if (r)
                return r;
        out_obj(out, "address_detail");
        out_id(out, "address_id", a->id, true);
        out_str(out, "name", a->name);
        out_obj(out, "address_info");
        out_str(out, "user_name", a->name);
        out_str(out, "postal_code", a->postal);
        out_str(out, "province_name", a->province);
        out_str(out, "city_name", a->city);
        out_str(out, "county_name", a->county);
        out_str(out, "detail_info", a->detail);
        out_str(out, "house_number", a->house);
        out_str(out, "national_code", "");
        out_str(out, "tel_number", a->phone);
        out_int(out, "lat", 0);
        out_int(out, "lng", 0);
        out_end(out);
        out_str(out, "landline", a->landline);
        out_str(out, "remark", a->remark);
        out_bool(out, "send_addr", a->send);
        out_bool(out, "recv_addr", a->recv);
        out_bool(out, "default_send", a->default_send);
        out_bool(out, "default_recv", a->default_recv);
        out_obj(out, "address_type");
        out_int(out, "same_city", 0);
        out_int(out, "pickup", 0);
        out_end(out);
        out_int(out, "create_time", a->created / 1000);
        out_int(out, "update_time", a->updated / 1000);
        out_end(out);
        return 0;
}

static const char *field(struct request *rq, const char *name, const char *otherwise)
{
        const char *text = rq_keep(rq, arena_printf(rq->arena, "address_detail.%s", name));
        return text ? text : otherwise;
}

static int read_address(struct request *rq, struct address *a)
{
        static const char *const abroad[] = {"香港", "澳门", "台湾"};

        a->name = field(rq, "name", a->name);
        a->phone = field(rq, "address_info.tel_number", a->phone);
        a->province = field(rq, "address_info.province_name", a->province);
        a->city = field(rq, "address_info.city_name", a->city);
        a->county = field(rq, "address_info.county_name", a->county);
        a->detail = field(rq, "address_info.detail_info", a->detail);
        a->house = field(rq, "address_info.house_number", a->house);
        a->postal = field(rq, "address_info.postal_code", a->postal);
        a->landline = field(rq, "landline", a->landline);
        a->remark = field(rq, "remark", a->remark);
        a->send = rq_bool(rq, "address_detail.send_addr", a->send);
        a->recv = rq_bool(rq, "address_detail.recv_addr", a->recv);
        a->default_send = rq_bool(rq, "address_detail.default_send", a->default_send);
        a->default_recv = rq_bool(rq, "address_detail.default_recv", a->default_recv);
        a->updated = sim_now(rq->sim);
        if (text_empty(a->name) || text_empty(a->province) || text_empty(a->city) || text_empty(a->detail))
                return refuse(rq, 40097, "缺 name、省、市或详细地址（微信小店 地址管理）");
        for (size_t i = 0; i < countof(abroad); i++)
                if (strstr(a->province, abroad[i]))
                        return refuse(rq, 10021202, "不支持港澳台地址（微信小店 地址管理）");
        if ((a->default_recv && !a->recv) || (a->default_send && !a->send))
                return refuse(rq, 40097, "默认地址必须先是该种地址（微信小店 地址管理）");
        return 0;
}

/* One default of each kind: the newest. */
static void only_default(struct shop *shop, const struct address *a)
{
        for (size_t i = 0; i < shop->addresses.n; i++) {
                struct address *other = shop->addresses.v[i];
                other->default_send = other->default_send && (other == a || !a->default_send);
                other->default_recv = other->default_recv && (other == a || !a->default_recv);
        }
}

static int add(struct request *rq)
{
        struct shop *shop = rq->shop;
        struct address a = {.county = "", .house = "", .postal = "", .landline = "", .remark = ""};
        int r = read_address(rq, &a);

        if (r)
                return r;
        a.id = arena_printf(&rq->sim->arena, "5000%u%03zu", shop->place, shop->addresses.n + 1);
        a.created = a.updated;
        struct address *kept = arena_memdup(&rq->sim->arena, &a, sizeof(a));
        vec_push(&rq->sim->arena, &shop->addresses, kept);
        only_default(shop, kept);
        out_id(&rq->out, "address_id", kept->id, true);
        return 0;
}

static int update(struct request *rq)
{
        struct address *a, now;
        int r = find_address(rq, "address_detail.address_id", &a);

        if (r)
                return r;
        now = *a;
        r = read_address(rq, &now);
        if (r)
                return r;
        *a = now;
        only_default(rq->shop, a);
        return 0;
}

static int delete(struct request *rq)
{
        struct address *a;
        int r = find_address(rq, "address_id", &a);

        if (!r)
                a->gone = true;
        return r;
}

/* ---- area codes: three levels of a few provinces ---- */

struct area {
        int64_t code, above;
        int level;
        const char *name;
};

static const struct area areas[] = {
        {110000, 0, 1, "北京市"},      {110100, 110000, 2, "北京市"}, {110105, 110100, 3, "朝阳区"},
        {110108, 110100, 3, "海淀区"}, {310000, 0, 1, "上海市"},      {310100, 310000, 2, "上海市"},
        {310115, 310100, 3, "浦东新区"}, {330000, 0, 1, "浙江省"},    {330100, 330000, 2, "杭州市"},
        {330106, 330100, 3, "西湖区"}, {330110, 330100, 3, "余杭区"}, {440000, 0, 1, "广东省"},
        {440100, 440000, 2, "广州市"}, {440105, 440100, 3, "海珠区"}, {440600, 440000, 2, "佛山市"},
        {440605, 440600, 3, "南海区"}, {510000, 0, 1, "四川省"},      {510100, 510000, 2, "成都市"},
        {510107, 510100, 3, "武侯区"},
};

static void write_area(struct request *rq, const char *key, const struct area *area)
{
        out_obj(&rq->out, key);
        out_str(&rq->out, "name", area->name);
        out_int(&rq->out, "code", area->code);
        out_int(&rq->out, "level", area->level);
        out_end(&rq->out);
}

static int addresscode_get(struct request *rq)
{
        static const struct area country = {0, -1, 0, "中国"};
        int64_t code = rq_int(rq, "addr_code", 0);
        const struct area *found = code ? NULL : &country;

        for (size_t i = 0; i < countof(areas); i++)
                if (areas[i].code == code)
                        found = &areas[i];
        if (!found)
                return refuse(rq, 40097, "没有这个地区编码（微信小店 获取地址编码）");
        write_area(rq, "this_addr", found);
        out_list(&rq->out, "next_level_addrs");
        for (size_t i = 0; i < countof(areas); i++)
                if (areas[i].above == code)
                        write_area(rq, NULL, &areas[i]);
        out_end(&rq->out);
        return 0;
}

/* ---- freight templates ---- */

static bool one_of(const char *value, const char *const *list, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (text_eq(value, list[i]))
                        return true;
        return false;
}

static int check_template(struct request *rq)
{
        static const char *const valuations[] = {"PIECE", "WEIGHT"};
        static const char *const shipping[] = {"FREE", "CONDITION_FREE", "NO_FREE"};
        static const char *const send_times[] = {"SendTime_TWENTYFOUR_HOUR", "SendTime_FOUTYEIGHT_HOUR"};
        const char *time = rq_str(rq, "freight_template.send_time"), *type = rq_str(rq, "freight_template.delivery_type");

        if (text_empty(rq_str(rq, "freight_template.name")))
                return refuse(rq, 40097, "缺 name（微信小店 运费模板）");
        if (!one_of(rq_str(rq, "freight_template.valuation_type"), valuations, countof(valuations)))
                return refuse(rq, 40097, "valuation_type 应为 PIECE 或 WEIGHT（微信小店 运费模板）");
        if (!one_of(rq_str(rq, "freight_template.shipping_method"), shipping, countof(shipping)))
                return refuse(rq, 40097, "shipping_method 应为 FREE、CONDITION_FREE 或 NO_FREE（微信小店 运费模板）");
        if (time && !one_of(time, send_times, countof(send_times)))
                return refuse(rq, 40097, "send_time 只支持 24 或 48 小时（微信小店 运费模板）");
        if (type && !text_eq(type, "EXPRESS"))
                return refuse(rq, 40097, "delivery_type 应为 EXPRESS（微信小店 运费模板）");
        return 0;
}

static int find_template(struct request *rq, const char *path, struct freight_template **t)
{
        const char *id = rq_str(rq, path);

        for (size_t i = 0; i < rq->shop->templates.n; i++)
                if (text_eq(rq->shop->templates.v[i]->id, id)) {
                        *t = rq->shop->templates.v[i];
                        return 0;
                }
        return refuse(rq, 40097, "没有这个运费模板（微信小店 运费模板）");
}

static int addfreighttemplate(struct request *rq)
{
        int r = check_template(rq);

        if (r)
                return r;
        struct freight_template *t = arena_new(&rq->sim->arena, struct freight_template);
        t->id = arena_printf(&rq->sim->arena, "7000%u%04zu", rq->shop->place, rq->shop->templates.n + 1);
        t->json = rq_keep(rq, "freight_template");
        t->created = t->updated = sim_now(rq->sim);
        vec_push(&rq->sim->arena, &rq->shop->templates, t);
        out_id(&rq->out, "template_id", t->id, true);
        return 0;
}

static int updatefreighttemplate(struct request *rq)
{
        struct freight_template *t;
        int r = find_template(rq, "freight_template.template_id", &t);

        r = r ? r : check_template(rq);
        if (r)
                return r;
        t->json = rq_keep(rq, "freight_template");
        t->updated = sim_now(rq->sim);
        out_id(&rq->out, "template_id", t->id, true);
        return 0;
}

static int getfreighttemplatedetail(struct request *rq)
{
        struct freight_template *t;
        int r = find_template(rq, "template_id", &t);
        if (r)
                return r;
        bool named = json_get(rq->arena, bytes_of_text(t->json), "template_id") != NULL;
        const char *more = arena_printf(rq->arena, "%s%s%s\"create_time\":%lld,\"update_time\":%lld",
                                        named ? "" : "\"template_id\":", named ? "" : t->id, named ? "" : ",",
                                        (long long)(t->created / 1000), (long long)(t->updated / 1000));
        rq_write_with(rq, "freight_template", more, t->json);
        return 0;
}

static int getfreighttemplatelist(struct request *rq)
{
        int64_t offset = rq_int(rq, "offset", 0), limit = rq_int(rq, "limit", 20);

        if (offset < 0 || limit < 1 || limit > 100)
                return refuse(rq, 40097, "offset ≥ 0，limit 1..100（微信小店 运费模板）");
        out_list(&rq->out, "template_id_list");
        for (size_t i = (size_t)offset; i < rq->shop->templates.n && i < (size_t)(offset + limit); i++)
                out_id(&rq->out, NULL, rq->shop->templates.v[i]->id, true);
        out_end(&rq->out);
        return 0;
}

#define DETAIL                                                                                                         \
        "address_detail:o! address_detail.address_id:d address_detail.name:s address_detail.send_addr:b "             \
        "address_detail.recv_addr:b address_detail.default_send:b address_detail.default_recv:b address_detail.address_info:o"

static const struct endpoint endpoints[] = {
        {"/channels/ec/basics/addresscode/get", "POST", FAMILY_WEIXIN, 3000, 0, addresscode_get, "addr_code:d"},
        {"/channels/ec/merchant/addfreighttemplate", "POST", FAMILY_WEIXIN, 600, 0, addfreighttemplate,
         "freight_template:o! freight_template.name:s"},
        {"/channels/ec/merchant/address/add", "POST", FAMILY_WEIXIN, 600, 0, add, DETAIL},
        {"/channels/ec/merchant/address/delete", "POST", FAMILY_WEIXIN, 600, 0, delete, "address_id:d!"},
        {"/channels/ec/merchant/address/get", "POST", FAMILY_WEIXIN, 3000, 0, get, "address_id:d!"},
        {"/channels/ec/merchant/address/list", "POST", FAMILY_WEIXIN, 3000, 0, list, "offset:n limit:n"},
        {"/channels/ec/merchant/address/update", "POST", FAMILY_WEIXIN, 600, 0, update, DETAIL},
        {"/channels/ec/merchant/getfreighttemplatedetail", "POST", FAMILY_WEIXIN, 600, 0, getfreighttemplatedetail,
         "template_id:d!"},
        {"/channels/ec/merchant/getfreighttemplatelist", "POST", FAMILY_WEIXIN, 600, 0, getfreighttemplatelist,
         "offset:n limit:n"},
        {"/channels/ec/merchant/updatefreighttemplate", "POST", FAMILY_WEIXIN, 600, 0, updatefreighttemplate,
         "freight_template:o! freight_template.template_id:d!"},
};

const struct product_table shop_addresses = {"shop_address", endpoints, countof(endpoints), NULL};
