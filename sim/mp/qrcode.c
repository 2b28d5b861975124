/* Parametric codes (公众号 带参数的二维码). */
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/picture.h"
#include "sim/sim.h"

#include <string.h>

#define EXPIRE_MAX 2592000
#define EXPIRE_DEFAULT 60
#define PERMANENT_MAX 100000
#define SCENE_STR_MAX 64

static const struct kind {
        const char *name;
        bool permanent, string;
} kinds[] = {
        {"QR_SCENE", false, false},
        {"QR_STR_SCENE", false, true},
        {"QR_LIMIT_SCENE", true, false},
        {"QR_LIMIT_STR_SCENE", true, true},
};

static int check_scene(struct request *rq, const struct kind *k)
{
        int64_t id = rq_int(rq, "action_info.scene.scene_id", 0), most = k->permanent ? PERMANENT_MAX : UINT32_MAX;
        const char *text = rq_str(rq, "action_info.scene.scene_str");

        if (k->string && (text_empty(text) || strlen(text) > SCENE_STR_MAX))
                return refuse(rq, 40097, "scene_str 应为 1..%d 字节", SCENE_STR_MAX);
        if (!k->string && (id < 1 || id > most))
                return refuse(rq, 40097, "scene_id 应为 1..%lld", (long long)most);
        return 0;
}

static int create(struct request *rq)
{
        const char *name = rq_str(rq, "action_name");
        struct sim *sim = rq->sim;
        const struct kind *k = NULL;
        int64_t expire = rq_int(rq, "expire_seconds", EXPIRE_DEFAULT);

        for (size_t i = 0; i < countof(kinds); i++)
                if (text_eq(kinds[i].name, name))
                        k = &kinds[i];
        if (!k)
                return refuse(rq, 40097, "action_name 应为 QR_SCENE、QR_STR_SCENE、QR_LIMIT_SCENE 或 QR_LIMIT_STR_SCENE");
        int r = check_scene(rq, k);
        if (!r && !k->permanent && (expire < 1 || expire > EXPIRE_MAX))
                r = refuse(rq, 40097, "expire_seconds 至多 %d", EXPIRE_MAX);
        if (!r && k->permanent && rq->mp->permanent_codes >= PERMANENT_MAX)
                r = refuse(rq, 45009, "永久码至多 %d 个", PERMANENT_MAX);
        if (r)
                return r;
        rq->mp->permanent_codes += k->permanent;
        struct mp_code *code = arena_new(&sim->arena, struct mp_code);
        *code = (struct mp_code){
                .mp = rq->mp,
                .ticket = rng_text(&sim->rng, &sim->arena, "gQ", 94),
                .url = arena_printf(&sim->arena, "http://weixin.qq.com/q/%s", rng_text(&sim->rng, &sim->arena, "02", 24)),
                .scene_str = k->string ? arena_strdup(&sim->arena, rq_str(rq, "action_info.scene.scene_str")) : "",
                .scene_id = k->string ? -1 : rq_int(rq, "action_info.scene.scene_id", 0),
                .until = k->permanent ? 0 : sim_now(sim) + expire * 1000,
        };
        map_put(&sim->world.mps.codes, &sim->arena, code->ticket, code);
        out_str(&rq->out, "ticket", code->ticket);
        if (!k->permanent)
                out_int(&rq->out, "expire_seconds", expire);
        out_str(&rq->out, "url", code->url);
        return 0;
}

static int show(struct request *rq)
{
        const char *ticket = raw_param(rq->raw, "ticket");
        struct mp_code *code = map_get(&rq->sim->world.mps.codes, ticket);

        if (!code)
                return refuse(rq, 40097, "没有这个 ticket");
        rq->bytes = picture_png(rq->arena, strlen(code->url) + (uint64_t)code->url[strlen(code->url) - 1]);
        rq->mime = "image/png";
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/qrcode/create", "POST", FAMILY_WEIXIN, 0, ENDPOINT_OFFICIAL | ENDPOINT_BARE, create,
         "action_name:s! expire_seconds:n action_info:o! action_info.scene:o action_info.scene.scene_id:n "
         "action_info.scene.scene_str:s"},
        {"/cgi-bin/showqrcode", "GET", FAMILY_MP, 0, ENDPOINT_BYTES, show},
};

const struct product_table mp_qrcode = {"mp_qrcode", endpoints, countof(endpoints), NULL};
