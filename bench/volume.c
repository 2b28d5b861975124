#include "bench/volume.h"

#include <stdio.h>
#include <string.h>

static const char *const goods[] = {"新中式盘扣外套 提花改良", "真丝衬衫 通勤 长袖", "羊绒围巾 秋冬", "手工陶杯 一对", "高山绿茶 250g 礼盒",
                                    "亚麻四件套", "儿童雨衣 加厚", "牛皮通勤包", "无骨鸡爪 三盒装", "云南小粒咖啡 挂耳"};
static const char *const colours[] = {"竹青", "米白", "藏蓝", "驼色", "樱粉"};
static const char *const sizes[] = {"S", "M", "L", "XL"};
static const char *const places[][3] = {{"云南省", "昆明市", "五华区"}, {"广东省", "广州市", "天河区"}, {"浙江省", "杭州市", "余杭区"},
                                        {"四川省", "成都市", "武侯区"}, {"北京市", "北京市", "朝阳区"}, {"湖北省", "武汉市", "洪山区"}};
static const char *const carriers[][2] = {{"YTO", "圆通速递"}, {"ZTO", "中通快递"}, {"SF", "顺丰速运"}, {"YUNDA", "韵达速递"}};
static const char *const surnames[] = {"谢", "陈", "李", "王", "赵", "黄", "周", "吴"};
static const char *const notes[] = {"", "", "", "麻烦包好一点，送人的", "", "尽快发货谢谢", "", "不要放驿站"};
static const int statuses[] = {100, 100, 100, 100, 100, 30, 30, 20, 250, 10};

/* Looks like chance and is the same in every run. */
static uint64_t mix(uint64_t a, uint64_t b)
{
        uint64_t x = a * 0x9e3779b97f4a7c15u + b + 1;

        x ^= x >> 31;
        x *= 0xbf58476d1ce4e5b9u;
        x ^= x >> 29;
        x *= 0x94d049bb133111ebu;
        return x ^ x >> 32;
}

const char *volume_openid(struct arena *a, size_t shop, size_t buyer)
{
        return arena_printf(a, "o%05zu%022llx", shop, (unsigned long long)mix(shop, buyer));
}

const char *volume_appid(struct arena *a, size_t shop)
{
        return arena_printf(a, "wxvolume%08zu", shop);
}

bool volume_number(const char *remote_id, size_t *shop, size_t *i)
{
        char digits[6] = {0};
        int64_t s, n;

        if (!remote_id || strlen(remote_id) != 19 || strncmp(remote_id, "37", 2))
                return false;
        memcpy(digits, remote_id + 2, 5);
        if (text_to_int(digits, 0, 99999, &s) || text_to_int(remote_id + 7, 0, INT64_MAX, &n))
                return false;
        *shop = (size_t)s;
        *i = (size_t)n;
        return true;
}

static void add_line(struct text *t, const struct volume_order *o, uint64_t r)
{
        text_addf(t,
                  "{\"product_id\":\"%s\",\"sku_id\":\"%s\",\"sku_cnt\":%lld,\"on_aftersale_sku_cnt\":0,\"finish_aftersale_sku_cnt\":0,"
                  "\"title\":\"%s\",\"thumb_img\":\"%s\",\"sku_code\":\"YX-%02llu\",\"out_product_id\":\"\",\"out_sku_id\":\"\","
                  "\"out_warehouse_id\":\"\",\"product_unique_id\":\"%s\",\"sku_attrs\":[{\"attr_key\":\"颜色\",\"attr_value\":\"%s\"},"
                  "{\"attr_key\":\"规格\",\"attr_value\":\"%s\"}],\"market_price\":%lld,\"sale_price\":%lld,\"real_price\":%lld,"
                  "\"estimate_price\":%lld,\"is_discounted\":false,\"is_change_price\":false,\"change_price\":0,\"use_deduction\":false,"
                  "\"deduction_price\":0,\"merchant_discounted_price\":0,\"finder_discounted_price\":0,\"vip_discounted_price\":0,"
                  "\"bulkbuy_discounted_price\":0,\"cash_coupon_discounted_price\":0,\"limited_discount_discounted_price\":0,"
                  "\"platform_activity_merchant_discounted_price\":0,\"national_subsidy_discounted_price\":0,"
                  "\"national_subsidy_merchant_discounted_price\":0,\"order_product_coupon_info_list\":[],\"sku_deliver_info\":"
                  "{\"stock_type\":0},\"delivery_deadline\":%lld,\"extra_service\":{\"seven_day_return\":1,\"freight_insurance\":1},"
                  "\"is_free_gift\":false}",
                  o->product_id, o->sku_id, (long long)o->count, o->title, o->image, (unsigned long long)(r % 40), o->product_id,
                  colours[r % 5], sizes[r / 8 % 4], (long long)o->price * 12 / 10, (long long)o->price, (long long)o->amount,
                  (long long)o->amount, (long long)o->deadline_s);
}

