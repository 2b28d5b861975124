/* WeCom: figures of 微信客服 by the day, counted from what was said (wecom-kf.md 10). */
#include "sim/sim.h"
#include "sim/wecom/kf.h"

#define SPAN_DAYS 31
#define BACK_DAYS 180
#define READY_HOUR 6
/* Days are those of the platform's own place. */
#define ZONE_MS (8 * HOUR_MS)

static int64_t day_of(int64_t ms)
{
        return (ms + ZONE_MS) / DAY_MS;
}

static int64_t day_ms(int64_t day)
{
        return day * DAY_MS - ZONE_MS;
}

/* Days asked for: floored, closed, at most 31, from yesterday back to 180 days. */
static int read_span(struct request *rq, int64_t *from, int64_t *to)
{
        int64_t now = sim_now(rq->sim), today = day_of(now);

        *from = day_of(rq_int(rq, "start_time", 0) * 1000);
        *to = day_of(rq_int(rq, "end_time", 0) * 1000);
        if (*from > *to || *to - *from >= SPAN_DAYS)
                return refuse(rq, 40058, "时间跨度至多 %d 天（微信客服 §10）", SPAN_DAYS);
        if (*to >= today || *from < today - BACK_DAYS)
                return refuse(rq, 40058, "只能查昨天起往前 %d 天（微信客服 §10）", BACK_DAYS);
        return 0;
}

struct counts {
        int64_t sessions, customers, messages, api_replied, servicer_replied;
};

/* Each customer's first message of a day at an account, and whether anybody answered that day. */
static struct counts count_day(const struct kf_account *kf, int64_t day, const struct staff *by)
{
        struct counts c = {0};

        for (size_t i = 0; i < kf->sessions.n; i++) {
                const struct person *p = kf->sessions.v[i]->person;
                bool wrote = false, api = false, servicer = false;
                for (size_t k = 0; k < p->chat.n; k++) {
                        const struct message *m = p->chat.v[k];
                        if (m->kf != kf || day_of(m->at) != day)
                                continue;
                        wrote |= m->author == BY_CUSTOMER;
                        c.messages += m->author == BY_CUSTOMER && !by;
                        api |= m->author == BY_API;
                        servicer |= m->author == BY_SERVICER && (!by || text_eq(m->servicer, by->userid));
                }
                c.customers += wrote && (!by || servicer);
                c.sessions += wrote && (!by || servicer);
                c.api_replied += wrote && api;
                c.servicer_replied += wrote && servicer;
        }
        return c;
}

static bool is_ready(struct request *rq, int64_t day)
{
        return sim_now(rq->sim) >= day_ms(day + 1) + READY_HOUR * HOUR_MS;
}

static int write_days(struct request *rq, const struct staff *by, bool servicers)
{
        struct kf_account *kf;
        int64_t from, to;
        int r = kf_named(rq, rq_str(rq, "open_kfid"), &kf);

        r = r ? r : read_span(rq, &from, &to);
        if (r)
                return r;
        out_list(&rq->out, "statistic_list");
        for (int64_t day = from; day <= to; day++) {
                struct counts c = is_ready(rq, day) ? count_day(kf, day, by) : (struct counts){0};
                out_obj(&rq->out, NULL);
                out_int(&rq->out, "stat_time", day_ms(day) / 1000);
                if (c.sessions) {
                        out_obj(&rq->out, "statistic");
                        out_int(&rq->out, "session_cnt", c.sessions);
                        out_int(&rq->out, "customer_cnt", c.customers);
                        out_int(&rq->out, "customer_msg_cnt", c.messages);
                        out_int(&rq->out, "upgrade_service_customer_cnt", 0);
                        if (!servicers) {
                                out_int(&rq->out, "ai_session_reply_cnt", c.api_replied);
                                out_dbl(&rq->out, "ai_transfer_rate", (double)c.servicer_replied / (double)c.sessions);
                        } else {
                                out_dbl(&rq->out, "reply_rate", (double)c.servicer_replied / (double)c.sessions);
                                out_int(&rq->out, "satisfaction_investgate_cnt", 0);
                                out_int(&rq->out, "upgrade_service_member_invite_cnt", 0);
                                out_int(&rq->out, "upgrade_service_member_customer_cnt", 0);
                                out_int(&rq->out, "upgrade_service_groupchat_invite_cnt", 0);
                                out_int(&rq->out, "upgrade_service_groupchat_customer_cnt", 0);
                        }
                        out_int(&rq->out, "msg_rejected_customer_cnt", 0);
                        out_end(&rq->out);
                }
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int corp_statistic(struct request *rq)
{
        return write_days(rq, NULL, false);
}

static int servicer_statistic(struct request *rq)
{
        const char *userid = rq_str(rq, "servicer_userid");
        struct staff *staff = NULL;
        int r = userid ? wecom_member(rq, userid, &staff) : 0;
        return r ? r : write_days(rq, staff, true);
}

#define SPAN "open_kfid:s! start_time:n! end_time:n!"
static const struct endpoint endpoints[] = {
        {"/cgi-bin/kf/get_corp_statistic", "POST", FAMILY_WECOM, BASE_RATE, 0, corp_statistic, SPAN},
        {"/cgi-bin/kf/get_servicer_statistic", "POST", FAMILY_WECOM, BASE_RATE, 0, servicer_statistic, SPAN " servicer_userid:s"},
};

const struct product_table wecom_kf_stats = {"wecom_kf_stats", endpoints, countof(endpoints), NULL};
