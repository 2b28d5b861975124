#include "platform/kf.h"

#include "platform/wx_impl.h"

#include <string.h>

/* ---- pulling ---- */

struct channels {
        const char *nickname, *shop_nickname;
        int64_t scene;
};
static const struct json_field channels_fields[] = {
        JSON_STR(struct channels, nickname, 0, 0, 0, "name of the 视频号"),
        JSON_STR(struct channels, shop_nickname, 0, 0, 0, "name of the shop"),
        JSON_INT(struct channels, scene, 0, 0, 0, "1 profile, 2 live room, 3 showcase, 4 product page, 5 order page"),
};
static const struct json_desc channels_desc = JSON_DESC("KfChannels", struct channels, channels_fields);

struct event_wire {
        struct kf_event e;
        struct channels wechat_channels;
};
#define EV_STR(m, d) {.name = #m, .type = JSON_T_STR, .at = offsetof(struct event_wire, e.m), .doc = (d)}
#define EV_INT(m, d) {.name = #m, .type = JSON_T_INT, .at = offsetof(struct event_wire, e.m), .doc = (d)}
static const struct json_field event_fields[] = {
        EV_STR(event_type, "enter_session, msg_send_fail, session_status_change, ..."),
        EV_STR(open_kfid, "account"),
        EV_STR(external_userid, "customer"),
        EV_STR(scene, "as given to add_contact_way"),
        EV_STR(scene_param, "as appended to the link"),
        EV_STR(welcome_code, "20 seconds, once"),
        EV_STR(fail_msgid, "what was not delivered"),
        EV_INT(fail_type, "why, 0 to 12"),
        EV_STR(servicer_userid, "servicer"),
        EV_INT(status, "1 serves, 2 stopped"),
        EV_INT(stop_type, "0 stopped, 1 suspended"),
        EV_INT(change_type, "1 taken, 2 handed over, 3 ended, 4 taken again"),
        EV_STR(old_servicer_userid, "before"),
        EV_STR(new_servicer_userid, "after"),
        EV_STR(msg_code, "code to answer with"),
        EV_STR(recall_msgid, "what was taken back"),
        EV_INT(reject_switch, "1 refuses her messages"),
        JSON_OBJ(struct event_wire, wechat_channels, 0, &channels_desc, "where she came from"),
};
static const struct json_desc event_desc = JSON_DESC("KfEvent", struct event_wire, event_fields);

/* The bodies that are documented. They are picked out while the page is decoded; any other is looked up by its name. */
#define BODIES(X) \
        X(text) X(image) X(voice) X(video) X(file) X(location) X(link) X(business_card) X(miniprogram) X(msgmenu) \
        X(channels_shop_product) X(channels_shop_order) X(merged_msg) X(channels) X(event)
#define BODY_MEMBER(name) const char *name;
struct msg_wire {
        const char *msgid, *open_kfid, *external_userid, *servicer_userid, *msgtype;
        int64_t send_time, origin;
        BODIES(BODY_MEMBER)
};
#define BODY_FIELD(name) JSON_RAW(struct msg_wire, name, 0, "body of msgtype " #name),
static const struct json_field msg_fields[] = {
        JSON_ID(struct msg_wire, msgid, 0, "dedupe by it"),
        JSON_STR(struct msg_wire, open_kfid, 0, 0, 0, "absent in events"),
        JSON_STR(struct msg_wire, external_userid, 0, 0, 0, "absent in events"),
        JSON_STR(struct msg_wire, servicer_userid, 0, 0, 0, "origin 5 only"),
        JSON_STR(struct msg_wire, msgtype, 0, 0, 0, "names the body"),
        JSON_INT(struct msg_wire, send_time, 0, 0, 0, "seconds"),
        JSON_INT(struct msg_wire, origin, 0, 0, 0, "3 customer, 4 system, 5 servicer"),
        BODIES(BODY_FIELD)
};
static const struct json_desc msg_desc = JSON_DESC("KfMsg", struct msg_wire, msg_fields);