static void add_money(struct text *t, const struct volume_order *o)
{
        long long sum = o->amount;

        text_addf(t,
                  "],\"pay_info\":{\"payment_method\":1,\"pay_time\":%lld,\"transaction_id\":\"42000%s\",\"prepay_id\":\"wx%s\","
                  "\"prepay_time\":%lld},\"price_info\":{\"product_price\":%lld,\"order_price\":%lld,\"freight\":0,\"discounted_price\":0,"
                  "\"is_discounted\":false,\"original_order_price\":%lld,\"estimate_product_price\":%lld,\"change_down_price\":0,"
                  "\"is_change_freight\":false,\"change_freight\":0,\"use_deduction\":false,\"deduction_price\":0,"
                  "\"merchant_receieve_price\":%lld,\"merchant_discounted_price\":0,\"finder_discounted_price\":0,"
                  "\"vip_discounted_price\":0,\"bulkbuy_discounted_price\":0,\"cash_coupon_discounted_price\":0,"
                  "\"limited_discount_discounted_price\":0,\"platform_activity_merchant_discounted_price\":0,"
                  "\"national_subsidy_discounted_price\":0,\"national_subsidy_merchant_discounted_price\":0}",
                  (long long)o->paid_s, o->remote_id + 2, o->remote_id + 2, (long long)o->created_s, sum, sum, sum, sum, sum);
}

static void add_delivery(struct text *t, const struct volume_order *o, uint64_t r)
{
        const char *const *place = places[r % countof(places)];
        unsigned tail = (unsigned)(r >> 20) % 10000;

        text_addf(t,
                  ",\"delivery_info\":{\"address_info\":{\"user_name\":\"%s\",\"postal_code\":\"\",\"province_name\":\"%s\",\"city_name\":"
                  "\"%s\",\"county_name\":\"%s\",\"detail_info\":\"****\",\"house_number\":\"\",\"tel_number\":\"1%02llu****%04u\","
                  "\"hash_code\":\"%016llx%016llx\",\"use_tel_number\":1,\"virtual_order_tel_number\":\"1000000%04u\","
                  "\"tel_number_ext_info\":{\"real_tel_number\":\"1%02llu****%04u\",\"virtual_tel_number\":\"1000000%04u\","
                  "\"virtual_tel_expire_time\":%lld,\"get_virtual_tel_cnt\":0,\"has_delay_times\":0}},\"delivery_product_info\":[",
                  o->receiver, place[0], place[1], place[2], (unsigned long long)(30 + r % 60), tail, (unsigned long long)r,
                  (unsigned long long)mix(r, 7), tail, (unsigned long long)(30 + r % 60), tail, tail, (long long)o->created_s + 2592000);
        if (o->waybill_id)
                text_addf(t,
                          "{\"waybill_id\":\"%s\",\"delivery_id\":\"%s\",\"delivery_name\":\"%s\",\"delivery_time\":%lld,\"deliver_type\":1,"
                          "\"product_infos\":[{\"product_id\":\"%s\",\"sku_id\":\"%s\",\"product_cnt\":%lld}]}",
                          o->waybill_id, carriers[r % 4][0], o->delivery_name, (long long)o->shipped_s, o->product_id, o->sku_id,
                          (long long)o->count);
        text_addf(t,
                  "],\"ship_done_time\":%lld,\"deliver_method\":0,\"predict_delivery_time\":%lld,\"delivery_time_type\":1,"
                  "\"quality_inspect_type\":0,\"dropship_flag\":0},\"coupon_info\":{\"user_coupon_id\":\"\"},\"ext_info\":{"
                  "\"customer_notes\":\"%s\",\"merchant_notes\":\"\",\"confirm_receipt_time\":%lld,\"finder_id\":\"\",\"live_id\":\"\","
                  "\"order_scene\":5,\"commission_handling_progress\":1},\"commission_infos\":[],\"sharer_info\":{},\"settle_info\":{"
                  "\"predict_commission_fee\":%lld,\"commission_fee\":0,\"settle_time\":0},\"sku_sharer_infos\":[],\"source_infos\":[],"
                  "\"refund_info\":{\"refund_freight\":0}}",
                  (long long)o->shipped_s, (long long)o->deadline_s, notes[r / 64 % countof(notes)],
                  o->status == 100 ? (long long)o->updated_s : 0, (long long)o->amount * 6 / 1000);
}

