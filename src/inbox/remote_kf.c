/*
 * 微信客服: reading. A callback says only "look"; sync_msg is pulled by one job per account, its page and its cursor
 * are kept in one transaction. A poller looks once a minute for what no callback announced.
 */
#include "inbox/remote.h"
#include "platform/callback.h"
#include "platform/kf.h"
#include "store/ledger.h"

#include "base/failpoint.h"
#include "base/log.h"


#define PULL_LIMIT 200        /* a page is one write transaction: agents must not wait for a thousand messages */
#define TOKEN_MS (570 * 1000) /* a callback's token lives 10 minutes; not used in its last half minute */
#define POLL_MS 60000
/* Notices that come while the account is read wait that long for others: one page then serves them all. Who is late already,
 * because there is more to do than the machine can, waits twice as long as it is late. */
#define COMPANY_MS 25
#define COMPANY_MAX_MS 200
#define POLL_GRACE_MS 3000 /* a callback may still be on its way through the ledger */

struct metric inbox_metric_received = METRIC_COUNTER("zhanggui_inbox_received_total", "messages and events taken in");
struct metric inbox_metric_polled =
        METRIC_COUNTER("zhanggui_inbox_found_by_polling_total", "customers' messages that no callback had announced");

int inbox_job_account(struct ctx *ctx, const struct job *job, struct shops_account *account)
{
        int64_t id;

        if (text_to_int(job->key, 1, INT64_MAX, &id) != 0)
                return fatal(EINVAL, "job %s with key that is no account", job->kind);
        int r = shops_account_get(ctx, id, account);
        return r == SHOPS_E_NONE ? JOB_DONE : status_fold(r);
}

static int enqueue_for(struct ctx *ctx, const char *kind, const struct shops_account *account, int64_t run_at,
                       int64_t again_in_ms)
{
        return status_fold(
                job_enqueue(ctx, &(struct job_new){
                                         .kind = kind,
                                         .key = arena_printf(ctx->arena, "%lld", (long long)account->account_id),
                                         .account_id = account->parent_id ? account->parent_id : account->account_id,
                                         .run_at = run_at,
                                         .again_in_ms = again_in_ms,
                                 }));
}

/* ---- the callback ---- */

static int64_t company(int64_t late_ms)
{
        return late_ms < COMPANY_MS / 2 ? COMPANY_MS : late_ms < COMPANY_MAX_MS / 2 ? 2 * late_ms : COMPANY_MAX_MS;
}

int inbox_hear_kf(struct ctx *ctx, const struct wx_event *ev)
{
        const char *open_kfid = wx_event_get(ev, "OpenKfId"), *token = wx_event_get(ev, "Token");
        struct shops_account account;

        if (text_empty(open_kfid))
                return status_fold(ledger_note(ctx, ev->account_id, "kf_without_account", 1));
        /* A burst: the first notice of this transaction asked for the page that serves them all. */
        if (!ctx_once(ctx, "kf_msg_or_event", open_kfid))
                return 0;
        int r = shops_account_by_remote(ctx, "kf", open_kfid, &account);
        if (r == SHOPS_E_NONE) /* which accounts are connected is the merchant's choice; hers can be pulled for three days after it */
                return status_fold(ledger_note(ctx, ev->account_id, "kf_not_connected", 1));
        if (!r)
                r = shops_note_callback(ctx, account.account_id);
        if (r)
                return status_fold(r);
        r = db_exec(ctx, &q_account_announce, DB_I(ctx->merchant), DB_I(account.account_id),
                    DB_T(text_empty(token) ? NULL : token), DB_I(ev->received_at));
        return r ? status_fold(r) : enqueue_for(ctx, JOB_PULL, &account, 0, company(ctx->now - ev->received_at));
}

/* ---- pulling ---- */

struct pull {
        struct shops_account account;
        struct account_row at;
        struct announced_row announced;
        bool restart; /* the cursor was refused: from the oldest kept message on */
        struct kf_page page;
};

int inbox_pull_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct pull *p = arena_new(ctx->arena, struct pull);

        *state = p;
        int r = inbox_job_account(ctx, job, &p->account);
        if (r)
                return r;
        r = db_one(ctx, &q_account, &p->at, DB_I(ctx->merchant), DB_I(p->account.account_id));
        if (r >= 0)
                r = db_one(ctx, &q_announced, &p->announced, DB_I(ctx->merchant), DB_I(p->account.account_id));
        if (r && r != DB_E_NONE)
                return status_fold(r);
        if (ctx->now - p->announced.token_at > TOKEN_MS)
                p->announced.token = NULL;
        return 0;
}

int inbox_pull_call(struct ctx *ctx, struct job *job, void *state)
{
        struct pull *p = state;
        struct wx_fault fault;

        int r = kf_sync_msg(ctx, p->account.parent_id, p->account.remote_id, p->at.cursor, p->announced.token, PULL_LIMIT,
                            &p->page, &fault);
        if (r == WX_E_REFUSED && fault.errcode == 50100 && !text_empty(p->at.cursor)) {
                p->restart = true;
                return 0;
        }
        r = shops_read_outcome(job, r, &fault);
        /* She waits: an account that does not answer is tried once a minute, not once in ten. */
        if (r == JOB_RETRY && (job->retry_in_ms == 0 || job->retry_in_ms > POLL_MS))
                job->retry_in_ms = job->retry_in_ms ? POLL_MS : inbox_pause(job->tries + 1);
        return r;
}