struct page_wire {
        const char *next_cursor;
        int64_t has_more;
        const struct msg_wire *msg_list;
        size_t n;
};
static const struct json_field page_fields[] = {
        JSON_STR(struct page_wire, next_cursor, 0, 0, 0, "keep with the messages"),
        JSON_INT(struct page_wire, has_more, 0, 0, 0, "1: call again, even after an empty page"),
        JSON_LIST(struct page_wire, msg_list, n, 0, 0, &msg_desc, "messages and events"),
};
static const struct json_desc page_desc = JSON_DESC("KfPage", struct page_wire, page_fields);

struct sync_in {
        const char *cursor, *token, *open_kfid;
        int64_t limit;
};
static const struct json_field sync_in_fields[] = {
        JSON_STR(struct sync_in, cursor, JSON_OMIT, 0, 0, "of the page before"),
        JSON_STR(struct sync_in, token, JSON_OMIT, 0, 0, "of the callback, 10 minutes"),
        JSON_STR(struct sync_in, open_kfid, JSON_REQUIRED, 0, 0, "account"),
        JSON_INT(struct sync_in, limit, JSON_REQUIRED, 1, 1000, "most messages"),
};
static const struct json_desc sync_in_desc = JSON_DESC("KfSyncIn", struct sync_in, sync_in_fields);

const struct wx_api wx_api_kf_sync_msg = {
        .name = "kf.sync_msg", .kind = "wecom", .method = "POST", .path = "/cgi-bin/kf/sync_msg", .in = &sync_in_desc,
        .out = &page_desc, .settle = WX_READS, .why = "after each kf_msg_or_event and as a safety net",
        .source = WECOM_DOC("94670"),
};

static const char *body_of(struct arena *arena, const struct msg_wire *m, size_t at, struct bytes reply)
{
#define BODY_ROW(name) {#name, m->name},
        const struct {
                const char *type, *raw;
        } rows[] = {BODIES(BODY_ROW)};

        if (text_empty(m->msgtype))
                return "{}";
        for (size_t i = 0; i < countof(rows); i++)
                if (!strcmp(rows[i].type, m->msgtype))
                        return rows[i].raw ? rows[i].raw : "{}";
        /* A kind that we do not know: kept whole all the same. Parsing the page again is paid only here. */
        const char *raw = strchr(m->msgtype, '.')
                                  ? NULL
                                  : json_get(arena, reply, arena_printf(arena, "msg_list.%zu.%s", at, m->msgtype));
        return raw && *raw == '{' ? raw : "{}";
}

static int read_event(struct arena *arena, const char *body, struct kf_msg *msg)
{
        struct event_wire wire;
        struct kf_event *event;
        int r = json_read(arena, bytes_of_text(body), &event_desc, JSON_LENIENT, &wire, NULL);

        if (r < 0)
                return r;
        event = arena_new(arena, struct kf_event);
        if (!r)
                *event = wire.e;
        event->event_type = !r && event->event_type ? event->event_type : "";
        if (!r) {
                event->channels_nickname = wire.wechat_channels.nickname;
                event->channels_shop_nickname = wire.wechat_channels.shop_nickname;
                event->channels_scene = wire.wechat_channels.scene;
        }
        if (!msg->open_kfid)
                msg->open_kfid = event->open_kfid;
        if (!msg->external_userid)
                msg->external_userid = event->external_userid;
        msg->event = event;
        return 0;
}

static int unwrap(struct arena *arena, const struct page_wire *wire, struct bytes reply, struct kf_page *page)
{
        struct kf_msg *msgs = arena_array(arena, struct kf_msg, wire->n);

        for (size_t i = 0; i < wire->n; i++) {
                const struct msg_wire *m = &wire->msg_list[i];
                int r;

                msgs[i] = (struct kf_msg){
                        .msgid = m->msgid,
                        .open_kfid = m->open_kfid,
                        .external_userid = m->external_userid,
                        .send_time = m->send_time,
                        .origin = m->origin,
                        .servicer_userid = m->servicer_userid,
                        .msgtype = m->msgtype ? m->msgtype : "",
                        .body = body_of(arena, m, i, reply),
                };
                r = text_eq(m->msgtype, "event") ? read_event(arena, msgs[i].body, &msgs[i]) : 0;
                if (r)
                        return r;
        }
        *page = (struct kf_page){
                .next_cursor = text_empty(wire->next_cursor) ? NULL : wire->next_cursor,
                .has_more = wire->has_more != 0,
                .msgs = msgs,
                .n = wire->n,
        };
        return 0;
}

