#include "sim/condition.h"

#include "sim/admin_call.h"
#include "sim/sim.h"

#define X "/cgi-bin/externalcontact"
#define SHOP "/channels/ec"

const struct condition_row conditions[] = {
        {-1, FAMILY_WECOM, "/", "系统繁忙", "the system is busy"},
        {6000, FAMILY_WECOM, X "/edit_corp_tag", "数据版本冲突，有人同时在改", "somebody else changed the data at the same time"},
        {40091, FAMILY_WECOM, "/cgi-bin/gettoken", "secret 属于别的企业", "the secret is another corp's"},
        {40098, FAMILY_WECOM, X "/transfer_customer", "接替成员没有实名", "the member who takes over is not real-name"},
        {40143, FAMILY_WECOM, X "/transfer_customer", "成员的客户联系功能被封禁", "the member's external contacts are banned"},
        {40204, FAMILY_WECOM, X "/send_welcome_msg", "内容被反垃圾规则拒绝", "refused by the anti-spam rules"},
        {40205, FAMILY_WECOM, X "/transfer_customer", "成员一年没有登录，微信凭证过期", "the member's WeChat ticket has lapsed: no login in a year"},
        {40226, FAMILY_WEIXIN, "/sns/jscode2session", "高风险用户，登录被拦截", "a user of high risk: the login is blocked"},
        {41096, FAMILY_WECOM, X "/send_welcome_msg", "欢迎语正在由别的应用发送", "another application is sending its welcome"},
        {45029, FAMILY_WECOM, "/cgi-bin/user/list", "返回的数据太大，应缩小范围", "the answer is too large: ask for less"},
        {45033, FAMILY_WECOM, X, "并发调用超过限制", "too many calls at the same time"},
        {48004, FAMILY_WECOM, "/cgi-bin/", "接口被禁用", "the API is forbidden"},
        {48005, FAMILY_WECOM, "/cgi-bin/", "授权已取消", "the grant is gone"},
        {48008, FAMILY_WECOM, "/cgi-bin/", "接口权限已收回", "the permission was revoked"},
        {50002, FAMILY_WECOM, "/cgi-bin/auth/", "成员不在应用的可见范围", "the member is out of the application's range"},
        {50006, FAMILY_WECOM, X, "系统应用“客户联系”已停用", "the system application is disabled"},
        {60021, FAMILY_WECOM, "/cgi-bin/auth/", "成员不在授权范围", "the member is out of the range granted"},
        {60031, FAMILY_WECOM, "/cgi-bin/", "应用的 API 使用被禁用", "the application's use of the API is disabled"},
        {90206, FAMILY_WECOM, "/cgi-bin/message/send", "小程序没有关联到应用", "the mini program is not linked"},
        {90207, FAMILY_WECOM, "/cgi-bin/message/send", "小程序 appid 无效", "the mini program's appid is invalid"},
        {90208, FAMILY_WECOM, "/cgi-bin/message/send", "小程序与应用不匹配", "mini program and application do not match"},
        {90503, FAMILY_WECOM, X "/groupchat/", "新群主的群已满", "the new owner has no room for more groups"},
        {90507, FAMILY_WECOM, X "/groupchat/", "群正在转接中", "the group is being transferred"},
        {90508, FAMILY_WECOM, X "/groupchat/", "群已经转接完成", "the group has been transferred"},
        {90509, FAMILY_WECOM, X "/opengid_to_chatid", "opengid 不是企业微信的客户群", "the opengid is no customers' group of WeCom"},
        {90510, FAMILY_WECOM, X "/groupchat/", "企业一年没有活跃", "the corp has been inactive for a year"},
        {92000, FAMILY_WECOM, "/cgi-bin/auth/", "成员不在应用范围", "the member is not in the application's range"},
        {92002, FAMILY_WECOM, "/cgi-bin/auth/", "跨企业调用", "a call across corps"},
        {92003, FAMILY_WECOM, "/cgi-bin/auth/", "跨应用调用", "a call across applications"},
        {95011, FAMILY_WECOM, "/cgi-bin/kf/", "企业用的是联合客服模式", "the corp uses joint 客服: the call is of the independent mode"},
        {95012, FAMILY_WECOM, "/cgi-bin/kf/", "企业用的是独立客服模式", "the corp uses independent 客服: the call is of the joint mode"},
        {95023, FAMILY_WECOM, "/cgi-bin/kf/", "微信客服权限已授给另一个应用", "微信客服 is granted to another application"},
        {95026, FAMILY_WECOM, "/cgi-bin/kf/account/add", "客服账号使用率太低，不能再建", "too little use of the accounts there are"},
        {95032, FAMILY_WECOM, "/cgi-bin/kf/sync_msg", "组件读取会话记录的权限已失去", "the component has lost its permission of the records"},
        {301007, FAMILY_WECOM, "/cgi-bin/", "企业不可用", "the corp is unavailable"},
        {9700223, FAMILY_WEIXIN, SHOP "/aftersale/merchantupdateaftersale", "系统错误", "a system error"},
        {10021044, FAMILY_WEIXIN, SHOP "/aftersale/", "售后系统繁忙", "the after-sale system is busy"},
        {10021045, FAMILY_WEIXIN, SHOP "/aftersale/acceptapply", "商户资金账户异常", "a problem of the merchant's account"},
        {10190002, FAMILY_WEIXIN, SHOP "/commkf/", "店铺没有自研客服的权限", "the shop has no permission"},
        {10190010, FAMILY_WEIXIN, SHOP "/commkf/", "内容有风险", "the content is a risk"},
        {10190013, FAMILY_WEIXIN, SHOP "/commkf/", "会话已结束", "the session is over"},
};
const size_t n_conditions = countof(conditions);
_Static_assert(countof(conditions) <= CONDITIONS_MAX, "every condition has its flag");

