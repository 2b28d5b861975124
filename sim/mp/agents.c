/* The web customer-service tool: accounts, sessions, records (公众号 客服管理, 会话控制, 聊天记录). */
#include "sim/gate.h"
#include "sim/mp/mp.h"
#include "sim/multipart.h"
#include "sim/picture.h"
#include "sim/sim.h"

#include <string.h>

#define AGENTS_MAX 100
#define NICK_MAX 16
#define WAITING_MAX 100
#define RECORDS_MAX 10000
#define DAY_S (24 * 3600)

static const char *either(struct request *rq, const char *name)
{
        const char *value = rq_str(rq, name);
        return value ? value : raw_param(rq->raw, name);
}

static int find_agent(struct request *rq, struct mp_agent **agent)
{
        *agent = mp_agent(rq->mp, either(rq, "kf_account"));
        return *agent ? 0 : refuse(rq, 65401, "没有这个客服账号");
}

static int find_fan(struct request *rq, struct mp_fan **fan)
{
        *fan = mp_fan_by_openid(rq->sim, rq->mp, either(rq, "openid"));
        return *fan ? 0 : refuse(rq, 40003, "openid 不属于这个公众号");
}

/* ---- accounts ---- */

static int list(struct request *rq)
{
        struct out *out = &rq->out;

        out_list(out, "kf_list");
        for (size_t i = 0; i < rq->mp->agents.n; i++) {
                const struct mp_agent *agent = rq->mp->agents.v[i];
                out_obj(out, NULL);
                out_str(out, "kf_account", agent->account);
                out_str(out, "kf_headimgurl", agent->head);
                out_str(out, "kf_id", arena_printf(rq->arena, "%lld", (long long)agent->id));
                out_str(out, "kf_nick", agent->nickname);
                if (agent->wx) {
                        out_str(out, "kf_wx", agent->wx);
                } else if (agent->invited) {
                        out_str(out, "invite_wx", agent->invited);
                        out_int(out, "invite_expire_time", agent->invited_until / 1000);
                        out_str(out, "invite_status", agent->invited_until > sim_now(rq->sim) ? "waiting" : "expired");
                }
                out_end(out);
        }
        out_end(out);
        return 0;
}

static int list_online(struct request *rq)
{
        struct mp *mp = rq->mp;
        struct out *out = &rq->out;

        out_list(out, "kf_online_list");
        for (size_t i = 0; i < mp->agents.n; i++) {
                const struct mp_agent *agent = mp->agents.v[i];
                int64_t serving = 0;
                for (size_t k = 0; k < mp->fans.n; k++)
                        serving += mp->fans.v[k]->agent == agent;
                if (!agent->online)
                        continue;
                out_obj(out, NULL);
                out_str(out, "kf_account", agent->account);
                out_int(out, "status", 1);
                out_str(out, "kf_id", arena_printf(rq->arena, "%lld", (long long)agent->id));
                out_int(out, "auto_accept", 0);
                out_int(out, "accepted_case", serving);
                out_end(out);
        }
        out_end(out);
        return 0;
}

static int check_nickname(struct request *rq, const char *nickname)
{
        return !text_empty(nickname) && utf8_length(nickname) <= NICK_MAX
                       ? 0
                       : refuse(rq, 65403, "nickname 应为 1..%d 字", NICK_MAX);
}

static int add(struct request *rq)
{
        const char *account = rq_str(rq, "kf_account"), *nickname = rq_str(rq, "nickname");
        struct mp *mp = rq->mp;
        int r = check_nickname(rq, nickname);

        if (!r && (text_empty(account) || account[0] == '@' || !strchr(account, '@')))
                r = refuse(rq, 65404, "kf_account 应为 name@account");
        if (!r && mp_agent(mp, account))
                r = refuse(rq, 65406, "已有这个客服账号");
        if (!r && mp->agents.n >= AGENTS_MAX)
                r = refuse(rq, 65405, "客服账号至多 %d 个", AGENTS_MAX);
        if (r)
                return r;
        struct mp_agent *agent = arena_new(&rq->sim->arena, struct mp_agent);
        *agent = (struct mp_agent){.account = arena_strdup(&rq->sim->arena, account),
                                   .nickname = arena_strdup(&rq->sim->arena, nickname),
                                   .head = "",
                                   .id = 1001 + mp->agents_ever++};
        vec_push(&rq->sim->arena, &mp->agents, agent);
        return 0;
}