int kf_page_read(struct arena *arena, struct bytes reply, struct kf_page *page)
{
        struct page_wire wire;
        int r = json_read(arena, reply, &page_desc, JSON_LENIENT, &wire, NULL);

        if (r)
                return r < 0 ? r : WX_E_REPLY;
        return unwrap(arena, &wire, reply, page);
}

int kf_sync_msg(struct ctx *ctx, int64_t account_id, const char *open_kfid, const char *cursor, const char *token,
                int64_t limit, struct kf_page *page, struct wx_fault *fault)
{
        struct sync_in in = {
                .cursor = text_empty(cursor) ? NULL : cursor,
                .token = text_empty(token) ? NULL : token,
                .open_kfid = open_kfid,
                .limit = limit > 0 && limit < 1000 ? limit : 1000,
        };
        struct page_wire wire;
        struct bytes raw;
        int r = wx_call_raw(ctx, &wx_api_kf_sync_msg, account_id, &in, &wire, &raw, fault);

        /* A callback that waited for over ten minutes: its token is dead, its messages are not. */
        if (r == WX_E_REFUSED && fault->errcode == 95007 && in.token) {
                in.token = NULL;
                r = wx_call_raw(ctx, &wx_api_kf_sync_msg, account_id, &in, &wire, &raw, fault);
        }
        return r ? r : unwrap(ctx->arena, &wire, raw, page);
}

/* ---- sessions ---- */

struct session_in {
        const char *open_kfid, *external_userid;
        int64_t service_state;
        const char *servicer_userid;
};
static const struct json_field state_in_fields[] = {
        JSON_STR(struct session_in, open_kfid, JSON_REQUIRED, 0, 0, "account"),
        JSON_STR(struct session_in, external_userid, JSON_REQUIRED, 0, 0, "customer"),
};
static const struct json_desc state_in_desc = JSON_DESC("KfStateIn", struct session_in, state_in_fields);
static const struct json_field state_fields[] = {
        JSON_INT(struct kf_state, service_state, JSON_REQUIRED, 0, 0, "0 new, 1 assistant, 2 queue, 3 servicer, 4 ended"),
        JSON_STR(struct kf_state, servicer_userid, 0, 0, 0, "state 3 only"),
};
static const struct json_desc state_desc = JSON_DESC("KfState", struct kf_state, state_fields);

const struct wx_api wx_api_kf_service_state_get = {
        .name = "kf.service_state_get", .kind = "wecom", .method = "POST", .path = "/cgi-bin/kf/service_state/get",
        .in = &state_in_desc, .out = &state_desc, .settle = WX_READS,
        .why = "when a send is refused by the session's state, and to settle a move", .source = WECOM_DOC("94669"),
};

int kf_service_state_get(struct ctx *ctx, int64_t account_id, const char *open_kfid, const char *external_userid,
                         struct kf_state *out, struct wx_fault *fault)
{
        struct session_in in = {.open_kfid = open_kfid, .external_userid = external_userid};

        return wx_call(ctx, &wx_api_kf_service_state_get, account_id, &in, out, fault);
}

static const struct json_field trans_in_fields[] = {
        JSON_STR(struct session_in, open_kfid, JSON_REQUIRED, 0, 0, "account"),
        JSON_STR(struct session_in, external_userid, JSON_REQUIRED, 0, 0, "customer"),
        JSON_INT(struct session_in, service_state, JSON_REQUIRED, 0, 4, "where to"),
        JSON_STR(struct session_in, servicer_userid, JSON_OMIT, 0, 0, "required for state 3"),
};
static const struct json_desc trans_in_desc = JSON_DESC("KfTransIn", struct session_in, trans_in_fields);
struct trans_out {
        const char *msg_code;
};
static const struct json_field trans_fields[] = {
        JSON_STR(struct trans_out, msg_code, 0, 0, 0, "code to answer with"),
};
static const struct json_desc trans_desc = JSON_DESC("KfTrans", struct trans_out, trans_fields);

