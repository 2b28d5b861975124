/*
 * Taking one message in. Runs in the transaction that also keeps the page's cursor (kf) or the ledger's progress
 * (shop), so it happens once; a message that comes again, from an overlapping page or a repeated push, is known by its
 * remote id.
 */
#include "inbox/parts.h"

#include "contacts/contacts.h"
#include "staff/staff.h"

#include <stdio.h>
#include <string.h>

#define WELCOME_MS 20000 /* a welcome code is valid that long, wecom-kf.md 7 */

/* One line for the list. */
static const char *one_line(struct arena *a, const char *text)
{
        char *out = utf8_cut(a, text, 160);
        for (char *c = out; *c; c++)
                if (*c == '\n' || *c == '\r' || *c == '\t')
                        *c = ' ';
        return out;
}

static int is_active(struct ctx *ctx, int64_t staff_id, bool *active)
{
        struct staff_person p;

        *active = false;
        if (!staff_id)
                return 0;
        int r = staff_get(ctx, staff_id, &p);
        *active = r == 0 && !p.disabled;
        return r == STAFF_E_NONE ? 0 : status_fold(r);
}

static int assign(struct ctx *ctx, struct thread_row *t, bool reopened)
{
        struct assign_facts f = {.assigned_to = t->assigned_to, .last_agent = t->last_agent, .reopened = reopened};

        int r = is_active(ctx, f.assigned_to, &f.assigned_active);
        if (r == 0)
                r = is_active(ctx, f.last_agent, &f.last_active);
        if (r == 0)
                t->assigned_to = inbox_assign_to(&f);
        return r;
}

/* `row` begins with thread, place, arrival and state, and comes back as it was written. */
static int insert(struct ctx *ctx, const struct shops_account *account, const struct incoming *m, struct message_row *row)
{
        row->message_id = ctx_new_id(ctx);
        row->account_id = account->account_id;
        row->remote_id = m->remote_id;
        row->direction = m->direction;
        row->kind = m->kind;
        row->text = m->text;
        row->body = m->body;
        row->author = m->author;
        row->sent_at = m->second * 1000;
        row->about = m->about;
        row->media_id = m->media_id;
        int r = status_fold(db_exec(ctx, &q_message_insert, DB_I(ctx->merchant), DB_I(row->message_id),
                                    DB_I(row->thread_id), DB_I(row->account_id), DB_T(row->remote_id), DB_I(row->place),
                                    DB_I(row->arrival), DB_I(0), DB_T(row->direction), DB_T(row->kind), DB_T(row->text),
                                    DB_T(row->body), DB_T(row->state), DB_T(row->author), DB_I(0), DB_I(0),
                                    DB_I(row->sent_at), DB_T(NULL), DB_T(row->about), DB_T(row->media_id), DB_I(0)));
        return r || text_eq(m->direction, "event") ? r : inbox_index(ctx, row->thread_id, row->message_id, m->text);
}

/* She wrote: the thread is open, and somebody's. */
static int she_wrote(struct ctx *ctx, const struct shops_account *account, struct thread_row *t,
                     const struct incoming *m)
{
        struct hers_row before = {0};
        bool reopened = text_eq(t->status, "closed");

        t->status = "open";
        t->unread++;
        int r = assign(ctx, t, reopened);
        if (r)
                return r;
        if (!text_eq(account->kind, "kf")) {
                t->owner = "desk";
                return 0;
        }
        r = db_one(ctx, &q_message_hers, &before, DB_I(ctx->merchant), DB_I(t->thread_id));
        if (r && r != DB_E_NONE)
                return status_fold(r);
        if (!inbox_session_begins(t->owner, before.sent_at, m->second * 1000))
                return 0;
        t->owner = "desk"; /* until reading the state shows that the WeCom client has it */
        return status_fold(job_enqueue(ctx, &(struct job_new){
                                                    .kind = JOB_CLAIM,
                                                    .key = arena_printf(ctx->arena, "%lld", (long long)t->thread_id),
                                                    .account_id = account->parent_id,
                                            }));
}

/* The jobs that a fresh message asks for. */
static int ask_more(struct ctx *ctx, const struct shops_account *account, const struct thread_row *t, bool fresh,
                    const struct incoming *m, int64_t message_id)
{
        int r;

        if (fresh && text_empty(t->name) && text_eq(account->kind, "kf")) {
                r = db_exec(ctx, &q_nameless_add, DB_I(ctx->merchant), DB_I(account->parent_id), DB_T(t->remote_id));
                if (r)
                        return status_fold(r);
                r = job_enqueue(ctx, &(struct job_new){
                                             .kind = JOB_NAMES,
                                             .key = arena_printf(ctx->arena, "%lld", (long long)account->parent_id),
                                             .account_id = account->parent_id,
                                     });
                if (r)
                        return status_fold(r);
        }
        if (!text_empty(m->media_id)) {
                r = job_enqueue(ctx, &(struct job_new){
                                             .kind = JOB_MEDIA,
                                             .key = arena_printf(ctx->arena, "%lld", (long long)message_id),
                                             .account_id = account->parent_id,
                                     });
                if (r)
                        return status_fold(r);
        }
        if (m->welcome_code) {
                struct account_row row = {0};
                r = db_one(ctx, &q_account, &row, DB_I(ctx->merchant), DB_I(account->account_id));
                if (r && r != DB_E_NONE)
                        return status_fold(r);
                if (text_empty(row.welcome_text) || ctx->now >= m->second * 1000 + WELCOME_MS)
                        return 0;
                struct text payload;
                text_init(&payload, ctx->arena);
                text_add(&payload, "{\"code\":");
                json_quote(&payload, m->welcome_code);
                text_addf(&payload, ",\"thread_id\":\"%lld\"}", (long long)t->thread_id);
                r = job_enqueue(ctx, &(struct job_new){
                                             .kind = JOB_WELCOME,
                                             .key = m->welcome_code,
                                             .account_id = account->parent_id,
                                             .payload = payload.p,
                                             .deadline = m->second * 1000 + WELCOME_MS,
                                     });
                if (r)
                        return status_fold(r);
        }
        return 0;
}

