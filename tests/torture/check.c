/*
 * Truth against database. What is counted:
 *
 *   lost     an acknowledged callback that the intake ledger has not; a customer's message that is in no thread; an
 *            acknowledged reply or agreement that the platform never saw although we say so, or saw although we deny it
 *   doubled  a message twice; a message nobody wrote; a reply that reached her twice; a case agreed to twice
 *   swapped  a message that stands before one that she wrote earlier
 *   stuck    what nobody will ever finish: unsettled messages and decisions, dead or overdue jobs, unapplied callbacks
 */
#include "base/text.h"
#include "torture/torture.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_MAX 5
#define OVERDUE_MS 30000
#define OVERSLEPT_MS (15 * 60 * 1000) /* pollers look every minute or two */

/* Counts, and tells the first few. */
static void found(int64_t *count, const char *what, const char *which)
{
        if (++*count <= TOLD_MAX)
                fprintf(progress, "  %s: %s\n", what, which);
}

/* ---- the intake ledger ---- */

static int take_signature(void *arg, int n, char **value, char **name)
{
        static const char key[] = "msg_signature=";
        const char *at = n > 0 && value[0] ? strstr(value[0], key) : NULL;

        (void)name;
        if (at)
                words_add(arg, keep_n(at + strlen(key), strcspn(at + strlen(key), "&")));
        return 0;
}

static void check_intake(const struct cast *c, const struct truth *t, struct verdict *v)
{
        struct words stored = {0};
        char sql[128];

        snprintf(sql, sizeof sql, "select query from %s", rows_ledger(c));
        rows_each_ledger(c, sql, take_signature, &stored);
        words_sort(&stored);
        for (size_t i = 0; i < t->acked.n; i++)
                if (words_count(&stored, t->acked.v[i]) == 0)
                        found(&v->lost, "acknowledged and not in the ledger", t->acked.v[i]);
        v->acked = (int64_t)t->acked.n;
}

/* ---- customers' messages ---- */

struct line {
        const char *conversation, *msgid;
        size_t place; /* in the order of saying */
};

struct lines {
        struct line *v;
        size_t n, cap;
};

static void lines_add(struct lines *l, const char *conversation, const char *msgid)
{
        if (l->n == l->cap) {
                l->cap = l->cap ? l->cap * 2 : 4096;
                l->v = reallocarray(l->v, l->cap, sizeof *l->v);
                if (!l->v)
                        give_up("no memory");
        }
        l->v[l->n] = (struct line){conversation, msgid, l->n};
        l->n++;
}

static int take_message(void *arg, int n, char **value, char **name)
{
        char conversation[256];

        (void)name;
        if (n != 3)
                return 1;
        snprintf(conversation, sizeof conversation, "%s %s", value[0] ? value[0] : "", value[1] ? value[1] : "");
        lines_add(arg, keep(conversation), keep(value[2] ? value[2] : ""));
        return 0;
}

static int by_msgid(const void *a, const void *b)
{
        return strcmp(((const struct line *)a)->msgid, ((const struct line *)b)->msgid);
}

static struct line *line_find(const struct lines *l, const char *msgid)
{
        const struct line key = {.msgid = msgid};

        return l->n ? bsearch(&key, l->v, l->n, sizeof *l->v, by_msgid) : NULL;
}

/* `stored` in the order of the threads, `said` sorted by id. */
static void check_order(const struct lines *stored, const struct lines *said, struct verdict *v)
{
        const struct line *last = NULL, *now;

        for (size_t i = 0; i < stored->n; i++) {
                now = line_find(said, stored->v[i].msgid);
                if (i == 0 || strcmp(stored->v[i].conversation, stored->v[i - 1].conversation))
                        last = NULL;
                if (!now)
                        continue;
                if (last && now->place < last->place)
                        found(&v->swapped, "stands before an earlier one", now->msgid);
                last = now;
        }
}

