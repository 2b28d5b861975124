#include "platform/quota.h"

#include "platform/wx_impl.h"

struct quota_in {
        const char *cgi_path;
};
static const struct json_field in_fields[] = {
        JSON_STR(struct quota_in, cgi_path, JSON_REQUIRED, 0, 0, "which call"),
};
static const struct json_desc in_desc = JSON_DESC("WxQuotaIn", struct quota_in, in_fields);

struct day {
        int64_t daily_limit, used, remain;
};
static const struct json_field day_fields[] = {
        JSON_INT(struct day, daily_limit, 0, 0, 0, "calls a day"),
        JSON_INT(struct day, used, 0, 0, 0, "made today"),
        JSON_INT(struct day, remain, JSON_REQUIRED, 0, 0, "left today"),
};
static const struct json_desc day_desc = JSON_DESC("WxQuotaDay", struct day, day_fields);

struct pace {
        int64_t call_count, refresh_second;
};
static const struct json_field pace_fields[] = {
        JSON_INT(struct pace, call_count, 0, 0, 0, "calls"),
        JSON_INT(struct pace, refresh_second, 0, 0, 0, "in so many seconds"),
};
static const struct json_desc pace_desc = JSON_DESC("WxQuotaPace", struct pace, pace_fields);

struct quota_out {
        struct day quota;
        const struct pace *rate_limit;
};
static const struct json_field out_fields[] = {
        JSON_OBJ(struct quota_out, quota, JSON_REQUIRED, &day_desc, "the day"),
        JSON_PTR(struct quota_out, rate_limit, 0, &pace_desc, "the minute, where there is one"),
};
static const struct json_desc out_desc = JSON_DESC("WxQuotaGet", struct quota_out, out_fields);

const struct wx_api wx_api_quota = {
        .name = "quota.get", .kind = "shop", .method = "POST", .path = "/cgi-bin/openapi/quota/get", .in = &in_desc,
        .out = &out_desc, .settle = WX_READS, .why = "while history is read, so that a reserve is left for what happens now",
        .source = WEIXIN_DOC("oplatform/openApi/OpenApiDoc/openapi/getApiQuota.html"),
};

int wx_quota(struct ctx *ctx, int64_t account_id, const char *path, struct wx_quota *out, struct wx_fault *fault)
{
        const struct quota_in in = {path};
        struct quota_out reply;
        int r = wx_call(ctx, &wx_api_quota, account_id, &in, &reply, fault);

        if (r)
                return r;
        *out = (struct wx_quota){.daily_limit = reply.quota.daily_limit, .used = reply.quota.used, .remain = reply.quota.remain};
        if (reply.rate_limit) {
                out->call_count = reply.rate_limit->call_count;
                out->refresh_second = reply.rate_limit->refresh_second;
        }
        return 0;
}
