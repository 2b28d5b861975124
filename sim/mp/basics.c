/* Tickets of the JS-SDK, media, addresses, quotas (公众号 JS-SDK, 素材管理; 接口调用额度). */
#include "base/crypt.h"
#include "base/json.h"
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/multipart.h"
#include "sim/picture.h"
#include "sim/shop/request.h"
#include "sim/sim.h"

#include <string.h>

#define TICKET_MS (7200 * INT64_C(1000))
#define MEDIA_LIFE_MS (3 * DAY_MS)
#define KB 1024u
#define MB (1024 * KB)
#define CLEARS_A_MONTH 10
#define MONTH_MS (30 * DAY_MS)
#define DECODE_PATH "/channels/ec/order/sensitiveinfo/decode"
#define SHOP_KF_PATH "/channels/ec/commkf/sendmsg"

static int ticket(struct request *rq)
{
        const char *type = raw_param(rq->raw, "type");
        struct mp *mp = rq->mp;
        bool card = text_eq(type, "wx_card");

        if (!card && !text_eq(type, "jsapi"))
                return refuse(rq, 40097, "type 应为 jsapi 或 wx_card");
        const char **text = card ? &mp->card_ticket : &mp->ticket;
        int64_t *until = card ? &mp->card_until : &mp->ticket_until;
        if (*until <= sim_now(rq->sim)) {
                *text = rng_text(&rq->sim->rng, &rq->sim->arena, "", 86);
                *until = sim_now(rq->sim) + TICKET_MS;
        }
        out_str(&rq->out, "ticket", *text);
        out_int(&rq->out, "expires_in", (*until - sim_now(rq->sim)) / 1000);
        return 0;
}

/* ---- media ---- */

static const struct {
        const char *type;
        size_t most;
} kinds[] = {{"image", 10 * MB}, {"voice", 2 * MB}, {"video", 10 * MB}, {"thumb", 64 * KB}};

static int read_file(struct request *rq, size_t most, struct multipart *m)
{
        if (multipart_read(rq->arena, raw_header(rq->raw, "Content-Type"), raw_body(rq->raw), m) ||
            !text_eq(m->file_field, "media"))
                return refuse(rq, 41005, "正文应为 multipart，文件字段名 media");
        if (!m->file.n)
                return refuse(rq, 44001, "文件为空");
        return m->file.n <= most ? 0 : refuse(rq, 45001, "文件超过 %zu 字节", most);
}

static int media_upload(struct request *rq)
{
        const char *type = raw_param(rq->raw, "type");
        struct multipart m;
        size_t most = 0;

        for (size_t i = 0; i < countof(kinds); i++)
                if (text_eq(kinds[i].type, type))
                        most = kinds[i].most;
        int r = most ? read_file(rq, most, &m) : refuse(rq, 40004, "type 应为 image、voice、video 或 thumb");
        if (r)
                return r;
        struct media *media = media_keep(rq->sim, m.mime, m.file);
        out_str(&rq->out, "type", type);
        out_str(&rq->out, text_eq(type, "thumb") ? "thumb_media_id" : "media_id", media->id);
        out_int(&rq->out, "created_at", media->created / 1000);
        return 0;
}

static int media_get(struct request *rq)
{
        struct media *media = map_get(&rq->sim->world.media, raw_param(rq->raw, "media_id"));

        if (!media || media->created + MEDIA_LIFE_MS < sim_now(rq->sim))
                return refuse(rq, 40007, media ? "media_id 已过 3 天" : "没有这个 media_id");
        if (text_starts(media->mime, "video/")) {
                out_str(&rq->out, "video_url", arena_printf(rq->arena, "http://203.205.179.1/sim/%s", media->id));
                return 0;
        }
        rq->bytes = media->bytes;
        rq->mime = media->mime;
        return 0;
}

static int media_uploadimg(struct request *rq)
{
        struct multipart m;
        int r = read_file(rq, MB, &m);

        if (!r && !text_eq(m.mime, "image/jpeg") && !text_eq(m.mime, "image/png"))
                r = refuse(rq, 40005, "应为 JPG 或 PNG");
        if (!r)
                out_str(&rq->out, "url",
                        arena_printf(rq->arena, "http://mmbiz.qpic.cn/sim/%s/0", media_keep(rq->sim, m.mime, m.file)->id));
        return r;
}

/* ---- addresses and checks ---- */