static void check_messages(const struct cast *c, const struct truth *t, struct verdict *v)
{
        struct lines stored = {0}, said = {0};
        struct words heard = t->heard, ids = {0};
        char conversation[256];

        rows_each(c,
                  "select a.remote_id, t.remote_id, m.remote_id from inbox_message m"
                  " join inbox_thread t on t.merchant_id = m.merchant_id and t.thread_id = m.thread_id"
                  " join shops_account a on a.merchant_id = m.merchant_id and a.account_id = m.account_id"
                  " where m.direction = 'in' order by a.remote_id, t.remote_id, m.place, m.message_id",
                  take_message, &stored);
        for (size_t i = 0; i < t->n_said; i++) {
                snprintf(conversation, sizeof conversation, "%s %s", t->said[i].account, t->said[i].who);
                lines_add(&said, keep(conversation), t->said[i].msgid);
        }
        if (said.n > 0)
                qsort(said.v, said.n, sizeof *said.v, by_msgid);
        words_sort(&heard);
        for (size_t i = 0; i < stored.n; i++)
                words_add(&ids, stored.v[i].msgid);
        words_sort(&ids);
        for (size_t i = 0; i < t->n_said; i++) {
                size_t n = words_count(&ids, t->said[i].msgid);

                /* An in-shop message whose push was never acknowledged is the platform's to lose. */
                if (n == 0 && (!t->said[i].in_shop || words_count(&heard, t->said[i].msgid)))
                        found(&v->lost, "said and in no thread", t->said[i].msgid);
                for (; n > 1; n--)
                        found(&v->doubled, "more than once", t->said[i].msgid);
        }
        for (size_t i = 0; i < stored.n; i++) {
                const struct line *line = line_find(&said, stored.v[i].msgid);

                if (!line || strcmp(line->conversation, stored.v[i].conversation))
                        found(&v->doubled, "in a thread where nobody wrote it", stored.v[i].msgid);
        }
        check_order(&stored, &said, v);
        v->messages = (int64_t)t->n_said;
}

/* ---- replies and decisions ---- */

struct outcome {
        const char *key, *state;
};

struct outcomes {
        struct outcome *v;
        size_t n, cap;
};

static int take_outcome(void *arg, int n, char **value, char **name)
{
        struct outcomes *o = arg;

        (void)name;
        if (n != 2 || !value[0] || !value[1])
                return 1;
        if (o->n == o->cap) {
                o->cap = o->cap ? o->cap * 2 : 1024;
                o->v = reallocarray(o->v, o->cap, sizeof *o->v);
                if (!o->v)
                        give_up("no memory");
        }
        o->v[o->n++] = (struct outcome){keep(value[0]), keep(value[1])};
        return 0;
}

static int by_key(const void *a, const void *b)
{
        return strcmp(((const struct outcome *)a)->key, ((const struct outcome *)b)->key);
}

static void outcomes_read(const struct cast *c, const char *sql, struct outcomes *o)
{
        rows_each(c, sql, take_outcome, o);
        if (o->n > 0)
                qsort(o->v, o->n, sizeof *o->v, by_key);
}

static const char *state_of(const struct outcomes *o, const char *key)
{
        const struct outcome want = {.key = key};
        const struct outcome *got = o->n ? bsearch(&want, o->v, o->n, sizeof *o->v, by_key) : NULL;

        return got ? got->state : NULL;
}

static void check_replies(const struct cast *c, const struct truth *t, const struct load *l, struct verdict *v)
{
        struct outcomes sent = {0};
        struct words received = t->received;

        outcomes_read(c, "select text, state from inbox_message where direction = 'out'", &sent);
        words_sort(&received);
        for (size_t i = 0; i < l->replies.n; i++)
                if (!state_of(&sent, l->replies.v[i]))
                        found(&v->lost, "reply acknowledged and gone", l->replies.v[i]);
        for (size_t i = 0; i < sent.n; i++) {
                const struct outcome *o = &sent.v[i];
                size_t n = words_count(&received, o->key);

                if (n > 1)
                        found(&v->doubled, "reply reached her more than once", o->key);
                if (text_eq(o->state, "queued") || text_eq(o->state, "unconfirmed"))
                        found(&v->stuck, "reply neither sent nor refused", o->key);
                else if (text_eq(o->state, "sent") && n == 0)
                        found(&v->lost, "reply said to be sent, and never reached her", o->key);
                else if (!text_eq(o->state, "sent") && n > 0)
                        found(&v->lost, "reply said to have failed, and it reached her", o->key);
                v->undelivered += !text_eq(o->state, "sent");
        }
        for (size_t i = 0; i < received.n; i++)
                if (!state_of(&sent, received.v[i]))
                        found(&v->doubled, "reached her, and nobody wrote it", received.v[i]);
        v->replies = (int64_t)sent.n;
}

