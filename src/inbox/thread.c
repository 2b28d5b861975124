/* Threads: making, keeping, showing. */
#include "inbox/parts.h"

#include "base/cursor.h"
#include "contacts/contacts.h"
#include "staff/staff.h"
#include "store/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct json_field thread_fields[] = {
        JSON_KEY(struct inbox_thread, thread_id, JSON_REQUIRED, "the thread: one customer at one account"),
        JSON_KEY(struct inbox_thread, account_id, JSON_REQUIRED, "the account she writes to"),
        JSON_KEY(struct inbox_thread, identity_id, JSON_REQUIRED, "her identity there"),
        JSON_KEY(struct inbox_thread, person_id, JSON_REQUIRED, "the person, as far as known"),
        JSON_STR(struct inbox_thread, channel, JSON_REQUIRED, 0, 0, "kf or shop"),
        JSON_STR(struct inbox_thread, account_name, 0, 0, 0, "name of the account"),
        JSON_STR(struct inbox_thread, name, JSON_REQUIRED, 0, 0, "the customer's name"),
        JSON_STR(struct inbox_thread, avatar, 0, 0, 0, "address of her picture"),
        JSON_STR(struct inbox_thread, status, JSON_REQUIRED, 0, 0, "open or closed"),
        JSON_STR(struct inbox_thread, owner, JSON_REQUIRED, 0, 0, "who may speak: desk, wecom, ended"),
        JSON_KEY(struct inbox_thread, assigned_to, 0, "staff id"),
        JSON_STR(struct inbox_thread, assigned_name, 0, 0, 0, "name of that person"),
        JSON_INT(struct inbox_thread, waiting_since, 0, 0, 0, "ms of her first unanswered message; 0 = nobody waits"),
        JSON_INT(struct inbox_thread, last_at, 0, 0, 0, "ms of the last message"),
        JSON_STR(struct inbox_thread, last_text, JSON_REQUIRED, 0, 0, "last message in one line"),
        JSON_INT(struct inbox_thread, unread, 0, 0, 0, "her messages nobody has looked at"),
        JSON_INT(struct inbox_thread, window_until, 0, 0, 0, "ms until which we may write; 0 = she never wrote"),
        JSON_INT(struct inbox_thread, replies_left, 0, 0, 5, "replies left until she writes again"),
        JSON_INT(struct inbox_thread, auto_left, 0, 0, 2, "of these, automatic ones"),
        JSON_STR(struct inbox_thread, refused, 0, 0, 0,
                 "why nothing may be said now: window_closed, budget, owner, read_only"),
        JSON_STR(struct inbox_thread, refused_text, 0, 0, 0, "the same for people"),
};
const struct json_desc inbox_thread_json = JSON_DESC("Thread", struct inbox_thread, thread_fields);

/*
 * Where a message stands: the platform's second, then the order in which messages came to this thread. A page of
 * sync_msg is taken in as the platform ordered it and pages never overtake each other, so arrival also holds the place
 * in the page; the place alone would put the first message of a page before the last one of the page before, of the
 * same second.
 */
int64_t inbox_place(struct thread_row *t, int64_t second)
{
        t->arrivals++;
        return second << 24 | (t->arrivals & 0xffffff);
}

int inbox_thread_row(struct ctx *ctx, int64_t thread_id, struct thread_row *t)
{
        int r = db_one(ctx, &q_thread, t, DB_I(ctx->merchant), DB_I(thread_id));
        return r == DB_E_NONE ? INBOX_E_NONE : status_fold(r);
}

/* Latin letters in lower case: what is searched in. */
char *inbox_fold(struct arena *a, const char *s)
{
        char *out = arena_strdup(a, s);
        for (char *c = out; c && *c; c++)
                if (*c >= 'A' && *c <= 'Z')
                        *c = (char)(*c - 'A' + 'a');
        return out;
}