static int addresses(struct request *rq)
{
        out_list(&rq->out, "ip_list");
        out_str(&rq->out, NULL, "127.0.0.1");
        out_end(&rq->out);
        return 0;
}

static int callback_check(struct request *rq)
{
        const char *action = rq_str(rq, "action"), *operators[] = {"CHINANET", "UNICOM", "CAP", "DEFAULT"};
        const char *who = rq_str(rq, "check_operator");
        bool known = false;

        for (size_t i = 0; i < countof(operators); i++)
                known = known || text_eq(operators[i], who);
        if (!text_eq(action, "dns") && !text_eq(action, "ping") && !text_eq(action, "all"))
                return refuse(rq, 40201, "action 应为 dns、ping 或 all");
        if (!known)
                return refuse(rq, 40202, "check_operator 应为 CHINANET、UNICOM、CAP 或 DEFAULT");
        if (!text_eq(action, "ping")) {
                out_list(&rq->out, "dns");
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "ip", "127.0.0.1");
                out_str(&rq->out, "real_operator", "DEFAULT");
                out_end(&rq->out);
                out_end(&rq->out);
        }
        if (!text_eq(action, "dns")) {
                out_list(&rq->out, "ping");
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "ip", "127.0.0.1");
                out_str(&rq->out, "from_operator", who);
                out_str(&rq->out, "package_loss", "0%");
                out_str(&rq->out, "time", "1.000ms");
                out_end(&rq->out);
                out_end(&rq->out);
        }
        return 0;
}

/* ---- quotas ---- */

static const char *appid_of(const struct request *rq)
{
        return rq->shop ? rq->shop->appid : rq->mp->appid;
}

static int check_path(struct request *rq, const char **path)
{
        *path = rq_str(rq, "cgi_path");
        if (text_empty(*path) || !gate_find(FAMILY_WEIXIN, *path))
                return refuse(rq, 76021, "cgi_path 不是接口的路径");
        return 0;
}

static int quota_get(struct request *rq)
{
        const char *path;
        int r = check_path(rq, &path);

        if (r)
                return r;
        const struct endpoint *e = gate_find(FAMILY_WEIXIN, path);
        int64_t limit = switch_on(rq->sim, SW_DAY_CALLS), used = gate_used(rq->sim, path, appid_of(rq));
        if (rq->shop && !rq->shop->kf_api_mode && text_eq(path, SHOP_KF_PATH))
                return refuse(rq, 76022, "没有这个接口的权限：店内客服 API 未开通");
        if (rq->shop && text_eq(path, DECODE_PATH)) {
                /* Counted by orders, not by calls: the same order again is free. */
                limit = switch_on(rq->sim, SW_DECODE_QUOTA);
                used = shop_decoded(rq->sim, rq->shop);
        }
        out_obj(&rq->out, "quota");
        out_int(&rq->out, "daily_limit", limit);
        out_int(&rq->out, "used", used);
        out_int(&rq->out, "remain", used < limit ? limit - used : 0);
        out_end(&rq->out);
        out_obj(&rq->out, "rate_limit");
        out_int(&rq->out, "call_count", e->rate ? e->rate : switch_on(rq->sim, SW_DAY_CALLS));
        out_int(&rq->out, "refresh_second", 60);
        out_end(&rq->out);
        return 0;
}

/* About ten times a month for an account. */
static int take_clear(struct request *rq, const char *appid)
{
        struct map *clears = &rq->sim->world.mps.clears;
        struct mp_clears *c = map_get(clears, appid);

        if (!c) {
                c = arena_new(&rq->sim->arena, struct mp_clears);
                map_put(clears, &rq->sim->arena, arena_strdup(&rq->sim->arena, appid), c);
        }
        if (sim_now(rq->sim) - c->since > MONTH_MS)
                *c = (struct mp_clears){.since = sim_now(rq->sim)};
        if (c->n >= CLEARS_A_MONTH)
                return refuse(rq, 48006, "每月清零 %d 次的机会已用完", CLEARS_A_MONTH);
        c->n++;
        return 0;
}

static int quota_clear(struct request *rq)
{
        const char *path;
        int r = check_path(rq, &path);

        r = r ? r : take_clear(rq, appid_of(rq));
        if (!r)
                gate_forget(rq->sim, path, appid_of(rq));
        return r;
}

