#include "platform/shopkf.h"

#include "platform/wx_impl.h"

#include <string.h>

/* ---- what comes ---- */

static const char *id_of(const struct wx_event *event, const char *path)
{
        const char *value = wx_event_get(event, path);

        return text_empty(value) ? NULL : value;
}

/* The body may itself be a text in a push that came through a third-party platform. */
static const char *body_of(struct arena *arena, const struct wx_event *event, const char *msg_type)
{
        const char *raw = text_empty(msg_type) || strchr(msg_type, '.') ? NULL : json_get(arena, event->raw, msg_type);

        return raw && *raw == '{' ? raw : "{}";
}

int shopkf_read(struct arena *arena, const struct wx_event *event, struct shopkf_in *out)
{
        if (event->kind != WX_SHOP || !text_eq(event->type, "commkf_send_msg_to_kf"))
                return SHOPKF_E_EVENT;
        *out = (struct shopkf_in){
                .openid = text_empty(event->from) ? NULL : event->from,
                .msg_id = id_of(event, "msg_id"),
                .msg_type = id_of(event, "msg_type"),
                .msg_event = id_of(event, "msg_event"),
                .create_time = event->create_time,
        };
        if (!out->openid || !out->msg_id)
                return SHOPKF_E_EVENT;
        if (!out->msg_type)
                out->msg_type = "";
        out->body = body_of(arena, event, out->msg_type);
        return 0;
}

/* ---- what leaves ---- */

struct send_in {
        const char *request_id, *open_id, *msg_type;
        const char *text, *image, *video, *file, *product_share, *order_share;
};
static const struct json_field send_in_fields[] = {
        JSON_STR(struct send_in, request_id, JSON_REQUIRED, 1, 64, "our key: the same is never delivered twice"),
        JSON_STR(struct send_in, open_id, JSON_REQUIRED, 0, 0, "buyer"),
        JSON_STR(struct send_in, msg_type, JSON_REQUIRED, 0, 0, "names the body"),
        JSON_RAW(struct send_in, text, JSON_OMIT, "{content}"),
        JSON_RAW(struct send_in, image, JSON_OMIT, "{cos_url}"),
        JSON_RAW(struct send_in, video, JSON_OMIT, "{cos_url}"),
        JSON_RAW(struct send_in, file, JSON_OMIT, "{cos_url}"),
        JSON_RAW(struct send_in, product_share, JSON_OMIT, "{product_id}"),
        JSON_RAW(struct send_in, order_share, JSON_OMIT, "{order_id}"),
};
static const struct json_desc send_in_desc = JSON_DESC("ShopkfSendIn", struct send_in, send_in_fields);
struct send_out {
        const char *msg_id;
};
static const struct json_field send_out_fields[] = {
        JSON_ID(struct send_out, msg_id, 0, "the message"),
};
static const struct json_desc send_out_desc = JSON_DESC("ShopkfSent", struct send_out, send_out_fields);

const struct wx_api wx_api_shopkf_send = {
        .name = "shopkf.send", .kind = "shop", .method = "POST", .path = "/channels/ec/commkf/sendmsg", .in = &send_in_desc,
        .out = &send_out_desc, .settle = WX_KEYED, .key = "request_id: our message's id, in the message's row",
        .left = "the bubble says \"outcome unknown\"; ten tries later a person says whether it arrived",
        .why = "an agent or a rule answers a buyer in the shop",
        .source = WEIXIN_DOC("store/shop/guide/connect/kf.html"),
};

static int put_body(struct send_in *in, const char *msg_type, const char *body)
{
        const struct {
                const char *type, **to;
        } rows[] = {{"text", &in->text}, {"image", &in->image}, {"video", &in->video}, {"file", &in->file},
                    {"product_share", &in->product_share}, {"order_share", &in->order_share}};

        in->msg_type = msg_type;
        for (size_t i = 0; i < countof(rows); i++) {
                if (text_eq(rows[i].type, msg_type)) {
                        *rows[i].to = body;
                        return 0;
                }
        }
        return fatal(EINVAL, "no in-shop message of type %s", msg_type ? msg_type : "(none)");
}

int shopkf_send(struct ctx *ctx, int64_t account_id, const struct shopkf_out *msg, const char **msg_id,
                struct wx_fault *fault)
{
        struct send_in in = {.request_id = msg->request_id, .open_id = msg->openid};
        struct send_out out;
        int r = put_body(&in, msg->msg_type, msg->body);

        if (r)
                return r;
        r = wx_call(ctx, &wx_api_shopkf_send, account_id, &in, &out, fault);
        if (r == WX_E_REFUSED && msg->repeat) {
                /* Window over, budget used, session ended: that says nothing about the first try. */
                if (strstr(fault->errmsg, "request_id") || fault->errcode == 10190001)
                        r = 0;
                else if (fault->errcode == 10190008 || fault->errcode == 10190009 || fault->errcode == 10190013)
                        r = WX_E_UNKNOWN;
        }
        if (!r)
                *msg_id = text_empty(out.msg_id) ? NULL : out.msg_id;
        return r;
}

int shopkf_send_text(struct ctx *ctx, int64_t account_id, const struct shopkf_out *msg, const char *content,
                     const char **msg_id, struct wx_fault *fault)
{
        struct shopkf_out out = *msg;
        struct text body;

        text_init(&body, ctx->arena);
        text_add(&body, "{\"content\":");
        json_quote(&body, content);
        text_add(&body, "}");
        out.msg_type = "text";
        out.body = body.p;
        return shopkf_send(ctx, account_id, &out, msg_id, fault);
}

struct upload_out {
        const char *cos_url;
};
static const struct json_field upload_fields[] = {
        JSON_STR(struct upload_out, cos_url, JSON_REQUIRED, 0, 0, "for the message"),
};
static const struct json_desc upload_desc = JSON_DESC("ShopkfUpload", struct upload_out, upload_fields);

const struct wx_api wx_api_shopkf_upload = {
        .name = "shopkf.upload", .kind = "shop", .method = "POST", .path = "/channels/ec/commkf/cosupload",
        .out = &upload_desc, .settle = WX_REPEAT, .key = "none: a file that nothing points to is seen by nobody",
        .left = "the message is still being sent",
        .why = "before a picture or file is sent in the shop",
        .source = WEIXIN_DOC("store/shop/guide/connect/kf.html"),
};

int shopkf_upload(struct ctx *ctx, int64_t account_id, const char *openid, const char *msg_type, const char *filename,
                  const char *mime, struct bytes data, const char **cos_url, struct wx_fault *fault)
{
        /* The kind is told under both names that the pages use. */
        const struct http_part parts[] = {
                {.name = "open_id", .data = bytes_of_text(openid)},
                {.name = "msg_type", .data = bytes_of_text(msg_type)},
                {.name = "file_type", .data = bytes_of_text(msg_type)},
                {.name = "file", .filename = filename, .mime = mime, .data = data},
        };
        struct upload_out out;
        int r = wx_upload(ctx, &wx_api_shopkf_upload, account_id, NULL, parts, countof(parts), &out, fault);

        if (!r)
                *cos_url = out.cos_url;
        return r;
}
