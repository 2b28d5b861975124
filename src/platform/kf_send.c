/* 微信客服: what leaves: messages and media. */
#include "platform/kf.h"

#include "platform/wx_impl.h"

#include <string.h>

/* One member per msgtype; exactly one is filled. */
#define BODIES(X) \
        X(text) X(image) X(voice) X(video) X(file) X(link) X(miniprogram) X(msgmenu) X(location) X(business_card) X(ca_link)
#define BODY_MEMBER(name) const char *name;
struct send_in {
        const char *code, *touser, *open_kfid, *msgid, *msgtype;
        BODIES(BODY_MEMBER)
};
#define BODY_FIELD(name) JSON_RAW(struct send_in, name, JSON_OMIT, "body of msgtype " #name),
static const struct json_field send_in_fields[] = {
        JSON_STR(struct send_in, touser, JSON_REQUIRED, 0, 0, "external_userid"),
        JSON_STR(struct send_in, open_kfid, JSON_REQUIRED, 0, 0, "account"),
        JSON_STR(struct send_in, msgid, JSON_REQUIRED, 1, 32, "our key: the same is never delivered twice"),
        JSON_STR(struct send_in, msgtype, JSON_REQUIRED, 0, 0, "names the body"),
        BODIES(BODY_FIELD)
};
static const struct json_desc send_in_desc = JSON_DESC("KfSendIn", struct send_in, send_in_fields);
static const struct json_field on_event_in_fields[] = {
        JSON_STR(struct send_in, code, JSON_REQUIRED, 0, 0, "welcome_code or msg_code"),
        JSON_STR(struct send_in, msgid, JSON_OMIT, 1, 32, "our key"),
        JSON_STR(struct send_in, msgtype, JSON_REQUIRED, 0, 0, "text or msgmenu"),
        JSON_RAW(struct send_in, text, JSON_OMIT, "body of msgtype text"),
        JSON_RAW(struct send_in, msgmenu, JSON_OMIT, "body of msgtype msgmenu"),
};
static const struct json_desc on_event_in_desc = JSON_DESC("KfSendOnEventIn", struct send_in, on_event_in_fields);

struct send_out {
        const char *msgid;
};
static const struct json_field send_out_fields[] = {
        JSON_ID(struct send_out, msgid, 0, "the message"),
};
static const struct json_desc send_out_desc = JSON_DESC("KfSent", struct send_out, send_out_fields);

const struct wx_api wx_api_kf_send_msg = {
        .name = "kf.send_msg", .kind = "wecom", .method = "POST", .path = "/cgi-bin/kf/send_msg", .in = &send_in_desc,
        .out = &send_out_desc, .settle = WX_KEYED, .key = "msgid: our message's id, in the message's row",
        .left = "the bubble says \"outcome unknown\"; ten tries later a person says whether it arrived",  .why = "an agent or a rule answers a customer", .source = WECOM_DOC("94677"),
};
const struct wx_api wx_api_kf_send_msg_on_event = {
        .name = "kf.send_msg_on_event", .kind = "wecom", .method = "POST", .path = "/cgi-bin/kf/send_msg_on_event",
        .in = &on_event_in_desc, .out = &send_out_desc, .settle = WX_ONCE, .key = "the event's code, in the welcome's job, with its deadline",
        .left = "nothing: the code is used or out of date",         .why = "welcome, queue notice, goodbye", .source = WECOM_DOC("95122"),
};

static int put_body(struct send_in *in, const char *msgtype, const char *body)
{
#define BODY_ROW(name) {#name, &in->name},
        const struct {
                const char *type, **to;
        } rows[] = {BODIES(BODY_ROW)};

        in->msgtype = msgtype;
        for (size_t i = 0; i < countof(rows); i++) {
                if (text_eq(rows[i].type, msgtype)) {
                        *rows[i].to = body;
                        return 0;
                }
        }
        return fatal(EINVAL, "no 微信客服 message of type %s", msgtype ? msgtype : "(none)");
}