static int clear_all(struct request *rq)
{
        if (!text_eq(rq_str(rq, "appid"), appid_of(rq)))
                return refuse(rq, 40013, "appid 不是 access_token 的账号");
        int r = take_clear(rq, appid_of(rq));
        if (!r)
                gate_forget(rq->sim, NULL, appid_of(rq));
        return r;
}

static int clear_v2(struct request *rq)
{
        const char *appid = rq_str(rq, "appid") ? rq_str(rq, "appid") : raw_param(rq->raw, "appid");
        const char *secret = rq_str(rq, "appsecret") ? rq_str(rq, "appsecret") : raw_param(rq->raw, "appsecret");
        struct shop *shop = world_shop(rq->sim, appid);
        struct mp *mp = mp_find(rq->sim, appid);

        if (!shop && !mp)
                return refuse(rq, 40013, "没有这个 appid");
        if (text_empty(secret) || !crypt_same(secret, shop ? shop->secret : mp->secret))
                return refuse(rq, 40125, "appsecret 不对");
        int r = take_clear(rq, appid);
        if (!r)
                gate_forget(rq->sim, NULL, appid);
        return r;
}

/* Explains a refused call from the rid of its errmsg: the request log knows it. */
static int rid_get(struct request *rq)
{
        const char *rid = rq_str(rq, "rid");
        struct ring *log = &rq->sim->log;

        if (text_empty(rid))
                return refuse(rq, 76001, "缺 rid");
        for (uint64_t seq = log->next; seq-- > ring_first(log);) {
                const struct log_row *row = ring_row(log, seq);
                if (!row || !row->errcode || !strstr(row->answer, rid))
                        continue;
                out_obj(&rq->out, "request");
                out_int(&rq->out, "invoke_time", row->at / 1000);
                out_int(&rq->out, "cost_in_ms", row->took_us / 1000);
                out_str(&rq->out, "request_url", row->path);
                out_str(&rq->out, "request_body", row->request);
                out_str(&rq->out, "response_body", row->answer);
                out_str(&rq->out, "client_ip", "127.0.0.1");
                out_end(&rq->out);
                return 0;
        }
        return refuse(rq, 76001, "没有这个 rid");
}

#define BOTH (ENDPOINT_OFFICIAL | ENDPOINT_PROGRAM)
static const struct endpoint endpoints[] = {
        {"/cgi-bin/callback/check", "POST", FAMILY_WEIXIN, 0, ENDPOINT_ANY, callback_check,
         "action:s! check_operator:s!"},
        {"/cgi-bin/clear_quota", "POST", FAMILY_WEIXIN, 0, ENDPOINT_ANY, clear_all,
         "appid:s!"},
        {"/cgi-bin/clear_quota/v2", "POST", FAMILY_WEIXIN, 0, ENDPOINT_NO_TOKEN, clear_v2,
         "appid:s appsecret:s"},
        {"/cgi-bin/get_api_domain_ip", "GET", FAMILY_WEIXIN, 0, ENDPOINT_ANY | ENDPOINT_BARE, addresses},
        {"/cgi-bin/getcallbackip", "GET", FAMILY_WEIXIN, 0, ENDPOINT_ANY | ENDPOINT_BARE, addresses},
        {"/cgi-bin/media/get", "GET", FAMILY_WEIXIN, 0, BOTH | ENDPOINT_BYTES | ENDPOINT_BARE, media_get},
        {"/cgi-bin/media/upload", "POST", FAMILY_WEIXIN, 0, BOTH | ENDPOINT_MULTIPART | ENDPOINT_BARE, media_upload},
        {"/cgi-bin/media/uploadimg", "POST", FAMILY_WEIXIN, 0, BOTH | ENDPOINT_MULTIPART | ENDPOINT_BARE, media_uploadimg},
        {"/cgi-bin/openapi/quota/clear", "POST", FAMILY_WEIXIN, 0, ENDPOINT_ANY, quota_clear,
         "cgi_path:s!"},
        {"/cgi-bin/openapi/quota/get", "POST", FAMILY_WEIXIN, 0, ENDPOINT_ANY, quota_get,
         "cgi_path:s!"},
        {"/cgi-bin/openapi/rid/get", "POST", FAMILY_WEIXIN, 0, ENDPOINT_ANY, rid_get,
         "rid:s!"},
        {"/cgi-bin/ticket/getticket", "GET", FAMILY_WEIXIN, 0, BOTH, ticket},
};

const struct product_table mp_basics = {"mp_basics", endpoints, countof(endpoints), NULL};