int inbox_thread_ensure(struct ctx *ctx, const struct shops_account *account, int64_t identity_id,
                        const char *remote_id, struct thread_row *t, bool *fresh)
{
        *fresh = false;
        int r = db_one(ctx, &q_thread_of, t, DB_I(ctx->merchant), DB_I(account->account_id), DB_I(identity_id));
        if (r != DB_E_NONE)
                return status_fold(r);

        struct contacts_identity who;
        r = contacts_identity_get(ctx, identity_id, &who);
        if (r)
                return status_fold(r);
        *t = (struct thread_row){
                .thread_id = ctx_new_id(ctx),
                .account_id = account->account_id,
                .identity_id = identity_id,
                .channel = account->kind,
                .remote_id = remote_id,
                .status = "closed",
                .owner = "desk",
                .last_text = "",
                .name = who.nickname,
        };
        *fresh = true;
        return status_fold(db_exec(ctx, &q_thread_insert, DB_I(ctx->merchant), DB_I(t->thread_id), DB_I(t->account_id),
                                   DB_I(identity_id), DB_T(t->channel), DB_T(remote_id), DB_T(t->status),
                                   DB_T(t->owner), DB_T(t->name), DB_T(inbox_fold(ctx->arena, t->name)),
                                   DB_I(ctx->now)));
}

int inbox_thread_settle(struct ctx *ctx, struct thread_row *t)
{
        struct id_row since = {0};

        /* In the WeCom client it is not this desk that she waits for. */
        if (text_eq(t->status, "open") && !text_eq(t->owner, "wecom")) {
                int r = db_one(ctx, &q_thread_waiting_since, &since, DB_I(ctx->merchant), DB_I(t->thread_id),
                               DB_I(t->closed_arrival));
                if (r)
                        return status_fold(r);
        }
        t->waiting_since = since.id;
        return status_fold(db_exec(ctx, &q_thread_update, DB_I(ctx->merchant), DB_I(t->thread_id), DB_T(t->status),
                                   DB_T(t->owner), DB_I(t->assigned_to), DB_I(t->last_agent), DB_I(t->last_at),
                                   DB_I(t->last_place), DB_T(t->last_text), DB_I(t->unread), DB_I(t->arrivals),
                                   DB_I(t->closed_arrival), DB_I(t->waiting_since)));
}

/* ---- budget: the facts ---- */

/* What every thread of an account is shown with; read once for those that follow one another. */
struct account_facts {
        int64_t account_id; /* 0 = none read yet */
        const char *name;
        bool read_only; /* it, or the corp it belongs to */
};

static int account_learn(struct ctx *ctx, int64_t account_id, struct account_facts *a)
{
        struct shops_account account, parent = {0};
        int r;

        if (a->account_id == account_id)
                return 0;
        r = shops_account_get(ctx, account_id, &account);
        if (!r && !account.read_only && account.parent_id)
                r = shops_account_get(ctx, account.parent_id, &parent);
        if (r)
                return status_fold(r);
        *a = (struct account_facts){account_id, account.name, account.read_only || parent.read_only};
        return 0;
}

static int budget_with(struct ctx *ctx, const struct thread_row *t, const struct account_facts *a, struct inbox_budget *b)
{
        struct budget_facts f = {.owner = t->owner, .read_only = a->read_only};
        struct hers_row hers = {0};
        struct spent_row spent = {0};

        int r = db_one(ctx, &q_message_hers, &hers, DB_I(ctx->merchant), DB_I(t->thread_id));
        if (r && r != DB_E_NONE)
                return status_fold(r);
        if (r == 0) {
                r = db_one(ctx, &q_message_spent, &spent, DB_I(ctx->merchant), DB_I(t->thread_id), DB_I(hers.place));
                if (r)
                        return status_fold(r);
        }
        f.her_last = hers.sent_at;
        f.used = spent.used;
        f.auto_used = spent.automatic;
        inbox_budget_of(&f, ctx->now, b);
        return 0;
}

int inbox_budget_row(struct ctx *ctx, const struct thread_row *t, struct inbox_budget *b)
{
        struct account_facts a = {0};
        int r = account_learn(ctx, t->account_id, &a);

        return r ? r : budget_with(ctx, t, &a, b);
}

int inbox_budget(struct ctx *ctx, int64_t thread_id, struct inbox_budget *b)
{
        struct thread_row t;

        int r = inbox_thread_row(ctx, thread_id, &t);
        return r ? r : inbox_budget_row(ctx, &t, b);
}

/* ---- showing ---- */

