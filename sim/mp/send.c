/* Customer messages and the typing mark (公众号 客服消息, 小程序 客服消息). */
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/sim.h"

#include <string.h>

#define TEXT_MAX 2048
#define TYPING_MS 15000

/* What a type must carry; `media` names the member that must be a media_id. */
struct kind {
        const char *type;
        unsigned takes; /* ENDPOINT_OFFICIAL, ENDPOINT_PROGRAM */
        const char *must[3], *media;
};

static const struct kind kinds[] = {
        {"text", ENDPOINT_OFFICIAL | ENDPOINT_PROGRAM, {"text.content"}, NULL},
        {"image", ENDPOINT_OFFICIAL | ENDPOINT_PROGRAM, {"image.media_id"}, "image.media_id"},
        {"voice", ENDPOINT_OFFICIAL, {"voice.media_id"}, "voice.media_id"},
        {"video", ENDPOINT_OFFICIAL, {"video.media_id"}, "video.media_id"},
        {"music", ENDPOINT_OFFICIAL, {"music.musicurl", "music.thumb_media_id"}, "music.thumb_media_id"},
        {"news", ENDPOINT_OFFICIAL, {"news.articles.0"}, NULL},
        {"mpnews", ENDPOINT_OFFICIAL, {"mpnews.media_id"}, "mpnews.media_id"},
        {"mpnewsarticle", ENDPOINT_OFFICIAL, {"mpnewsarticle.article_id"}, NULL},
        {"msgmenu", ENDPOINT_OFFICIAL, {"msgmenu.list.0"}, NULL},
        {"wxcard", ENDPOINT_OFFICIAL, {"wxcard.card_id"}, NULL},
        {"miniprogrampage", ENDPOINT_OFFICIAL | ENDPOINT_PROGRAM, {"miniprogrampage.title", "miniprogrampage.thumb_media_id"},
         "miniprogrampage.thumb_media_id"},
        {"link", ENDPOINT_PROGRAM, {"link.title", "link.url"}, NULL},
};

/* The window that ends first and still allows something. 45047: open ones are used up; 45015: none is open. */
static int take_window(struct request *rq, struct mp_fan *fan)
{
        struct mp_window *best = NULL;
        bool open = false;

        for (int i = 0; i < DEED_N; i++) {
                struct mp_window *w = &fan->window[i];
                if (w->until <= sim_now(rq->sim))
                        continue;
                open = true;
                if (w->left > 0 && (!best || w->until < best->until))
                        best = w;
        }
        if (!open)
                return refuse(rq, 45015, "48 小时内没有互动，不能下发客服消息（公众号 §2）");
        if (!best)
                return refuse(rq, 45047, "这次互动允许的条数已用完（公众号 §2 的表）");
        best->left--;
        return 0;
}

static int check_kind(struct request *rq, const struct kind *k)
{
        for (size_t i = 0; i < countof(k->must) && k->must[i]; i++) {
                if (!rq_has(rq, k->must[i]))
                        return refuse(rq, text_eq(k->type, "text") ? 44004 : 40035, "缺 %s", k->must[i]);
                if (rq_str(rq, k->must[i]) && !*rq_str(rq, k->must[i]))
                        return refuse(rq, text_eq(k->type, "text") ? 44004 : 40035, "%s 为空", k->must[i]);
        }
        if (text_eq(k->type, "text") && strlen(rq_str(rq, "text.content") ? rq_str(rq, "text.content") : "") > TEXT_MAX)
                return refuse(rq, 45002, "text.content 超过 %d 字节", TEXT_MAX);
        if (text_eq(k->type, "news") && rq_list(rq, "news.articles") != 1)
                return refuse(rq, 45008, "图文客服消息只能有 1 条");
        if (k->media && !map_get(&rq->sim->world.media, rq_str(rq, k->media)))
                return refuse(rq, 40007, "没有这个 media_id：%s", k->media);
        return 0;
}

static int find_fan(struct request *rq, const char *path, struct mp_fan **fan)
{
        *fan = mp_fan_by_openid(rq->sim, rq->mp, rq_str(rq, path));
        return *fan ? 0 : refuse(rq, 40003, "%s 不是这个账号下的 openid", path);
}

static int custom_send(struct request *rq)
{
        const char *type = rq_str(rq, "msgtype"), *account = rq_str(rq, "customservice.kf_account");
        unsigned is = rq->mp->kind == MP_OFFICIAL ? ENDPOINT_OFFICIAL : ENDPOINT_PROGRAM;
        const struct kind *k = NULL;
        struct mp_fan *fan;

        int r = find_fan(rq, "touser", &fan);
        for (size_t i = 0; i < countof(kinds); i++)
                if (text_eq(kinds[i].type, type) && kinds[i].takes & is)
                        k = &kinds[i];
        if (!r && !k)
                r = refuse(rq, 40008, "msgtype 不在这类账号的列表里");
        r = r ? r : check_kind(rq, k);
        if (!r && account && !mp_agent(rq->mp, account))
                r = refuse(rq, 65401, "没有这个客服账号");
        if (!r && account && fan->agent && !text_eq(fan->agent->account, account))
                r = refuse(rq, 61458, "她正由另一位客服接待");
        if (!r && is == ENDPOINT_OFFICIAL && !fan->follows)
                r = refuse(rq, 43004, "她没有关注");
        r = r ? r : take_window(rq, fan);
        if (r)
                return r;
        fan->typing_until = 0;
        mp_received(rq->sim, fan, "custom", type, text_eq(type, "text") ? rq_str(rq, "text.content") : type);
        return 0;
}

static int custom_typing(struct request *rq)
{
        const char *command = rq_str(rq, "command");
        struct mp_fan *fan;
        int r = find_fan(rq, "touser", &fan);

        if (r)
                return r;
        if (!text_eq(command, "Typing") && !text_eq(command, "CancelTyping"))
                return refuse(rq, 45072, "command 应为 Typing 或 CancelTyping");
        if (fan->window[DEED_WROTE].until <= sim_now(rq->sim))
                return refuse(rq, 45080, "48 小时内她没有发来消息");
        if (text_eq(command, "CancelTyping")) {
                fan->typing_until = 0;
                return 0;
        }
        if (fan->typing_until > sim_now(rq->sim))
                return refuse(rq, 45081, "已经在输入状态");
        fan->typing_until = sim_now(rq->sim) + TYPING_MS;
        return 0;
}

#define BOTH (ENDPOINT_OFFICIAL | ENDPOINT_PROGRAM)
static const struct endpoint endpoints[] = {
        {"/cgi-bin/message/custom/send", "POST", FAMILY_WEIXIN, 0, BOTH, custom_send,
         "touser:s! msgtype:s! text:o text.content:s image:o image.media_id:s "
         "news:o news.articles:l msgmenu:o msgmenu.list:l customservice:o customservice.kf_account:s"},
        {"/cgi-bin/message/custom/typing", "POST", FAMILY_WEIXIN, 0, BOTH, custom_typing,
         "touser:s! command:s!"},
};

const struct product_table mp_send = {"mp_send", endpoints, countof(endpoints), NULL};