const struct wx_api wx_api_kf_service_state_trans = {
        .name = "kf.service_state_trans", .kind = "wecom", .method = "POST", .path = "/cgi-bin/kf/service_state/trans",
        .in = &trans_in_desc, .out = &trans_desc, .settle = WX_QUERY, .key = "the state asked for, in the thread's job",
        .left = "the thread says whose it is once the platform does",
        .why = "to take a session to this desk, hand it to the WeCom client, end it", .source = WECOM_DOC("94669"),
};

int kf_service_state_trans(struct ctx *ctx, int64_t account_id, const char *open_kfid, const char *external_userid,
                           int64_t service_state, const char *servicer_userid, const char **msg_code,
                           struct wx_fault *fault)
{
        struct session_in in = {open_kfid, external_userid, service_state, servicer_userid};
        struct trans_out out;
        int r = wx_call(ctx, &wx_api_kf_service_state_trans, account_id, &in, &out, fault);

        *msg_code = r || text_empty(out.msg_code) ? NULL : out.msg_code;
        if (r == WX_E_REFUSED && service_state == KF_STATE_ENDED && fault->errcode == 95013)
                r = 0;
        return r;
}

/* ---- customers and accounts ---- */

struct customer_context {
        const char *scene, *scene_param;
        struct channels wechat_channels;
};
static const struct json_field context_fields[] = {
        JSON_STR(struct customer_context, scene, 0, 0, 0, "as given to add_contact_way"),
        JSON_STR(struct customer_context, scene_param, 0, 0, 0, "as appended to the link"),
        JSON_OBJ(struct customer_context, wechat_channels, 0, &channels_desc, "where she came from"),
};
static const struct json_desc context_desc = JSON_DESC("KfEnterContext", struct customer_context, context_fields);

struct customer_wire {
        const char *external_userid, *nickname, *avatar, *unionid;
        int64_t gender;
        struct customer_context enter_session_context;
};
static const struct json_field customer_fields[] = {
        JSON_STR(struct customer_wire, external_userid, JSON_REQUIRED, 0, 0, "customer"),
        JSON_STR(struct customer_wire, nickname, 0, 0, 0, "her name in WeChat"),
        JSON_STR(struct customer_wire, avatar, 0, 0, 0, "picture URL"),
        JSON_STR(struct customer_wire, unionid, 0, 0, 0, "only with a bound developer account"),
        JSON_INT(struct customer_wire, gender, 0, 0, 0, "1 male, 2 female, 0 unknown"),
        JSON_OBJ(struct customer_wire, enter_session_context, 0, &context_desc, "last entry within 48 h"),
};
static const struct json_desc customer_desc = JSON_DESC("KfCustomer", struct customer_wire, customer_fields);

struct batch_in {
        const char *const *external_userid_list;
        size_t n;
        int64_t need_enter_session_context;
};
static const struct json_field batch_in_fields[] = {
        JSON_STRS(struct batch_in, external_userid_list, n, JSON_REQUIRED, KF_BATCH_MAX, "customers"),
        JSON_INT(struct batch_in, need_enter_session_context, JSON_REQUIRED, 0, 1, "1: with the last entry"),
};
static const struct json_desc batch_in_desc = JSON_DESC("KfBatchIn", struct batch_in, batch_in_fields);
struct batch_out {
        const struct customer_wire *customer_list;
        size_t n;
};
static const struct json_field batch_fields[] = {
        JSON_LIST(struct batch_out, customer_list, n, 0, 0, &customer_desc, "those known"),
};
static const struct json_desc batch_desc = JSON_DESC("KfBatch", struct batch_out, batch_fields);

