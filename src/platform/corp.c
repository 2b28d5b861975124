#include "platform/corp.h"

#include "platform/wx_impl.h"

#define SAME_FOR_S 1800 /* how long the platform remembers a text */

struct text_in {
        const char *content;
};
static const struct json_field text_fields[] = {
        JSON_STR(struct text_in, content, JSON_REQUIRED, 1, CORP_TEXT_MAX, "with <a href> at most"),
};
static const struct json_desc text_desc = JSON_DESC("AppText", struct text_in, text_fields);

struct send_in {
        const char *touser, *msgtype;
        int64_t agentid, enable_duplicate_check, duplicate_check_interval;
        struct text_in text;
};
static const struct json_field in_fields[] = {
        JSON_STR(struct send_in, touser, JSON_REQUIRED, 1, 64, "the member"),
        JSON_STR(struct send_in, msgtype, JSON_REQUIRED, 0, 0, "text"),
        JSON_INT(struct send_in, agentid, JSON_REQUIRED, 0, 0, "the app"),
        JSON_OBJ(struct send_in, text, JSON_REQUIRED, &text_desc, "what is said"),
        JSON_INT(struct send_in, enable_duplicate_check, JSON_REQUIRED, 0, 0, "1: the same content again is not delivered"),
        JSON_INT(struct send_in, duplicate_check_interval, JSON_REQUIRED, 0, 0, "for how long, seconds"),
};
static const struct json_desc in_desc = JSON_DESC("AppMessageIn", struct send_in, in_fields);

static const struct json_field out_fields[] = {
        JSON_ID(struct corp_sent, msgid, 0, "the message"),
        JSON_STR(struct corp_sent, invaliduser, 0, 0, 0, "those who were not reached"),
        JSON_STR(struct corp_sent, unlicenseduser, 0, 0, 0, "those without a licence"),
};
static const struct json_desc out_desc = JSON_DESC("AppMessageSent", struct corp_sent, out_fields);

const struct wx_api wx_api_corp_send = {
        .name = "corp.send", .kind = "wecom", .method = "POST", .path = "/cgi-bin/message/send", .in = &in_desc, .out = &out_desc,
        .settle = WX_KEYED, .key = "the text itself, which names its minute and second, in the message's row",
        .left = "the list of messages says \"outcome unknown\"; it is repeated for ten minutes, then left as it is",
        .why = "an alarm for the people chosen, or a test message", .source = WECOM_DOC("90236"),
};

int corp_send_text(struct ctx *ctx, int64_t account_id, int64_t agent_id, const char *userid, const char *text,
                   struct corp_sent *sent, struct wx_fault *fault)
{
        const struct send_in in = {.touser = userid, .msgtype = "text", .agentid = agent_id, .text = {text},
                                   .enable_duplicate_check = 1, .duplicate_check_interval = SAME_FOR_S};

        return wx_call(ctx, &wx_api_corp_send, account_id, &in, sent, fault);
}