/* Refused although the same request was well-formed before: then it is the msgid that is known already. */
static int settle_repeat(const struct wx_fault *fault)
{
        switch (fault->errcode) {
        case 40035:
        case 40058:
        case 40063:
                return 0;
        case 95001:
        case 95002:
        case 95013:
        case 95018:
                return WX_E_UNKNOWN;
        default:
                return strstr(fault->errmsg, "msgid") || !wx_error("wecom", fault->errcode) ? 0 : WX_E_REFUSED;
        }
}

int kf_send_msg(struct ctx *ctx, int64_t account_id, const struct kf_out *msg, const char **msgid, struct wx_fault *fault)
{
        struct send_in in = {.touser = msg->touser, .open_kfid = msg->open_kfid, .msgid = msg->msgid};
        struct send_out out;
        int r = put_body(&in, msg->msgtype, msg->body);

        if (r)
                return r;
        r = wx_call(ctx, &wx_api_kf_send_msg, account_id, &in, &out, fault);
        if (r == WX_E_REFUSED && msg->repeat)
                r = settle_repeat(fault);
        if (!r)
                *msgid = text_empty(out.msgid) ? msg->msgid : out.msgid;
        return r;
}

static const char *text_body(struct arena *arena, const char *content)
{
        struct text body;

        text_init(&body, arena);
        text_add(&body, "{\"content\":");
        json_quote(&body, content);
        text_add(&body, "}");
        return body.p;
}

int kf_send_text(struct ctx *ctx, int64_t account_id, const struct kf_out *msg, const char *content, const char **msgid,
                 struct wx_fault *fault)
{
        struct kf_out out = *msg;

        out.msgtype = "text";
        out.body = text_body(ctx->arena, content);
        return kf_send_msg(ctx, account_id, &out, msgid, fault);
}

int kf_send_msg_on_event(struct ctx *ctx, int64_t account_id, const struct kf_on_event *msg, const char **msgid,
                         struct wx_fault *fault)
{
        struct send_in in = {.code = msg->code, .msgid = msg->msgid};
        struct send_out out;
        int r = put_body(&in, msg->msgtype, msg->body);

        if (r)
                return r;
        r = wx_call(ctx, &wx_api_kf_send_msg_on_event, account_id, &in, &out, fault);
        if (r == WX_E_REFUSED && msg->repeat && (fault->errcode == 95007 || fault->errcode == 41050))
                r = 0;
        if (!r)
                *msgid = text_empty(out.msgid) ? msg->msgid : out.msgid;
        return r;
}

/* ---- media ---- */

struct media_out {
        const char *media_id;
};
static const struct json_field media_fields[] = {
        JSON_STR(struct media_out, media_id, JSON_REQUIRED, 0, 0, "3 days"),
};
static const struct json_desc media_desc = JSON_DESC("KfMedia", struct media_out, media_fields);

const struct wx_api wx_api_kf_media_get = {
        .name = "kf.media_get", .kind = "wecom", .method = "GET", .path = "/cgi-bin/media/get", .settle = WX_READS,
        .why = "a picture, voice or file that a customer sent", .source = WECOM_DOC("90254"),
};
const struct wx_api wx_api_kf_media_upload = {
        .name = "kf.media_upload", .kind = "wecom", .method = "POST", .path = "/cgi-bin/media/upload", .out = &media_desc,
        .settle = WX_REPEAT, .key = "none: a file that nothing points to is seen by nobody",
        .left = "the message is still being sent", .why = "before a picture or file is sent", .source = WECOM_DOC("90253"),
};

int kf_media_get(struct ctx *ctx, int64_t account_id, const char *media_id, const char **mime, struct bytes *out,
                 struct wx_fault *fault)
{
        const char *const query[] = {"media_id", media_id, NULL};

        return wx_fetch(ctx, &wx_api_kf_media_get, account_id, query, mime, out, fault);
}

int kf_media_upload(struct ctx *ctx, int64_t account_id, const char *type, const char *filename, const char *mime,
                    struct bytes data, const char **media_id, struct wx_fault *fault)
{
        const char *const query[] = {"type", type, NULL};
        struct http_part part = {.name = "media", .filename = filename, .mime = mime, .data = data};
        struct media_out out;
        int r = wx_upload(ctx, &wx_api_kf_media_upload, account_id, query, &part, 1, &out, fault);

        if (!r)
                *media_id = out.media_id;
        return r;
}
