/* Shop: its own data, pictures, categories (微信小店 基础接口). */
#include "sim/multipart.h"
#include "sim/picture.h"
#include "sim/shop/request.h"
#include "sim/sim.h"

#include <string.h>

static int info_get(struct request *rq)
{
        struct out *out = &rq->out;

        out_obj(out, "info");
        out_str(out, "nickname", rq->shop->name);
        out_str(out, "headimg_url", arena_printf(rq->arena, "https://wx.qlogo.cn/sim/shop/%u", rq->shop->place));
        out_str(out, "subject_type", "企业");
        out_str(out, "status", rq->shop->state);
        out_str(out, "username", rq->shop->origin_id);
        out_int(out, "is_local_life", 0);
        out_int(out, "open_timestamp", (int64_t)1672502400);
        out_end(out);
        return 0;
}

/* The picture itself, or the URL to fetch it from (nothing is fetched: a picture of that address is believed). */
static int img_upload(struct request *rq)
{
        bool as_url = text_eq(raw_param(rq->raw, "resp_type"), "1"), from_url = text_eq(raw_param(rq->raw, "upload_type"), "1");
        struct multipart m;
        struct bytes picture;
        const char *mime = "image/png", *url = NULL;

        if (multipart_read(rq->arena, raw_header(rq->raw, "Content-Type"), raw_body(rq->raw), &m))
                return refuse(rq, 47001, "正文应为 multipart/form-data（微信小店 图片上传）");
        if (from_url) {
                url = multipart_field(&m, "img_url");
                picture = bytes_of_text(url);
        } else {
                picture = m.file;
                mime = m.mime;
        }
        if (!picture.n)
                return refuse(rq, 40097, from_url ? "缺 img_url（微信小店 图片上传）" : "缺 media（微信小店 图片上传）");
        struct media *media = media_keep(rq->sim, mime, picture);
        out_obj(&rq->out, "pic_file");
        if (as_url)
                out_str(&rq->out, "img_url", arena_printf(rq->arena, "https://mmecimage.cn/p/%s/%s", rq->shop->appid, media->id));
        else
                out_str(&rq->out, "media_id", media->id);
        out_str(&rq->out, "pay_media_id", arena_printf(rq->arena, "pay_%s", media->id));
        out_end(&rq->out);
        return 0;
}

static int media_get(struct request *rq)
{
        const char *id = raw_param(rq->raw, "media_id");
        struct media *media = map_get(&rq->sim->world.media, id);

        if (text_empty(id))
                return refuse(rq, 40097, "缺 media_id（微信小店 获取图片）");
        if (!media)
                return refuse(rq, 40007, "没有这个 media_id（微信小店 获取图片）");
        rq->bytes = media->bytes;
        rq->mime = media->mime;
        return 0;
}

/* ---- categories ---- */

struct category {
        const char *id, *above, *name;
        int level;
        bool leaf;
};

static const struct category categories[] = {
        {"1421", "0", "服饰内衣", 1, false}, {"1443", "1421", "女装", 2, false},  {"1466", "1443", "衬衫", 3, true},
        {"1467", "1443", "连衣裙", 3, true}, {"2011", "0", "食品饮料", 1, false}, {"2043", "2011", "茶叶", 2, false},
        {"2066", "2043", "绿茶", 3, true},   {"2070", "2043", "红茶", 3, true},
};

static void write_category(struct request *rq, const struct category *c)
{
        out_obj(&rq->out, NULL);
        out_str(&rq->out, "cat_id", c->id);
        out_str(&rq->out, "f_cat_id", c->above);
        out_str(&rq->out, "name", c->name);
        out_int(&rq->out, "level", c->level);
        out_bool(&rq->out, "leaf", c->leaf);
        out_end(&rq->out);
}

static const struct category *find_category(const char *id)
{
        for (size_t i = 0; i < countof(categories); i++)
                if (text_eq(categories[i].id, id))
                        return &categories[i];
        return NULL;
}

/* From the leaf up to the root; how many. */
static size_t path_of(const struct category *c, const struct category *path[3])
{
        size_t n = 0;
        for (; c && n < 3; c = find_category(c->above))
                path[n++] = c;
        return n;
}

static int category_all(struct request *rq)
{
        out_list(&rq->out, "cats_v2");
        for (size_t i = 0; i < countof(categories); i++) {
                if (!categories[i].leaf)
                        continue;
                out_obj(&rq->out, NULL);
                out_list(&rq->out, "cat_and_qua");
                const struct category *path[3];
                size_t n = path_of(&categories[i], path);
                while (n--) {
                        const struct category *c = path[n];
                        out_obj(&rq->out, NULL);
                        out_obj(&rq->out, "cat");
                        out_str(&rq->out, "cat_id", c->id);
                        out_str(&rq->out, "name", c->name);
                        out_int(&rq->out, "level", c->level);
                        out_end(&rq->out);
                        out_end(&rq->out);
                }
                out_end(&rq->out);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int category_list(struct request *rq)
{
        const char *above = raw_param(rq->raw, "f_cat_id");

        if (above && strspn(above, "0123456789") != strlen(above))
                return refuse(rq, 40097, "f_cat_id 是数字（微信小店 类目）");
        out_list(&rq->out, "list");
        for (size_t i = 0; i < countof(categories); i++)
                if (text_eq(categories[i].above, above ? above : "0"))
                        write_category(rq, &categories[i]);
        out_end(&rq->out);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/channels/ec/basics/img/upload", "POST", FAMILY_WEIXIN, 600, ENDPOINT_MULTIPART, img_upload, NULL},
        {"/channels/ec/basics/info/get", "GET", FAMILY_WEIXIN, 600, 0, info_get, NULL},
        {"/channels/ec/basics/media/get", "GET", FAMILY_WEIXIN, 600, ENDPOINT_BYTES, media_get, NULL},
        {"/channels/ec/category/all", "GET", FAMILY_WEIXIN, 600, 0, category_all, NULL},
        {"/channels/ec/category/list/get", "GET", FAMILY_WEIXIN, 600, 0, category_list, NULL},
        {"/shop/ec/basics/img/upload", "POST", FAMILY_WEIXIN, 600, ENDPOINT_MULTIPART, img_upload, NULL},
};

static const char *const events[] = {
        "channels_ec_change_status", "channels_ec_close_store", "set_shop_nickname", NULL,
};

const struct product_table shop_basics = {"shop_basics", endpoints, countof(endpoints), events};
