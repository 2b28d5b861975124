/*
 * What the platform sent, in words (wecom-kf.md 5, channels-callback.md 7.1). Pure.
 *
 * Whatever comes gets readable text: a kind that is not in the tables becomes a labelled placeholder and its whole form
 * is kept as the body, so that it can be shown and read again by a later version.
 */
#include "inbox/parts.h"

#include "base/crypt.h"

#include <stdio.h>
#include <string.h>

/* ---- wire shapes; a field we do not put into words stays in the body ---- */

/* The fields of all kinds that are put into words, in one struct: no two kinds disagree about a name's meaning. */
struct part {
        const char *content, *media_id, *name, *address, *title, *nickname, *price_wording, *state, *order_id,
                *product_id, *product_titles, *shop_nickname, *head_content, *tail_content, *list, *item;
        int64_t sub_type;
        const char *sales_price;
};
static const struct json_field part_fields[] = {
        JSON_STR(struct part, content, 0, 0, 0, ""),
        JSON_ID(struct part, media_id, 0, ""),
        JSON_STR(struct part, name, 0, 0, 0, ""),
        JSON_STR(struct part, address, 0, 0, 0, ""),
        JSON_STR(struct part, title, 0, 0, 0, ""),
        JSON_STR(struct part, nickname, 0, 0, 0, ""),
        JSON_STR(struct part, price_wording, 0, 0, 0, ""),
        JSON_STR(struct part, state, 0, 0, 0, ""),
        JSON_ID(struct part, order_id, 0, ""),
        JSON_ID(struct part, product_id, 0, ""),
        JSON_STR(struct part, product_titles, 0, 0, 0, ""),
        JSON_STR(struct part, shop_nickname, 0, 0, 0, ""),
        JSON_STR(struct part, head_content, 0, 0, 0, ""),
        JSON_STR(struct part, tail_content, 0, 0, 0, ""),
        JSON_RAW(struct part, list, 0, ""),
        JSON_RAW(struct part, item, 0, ""),
        JSON_INT(struct part, sub_type, 0, 0, 0, ""),
        JSON_ID(struct part, sales_price, 0, ""),
};
static const struct json_desc part_desc = JSON_DESC("PartIn", struct part, part_fields);

struct happening {
        const char *event_type, *external_userid, *welcome_code, *fail_msgid, *recall_msgid, *servicer_userid,
                *new_servicer_userid, *wechat_channels;
        int64_t fail_type, change_type, reject_switch;
};
static const struct json_field happening_fields[] = {
        JSON_ID(struct happening, event_type, 0, ""),           JSON_ID(struct happening, external_userid, 0, ""),
        JSON_STR(struct happening, welcome_code, 0, 0, 0, ""),  JSON_ID(struct happening, fail_msgid, 0, ""),
        JSON_ID(struct happening, recall_msgid, 0, ""),         JSON_ID(struct happening, servicer_userid, 0, ""),
        JSON_ID(struct happening, new_servicer_userid, 0, ""),  JSON_RAW(struct happening, wechat_channels, 0, ""),
        JSON_INT(struct happening, fail_type, 0, 0, 0, ""),     JSON_INT(struct happening, change_type, 0, 0, 0, ""),
        JSON_INT(struct happening, reject_switch, 0, 0, 0, ""),
};
static const struct json_desc happening_desc = JSON_DESC("EventIn", struct happening, happening_fields);

/* ---- kinds ---- */

static const char *or_none(const char *s)
{
        return s ? s : "";
}

static bool list_text(struct text *t, struct arena *a, const char *raw, unsigned i, const char *path)
{
        char at[64];

        (void)snprintf(at, sizeof(at), "%u.%s", i, path);
        const char *s = json_get(a, bytes_of_text(raw), at);
        if (text_empty(s))
                return false;
        text_add(t, s);
        return true;
}