static int thread_name(struct ctx *ctx, const struct thread_row *t, struct inbox_thread *out)
{
        struct contacts_identity who;

        int r = contacts_identity_get(ctx, t->identity_id, &who);
        if (!r)
                r = contacts_name(ctx, who.person_id, &out->name);
        if (r)
                return status_fold(r);
        out->person_id = who.person_id;
        out->avatar = who.avatar;
        if (text_empty(out->name)) {
                /* Nobody's name is known: the end of the id tells two of them apart. */
                size_t n = strlen(t->remote_id);
                out->name = arena_printf(ctx->arena, "%s %s", text_eq(t->channel, "kf") ? "微信顾客" : "小店顾客",
                                         t->remote_id + (n > 4 ? n - 4 : 0));
        }
        return 0;
}

static int thread_fill(struct ctx *ctx, const struct thread_row *t, struct account_facts *a, struct inbox_thread *out)
{
        struct inbox_budget b;
        struct staff_person agent;

        *out = (struct inbox_thread){
                .thread_id = t->thread_id,
                .account_id = t->account_id,
                .identity_id = t->identity_id,
                .channel = t->channel,
                .status = t->status,
                .owner = t->owner,
                .assigned_to = t->assigned_to,
                .waiting_since = t->waiting_since,
                .last_at = t->last_at,
                .last_text = t->last_text,
                .unread = t->unread,
        };
        int r = account_learn(ctx, t->account_id, a);
        if (r)
                return r;
        out->account_name = a->name;
        r = thread_name(ctx, t, out);
        if (r)
                return r;
        r = budget_with(ctx, t, a, &b);
        if (r)
                return r;
        out->window_until = b.window_until;
        out->replies_left = b.replies_left;
        out->auto_left = b.auto_left;
        out->refused = inbox_refusal(b.refused);
        out->refused_text = inbox_refusal_text(out->refused, false);
        if (!t->assigned_to)
                return 0;
        r = staff_get(ctx, t->assigned_to, &agent);
        if (r == 0)
                out->assigned_name = agent.name;
        return r == STAFF_E_NONE ? 0 : status_fold(r);
}

static int get_with(struct ctx *ctx, int64_t thread_id, struct account_facts *a, struct inbox_thread *out)
{
        struct thread_row t;

        int r = inbox_thread_row(ctx, thread_id, &t);
        return r ? r : thread_fill(ctx, &t, a, out);
}

int inbox_thread_get(struct ctx *ctx, int64_t thread_id, struct inbox_thread *out)
{
        return get_with(ctx, thread_id, &(struct account_facts){0}, out);
}

