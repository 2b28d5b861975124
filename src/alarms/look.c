/*
 * The look: what is wrong now against the alarms that are on, and then, for each person, what he is to hear.
 *
 * It costs one question to each source and one about the findings; it writes only where something changed, so a quiet
 * merchant's look leaves nothing behind but its next time.
 */
#include "alarms/look.h"
#include "alarms/decide.h"
#include "alarms/kinds.h"
#include "alarms/rows.h"

#include <time.h>

#define EVERY_MS (15 * 1000LL)
#define CALM_MS (60 * 1000LL)          /* not seen for so long: over. Less would tell of what comes and goes */
#define KEPT_MS (30 * 24 * 3600 * 1000LL)
#define TEXT_MAX 1800                  /* bytes of lines; the platform cuts at 2,048 */
#define CHINA_S (8 * 3600)
#define LATE_MS (10 * 60 * 1000LL)     /* what was not sent by then is no news any more */

/* ---- alarms ---- */

static int raise(struct ctx *ctx, const struct alarms_fact *f)
{
        int64_t id = ctx_new_id(ctx);

        ctx_notice(ctx, "alarms", "changed", id, 0, NULL);
        return status_fold(db_exec(ctx, &alarms_q_raise, DB_I(ctx->merchant), DB_I(id), DB_T(f->kind), DB_T(f->subject), DB_T(f->zh),
                                   DB_T(f->en), DB_I(f->count), DB_I(ctx->now)));
}

static int seen(struct ctx *ctx, const struct alarms_alarm *on, const struct alarms_fact *f)
{
        if (!on->calm_since && on->count == f->count && text_eq(on->zh, f->zh))
                return 0;
        ctx_notice(ctx, "alarms", "changed", on->alarm_id, 0, NULL);
        return status_fold(db_exec(ctx, &alarms_q_seen, DB_I(ctx->merchant), DB_I(on->alarm_id), DB_T(f->zh), DB_T(f->en), DB_I(f->count)));
}

static int not_seen(struct ctx *ctx, const struct alarms_alarm *on, int64_t calm_ms)
{
        if (!on->calm_since && calm_ms)
                return status_fold(db_exec(ctx, &alarms_q_calm, DB_I(ctx->merchant), DB_I(on->alarm_id), DB_I(ctx->now)));
        if (ctx->now - on->calm_since < calm_ms)
                return 0;
        ctx_notice(ctx, "alarms", "changed", on->alarm_id, 0, NULL);
        return status_fold(db_exec(ctx, &alarms_q_over, DB_I(ctx->merchant), DB_I(on->alarm_id), DB_I(ctx->now)));
}

static const struct alarms_fact *fact_of(const struct alarms_facts *facts, const struct alarms_alarm *on)
{
        for (size_t i = 0; i < facts->n; i++)
                if (text_eq(facts->list[i].kind, on->kind) && text_eq(facts->list[i].subject, on->subject))
                        return &facts->list[i];
        return NULL;
}

static bool is_on(const struct alarms_alarm *on, size_t n, const struct alarms_fact *f)
{
        for (size_t i = 0; i < n; i++)
                if (text_eq(f->kind, on[i].kind) && text_eq(f->subject, on[i].subject))
                        return true;
        return false;
}

/* `any`: somebody is told. Without him nothing is looked at, and so nothing is on. */
static int compare(struct ctx *ctx, bool any)
{
        struct alarms_rule *rules;
        struct alarms_facts facts = {0};
        struct alarms_alarm *on;
        size_t n_rules, n_on;
        int r = alarms_rules(ctx, &rules, &n_rules);

        if (!r && any)
                r = alarms_gather(ctx, rules, n_rules, &facts);
        if (!r)
                r = status_fold(db_all(ctx, &alarms_q_on, &on, &n_on, DB_I(ctx->merchant)));
        for (size_t i = 0; !r && i < n_on; i++) {
                const struct alarms_fact *f = fact_of(&facts, &on[i]);

                r = f ? seen(ctx, &on[i], f) : not_seen(ctx, &on[i], any ? CALM_MS : 0);
        }
        for (size_t i = 0; !r && i < facts.n; i++)
                if (!is_on(on, n_on, &facts.list[i]))
                        r = raise(ctx, &facts.list[i]);
        return r;
}

/* ---- messages ---- */

int alarms_may_write(struct ctx *ctx, const struct alarms_recipient *to, bool *may)
{
        struct alarms_count_row sent;
        int r = db_one(ctx, &alarms_q_messages_of, &sent, DB_I(ctx->merchant), DB_I(to->account_id), DB_T(to->userid),
                       DB_I(ctx->now - 60 * 1000), DB_I(ctx->now - 3600 * 1000));

        *may = !r && alarms_may_send(sent.minute, sent.hour);
        return status_fold(r);
}

