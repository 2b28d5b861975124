/* WeCom: temporary media, pictures for good, attachments (wecom-misc.md 2, wecom-contact.md 13). */
#include "sim/multipart.h"
#include "sim/picture.h"
#include "sim/sim.h"
#include "sim/wecom/wecom.h"

#include <string.h>

#define MEDIA_LIFE_MS (3 * DAY_MS)
#define MB (1024 * 1024u)
#define PICTURES_A_DAY 1000

static const struct {
        const char *type;
        size_t most;
} kinds[] = {{"image", 10 * MB}, {"voice", 2 * MB}, {"video", 10 * MB}, {"file", 20 * MB}};

static int find(struct request *rq, const char *id, struct media **media)
{
        *media = map_get(&rq->sim->world.media, id);
        if (!*media)
                return refuse(rq, 40007, "没有这个 media_id");
        return (*media)->created + MEDIA_LIFE_MS < sim_now(rq->sim) ? refuse(rq, 40007, "media_id 已过 3 天") : 0;
}

int media_check(struct request *rq, const char *path)
{
        struct media *media;
        return find(rq, rq_str(rq, path), &media);
}

static int media_get(struct request *rq)
{
        struct media *media;
        int r = find(rq, raw_param(rq->raw, "media_id"), &media);

        if (r)
                return r;
        rq->bytes = media->bytes;
        rq->mime = media->mime;
        return 0;
}

/* Speech in better quality: only what was recorded in a page. */
static int media_get_jssdk(struct request *rq)
{
        struct media *media;
        int r = find(rq, raw_param(rq->raw, "media_id"), &media);

        if (!r && !strstr(media->mime, "audio"))
                r = refuse(rq, 40007, "media_id 不是 JS-SDK 录的语音");
        if (r)
                return r;
        rq->bytes = media->bytes;
        rq->mime = "audio/speex";
        return 0;
}

static int read_file(struct request *rq, size_t most, struct multipart *m)
{
        if (multipart_read(rq->arena, raw_header(rq->raw, "Content-Type"), raw_body(rq->raw), m) ||
            !text_eq(m->file_field, "media"))
                return refuse(rq, 44001, "正文应为 multipart，文件字段名 media");
        return m->file.n <= 5 || m->file.n > most ? refuse(rq, 40009, "文件应为 6..%zu 字节", most) : 0;
}

static size_t most_of(const char *type)
{
        for (size_t i = 0; i < countof(kinds); i++)
                if (text_eq(kinds[i].type, type))
                        return kinds[i].most;
        return 0;
}

static int media_upload(struct request *rq)
{
        const char *type = raw_param(rq->raw, "type");
        struct multipart m;
        int r = most_of(type) ? read_file(rq, most_of(type), &m)
                              : refuse(rq, 40004, "type 应为 image、voice、video 或 file");

        if (r)
                return r;
        struct media *media = media_keep(rq->sim, m.mime, m.file);
        out_str(&rq->out, "type", type);
        out_str(&rq->out, "media_id", media->id);
        out_str(&rq->out, "created_at", arena_printf(rq->arena, "%lld", (long long)(media->created / 1000)));
        return 0;
}

static bool is_picture(const struct multipart *m)
{
        return text_eq(m->mime, "image/png") || text_eq(m->mime, "image/jpeg") || text_eq(m->mime, "image/jpg");
}

static int upload_picture(struct request *rq)
{
        struct wecom *w = wecom_of(rq->sim);
        int64_t day = sim_now(rq->sim) / DAY_MS;
        struct multipart m;
        int r = read_file(rq, 2 * MB, &m);

        if (!r && !is_picture(&m))
                r = refuse(rq, 40005, "应为 JPG 或 PNG");
        if (w->picture_day != day)
                w->picture_day = day, w->pictures = 0;
        if (!r && ++w->pictures > PICTURES_A_DAY)
                r = refuse(rq, 45009, "每天至多 %d 张", PICTURES_A_DAY);
        if (r)
                return r;
        struct media *media = media_keep(rq->sim, m.mime, m.file);
        media->created = INT64_MAX / 2; /* for good */
        out_str(&rq->out, "url", arena_printf(rq->arena, "https://wework.qpic.cn/sim/%s/0", media->id));
        return 0;
}

static int upload_attachment(struct request *rq)
{
        const char *type = raw_param(rq->raw, "media_type"), *scene = raw_param(rq->raw, "attachment_type");
        struct multipart m;

        if (!text_eq(scene, "1") && !text_eq(scene, "2"))
                return refuse(rq, 41072, "attachment_type 应为 1（朋友圈）或 2（商品图册）");
        if (!most_of(type) || text_eq(type, "voice") || (text_eq(scene, "2") && !text_eq(type, "image")))
                return refuse(rq, 41072, "这个场景不能用 media_type %s", type ? type : "(缺)");
        if (multipart_read(rq->arena, raw_header(rq->raw, "Content-Type"), raw_body(rq->raw), &m) ||
            !text_eq(m.file_field, "media"))
                return refuse(rq, 44001, "正文应为 multipart，文件字段名 media");
        if (m.file.n <= 5 || m.file.n > most_of(type))
                return refuse(rq, 41080, "附件应为 6..%zu 字节", most_of(type));
        if (text_eq(type, "video") && !text_eq(m.mime, "video/mp4"))
                return refuse(rq, 41090, "视频应为 mp4");
        struct media *media = media_keep(rq->sim, m.mime, m.file);
        out_str(&rq->out, "type", type);
        out_str(&rq->out, "media_id", media->id);
        out_int(&rq->out, "created_at", media->created / 1000);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/media/get", "GET", FAMILY_WECOM, 6000, ENDPOINT_BYTES, media_get},
        {"/cgi-bin/media/get/jssdk", "GET", FAMILY_WECOM, 6000, ENDPOINT_BYTES, media_get_jssdk},
        {"/cgi-bin/media/upload", "POST", FAMILY_WECOM, 3000, ENDPOINT_MULTIPART, media_upload},
        {"/cgi-bin/media/upload_attachment", "POST", FAMILY_WECOM, 3000, ENDPOINT_MULTIPART, upload_attachment},
        {"/cgi-bin/media/uploadimg", "POST", FAMILY_WECOM, 3000, ENDPOINT_MULTIPART, upload_picture},
};

const struct product_table wecom_media = {"wecom_media", endpoints, countof(endpoints), NULL};