static int compare_ids(const void *a, const void *b)
{
        const int64_t *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

int inbox_threads_notice(struct ctx *ctx, int64_t *ids, size_t n)
{
        struct account_facts a = {0};
        struct inbox_thread t;
        int r = 0;

        if (n)
                qsort(ids, n, sizeof(*ids), compare_ids);
        for (size_t i = 0; !r && i < n; i++) {
                if (i && ids[i] == ids[i - 1])
                        continue;
                r = get_with(ctx, ids[i], &a, &t);
                if (!r)
                        ctx_notice(ctx, "inbox", "thread", ids[i], 0, json_write(ctx->arena, &inbox_thread_json, &t));
        }
        return r;
}

int inbox_thread_notice(struct ctx *ctx, int64_t thread_id)
{
        return inbox_threads_notice(ctx, &thread_id, 1);
}

/* ---- lists ---- */

static int list_rows(struct ctx *ctx, const struct inbox_list *l, int64_t limit, struct thread_row **rows, size_t *n)
{
        const char *part = text_empty(l->q) ? NULL : text_like(ctx->arena, inbox_fold(ctx->arena, l->q));
        bool up = text_eq(l->view, "waiting");
        int64_t key = up ? 0 : INT64_MAX, id = up ? 0 : INT64_MAX;

        if (cursor_read(l->cursor, &key, &id))
                return INBOX_E_CURSOR;
        if (up)
                return status_fold(db_all(ctx, &q_list_waiting, rows, n, DB_I(ctx->merchant), DB_T(part), DB_I(key),
                                          DB_I(id), DB_I(limit)));
        if (text_eq(l->view, "mine"))
                return status_fold(db_all(ctx, &q_list_mine, rows, n, DB_I(ctx->merchant), DB_T(part), DB_I(key),
                                          DB_I(id), DB_I(limit), DB_I(ctx->actor.id)));
        return status_fold(db_all(ctx, &q_list_status, rows, n, DB_I(ctx->merchant), DB_T(part), DB_I(key), DB_I(id),
                                  DB_I(limit), DB_T(text_eq(l->view, "closed") ? "closed" : "open")));
}

int inbox_thread_list(struct ctx *ctx, const struct inbox_list *l, struct inbox_thread **out, size_t *n,
                      const char **next)
{
        struct account_facts a = {0};
        struct thread_row *rows;
        int64_t limit = l->limit < 1 ? 50 : l->limit > 100 ? 100 : l->limit;

        *next = NULL;
        *n = 0;
        int r = list_rows(ctx, l, limit + 1, &rows, n);
        if (r)
                return r;
        if (*n > (size_t)limit) {
                const struct thread_row *last = &rows[limit - 1];
                *n = (size_t)limit;
                *next = cursor_write(ctx->arena, text_eq(l->view, "waiting") ? last->waiting_since : last->last_at,
                                     last->thread_id);
        }
        *out = arena_array(ctx->arena, struct inbox_thread, *n);
        for (size_t i = 0; i < *n; i++) {
                r = thread_fill(ctx, &rows[i], &a, &(*out)[i]);
                if (r)
                        return r;
        }
        return 0;
}

/* ---- what people do with a thread ---- */

int inbox_mark_read(struct ctx *ctx, int64_t thread_id)
{
        struct thread_row t;

        int r = inbox_thread_row(ctx, thread_id, &t);
        if (r || t.unread == 0)
                return r;
        t.unread = 0;
        r = inbox_thread_settle(ctx, &t);
        return r ? r : inbox_thread_notice(ctx, thread_id);
}

int inbox_assign(struct ctx *ctx, int64_t thread_id, int64_t staff_id)
{
        struct thread_row t;
        struct staff_person agent;

        int r = inbox_thread_row(ctx, thread_id, &t);
        if (r)
                return r;
        if (staff_id) {
                r = staff_get(ctx, staff_id, &agent);
                if (r == STAFF_E_NONE || (r == 0 && agent.disabled))
                        return INBOX_E_NONE;
                if (r)
                        return status_fold(r);
        }
        if (t.assigned_to == staff_id)
                return 0;
        t.assigned_to = staff_id;
        if (staff_id)
                t.last_agent = staff_id;
        r = inbox_thread_settle(ctx, &t);
        if (r)
                return r;
        r = audit(ctx, "inbox.assign", "thread", thread_id,
                  arena_printf(ctx->arena, "{\"staff_id\":\"%lld\"}", (long long)staff_id));
        return r ? status_fold(r) : inbox_thread_notice(ctx, thread_id);
}

/* Whoever looks at the queue sees them again: nobody would wait for one who is gone. */
int inbox_on_disabled(struct ctx *ctx, const void *payload)
{
        const struct staff_event *e = payload;
        struct id_row *rows;
        size_t n;
        int r = db_all(ctx, &q_assigned, &rows, &n, DB_I(ctx->merchant), DB_I(e->staff_id));

        for (size_t i = 0; !r && i < n; i++)
                r = inbox_assign(ctx, rows[i].id, 0);
        return status_fold(r);
}

int inbox_close(struct ctx *ctx, int64_t thread_id)
{
        struct thread_row t;

        int r = inbox_thread_row(ctx, thread_id, &t);
        if (r || text_eq(t.status, "closed"))
                return r;
        t.status = "closed";
        t.unread = 0;
        t.closed_arrival = t.arrivals;
        r = inbox_thread_settle(ctx, &t);
        if (r)
                return r;
        r = audit(ctx, "inbox.close", "thread", thread_id, NULL);
        return r ? status_fold(r) : inbox_thread_notice(ctx, thread_id);
}

int inbox_waiting(struct ctx *ctx, int64_t before, int64_t most, int64_t *n, int64_t *since)
{
        struct waiting_row row;
        int r = db_one(ctx, &q_waiting_long, &row, DB_I(ctx->merchant), DB_I(before), DB_I(most));

        *n = r ? 0 : row.n;
        *since = r ? 0 : row.since;
        return status_fold(r);
}
