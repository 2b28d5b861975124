#include "sim/world.h"

#include "sim/mp/mp.h"
#include "sim/shop/stock.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <stdio.h>
#include <string.h>

/* ---- what the shops sell ---- */

struct goods {
        unsigned shop;
        const char *title, *colors[2], *sizes[2];
        int64_t price;
};

static const struct goods goods[] = {
        {0, "云溪 桑蚕丝缎面衬衫 春秋通勤长袖", {"月白", "雾蓝"}, {"M", "L"}, 26900},
        {0, "云溪 高腰垂感阔腿裤 显瘦直筒", {"黑色", "燕麦"}, {"S", "M"}, 18900},
        {0, "云溪 新中式盘扣外套 提花改良", {"竹青", "米杏"}, {"M", "L"}, 39900},
        {0, "云溪 羊毛圆领针织衫 打底内搭", {"奶白", "焦糖"}, {"均码", NULL}, 22900},
        {0, "云溪 苎麻连衣裙 收腰长款", {"茶褐", "墨绿"}, {"M", "L"}, 32900},
        {0, "云溪 真丝小方巾 手工卷边", {"山茶", "海棠"}, {NULL, NULL}, 12900},
        {1, "山野 明前龙井 2026 春茶 250g 罐装", {NULL, NULL}, {"250g", "500g"}, 19800},
        {1, "山野 云南古树红茶 礼盒装", {NULL, NULL}, {"200g", "400g"}, 16800},
        {1, "山野 东北五常大米 真空装", {NULL, NULL}, {"5kg", "10kg"}, 7990},
        {1, "山野 椴树雪蜜 结晶蜂蜜", {NULL, NULL}, {"500g", "1kg"}, 8800},
        {1, "山野 手剥山核桃仁 罐装", {NULL, NULL}, {"250g", "500g"}, 6900},
        {1, "山野 高山岩耳 干货", {NULL, NULL}, {"100g", NULL}, 11800},
};

static void add_goods(struct sim *sim, struct shop *shop)
{
        for (size_t i = 0; i < countof(goods); i++) {
                if (goods[i].shop != shop->place)
                        continue;
                struct product *p = arena_new(&sim->arena, struct product);
                p->id = arena_printf(&sim->arena, "100%08zu", 20260 + i);
                p->title = goods[i].title;
                p->sku = arena_array(&sim->arena, struct sku, 4);
                p->status = PRODUCT_ON_SALE;
                p->edit = EDIT_APPROVED;
                p->created = p->edited = sim_now(sim) - 200 * DAY_MS;
                for (int k = 0; k < 4; k++) {
                        const char *color = goods[i].colors[k / 2], *size = goods[i].sizes[k % 2];
                        /* Skip combinations that do not exist, and doubles where a property has no values at all. */
                        if ((k / 2 && !color) || (k % 2 && !size))
                                continue;
                        p->sku[p->n_sku++] = (struct sku){
                                .id = arena_printf(&sim->arena, "300%06zu%d", 4100 + i, k),
                                .code = arena_printf(&sim->arena, "%s-%02zu-%d", shop->place ? "SY" : "YX", i + 1, k),
                                .color = color,
                                .size = size,
                                .price = goods[i].price + (k % 2 && size && !color ? goods[i].price * 9 / 10 : 0),
                                .stock = STOCK_FIRST,
                        };
                }
                vec_push(&sim->arena, &shop->products, p);
        }
}

static void add_address(struct sim *sim, struct shop *shop, const char *name, const char *phone,
                        const char *const place[4], bool recv, bool first)
{
        struct address *a = arena_new(&sim->arena, struct address);
        *a = (struct address){
                .id = arena_printf(&sim->arena, "5000%u%03zu", shop->place, shop->addresses.n + 1),
                .name = name,
                .phone = phone,
                .province = place[0],
                .city = place[1],
                .county = place[2],
                .detail = place[3],
                .send = first || !recv,
                .recv = recv,
                .default_send = first,
                .default_recv = first,
                .created = sim_now(sim) - 200 * DAY_MS,
                .updated = sim_now(sim) - 200 * DAY_MS,
                .house = "",
                .postal = "",
                .landline = "",
                .remark = "",
        };
        vec_push(&sim->arena, &shop->addresses, a);
}

static int target_init(struct sim *sim, struct target *target, bool wecom, const char *id)
{
        target->wecom = wecom;
        target->id = id;
        target->encoding_aes_key = rng_text(&sim->rng, &sim->arena, "", 43);
        return envelope_key_init(&target->key, rng_text(&sim->rng, &sim->arena, "", 24), target->encoding_aes_key, id);
}