const struct wx_api wx_api_kf_customer_batchget = {
        .name = "kf.customer_batchget", .kind = "wecom", .method = "POST", .path = "/cgi-bin/kf/customer/batchget",
        .in = &batch_in_desc, .out = &batch_desc, .settle = WX_READS, .why = "a customer who is new or without a name",
        .source = WECOM_DOC("95159"),
};

int kf_customer_batchget(struct ctx *ctx, int64_t account_id, const char *const *external_userids, size_t n,
                         bool with_session, const struct kf_customer **out, size_t *n_out, struct wx_fault *fault)
{
        struct batch_in in = {external_userids, n < KF_BATCH_MAX ? n : KF_BATCH_MAX, with_session};
        struct batch_out reply;
        struct kf_customer *list;
        int r = wx_call(ctx, &wx_api_kf_customer_batchget, account_id, &in, &reply, fault);

        if (r)
                return r;
        list = arena_array(ctx->arena, struct kf_customer, reply.n);
        for (size_t i = 0; i < reply.n; i++) {
                const struct customer_wire *c = &reply.customer_list[i];
                const struct customer_context *e = &c->enter_session_context;

                list[i] = (struct kf_customer){c->external_userid, c->nickname, c->avatar, c->unionid, c->gender, e->scene,
                                               e->scene_param, e->wechat_channels.nickname,
                                               e->wechat_channels.shop_nickname, e->wechat_channels.scene};
        }
        *out = list;
        *n_out = reply.n;
        return 0;
}

enum { ACCOUNT_PAGE = 100, ACCOUNTS_MAX = 5000 };

struct accounts_in {
        int64_t offset, limit;
};
static const struct json_field accounts_in_fields[] = {
        JSON_INT(struct accounts_in, offset, JSON_REQUIRED, 0, 0, "from"),
        JSON_INT(struct accounts_in, limit, JSON_REQUIRED, 1, ACCOUNT_PAGE, "most"),
};
static const struct json_desc accounts_in_desc = JSON_DESC("KfAccountsIn", struct accounts_in, accounts_in_fields);
static const struct json_field account_fields[] = {
        JSON_STR(struct kf_account, open_kfid, JSON_REQUIRED, 0, 0, "account"),
        JSON_STR(struct kf_account, name, 0, 0, 0, "as customers see it"),
        JSON_STR(struct kf_account, avatar, 0, 0, 0, "picture URL"),
        JSON_BOOL(struct kf_account, manage_privilege, 0, "we may manage it"),
};
static const struct json_desc account_desc = JSON_DESC("KfAccount", struct kf_account, account_fields);
struct accounts_out {
        const struct kf_account *account_list;
        size_t n;
};
static const struct json_field accounts_fields[] = {
        JSON_LIST(struct accounts_out, account_list, n, 0, 0, &account_desc, "accounts"),
};
static const struct json_desc accounts_desc = JSON_DESC("KfAccounts", struct accounts_out, accounts_fields);

const struct wx_api wx_api_kf_account_list = {
        .name = "kf.account_list", .kind = "wecom", .method = "POST", .path = "/cgi-bin/kf/account/list",
        .in = &accounts_in_desc, .out = &accounts_desc, .settle = WX_READS, .why = "when a corp is connected",
        .source = WECOM_DOC("94661"),
};

int kf_account_list(struct ctx *ctx, int64_t account_id, const struct kf_account **out, size_t *n,
                    struct wx_fault *fault)
{
        struct kf_account *all = arena_array(ctx->arena, struct kf_account, 0);
        size_t have = 0;

        for (int64_t offset = 0; offset < ACCOUNTS_MAX; offset += ACCOUNT_PAGE) {
                struct accounts_in in = {offset, ACCOUNT_PAGE};
                struct accounts_out page;
                int r = wx_call(ctx, &wx_api_kf_account_list, account_id, &in, &page, fault);

                if (r)
                        return r;
                all = arena_grow(ctx->arena, all, have * sizeof(*all), (have + page.n) * sizeof(*all));
                for (size_t i = 0; i < page.n; i++)
                        all[have++] = page.account_list[i];
                if (page.n < ACCOUNT_PAGE)
                        break;
        }
        *out = all;
        *n = have;
        return 0;
}
