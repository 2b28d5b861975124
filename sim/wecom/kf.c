/* WeCom: what happens at a 微信客服 account, pulled (wecom-kf.md 5). */
#include "sim/cursor.h"
#include "sim/sim.h"
#include "sim/wecom/kf.h"

#define KEPT_MS (3 * DAY_MS)

static void write_message(struct request *rq, const struct message *m)
{
        out_obj(&rq->out, NULL);
        out_str(&rq->out, "msgid", m->msgid);
        /* An event carries these two inside. */
        if (m->author != BY_SYSTEM) {
                out_str(&rq->out, "open_kfid", m->kf->open_kfid);
                out_str(&rq->out, "external_userid", m->person->external_userid);
        }
        out_int(&rq->out, "send_time", m->at / 1000);
        out_int(&rq->out, "origin", m->author);
        if (m->author == BY_SERVICER)
                out_str(&rq->out, "servicer_userid", m->servicer);
        out_str(&rq->out, "msgtype", m->type);
        out_raw(&rq->out, m->type, m->body);
        out_end(&rq->out);
}

/* Without a token of a notice the platform is strict about how often it is asked. */
static int check_notice_token(struct request *rq, struct kf_account *kf)
{
        const char *token = rq_str(rq, "token");
        int64_t minute = sim_now(rq->sim) / 60000;

        if (!text_empty(token)) {
                int r = cursor_push_token_check(rq->sim, rq->arena, kf, token);
                return r ? refuse(rq, 95007, r == CURSOR_E_EXPIRED ? "token 已过 10 分钟" : "token 不是这个账号的") : 0;
        }
        if (kf->tokenless_minute != minute) {
                kf->tokenless_minute = minute;
                kf->tokenless = 0;
        }
        if (++kf->tokenless > switch_on(rq->sim, SW_TOKENLESS_PER_MINUTE))
                return refuse(rq, 45009, "不带 token 的拉取有严格频率限制（开关 tokenless_per_minute）");
        return 0;
}

static int sync_msg(struct request *rq)
{
        struct sim *sim = rq->sim;
        struct kf_account *kf;
        int64_t limit = rq_int(rq, "limit", 1000), most = switch_on(sim, SW_PAGE_MAX);
        const char *cursor = rq_str(rq, "cursor");
        size_t at = 0;
        int r = kf_named(rq, rq_str(rq, "open_kfid"), &kf);

        r = r ? r : check_notice_token(rq, kf);
        if (r)
                return r;
        if (limit < 0 || limit > 1000)
                return refuse(rq, 40058, "limit 最大 1000");
        if (!text_empty(cursor) && (cursor_read(sim, rq->arena, kf, cursor, &at) || at > kf->log.n))
                return refuse(rq, 50100, "cursor 不是这个账号给出的");
        while (at < kf->log.n && kf->log.v[at]->at + KEPT_MS < sim_now(sim))
                at++; /* older than three days: gone */
        size_t page = (size_t)(limit == 0 || limit > most ? most : limit);
        if (switch_on(sim, SW_EMPTY_PAGES) && kf->pages++ % 2 == 0)
                page = 0;
        out_list(&rq->out, "msg_list");
        for (; page && at < kf->log.n; page--, at++)
                write_message(rq, kf->log.v[at]);
        out_end(&rq->out);
        out_str(&rq->out, "next_cursor", cursor_make(sim, rq->arena, kf, at));
        out_int(&rq->out, "has_more", at < kf->log.n);
        return 0;
}

static const struct endpoint endpoints[] = {
        {"/cgi-bin/kf/sync_msg", "POST", FAMILY_WECOM, 20000, 0, sync_msg,
         "cursor:s token:s limit:n voice_format:n open_kfid:s"},
};

static const char *const events[] = {
        "kf_account_auth_change", "kf_msg_or_event", "sync_msg/enter_session", "sync_msg/msg_send_fail",
        "sync_msg/reject_customer_msg_switch_change", "sync_msg/servicer_recall_msg", "sync_msg/servicer_status_change",
        "sync_msg/session_status_change", "sync_msg/user_recall_msg", NULL,
};

const struct product_table wecom_kf = {"wecom_kf", endpoints, countof(endpoints), events};