/* An event speaks of an earlier message: that one changes. */
static int tell_about(struct ctx *ctx, const struct shops_account *account, const struct incoming *m)
{
        struct message_row about;

        if (text_empty(m->about) || !m->about_state)
                return 0;
        int r = db_one(ctx, &q_message_remote, &about, DB_I(ctx->merchant), DB_I(account->account_id), DB_T(m->about));
        if (r == DB_E_NONE)
                return 0; /* not come yet: its own arrival looks for us */
        if (r)
                return status_fold(r);
        return about.thread_id ? inbox_message_move(ctx, &about, m->about_state, m->about_code) : 0;
}

static int was_recalled(struct ctx *ctx, const struct shops_account *account, const struct incoming *m, bool *recalled)
{
        struct message_row event;

        *recalled = false;
        int r = db_one(ctx, &q_message_about, &event, DB_I(ctx->merchant), DB_I(account->account_id),
                       DB_T(m->remote_id));
        if (r)
                return r == DB_E_NONE ? 0 : status_fold(r);
        *recalled = text_eq(event.kind, "user_recall_msg");
        return 0;
}

static void list_line(struct ctx *ctx, struct thread_row *t, const struct incoming *m, int64_t place)
{
        bool said = !text_eq(m->direction, "event");

        if (place > t->last_place)
                t->last_place = place;
        /* The platform tells whole seconds: within one, what arrives later stands later. */
        if (said ? m->second >= t->last_at / 1000 : text_empty(t->last_text)) {
                t->last_at = m->second * 1000 > t->last_at ? m->second * 1000 : t->last_at;
                t->last_text = one_line(ctx->arena, m->text);
        }
}

static int keep(struct ctx *ctx, const struct shops_account *account, struct thread_row *t, bool fresh,
                const struct incoming *m)
{
        bool hers = text_eq(m->direction, "in"), recalled;
        struct message_row row = {.thread_id = t->thread_id};

        int r = was_recalled(ctx, account, m, &recalled);
        if (r == 0 && hers)
                r = she_wrote(ctx, account, t, m);
        if (r)
                return r;
        if (m->owner && !hers)
                t->owner = m->owner;
        row.place = inbox_place(t, m->second);
        row.arrival = t->arrivals;
        row.state = recalled ? "recalled" : text_eq(m->direction, "out") ? "sent" : "received";
        r = insert(ctx, account, m, &row);
        if (r)
                return r;
        list_line(ctx, t, m, row.place);
        r = inbox_thread_settle(ctx, t);
        if (r == 0)
                r = ask_more(ctx, account, t, fresh, m, row.message_id);
        if (r == 0)
                r = tell_about(ctx, account, m);
        if (r == 0 && hers && text_eq(account->kind, "kf"))
                r = inbox_claims_make(ctx, row.message_id, t->identity_id, m);
        if (r == 0)
                inbox_message_tell(ctx, &row, t);
        return r;
}

int inbox_receive(struct ctx *ctx, const struct shops_account *account, const struct incoming *m, int64_t *thread_id)
{
        struct message_row known;
        struct thread_row t;
        int64_t identity_id = 0;
        bool fresh;

        *thread_id = 0;
        int r = db_one(ctx, &q_message_remote, &known, DB_I(ctx->merchant), DB_I(account->account_id),
                       DB_T(m->remote_id));
        if (r != DB_E_NONE)
                return status_fold(r);

        if (m->customer) {
                r = contacts_ensure(ctx, account->kind,
                                    text_eq(account->kind, "kf") ? account->parent_id : account->account_id,
                                    m->customer, NULL, NULL, NULL, &identity_id);
                if (r && r != CONTACTS_E_BAD_ID)
                        return status_fold(r);
        }
        if (!identity_id) {
                r = insert(ctx, account, m, &(struct message_row){.place = m->second << 24, .state = "received"});
                return r ? r : tell_about(ctx, account, m);
        }
        r = inbox_thread_ensure(ctx, account, identity_id, m->customer, &t, &fresh);
        if (r)
                return r;
        *thread_id = t.thread_id;
        return keep(ctx, account, &t, fresh, m);
}