int alarms_write(struct ctx *ctx, const struct alarms_recipient *to, const char *text, int64_t *message_id)
{
        time_t s = (time_t)(ctx->now / 1000 + CHINA_S);
        int64_t id = ctx_new_id(ctx);
        struct tm tm;

        gmtime_r(&s, &tm);
        const char *whole = arena_printf(ctx->arena, "掌柜提醒 %02d-%02d %02d:%02d:%02d\n%s", tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                                         tm.tm_min, tm.tm_sec, text);
        int r = status_fold(db_exec(ctx, &alarms_q_message_add, DB_I(ctx->merchant), DB_I(id), DB_I(to->account_id), DB_T(to->userid),
                                    DB_T(whole), DB_I(ctx->now)));
        if (message_id)
                *message_id = id;
        ctx_notice(ctx, "alarms", "changed", id, 0, NULL);
        return r ? r : status_fold(job_enqueue(ctx, &(struct job_new){.kind = ALARMS_JOB_SEND,
                                                                      .key = arena_printf(ctx->arena, "%lld", (long long)id),
                                                                      .account_id = to->account_id,
                                                                      .deadline = ctx->now + LATE_MS}));
}

static const char *line_start(enum alarms_word word)
{
        return word == ALARMS_OVER ? "✅ 已恢复：" : word == ALARMS_STILL ? "⏳ 仍在持续：" : "⚠️ ";
}

/* Keeps in mind what he is told by the message that is made in this very transaction. */
static int remember(struct ctx *ctx, const struct alarms_recipient *to, const struct alarms_pair_row *p, enum alarms_word word)
{
        if (word == ALARMS_OVER)
                return status_fold(db_exec(ctx, &alarms_q_untold, DB_I(ctx->merchant), DB_I(p->alarm_id), DB_I(to->account_id),
                                           DB_T(to->userid)));
        return status_fold(db_exec(ctx, &alarms_q_told, DB_I(ctx->merchant), DB_I(p->alarm_id), DB_I(to->account_id), DB_T(to->userid),
                                   DB_I(ctx->now), DB_I(p->count)));
}

/* Lines that fit; what does not fit is told by the next message, a look later. */
static int tell(struct ctx *ctx, const struct alarms_recipient *to)
{
        struct alarms_pair_row *pairs;
        struct text lines;
        bool may;
        size_t n;
        int r = alarms_quiet(ctx->now, to->quiet_from, to->quiet_to) ? ALARMS_E_BUSY : alarms_may_write(ctx, to, &may);

        if (r || !may)
                return r == ALARMS_E_BUSY ? 0 : r;
        text_init(&lines, ctx->arena);
        r = status_fold(db_all(ctx, &alarms_q_pairs, &pairs, &n, DB_I(ctx->merchant), DB_I(to->account_id), DB_T(to->userid)));
        for (size_t i = 0; !r && i < n && lines.n < TEXT_MAX - 400; i++) {
                const struct alarms_pair_row *p = &pairs[i];
                const struct alarms_known known = {p->count, p->over_at > 0, p->told_at, p->told_count};
                enum alarms_word word = alarms_hears(to->kinds, p->kind) ? alarms_word(&known, ctx->now) : ALARMS_SILENT;

                if (word == ALARMS_SILENT)
                        continue;
                text_addf(&lines, "%s%s%s", lines.n ? "\n" : "", line_start(word), utf8_cut(ctx->arena, p->zh, 300));
                r = remember(ctx, to, p, word);
        }
        return r || !lines.n ? r : alarms_write(ctx, to, lines.p, NULL);
}

/* ---- the job ---- */

static int next_look(struct ctx *ctx, int64_t run_at)
{
        return status_fold(job_enqueue(ctx, &(struct job_new){.kind = ALARMS_JOB_LOOK, .key = "look", .run_at = run_at}));
}

static int sweep(struct ctx *ctx)
{
        int r = status_fold(db_exec(ctx, &alarms_q_sweep, DB_I(ctx->merchant), DB_I(ctx->now - KEPT_MS)));

        if (!r)
                r = status_fold(db_exec(ctx, &alarms_q_told_sweep, DB_I(ctx->merchant)));
        return r ? r : status_fold(db_exec(ctx, &alarms_q_message_sweep, DB_I(ctx->merchant), DB_I(ctx->now - KEPT_MS)));
}

int alarms_look_prepare(struct ctx *ctx, struct job *job, void **state)
{
        struct alarms_recipient *people;
        size_t n;
        int r = status_fold(db_all(ctx, &alarms_q_recipients, &people, &n, DB_I(ctx->merchant)));

        (void)job;
        *state = NULL;
        if (!r)
                r = compare(ctx, n > 0);
        if (r || !n)
                return r ? r : JOB_DONE; /* nobody to tell; begins again with the first */
        for (size_t i = 0; !r && i < n; i++)
                r = tell(ctx, &people[i]);
        if (!r && ctx->now / EVERY_MS % 240 == 0) /* once an hour */
                r = sweep(ctx);
        if (!r)
                r = next_look(ctx, ctx->now + EVERY_MS);
        return r ? r : JOB_DONE;
}

int alarms_start(struct ctx *ctx)
{
        struct alarms_recipient *people;
        size_t n;
        int r = status_fold(db_all(ctx, &alarms_q_recipients, &people, &n, DB_I(ctx->merchant)));

        return r || !n ? r : next_look(ctx, 0);
}