static void write_object(struct arena *a, struct volume_order *o, uint64_t r)
{
        struct text t;

        text_init(&t, a);
        text_addf(&t, "{\"order_id\":\"%s\",\"status\":%lld,\"create_time\":%lld,\"update_time\":%lld,\"order_detail\":{\"product_infos\":[",
                  o->remote_id, (long long)o->status, (long long)o->created_s, (long long)o->updated_s);
        add_line(&t, o, r);
        add_money(&t, o);
        add_delivery(&t, o, r);
        text_addf(&t,
                  ",\"aftersale_detail\":{\"aftersale_order_list\":[],\"on_aftersale_order_cnt\":0},\"openid\":\"%s\",\"is_present\":false,"
                  "\"is_flash_sale_order\":false}",
                  o->openid);
        o->object = bytes_of(t.p, t.n);
}

void volume_product(struct arena *a, size_t shop, size_t product, struct volume_order *o)
{
        o->price = 990 + (int64_t)(mix(shop, product + 99) % 400) * 100;
        o->product_id = arena_printf(a, "1%05zu%04zu", shop, product);
        o->title = arena_printf(a, "云溪%zu号店 %s", shop, goods[product % countof(goods)]);
        o->image = arena_printf(a, "https://mmecimage.cn/p/%s", o->product_id);
}

void volume_order(struct arena *a, size_t shop, size_t i, size_t n_buyers, int64_t created_s, struct volume_order *o)
{
        uint64_t r = mix(shop, i);
        size_t product = r % VOLUME_PRODUCTS;

        *o = (struct volume_order){.created_s = created_s, .status = statuses[r / 32 % countof(statuses)], .count = 1 + r / 128 % 8 / 6};
        volume_product(a, shop, product, o);
        o->amount = o->price * o->count;
        o->buyer = mix(i, shop) % n_buyers;
        o->remote_id = arena_printf(a, "37%05zu%012zu", shop, i);
        o->openid = volume_openid(a, shop, o->buyer);
        o->sku_id = arena_printf(a, "3%05zu%04zu", shop, product * 8 + r % 8);
        o->sku_text = arena_printf(a, "%s / %s", colours[r % 5], sizes[r / 8 % 4]);
        o->receiver = arena_printf(a, "%s**", surnames[r / 512 % countof(surnames)]);
        o->paid_s = o->status == 10 ? 0 : created_s + 60 + (int64_t)(r % 600);
        o->deadline_s = created_s + 172800;
        if (o->status == 30 || o->status == 100) {
                o->delivery_name = carriers[r % 4][1];
                o->waybill_id = arena_printf(a, "%s75%011llu", carriers[r % 4][0], (unsigned long long)(r % 100000000000u));
                o->shipped_s = created_s + 40000 + (int64_t)(r % 60000);
        }
        o->updated_s = o->status == 100 ? created_s + 500000 : o->shipped_s ? o->shipped_s : o->paid_s ? o->paid_s : created_s;
        write_object(a, o, r);
}

void volume_share(int64_t rows, size_t n_shops, size_t shop, struct volume_shop *s)
{
        size_t all = (size_t)rows, big = all >= 2000000 ? 1000000 : all / 2, rest = n_shops > 1 ? (all - big) / (n_shops - 1) : 0;

        if (n_shops == 1)
                s->orders = all;
        else
                s->orders = shop ? rest : all - rest * (n_shops - 1);
        s->buyers = s->orders * 10 / 23 + 1; /* 2.3 orders each */
}
