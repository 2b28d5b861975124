/* The declaration of inbox. */
#include "inbox/api.h"
#include "inbox/inbox.h"
#include "inbox/parts.h"
#include "inbox/remote.h"
#include "inbox/rows.h"

#include "contacts/contacts.h"
#include "orders/orders.h"
#include "platform/callback.h"
#include "staff/staff.h"

extern const char inbox_schema_sql[];
extern const size_t inbox_schema_sql_size;
static const struct schema schema = {inbox_schema_sql, &inbox_schema_sql_size};

static const struct listener listeners[] = {
        {&contacts_event_linked, false, inbox_on_linked, "inbox.on_linked"},
        {&orders_event_changed, false, inbox_on_order, "inbox.on_order"},
        {&staff_event_disabled, false, inbox_on_disabled, "inbox.on_disabled"},
};

static const struct remote_event remote_events[] = {
        {WX_SHOP, "commkf_send_msg_to_kf", inbox_hear_shopkf},
        {WX_WECOM, "kf_msg_or_event", inbox_hear_kf},
};

static const struct permission permissions[] = {
        {"inbox.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT | ROLE_READER, "see conversations"},
        {"inbox.reply", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_AGENT, "answer customers, assign and close conversations"},
        {"inbox.settings", ROLE_OWNER | ROLE_SUPERVISOR, "set greetings"},
};

static struct metric *const metrics[] = {&inbox_metric_received, &inbox_metric_polled, &inbox_metric_sent,
                                         &inbox_metric_failed};

#define STEPS(name) .prepare = inbox_##name##_prepare, .call = inbox_##name##_call, .settle = inbox_##name##_settle

static const struct job_kind jobs[] = {
        {JOB_CLAIM, JOB_NORMAL, .max_tries = 10, .backoff_ms = 1000, .per_account = 8, STEPS(claim),
         .zh = "把新会话接到工作台，或发现它在企业微信里", .summary = "takes a new session for the desk, or finds it in the WeCom client"},
        {JOB_MEDIA, JOB_NORMAL, .max_tries = 20, .backoff_ms = 2000, .per_account = 4, STEPS(media),
         .zh = "三天内取回顾客的图片、语音或文件", .summary = "fetches a customer's picture, voice or file within its three days"},
        {JOB_NAMES, JOB_NORMAL, .backoff_ms = 2000, STEPS(names),
         .zh = "查询新顾客的昵称，每次一百位", .summary = "asks for the names of new customers, a hundred at a time"},
        {JOB_POLL, JOB_NORMAL, .prepare = inbox_poll_prepare,
         .zh = "每分钟看一次有没有漏通知的消息", .summary = "looks once a minute for messages that no callback announced"},
        /* Eight at once for a corp: what waits meanwhile is read with the same page, and at 50 ms a call this is half of what
         * the platform allows (20,000 a minute), which a flood of notices over many accounts would use up in seconds. */
        {JOB_PULL, JOB_URGENT, .backoff_ms = 1000, .per_account = 8, STEPS(pull), .zh = "读取客服账号的新消息", .summary = "reads new messages of a 微信客服 account"},
        {JOB_SEND, JOB_NORMAL, .backoff_ms = 1000, .per_account = 16, STEPS(send),
         .zh = "按顺序发出会话的回复，每条只发一次", .summary = "sends a thread's replies in order, each exactly once"},
        {JOB_WELCOME, JOB_URGENT, .max_tries = 20, .backoff_ms = 1000, STEPS(welcome),
         .zh = "二十秒内向进入的顾客问好", .summary = "greets a customer who enters, within 20 seconds"},
};

const struct domain inbox_domain = {
        .name = "inbox",
        .schema = &schema,
        .holds = &inbox_holds,
        .routes = inbox_routes,
        .n_routes = INBOX_ROUTES,
        .listeners = listeners,
        .n_listeners = countof(listeners),
        .jobs = jobs,
        .n_jobs = countof(jobs),
        .remote_events = remote_events,
        .n_remote_events = countof(remote_events),
        .permissions = permissions,
        .n_permissions = countof(permissions),
        .metrics = metrics,
        .n_metrics = countof(metrics),
        .searches = inbox_searches,
        .n_searches = countof(inbox_searches),
        .probe = &inbox_probe,
};