int condition_check(struct request *rq)
{
        const struct sim *sim = rq->sim;

        for (size_t i = 0; sim->n_conditions && i < n_conditions; i++)
                if (sim->condition[i] && conditions[i].family == rq->family &&
                    text_starts(rq->endpoint->path, conditions[i].path))
                        return refuse(rq, conditions[i].code, "%s（/sim/conditions）", conditions[i].zh);
        return 0;
}

int condition_set(struct sim *sim, int code, bool on)
{
        for (size_t i = 0; i < n_conditions; i++) {
                if (conditions[i].code != code)
                        continue;
                sim->n_conditions += (unsigned)on - sim->condition[i];
                sim->condition[i] = on;
                return 0;
        }
        return CONDITION_E_CODE;
}

/* ---- /sim/conditions ---- */

static const char *list(struct admin_call *c)
{
        out_list(&c->out, "conditions");
        for (size_t i = 0; i < n_conditions; i++) {
                out_obj(&c->out, NULL);
                out_int(&c->out, "errcode", conditions[i].code);
                out_str(&c->out, "path", conditions[i].path);
                out_str(&c->out, "zh", conditions[i].zh);
                out_str(&c->out, "en", conditions[i].en);
                out_bool(&c->out, "on", c->sim->condition[i]);
                out_end(&c->out);
        }
        out_end(&c->out);
        return NULL;
}

static const char *put(struct admin_call *c)
{
        int64_t code;
        bool on = text_eq(admin_arg(c, "on"), "true") || text_eq(admin_arg(c, "on"), "1");

        if (text_to_int(c->id, -1, INT32_MAX, &code) || condition_set(c->sim, (int)code, on))
                return "no such condition: GET /sim/conditions lists them";
        return NULL;
}

static const struct admin_row rows[] = {
        {"GET", "/sim/conditions", list},
        {"POST", "/sim/conditions/", put}, /* of the page: .../set */
        {"PUT", "/sim/conditions/", put},
};
const struct admin_table admin_condition = {rows, countof(rows)};
