/* Sentences for people: why a message was not delivered, why nothing may be said now. Pure. */
#include "inbox/parts.h"

const char inbox_ask_card_text[] =
        "您好，为了尽快帮您查询，麻烦发一下订单：点聊天框右下角的“+”，选择“订单”并发送；或者把订单号复制发给我。";

static const struct note {
        const char *code, *zh, *en;
} notes[] = {
        /* msg_send_fail: wecom-kf.md 5.2 */
        {"fail.0", "微信未说明原因", "WeChat gave no reason"},
        {"fail.1", "客服账号已删除", "the 微信客服 account was deleted"},
        {"fail.2", "应用已停用", "the app is closed"},
        {"fail.4", "会话已过期，超过 48 小时", "the session expired (over 48 hours)"},
        {"fail.5", "会话已关闭", "the session was closed"},
        {"fail.6", "超过 5 条，等她再发一条消息", "over 5 messages: wait until she writes again"},
        {"fail.7", "企业未绑定视频号", "no Channels account is bound"},
        {"fail.8", "主体未验证", "the company is not verified"},
        {"fail.9", "未绑定视频号且主体未验证", "no Channels account is bound and the company is not verified"},
        {"fail.10", "顾客拒收消息", "the customer rejects messages"},
        {"fail.11", "企业没有成员登录企业微信 App", "no member of the company is logged in to the WeCom app"},
        {"fail.12", "客服组件不允许发送这种消息", "the 微信客服 component forbids this kind of message"},
        /* send_msg: wecom-kf.md 6, errors.md */
        {"kf.40007", "图片素材无效或过期，请重新发送", "the picture is invalid or expired: send it again"},
        {"kf.40096", "微信不认识这位顾客", "WeChat does not know this customer"},
        {"kf.44004", "内容为空", "the text is empty"},
        {"kf.45002", "内容太长", "the text is too long"},
        {"kf.48007", "此客服账号未授权给应用：请管理员在“微信客服 → 可调用接口的应用”中授权",
         "this 微信客服 account is not granted to the app: the administrator must grant it"},
        {"kf.60020", "本机 IP 不在企业可信 IP 内：请管理员添加",
         "this machine's IP is not trusted: the administrator must add it"},
        {"kf.95000", "客服账号无效", "the 微信客服 account is invalid"},
        {"kf.95001", "5 条回复已用完，等她再发一条消息", "the five replies are used: wait until she writes again"},
        {"kf.95002", "距她上一条消息已超过 48 小时，等她再发一条消息",
         "over 48 hours since her message: wait until she writes again"},
        {"kf.95003", "未认证企业当天可接待的顾客数已用完",
         "the daily customer limit of an unverified company is used up"},
        {"kf.95004", "客服账号不存在或已删除", "the 微信客服 account does not exist any more"},
        {"kf.95007", "欢迎语已过期或已用过", "the greeting came too late or was sent before"},
        {"kf.95013", "会话已结束，等她再发一条消息", "the session has ended: wait until she writes again"},
        {"kf.95017", "此客服账号没有开启 API 管理：请管理员开启",
         "API management is off for this account: the administrator must switch it on"},
        {"kf.95018", "会话在企业微信中由人工接待，请在企业微信客户端回复",
         "the session is in the WeCom client: answer there"},
        {"kf.95030", "客服组件不允许发送这种消息", "the 微信客服 component forbids this kind of message"},
        /* in-shop: channels-callback.md 7.2 */
        {"shop.10080000", "店铺正在关闭", "the shop is closing"},
        {"shop.10190001", "微信不接受这条消息的内容", "WeChat does not accept the content"},
        {"shop.10190002", "没有店内客服接口权限：请超级管理员在店铺后台开通",
         "no right to the in-shop interface: the owner must apply for it"},
        {"shop.10190003", "店铺不在接口模式：请在店铺后台切换为自研客服",
         "the shop is not in interface mode: switch it in the shop's console"},
        {"shop.10190006", "没有这位买家的会话", "there is no session with this buyer"},
        {"shop.10190008", "5 条回复已用完，等买家再发一条消息",
         "the five replies are used: wait until the buyer writes again"},
        {"shop.10190009", "距买家上一条消息已超过 48 小时", "over 48 hours since the buyer's message"},
        {"shop.10190010", "内容被判定有风险，请换个说法", "the content was judged risky: say it differently"},
        {"shop.10190013", "会话已结束，等买家再发一条消息", "the session has ended: wait until the buyer writes again"},
        /* ours */
        {"config", "平台配置有误，请管理员查看账号状态",
         "the platform refuses this account: the administrator must look"},
        {"image", "图片读不到了", "the picture cannot be read any more"},
        {"late", "超过 20 秒，欢迎语未发送", "over 20 seconds: the greeting was not sent"},
        {"person", "由人工确认", "decided by a person"},
        {"unknown", "没有收到微信的回答，正用同一编号再试，不会重复；一直没有结果时请看对方手机后人工确认",
         "no answer came; tried again with the same key, never twice; if it stays so, look at the phone and decide"},
        {"read_only", "账号处于只读模式", "the account is in read-only mode"},
};

const char *inbox_note(struct arena *a, const char *code, bool english)
{
        if (text_empty(code))
                return NULL;
        for (size_t i = 0; i < countof(notes); i++)
                if (text_eq(notes[i].code, code))
                        return english ? notes[i].en : notes[i].zh;
        return arena_printf(a, english ? "WeChat refused it (%s)" : "微信未接受（%s）", code);
}

static const struct refusal {
        int status;
        const char *name, *zh, *en;
} refusals[] = {
        {INBOX_E_WINDOW_CLOSED, "window_closed", WINDOW_ZH, WINDOW_EN},
        {INBOX_E_BUDGET, "budget", BUDGET_ZH, BUDGET_EN},
        {INBOX_E_OWNER, "owner", OWNER_ZH, OWNER_EN},
        {INBOX_E_READ_ONLY, "read_only", READ_ONLY_ZH, READ_ONLY_EN},
};

static const struct refusal *refusal_row(int status, const char *name)
{
        for (size_t i = 0; i < countof(refusals); i++)
                if (refusals[i].status == status || text_eq(refusals[i].name, name))
                        return &refusals[i];
        return NULL;
}

const char *inbox_refusal(int status)
{
        const struct refusal *row = refusal_row(status, "");
        return row ? row->name : NULL;
}

const char *inbox_refusal_text(const char *name, bool english)
{
        const struct refusal *row = refusal_row(0, name);
        return row ? (english ? row->en : row->zh) : NULL;
}