static int update(struct request *rq)
{
        const char *nickname = rq_str(rq, "nickname");
        struct mp_agent *agent;
        int r = find_agent(rq, &agent);

        r = r ? r : check_nickname(rq, nickname);
        if (!r)
                agent->nickname = arena_strdup(&rq->sim->arena, nickname);
        return r;
}

static int invite(struct request *rq)
{
        const char *wx = rq_str(rq, "invite_wx");
        struct mp_agent *agent;
        int r = find_agent(rq, &agent);

        if (!r && text_empty(wx))
                r = refuse(rq, 65416, "缺 invite_wx");
        if (!r && agent->wx)
                r = refuse(rq, 65408, "这个客服账号已绑定微信号");
        if (r)
                return r;
        agent->invited = arena_strdup(&rq->sim->arena, wx);
        agent->invited_until = sim_now(rq->sim) + DAY_MS;
        return 0;
}

static int upload_head(struct request *rq)
{
        struct mp_agent *agent;
        struct multipart m;
        int r = find_agent(rq, &agent);

        if (r)
                return r;
        if (multipart_read(rq->arena, raw_header(rq->raw, "Content-Type"), raw_body(rq->raw), &m))
                return refuse(rq, 44001, "正文应为 multipart，文件字段名 media");
        if (!text_starts(m.mime, "image/"))
                return refuse(rq, 40005, "头像应为图片");
        agent->head = arena_printf(&rq->sim->arena, "https://mmbiz.qpic.cn/sim/%s", media_keep(rq->sim, m.mime, m.file)->id);
        return 0;
}

static int del(struct request *rq)
{
        struct mp *mp = rq->mp;
        struct mp_agent *agent;
        int r = find_agent(rq, &agent);

        if (r)
                return r;
        for (size_t i = 0; i < mp->fans.n; i++)
                if (mp->fans.v[i]->agent == agent)
                        mp_serve_end(rq->sim, mp->fans.v[i]);
        for (size_t i = 0; i < mp->agents.n; i++) {
                if (mp->agents.v[i] != agent)
                        continue;
                memmove(mp->agents.v + i, mp->agents.v + i + 1, (mp->agents.n - i - 1) * sizeof(*mp->agents.v));
                mp->agents.n--;
                break;
        }
        return 0;
}

/* ---- sessions ---- */

static int session_create(struct request *rq)
{
        struct mp_agent *agent;
        struct mp_fan *fan;
        int r = find_agent(rq, &agent);

        r = r ? r : find_fan(rq, &fan);
        if (r)
                return r;
        if (!agent->online)
                return refuse(rq, 65415, "客服不在线");
        if (fan->agent && fan->agent != agent)
                return refuse(rq, 65414, "她正由另一位客服接待");
        if (!fan->agent)
                mp_serve(rq->sim, fan, agent);
        return 0;
}

static int session_close(struct request *rq)
{
        struct mp_agent *agent;
        struct mp_fan *fan;
        int r = find_agent(rq, &agent);

        r = r ? r : find_fan(rq, &fan);
        if (r)
                return r;
        if (fan->agent != agent)
                return refuse(rq, 65413, "她们之间没有会话");
        mp_serve_end(rq->sim, fan);
        return 0;
}

static int session_get(struct request *rq)
{
        struct mp_fan *fan;
        int r = find_fan(rq, &fan);

        if (r)
                return r;
        out_str(&rq->out, "kf_account", fan->agent ? fan->agent->account : "");
        out_int(&rq->out, "createtime", fan->agent ? fan->agent_since / 1000 : 0);
        return 0;
}