static int add_shop(struct sim *sim, const char *name)
{
        struct world *w = &sim->world;
        struct shop *shop = arena_new(&sim->arena, struct shop);
        static const char *const east[4] = {"浙江省", "杭州市", "余杭区", "良渚街道丰和路 18 号 3 幢退货仓"};
        static const char *const south[4] = {"广东省", "佛山市", "南海区", "狮山镇科技大道 66 号云仓 B 区"};
        static const char *const office[4] = {"浙江省", "杭州市", "西湖区", "文三路 90 号 5 楼（仅发货）"};

        shop->place = (unsigned)w->n_shops;
        shop->name = name;
        shop->appid = rng_text(&sim->rng, &sim->arena, "wx", 16);
        shop->secret = rng_text(&sim->rng, &sim->arena, "", 32);
        shop->origin_id = rng_digits(&sim->rng, &sim->arena, "gh_", 12);
        shop->kf_api_mode = true;
        shop->state = "open_finished";
        shop->audit_auto = true;
        w->shops[w->n_shops++] = shop;
        add_goods(sim, shop);
        add_address(sim, shop, "退货组 小周", "13800010001", east, true, true);
        add_address(sim, shop, "云仓 老梁", "13800010002", south, true, false);
        add_address(sim, shop, "发货台", "13800010003", office, false, false);
        /* One product comes back to the second warehouse when the platform agrees by itself. */
        shop->products.v[1]->address_id = shop->addresses.v[1]->id;
        return target_init(sim, &shop->target, false, shop->appid);
}

struct kf_account *world_add_kf(struct sim *sim, const char *open_kfid)
{
        struct corp *corp = &sim->world.corp;
        struct kf_account *kf = arena_new(&sim->arena, struct kf_account);

        kf->place = (unsigned)corp->n_kf;
        kf->open_kfid = open_kfid;
        corp->kf = vec_room(&sim->arena, corp->kf, sizeof(*corp->kf), corp->n_kf, &corp->kf_room);
        corp->kf[corp->n_kf++] = kf;
        return kf;
}

static int add_corp(struct sim *sim)
{
        static const char *const kf_names[] = {"云溪客服", "山野客服"};
        struct corp *corp = &sim->world.corp;

        corp->corp_id = rng_text(&sim->rng, &sim->arena, "ww", 16);
        corp->secret = rng_text(&sim->rng, &sim->arena, "", 43);
        corp->agent_id = "1000002";
        corp->name = "云溪山野商贸";
        for (size_t i = 0; i < countof(kf_names); i++) {
                struct kf_account *kf = world_add_kf(sim, rng_text(&sim->rng, &sim->arena, "wk", 22));
                kf->name = kf_names[i];
                kf->managed = true;
        }
        int r = target_init(sim, &corp->target, true, corp->corp_id);
        return r ? r : wecom_init(sim);
}

int world_init(struct sim *sim)
{
        int r = add_corp(sim);
        r = r ? r : add_shop(sim, "云溪女装");
        r = r ? r : add_shop(sim, "山野食集");
        r = r ? r : mp_init(sim);
        return status_fold(r);
}

void world_release(struct world *w)
{
        struct map *maps[] = {&w->by_external, &w->by_openid, &w->orders, &w->cases, &w->complaints, &w->requests, &w->media, &w->sent, &w->codes};
        for (size_t i = 0; i < countof(maps); i++)
                map_release(maps[i]);
}

/* ---- people ---- */

struct region {
        const char *province, *city, *county, *street;
};

static const struct region regions[] = {
        {"上海市", "上海市", "徐汇区", "漕溪北路"}, {"北京市", "北京市", "朝阳区", "望京西路"},
        {"江苏省", "苏州市", "姑苏区", "平江路"},   {"四川省", "成都市", "武侯区", "玉林南路"},
        {"湖北省", "武汉市", "武昌区", "东湖路"},   {"陕西省", "西安市", "雁塔区", "小寨西路"},
        {"福建省", "厦门市", "思明区", "曾厝垵路"}, {"山东省", "青岛市", "市南区", "香港中路"},
        {"湖南省", "长沙市", "岳麓区", "麓山南路"}, {"云南省", "昆明市", "五华区", "翠湖北路"},
        {"辽宁省", "大连市", "中山区", "人民路"},   {"广东省", "广州市", "越秀区", "东风东路"},
};

static const char *const surnames[] = {"陈", "林", "黄", "张", "李", "王", "吴", "刘", "蔡", "杨",
                                       "许", "郑", "谢", "郭", "洪", "沈", "宋", "唐", "韩", "冯"};