static void say_menu(struct text *t, struct arena *a, const struct part *p)
{
        text_add(t, or_none(p->head_content));
        for (unsigned i = 0; p->list && i < 10; i++) {
                size_t before = t->n;
                text_add(t, before ? "\n· " : "· ");
                if (list_text(t, a, p->list, i, "click.content") || list_text(t, a, p->list, i, "view.content") ||
                    list_text(t, a, p->list, i, "miniprogram.content") || list_text(t, a, p->list, i, "text.content"))
                        continue;
                t->n = before; /* no further item */
                t->p[before] = 0;
                break;
        }
        if (!text_empty(p->tail_content))
                text_addf(t, "\n%s", p->tail_content);
}

/* A forwarded conversation: its first lines. They are other people's words, so no order number is looked for in them.
 */
static void say_merged(struct text *t, struct arena *a, const struct part *p)
{
        text_addf(t, "[聊天记录] %s", or_none(p->title));
        for (unsigned i = 0; p->item && i < 20; i++) {
                char at[32];
                (void)snprintf(at, sizeof(at), "%u", i);
                const char *item = json_get(a, bytes_of_text(p->item), at);
                if (!item)
                        break;
                const char *who = json_get(a, bytes_of_text(item), "sender_name");
                const char *inner = json_get(a, bytes_of_text(item), "msg_content");
                const char *kind = json_get(a, bytes_of_text(item), "msgtype");
                const char *said = inner ? json_get(a, bytes_of_text(inner), "text.content") : NULL;
                if (said)
                        text_addf(t, "\n%s：%s", or_none(who), said);
                else
                        text_addf(t, "\n%s：[%s]", or_none(who), or_none(kind));
        }
}

static void say_product(struct text *t, struct arena *a, const struct part *p)
{
        int64_t fen;

        (void)a;
        text_addf(t, "[商品] %s", p->title ? p->title : or_none(p->product_id));
        if (p->sales_price && text_to_int(p->sales_price, 0, INT32_MAX, &fen) == 0)
                text_addf(t, " ¥%lld.%02lld", (long long)fen / 100, (long long)fen % 100);
        if (!text_empty(p->shop_nickname))
                text_addf(t, "（%s）", p->shop_nickname);
}

static void say_order(struct text *t, struct arena *a, const struct part *p)
{
        (void)a;
        text_addf(t, "[订单] %s", or_none(p->order_id));
        if (!text_empty(p->product_titles))
                text_addf(t, " %s", p->product_titles);
        if (!text_empty(p->price_wording))
                text_addf(t, " %s", p->price_wording);
        if (!text_empty(p->state))
                text_addf(t, " %s", p->state);
}

static void say_place(struct text *t, struct arena *a, const struct part *p)
{
        (void)a;
        text_addf(t, "[位置] %s%s%s", or_none(p->name), text_empty(p->address) ? "" : " ", or_none(p->address));
}

static void say_channels(struct text *t, struct arena *a, const struct part *p)
{
        static const char *const what[] = {"视频号", "视频号动态", "视频号直播", "视频号名片"};

        (void)a;
        text_addf(t, "[%s] %s%s%s", what[p->sub_type >= 1 && p->sub_type <= 3 ? p->sub_type : 0], or_none(p->nickname),
                  text_empty(p->title) ? "" : "：", or_none(p->title));
}

static void say_words(struct text *t, struct arena *a, const struct part *p)
{
        (void)a;
        text_add(t, or_none(p->content));
}

/* Sorted by name. Without `say` the text is the label and the title, if there is one. */
static const struct kind {
        const char *name, *label;
        void (*say)(struct text *, struct arena *, const struct part *);
} kinds[] = {
        {"business_card", "[名片]", NULL},
        {"channels", NULL, say_channels},
        {"channels_shop_order", NULL, say_order},
        {"channels_shop_product", NULL, say_product},
        {"file", "[文件]", NULL},
        {"image", "[图片]", NULL},
        {"link", "[链接]", NULL},
        {"location", NULL, say_place},
        {"meeting", "[会议]", NULL},
        {"merged_msg", NULL, say_merged},
        {"miniprogram", "[小程序]", NULL},
        {"msgmenu", NULL, say_menu},
        {"note", "[笔记]", NULL},
        {"order_share", NULL, say_order},
        {"product_share", NULL, say_product},
        {"schedule", "[日程]", NULL},
        {"text", NULL, say_words},
        {"video", "[视频]", NULL},
        {"voice", "[语音]", NULL},
};

