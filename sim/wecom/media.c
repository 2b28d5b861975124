/* WeCom: temporary media (wecom-misc.md 2). */
#include "sim/gate.h"
#include "sim/multipart.h"
#include "sim/picture.h"
#include "sim/sim.h"

#define MEDIA_LIFE_MS (3 * DAY_MS)
#define MB (1024 * 1024u)

static const struct {
        const char *type;
        size_t most;
} kinds[] = {{"image", 10 * MB}, {"voice", 2 * MB}, {"video", 10 * MB}, {"file", 20 * MB}};

static int media_get(struct request *rq)
{
        const char *id = raw_param(rq->raw, "media_id");
        struct media *media = map_get(&rq->sim->world.media, id);

        if (!media)
                return refuse(rq, 40007, "没有这个 media_id");
        if (media->created + MEDIA_LIFE_MS < sim_now(rq->sim))
                return refuse(rq, 40007, "media_id 已过 3 天");
        rq->bytes = media->bytes;
        rq->mime = media->mime;
        return 0;
}

static int media_upload(struct request *rq)
{
        const char *type = raw_param(rq->raw, "type");
        struct multipart m;
        size_t most = 0;

        for (size_t i = 0; i < countof(kinds); i++)
                if (text_eq(kinds[i].type, type))
                        most = kinds[i].most;
        if (!most)
                return refuse(rq, 40004, "type 应为 image、voice、video 或 file");
        if (multipart_read(rq->arena, raw_header(rq->raw, "Content-Type"), raw_body(rq->raw), &m) ||
            !text_eq(m.file_field, "media"))
                return refuse(rq, 44001, "正文应为 multipart，文件字段名 media");
        if (m.file.n <= 5 || m.file.n > most)
                return refuse(rq, 40009, "%s 应为 6..%zu 字节", type, most);
        struct media *media = media_keep(rq->sim, m.mime, m.file);
        out_str(&rq->out, "type", type);
        out_str(&rq->out, "media_id", media->id);
        out_str(&rq->out, "created_at", arena_printf(rq->arena, "%lld", (long long)(media->created / 1000)));
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/media/get", "GET", FAMILY_WECOM, 6000, ENDPOINT_BYTES, media_get},
        {"/cgi-bin/media/upload", "POST", FAMILY_WECOM, 3000, ENDPOINT_MULTIPART, media_upload},
};

const struct product_table wecom_media = {"wecom_media", endpoints, countof(endpoints), NULL};