static const char *const given[] = {"晓雯", "佳怡", "雨桐", "子涵", "思琪", "梦洁", "婷",   "静",
                                    "丽华", "秀英", "建国", "志强", "浩然", "宇轩", "文博", "若兰",
                                    "诗涵", "欣妍", "淑芬", "海燕", "小满", "知夏", "安然", "明轩"};
static const char *const nicks[] = {"小满的日常", "一颗柠檬",   "风吹麦浪",   "阿茶",         "南山有木",
                                    "橙子汽水",   "月亮邮递员", "慢慢来",     "海边的卡夫卡", "糯米团子",
                                    "向日葵妈妈", "山里的云",   "半糖",       "木木",         "青柠",
                                    "喵星人本喵", "早睡早起",   "爱吃鱼的猫", "清欢",         "雨后初晴"};

#define PICK(rng, list) ((list)[rng_between((rng), 0, (int64_t)countof(list) - 1)])

struct person *world_person(struct sim *sim, const char *name)
{
        struct world *w = &sim->world;
        struct rng *rng = &sim->rng;
        struct person *p = arena_new(&sim->arena, struct person);
        const struct region *region = &PICK(rng, regions);

        p->place = (unsigned)w->people.n;
        p->name = name ? arena_strdup(&sim->arena, name)
                       : arena_printf(&sim->arena, "%s%s", PICK(rng, surnames), PICK(rng, given));
        p->nickname = name                   ? p->name
                      : rng_percent(rng, 30) ? arena_printf(&sim->arena, "%s%u", PICK(rng, nicks), p->place)
                                             : PICK(rng, nicks);
        /* Numbers that no carrier gives out. */
        p->phone = arena_printf(&sim->arena, "100%08lld", (long long)rng_between(rng, 0, 99999999));
        p->province = region->province;
        p->city = region->city;
        p->county = region->county;
        p->detail = arena_printf(&sim->arena, "%s %lld 号 %lld 幢 %lld 室", region->street,
                                 (long long)rng_between(rng, 1, 300), (long long)rng_between(rng, 1, 20),
                                 (long long)rng_between(rng, 101, 2804));
        p->external_userid = rng_text(rng, &sim->arena, "wm", 30);
        p->unionid = rng_text(rng, &sim->arena, "o6_", 25);
        p->clue = "";
        for (size_t i = 0; i < w->n_shops; i++) {
                p->openid[i] = rng_text(rng, &sim->arena, "o", 27);
                map_put(&w->by_openid, &sim->arena, p->openid[i], p);
        }
        map_put(&w->by_external, &sim->arena, p->external_userid, p);
        vec_push(&sim->arena, &w->people, p);
        return p;
}

/* ---- looking up ---- */

struct kf_account *world_kf(struct sim *sim, const char *open_kfid)
{
        struct corp *corp = &sim->world.corp;
        for (size_t i = 0; i < corp->n_kf; i++)
                if (text_eq(corp->kf[i]->open_kfid, open_kfid))
                        return corp->kf[i];
        return NULL;
}

struct shop *world_shop(struct sim *sim, const char *appid)
{
        for (size_t i = 0; i < sim->world.n_shops; i++)
                if (text_eq(sim->world.shops[i]->appid, appid))
                        return sim->world.shops[i];
        return NULL;
}

struct target *world_target(struct sim *sim, bool wecom, const char *id)
{
        struct shop *shop = wecom ? NULL : world_shop(sim, id);
        if (wecom)
                return text_eq(id, sim->world.corp.corp_id) ? &sim->world.corp.target : NULL;
        if (shop)
                return &shop->target;
        struct mp *mp = mp_find(sim, id);
        return mp ? &mp->target : NULL;
}

struct address *shop_address(struct shop *shop, const char *address_id)
{
        for (size_t i = 0; address_id && i < shop->addresses.n; i++)
                if (text_eq(shop->addresses.v[i]->id, address_id) && !shop->addresses.v[i]->gone)
                        return shop->addresses.v[i];
        return NULL;
}

const char *mask_name(struct arena *arena, const char *name)
{
        size_t rest = utf8_length(name) - 1;
        struct text t;
        text_init(&t, arena);
        text_add(&t, utf8_cut(arena, name, 3));
        for (; rest; rest--)
                text_add(&t, "*");
        return t.p;
}

char *world_id(struct sim *sim, const char *prefix, uint64_t count, unsigned digits)
{
        /* Six digits of chance and the count behind: unique, long, and beyond 2^53. */
        uint64_t chance = rng_next(&sim->rng) % 1000000;
        char tail[32];

        snprintf(tail, sizeof(tail), "%06llu%0*llu", (unsigned long long)chance, (int)digits - 6,
                 (unsigned long long)count);
        return arena_printf(&sim->arena, "%s%s", prefix, tail);
}