static const struct kind *kind_row(const char *name)
{
        for (size_t i = 0; i < countof(kinds); i++)
                if (text_eq(kinds[i].name, name))
                        return &kinds[i];
        return NULL;
}

static void read_unknown(struct arena *a, const char *what, const char *body, struct incoming *m)
{
        struct text t;

        text_init(&t, a);
        text_add(&t, "{\"msgtype\":");
        json_quote(&t, or_none(what));
        text_addf(&t, ",\"body\":%s}", text_empty(body) ? "{}" : body);
        m->kind = "unknown";
        m->text = arena_printf(a, "[暂不认识的消息：%s]", text_empty(what) ? "没有类型" : what);
        m->body = t.p;
}

static void read_kind(struct arena *a, const char *name, const char *body, struct incoming *m)
{
        const struct kind *k = kind_row(name);
        struct part p = {0};
        struct text t;

        if (!k || json_read(a, bytes_of_text(body), &part_desc, JSON_LENIENT, &p, NULL) != 0) {
                read_unknown(a, name, body, m);
                return;
        }
        text_init(&t, a);
        if (k->say)
                k->say(&t, a, &p);
        else
                text_addf(&t, "%s%s%s", k->label, text_empty(p.title) ? "" : " ", or_none(p.title));
        m->kind = k->name;
        m->text = t.p ? t.p : "";
        m->body = body;
        m->media_id = p.media_id;
        m->card = k->say == say_order ? p.order_id : NULL;
        m->words = k->say == say_words ? p.content : NULL;
}

/* ---- events of 微信客服 ---- */

static void say_enter(struct arena *a, const struct happening *h, struct incoming *m)
{
        static const char *const from[] = {"视频号",     "视频号主页",         "视频号直播间商品列表",
                                           "视频号橱窗", "视频号小店商品详情", "视频号小店订单页"};
        int64_t scene = 0;

        m->welcome_code = text_empty(h->welcome_code) ? NULL : h->welcome_code;
        if (!h->wechat_channels) {
                m->text = "顾客进入会话";
                return;
        }
        struct bytes raw = bytes_of_text(h->wechat_channels);
        const char *number = json_get(a, raw, "scene"), *name = json_get(a, raw, "nickname");
        if (!number || text_to_int(number, 1, 5, &scene) != 0)
                scene = 0;
        if (!name)
                name = json_get(a, raw, "shop_nickname");
        m->text = arena_printf(a, "顾客从%s进入会话%s%s%s", from[scene], name ? "（" : "", or_none(name),
                               name ? "）" : "");
}

static void say_session(struct arena *a, const struct happening *h, struct incoming *m)
{
        static const char *const what[] = {"会话状态变更", "从接待池接入", "转接", "会话结束", "重新接入"};
        int64_t n = h->change_type >= 1 && h->change_type <= 4 ? h->change_type : 0;

        if (n)
                m->owner = n == 3 ? "ended" : "wecom";
        m->text = text_empty(h->new_servicer_userid)
                          ? arena_printf(a, "企业微信：%s", what[n])
                          : arena_printf(a, "企业微信：%s，接待人员 %s", what[n], h->new_servicer_userid);
}

static void say_fail(struct arena *a, const struct happening *h, struct incoming *m)
{
        m->about = h->fail_msgid;
        m->about_state = "undelivered";
        m->about_code = arena_printf(a, "fail.%lld", (long long)h->fail_type);
        m->text = arena_printf(a, "一条消息未送达：%s", inbox_note(a, m->about_code, false));
}

static void say_recall(struct arena *a, const struct happening *h, struct incoming *m)
{
        (void)a;
        m->about = h->recall_msgid;
        m->about_state = "recalled";
        m->text = "顾客撤回了一条消息";
}