static void put_in_words(struct ctx *ctx, const struct kf_msg *msg, struct incoming *m)
{
        inbox_put_in_words(ctx->arena,
                           &(struct said){
                                   .remote_id = msg->msgid,
                                   .customer = msg->external_userid,
                                   .kind = msg->msgtype,
                                   .body = msg->body,
                                   .servicer = msg->servicer_userid,
                                   .second = msg->send_time,
                                   .by = msg->origin == KF_ORIGIN_SERVICER ? SAID_BY_SERVICER
                                         : msg->origin == KF_ORIGIN_SYSTEM ? SAID_BY_SYSTEM
                                                                           : SAID_BY_HER,
                           },
                           m);
}

/*
 * Found by polling: hers, new to us, no callback was received at or after its second, and old enough that one cannot be
 * still on its way through the ledger. The first reading of an account finds only history, which nobody had to
 * announce.
 */
static bool found_late(const struct pull *p, const struct incoming *m, int64_t now)
{
        return text_eq(m->direction, "in") && !text_empty(p->at.cursor) && now - m->second * 1000 >= POLL_GRACE_MS;
}

/* Asked for only when it matters: callbacks write that row all the time. One may have come between prepare and now. */
static int count_unannounced(struct ctx *ctx, const struct pull *p, const int64_t *late, size_t n, int64_t *found)
{
        struct announced_row now = {0};
        int r = n ? db_one(ctx, &q_announced, &now, DB_I(ctx->merchant), DB_I(p->account.account_id)) : 0;

        for (size_t i = 0; i < n; i++)
                *found += late[i] > now.announced_at;
        return r == DB_E_NONE ? 0 : status_fold(r);
}

static int pull_keep(struct ctx *ctx, struct pull *p)
{
        int64_t *threads = arena_array(ctx->arena, int64_t, p->page.n), *late = arena_array(ctx->arena, int64_t, p->page.n);
        size_t n = 0, n_late = 0;
        int64_t found = 0;
        int r;

        for (size_t i = 0; i < p->page.n; i++) {
                struct incoming m;
                int64_t thread_id;

                put_in_words(ctx, &p->page.msgs[i], &m);
                r = inbox_receive(ctx, &p->account, &m, &thread_id);
                if (r)
                        return r;
                if (!thread_id)
                        continue;
                threads[n++] = thread_id;
                if (found_late(p, &m, ctx->now))
                        late[n_late++] = m.second * 1000;
        }
        r = count_unannounced(ctx, p, late, n_late, &found);
        if (r)
                return r;
        metric_add(&inbox_metric_received, (int64_t)n);
        if (found) {
                metric_add(&inbox_metric_polled, found);
                r = shops_note_found_by_polling(ctx, p->account.account_id, found);
                if (r)
                        return status_fold(r);
        }
        return inbox_threads_notice(ctx, threads, n);
}

int inbox_pull_settle(struct ctx *ctx, struct job *job, void *state, int outcome)
{
        struct pull *p = state;

        (void)job;
        if (outcome == JOB_REFUSED) {
                log_event(LOG_WARN, "inbox.pull_refused", "account", log_int(p->account.account_id), "why", job->error,
                          NULL);
                return 0; /* the poller asks again */
        }
        if (outcome)
                return outcome;
        if (!p->restart) {
                int r = pull_keep(ctx, p);
                if (r)
                        return r;
        }
        failpoint(FAIL_DURING_CURSOR_SAVE);
        const char *cursor = p->restart ? NULL : p->page.next_cursor ? p->page.next_cursor : p->at.cursor;
        int r = db_exec(ctx, &q_account_cursor, DB_I(ctx->merchant), DB_I(p->account.account_id), DB_T(cursor));
        if (r)
                return status_fold(r);
        /* More: the same job once more, so that each page is a transaction of its own and others get their turn. */
        return p->restart || p->page.has_more ? enqueue_for(ctx, JOB_PULL, &p->account, 0, 0) : 0;
}

/* ---- polling ---- */

int inbox_poll_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct shops_account account;

        *state = NULL;
        int r = inbox_job_account(ctx, job, &account);
        if (r)
                return r;
        r = enqueue_for(ctx, JOB_PULL, &account, 0, 0);
        if (r)
                return r;
        r = enqueue_for(ctx, JOB_POLL, &account, ctx->now + POLL_MS, 0);
        return r ? r : JOB_DONE; /* and once more in a minute, because it was asked for while it runs */
}

int inbox_start(struct ctx *ctx, const struct shops_account *account)
{
        return text_eq(account->kind, "kf") ? enqueue_for(ctx, JOB_POLL, account, 0, 0) : 0;
}