static int session_list(struct request *rq)
{
        struct mp_agent *agent;
        int r = find_agent(rq, &agent);

        if (r)
                return r;
        out_list(&rq->out, "sessionlist");
        for (size_t i = 0; i < rq->mp->fans.n; i++) {
                const struct mp_fan *fan = rq->mp->fans.v[i];
                if (fan->agent != agent)
                        continue;
                out_obj(&rq->out, NULL);
                out_int(&rq->out, "createtime", fan->agent_since / 1000);
                out_str(&rq->out, "openid", fan->openid);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

static int wait_case(struct request *rq)
{
        int64_t n = 0, shown = 0;

        for (size_t i = 0; i < rq->mp->fans.n; i++)
                n += rq->mp->fans.v[i]->waits_since && !rq->mp->fans.v[i]->agent;
        out_int(&rq->out, "count", n);
        out_list(&rq->out, "waitcaselist");
        for (size_t i = 0; i < rq->mp->fans.n && shown < WAITING_MAX; i++) {
                const struct mp_fan *fan = rq->mp->fans.v[i];
                if (!fan->waits_since || fan->agent)
                        continue;
                shown++;
                out_obj(&rq->out, NULL);
                out_int(&rq->out, "latest_time", fan->waits_since / 1000);
                out_str(&rq->out, "openid", fan->openid);
                out_end(&rq->out);
        }
        out_end(&rq->out);
        return 0;
}

/* ---- records ---- */

static int records(struct request *rq)
{
        int64_t begin = rq_int(rq, "starttime", -1), end = rq_int(rq, "endtime", -1), number = rq_int(rq, "number", 0);
        int64_t id = rq_int(rq, "msgid", 0), n = 0;
        struct mp *mp = rq->mp;

        if (begin < 0 || end < begin || end - begin > DAY_S)
                return refuse(rq, 65416, "starttime 到 endtime 至多 24 小时");
        if (id < 1)
                return refuse(rq, 65417, "msgid 从 1 开始");
        if (number < 1 || number > RECORDS_MAX)
                return refuse(rq, 65418, "number 应为 1..%d", RECORDS_MAX);
        out_list(&rq->out, "recordlist");
        for (; (size_t)id <= mp->records.n && n < number; id++) {
                const struct mp_record *r = mp->records.v[id - 1];
                if (r->at / 1000 < begin || r->at / 1000 > end)
                        continue;
                n++;
                out_obj(&rq->out, NULL);
                out_str(&rq->out, "openid", r->openid);
                out_int(&rq->out, "opercode", r->opercode);
                out_str(&rq->out, "text", r->text);
                out_int(&rq->out, "time", r->at / 1000);
                out_str(&rq->out, "worker", r->agent ? r->agent->account : "");
                out_end(&rq->out);
        }
        out_end(&rq->out);
        out_int(&rq->out, "number", n);
        out_int(&rq->out, "msgid", id);
        return 0;
}

#define OFFICIAL ENDPOINT_OFFICIAL
static const struct endpoint endpoints[] = {
        {"/cgi-bin/customservice/getkflist", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, list},
        {"/cgi-bin/customservice/getonlinekflist", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, list_online},
        /* Two older paths that clients still use. */
        {"/customservice/getkflist", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, list},
        {"/customservice/getonlinekflist", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, list_online},
        {"/customservice/kfaccount/add", "POST", FAMILY_WEIXIN, 0, OFFICIAL, add,
         "kf_account:s! nickname:s!"},
        {"/customservice/kfaccount/del", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_EITHER, del},
        {"/customservice/kfaccount/inviteworker", "POST", FAMILY_WEIXIN, 0, OFFICIAL, invite,
         "kf_account:s! invite_wx:s!"},
        {"/customservice/kfaccount/update", "POST", FAMILY_WEIXIN, 0, OFFICIAL, update,
         "kf_account:s! nickname:s!"},
        {"/customservice/kfaccount/uploadheadimg", "POST", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_MULTIPART, upload_head},
        {"/customservice/kfsession/close", "POST", FAMILY_WEIXIN, 0, OFFICIAL, session_close,
         "kf_account:s! openid:s!"},
        {"/customservice/kfsession/create", "POST", FAMILY_WEIXIN, 0, OFFICIAL, session_create,
         "kf_account:s! openid:s!"},
        {"/customservice/kfsession/getsession", "GET", FAMILY_WEIXIN, 0, OFFICIAL, session_get},
        {"/customservice/kfsession/getsessionlist", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, session_list},
        {"/customservice/kfsession/getwaitcase", "GET", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, wait_case},
        {"/customservice/msgrecord/getmsglist", "POST", FAMILY_WEIXIN, 0, OFFICIAL | ENDPOINT_BARE, records,
         "starttime:n! endtime:n! msgid:n! number:n!"},
};

static const char *const events[] = {"kf_create_session", "kf_close_session", "kf_switch_session", NULL};

const struct product_table mp_agents = {"mp_agents", endpoints, countof(endpoints), events};