static void say_servicer_recall(struct arena *a, const struct happening *h, struct incoming *m)
{
        /* It was typed in the WeCom client and is shown as said there; that it was taken back is told beside it. */
        m->about = h->recall_msgid;
        m->text = arena_printf(a, "接待人员 %s 在企业微信撤回了一条消息", or_none(h->servicer_userid));
}

static void say_reject(struct arena *a, const struct happening *h, struct incoming *m)
{
        m->text = arena_printf(a, "接待人员 %s %s接收这位顾客的消息", or_none(h->servicer_userid),
                               h->reject_switch == 1 ? "停止" : "恢复");
}

static void say_servicer(struct arena *a, const struct happening *h, struct incoming *m)
{
        m->text = arena_printf(a, "接待人员 %s 的接待状态变更", or_none(h->servicer_userid));
}

static const struct event_kind {
        const char *name;
        void (*say)(struct arena *, const struct happening *, struct incoming *);
} event_kinds[] = {
        {"enter_session", say_enter},
        {"msg_send_fail", say_fail},
        {"reject_customer_msg_switch_change", say_reject},
        {"servicer_recall_msg", say_servicer_recall},
        {"servicer_status_change", say_servicer},
        {"session_status_change", say_session},
        {"user_recall_msg", say_recall},
};

static void read_event(struct arena *a, const char *body, struct incoming *m)
{
        struct happening h = {0};

        m->direction = "event";
        if (json_read(a, bytes_of_text(body), &happening_desc, JSON_LENIENT, &h, NULL) == 0) {
                for (size_t i = 0; i < countof(event_kinds); i++) {
                        if (!text_eq(event_kinds[i].name, h.event_type))
                                continue;
                        m->kind = event_kinds[i].name;
                        m->body = body;
                        event_kinds[i].say(a, &h, m);
                        return;
                }
        }
        read_unknown(a, h.event_type ? h.event_type : "event", body, m);
}

/* Without an id of its own a message is known again by its whole text. */
static const char *id_or_digest(struct arena *a, const struct said *s)
{
        char hex[SHA1_HEX];

        if (!text_empty(s->remote_id))
                return s->remote_id;
        crypt_sha1_hex(bytes_of_text(arena_printf(a, "%s\n%lld\n%s\n%s", or_none(s->customer), (long long)s->second,
                                                  or_none(s->kind), or_none(s->body))),
                       hex);
        return arena_printf(a, "sha1-%s", hex);
}

void inbox_put_in_words(struct arena *a, const struct said *s, struct incoming *m)
{
        const char *body = text_empty(s->body) ? "{}" : s->body;

        *m = (struct incoming){.remote_id = id_or_digest(a, s), .second = s->second};
        if (m->second < 0 || m->second > SECOND_MAX) /* nonsense must not overflow what is reckoned from it */
                m->second = 0;
        m->customer = text_empty(s->customer) ? NULL : s->customer;
        m->direction = s->by == SAID_BY_SERVICER ? "out" : s->by == SAID_BY_SYSTEM ? "event" : "in";
        if (text_eq(s->kind, "event"))
                read_event(a, body, m);
        else
                read_kind(a, s->kind, body, m);
        if (s->by == SAID_BY_SERVICER) {
                m->author = text_empty(s->servicer) ? "企业微信" : s->servicer;
                m->owner = "wecom"; /* who types there holds the session */
        }
        if (s->by != SAID_BY_HER)
                m->card = m->words = NULL; /* an order number is hers only when she sent it */
}

size_t inbox_order_numbers(struct arena *a, const char *s, const char **out, size_t max)
{
        size_t n = 0;

        while (s && *s) {
                size_t run = strspn(s, "0123456789");
                if (run >= 16 && run <= 20) {
                        const char *number = arena_strndup(a, s, run);
                        bool known = false;
                        for (size_t i = 0; i < n; i++)
                                known = known || text_eq(out[i], number);
                        if (!known && n < max)
                                out[n] = number;
                        n += !known;
                        if (n > max)
                                return n;
                }
                s += run ? run : 1;
        }
        return n;
}
