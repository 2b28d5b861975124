#include "platform/member.h"

#include "platform/wx_impl.h"

enum { NO_RIGHT = 60011, GONE = 60111 };

/* ---- the directory ---- */

static const struct json_field department_fields[] = {
        JSON_ID(struct member_department, id, 0, "department"),
        JSON_STR(struct member_department, name, 0, 0, 0, "its name"),
};
static const struct json_desc department_desc = JSON_DESC("MemberDepartment", struct member_department, department_fields);
struct departments_out {
        const struct member_department *department;
        size_t n;
};
static const struct json_field departments_fields[] = {
        JSON_LIST(struct departments_out, department, n, 0, 0, &department_desc, "those the app may see"),
};
static const struct json_desc departments_desc = JSON_DESC("MemberDepartments", struct departments_out, departments_fields);

const struct wx_api wx_api_member_departments = {
        .name = "member.departments", .kind = "wecom", .method = "GET", .path = "/cgi-bin/department/list", .out = &departments_desc,
        .settle = WX_READS, .why = "each hour, before the members are listed, and when one of them changed", .source = WECOM_DOC("90208"),
};

int member_departments(struct ctx *ctx, int64_t account_id, const struct member_department **list, size_t *n, struct wx_fault *fault)
{
        struct departments_out out;
        int r = wx_call(ctx, &wx_api_member_departments, account_id, NULL, &out, fault);

        *list = r ? NULL : out.department;
        *n = r ? 0 : out.n;
        return r;
}

static const struct json_field member_fields[] = {
        JSON_STR(struct member, userid, 0, 0, 0, "member"),
        JSON_STR(struct member, name, 0, 0, 0, "name"),
        JSON_STRS(struct member, department, n_department, 0, 0, "departments"),
        JSON_INT(struct member, status, 0, 0, 0, "1 active, 2 disabled, 4 never signed in, 5 left"),
};
static const struct json_desc member_desc = JSON_DESC("Member", struct member, member_fields);
struct members_out {
        const struct member *userlist;
        size_t n;
};
static const struct json_field members_fields[] = {JSON_LIST(struct members_out, userlist, n, 0, 0, &member_desc, "members")};
static const struct json_desc members_desc = JSON_DESC("Members", struct members_out, members_fields);

const struct wx_api wx_api_member_list = {
        .name = "member.list", .kind = "wecom", .method = "GET", .path = "/cgi-bin/user/list", .out = &members_desc,
        .settle = WX_READS, .why = "each hour, department by department: who may sign in, and who is gone",
        .source = WECOM_DOC("90201"),
};

int member_list(struct ctx *ctx, int64_t account_id, const char *department_id, const struct member **list, size_t *n,
                struct wx_fault *fault)
{
        const char *const query[] = {"department_id", department_id, NULL};
        struct members_out out;
        int r = wx_ask(ctx, &wx_api_member_list, account_id, query, &out, fault);

        *list = r ? NULL : out.userlist;
        *n = r ? 0 : out.n;
        return r;
}

const struct wx_api wx_api_member_get = {
        .name = "member.get", .kind = "wecom", .method = "GET", .path = "/cgi-bin/user/get", .out = &member_desc,
        .settle = WX_READS, .why = "when a member changed, is not listed any more, or signs in", .source = WECOM_DOC("90196"),
};

int member_get(struct ctx *ctx, int64_t account_id, const char *userid, struct member *out, struct wx_fault *fault)
{
        const char *const query[] = {"userid", userid, NULL};
        int r = wx_ask(ctx, &wx_api_member_get, account_id, query, out, fault);
        bool said = r == WX_E_REFUSED || r == WX_E_CONFIG;

        if (said && (fault->errcode == GONE || fault->errcode == NO_RIGHT)) {
                *out = (struct member){.userid = userid, .status = fault->errcode == GONE ? MEMBER_LEFT : MEMBER_OUTSIDE};
                return 0;
        }
        return r || !text_empty(out->userid) ? r : WX_E_REPLY;
}

/* ---- signing in ---- */

struct visitor_out {
        struct member_visitor now, before; /* until 2022 the members began with capitals */
};
static const struct json_field visitor_fields[] = {
        {.name = "userid", .type = JSON_T_STR, .at = offsetof(struct visitor_out, now.userid), .doc = "a member"},
        {.name = "openid", .type = JSON_T_STR, .at = offsetof(struct visitor_out, now.openid), .doc = "not a member"},
        {.name = "UserId", .type = JSON_T_STR, .at = offsetof(struct visitor_out, before.userid), .doc = "a member"},
        {.name = "OpenId", .type = JSON_T_STR, .at = offsetof(struct visitor_out, before.openid), .doc = "not a member"},
};
static const struct json_desc visitor_desc = JSON_DESC("MemberVisitor", struct visitor_out, visitor_fields);

const struct wx_api wx_api_member_of_code = {
        .name = "member.of_code", .kind = "wecom", .method = "GET", .path = "/cgi-bin/auth/getuserinfo", .out = &visitor_desc,
        .settle = WX_READS, .why = "when somebody comes back from WeCom's page of sign-in", .source = WECOM_DOC("91023"),
};

int member_of_code(struct ctx *ctx, int64_t account_id, const char *code, struct member_visitor *who, struct wx_fault *fault)
{
        const char *const query[] = {"code", code, NULL};
        struct visitor_out out;
        int r = wx_ask(ctx, &wx_api_member_of_code, account_id, query, &out, fault);

        if (r)
                return r;
        *who = text_empty(out.now.userid) && text_empty(out.now.openid) ? out.before : out.now;
        if (text_empty(who->userid))
                who->userid = NULL;
        return who->userid || !text_empty(who->openid) ? 0 : WX_E_REPLY;
}

/* The pages belong to hosts of their own; a simulator has them all on one. */
const char *member_sign_in_url(struct arena *a, const struct wx *wx, const struct member_sign_in *in)
{
        const char *base = wx->options.login_base, *back = url_encode(a, in->back);

        if (in->inside)
                return arena_printf(a, "%s/connect/oauth2/authorize?appid=%s&redirect_uri=%s&response_type=code&scope=snsapi_base"
                                       "&state=%s&agentid=%s#wechat_redirect",
                                    text_empty(base) ? "https://open.weixin.qq.com" : base, in->corp_id, back, in->state, in->agent_id);
        return arena_printf(a, "%s/wwlogin/sso/login?login_type=CorpApp&appid=%s&agentid=%s&redirect_uri=%s&state=%s&lang=%s",
                            text_empty(base) ? "https://login.work.weixin.qq.com" : base, in->corp_id, in->agent_id, back, in->state,
                            in->english ? "en" : "zh");
}