static void check_cases(const struct cast *c, const struct truth *t, const struct load *l, struct verdict *v)
{
        struct words agreed = t->agreed, approved = l->approved;
        struct outcomes decided = {0};

        /* A case that moved on after our agreement waits for the next decision. */
        outcomes_read(c,
                      "select c.remote_id, case when c.decision = 'none' and exists (select 1 from aftersales_move m"
                      " where m.merchant_id = c.merchant_id and m.case_id = c.case_id and m.cause = 'approved')"
                      " then 'approved' else c.decision end from aftersales_case c",
                      &decided);
        words_sort(&agreed);
        words_sort(&approved);
        for (size_t i = 1; i < agreed.n; i++)
                if (text_eq(agreed.v[i], agreed.v[i - 1]))
                        found(&v->doubled, "case agreed to more than once", agreed.v[i]);
        for (size_t i = 0; i < approved.n; i++)
                if (text_eq(state_of(&decided, approved.v[i]), "none"))
                        found(&v->lost, "agreement acknowledged and gone", approved.v[i]);
        for (size_t i = 0; i < decided.n; i++) {
                const struct outcome *o = &decided.v[i];
                size_t n = words_count(&agreed, o->key);

                if (text_eq(o->state, "approving") || text_eq(o->state, "rejecting") || text_eq(o->state, "unknown"))
                        found(&v->stuck, "decision never settled", o->key);
                else if (text_eq(o->state, "approved") && n == 0)
                        found(&v->lost, "agreement said to be done, and the platform knows nothing", o->key);
                else if (!text_eq(o->state, "approved") && n > 0)
                        found(&v->lost, "the platform has an agreement that we deny", o->key);
        }
        v->cases = (int64_t)decided.n;
}

/* ---- what never ends ---- */

static int take_stuck(void *arg, int n, char **value, char **name)
{
        char what[256];

        (void)name;
        snprintf(what, sizeof what, "%s %s", value[0], n > 1 && value[1] ? value[1] : "");
        found(arg, "job that nobody will do", what);
        return 0;
}

static void check_stuck(const struct cast *c, struct verdict *v)
{
        int64_t unapplied = rows_unapplied(c), failed;
        char sql[256];

        snprintf(sql, sizeof sql, "select kind, error from store_job where state = 3 or (state < 3 and run_at < %lld)",
                 (long long)(clock_wall_ms() - OVERDUE_MS));
        rows_each(c, sql, take_stuck, &v->stuck);
        snprintf(sql, sizeof sql, "select kind, 'asked for, but no job' from store_job_ask where created_at < %lld",
                 (long long)(clock_wall_ms() - OVERDUE_MS));
        rows_each(c, sql, take_stuck, &v->stuck);
        snprintf(sql, sizeof sql, "select kind, 'sleeps for too long' from store_job where state = 0 and kind like '%%.poll' and"
                 " run_at > %lld", (long long)(clock_wall_ms() + OVERSLEPT_MS));
        rows_each(c, sql, take_stuck, &v->stuck);
        if (unapplied > 0)
                fprintf(progress, "  callbacks never applied: %lld\n", (long long)unapplied);
        v->stuck += unapplied;
        failed = rows_number(c, "select count(*) from store_ledger_failed");
        if (failed > 0)
                fprintf(progress, "  callbacks whose applying failed: %lld\n", (long long)failed);
        v->stuck += failed;
}

void check(const struct cast *c, const struct truth *t, const struct load *l, struct verdict *v)
{
        *v = (struct verdict){0};
        check_intake(c, t, v);
        check_messages(c, t, v);
        check_replies(c, t, l, v);
        check_cases(c, t, l, v);
        check_stuck(c, v);
}

/* ---- proof of the checker ---- */

void plant(const struct cast *c, struct truth *t, const char *what)
{
        char sql[256];

        if (text_eq(what, "loss")) {
                rows_change(c, "delete from inbox_message where message_id ="
                               " (select min(message_id) from inbox_message where direction = 'in')");
                snprintf(sql, sizeof sql, "delete from %s where seq = (select min(seq) from %s)", rows_ledger(c),
                         rows_ledger(c));
                rows_each_ledger(c, sql, NULL, NULL);
        } else if (text_eq(what, "double")) {
                rows_change(c, "drop index inbox_message_remote;"
                               " create temp table twin as select * from inbox_message where message_id ="
                               " (select min(message_id) from inbox_message where direction = 'in');"
                               " update twin set message_id = message_id + 1;"
                               " insert into inbox_message select * from twin");
                words_add(&t->received, t->received.n ? t->received.v[0] : keep("nobody wrote this"));
                words_add(&t->agreed, t->agreed.n ? t->agreed.v[0] : keep("0"));
        } else {
                rows_change(c, "create table torture_pair as select a.message_id as a, b.message_id as b, a.place as pa,"
                               " b.place as pb from inbox_message a join inbox_message b on b.thread_id = a.thread_id"
                               " and b.direction = 'in' and b.place > a.place where a.direction = 'in' limit 1;"
                               " update inbox_message set place = (select pb from torture_pair)"
                               " where message_id = (select a from torture_pair);"
                               " update inbox_message set place = (select pa from torture_pair)"
                               " where message_id = (select b from torture_pair)");
                if (rows_number(c, "select count(*) from torture_pair") != 1)
                        give_up("nobody wrote twice: there is nothing to swap; let it run for longer");
        }
}
