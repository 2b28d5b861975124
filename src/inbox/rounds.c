/* What the messages prove and what they add up to: is the account answered, and how fast. */
#include "inbox/parts.h"

#define ANSWER_MS (24 * 3600 * 1000LL) /* an answer later than this ends no round of the span asked for */
#define MOST 99000                     /* messages looked at: some 10,000 conversations */
#define PLACE(ms) ((ms) / 1000 << 24)  /* inbox_message.place: second << 24 | arrival */

struct step {
        int64_t thread_id, place, agent;
};
static const struct db_col step_cols[] = {DB_COL_I(struct step, thread_id), DB_COL_I(struct step, place), DB_COL_I(struct step, agent)};
static const struct query q_steps = {
        .name = "inbox.steps",
        .sql = "select m.thread_id, m.place, case when m.direction = 'out' then 1 else 0 end as agent from inbox_thread t"
               " join inbox_message m on m.merchant_id = t.merchant_id and m.thread_id = t.thread_id"
               " where t.merchant_id = $1 and t.account_id = $2 and t.last_at >= $3 and m.place >= $4 and m.place < $5"
               " and (m.direction = 'in' or (m.direction = 'out' and m.automatic = 0 and m.state <> 'failed' and m.state <> 'undelivered'))"
               " order by m.thread_id, m.place limit $6",
        .args = "iiiiii", .row = step_cols, .n_row = countof(step_cols), .size = sizeof(struct step),
};

int inbox_rounds(struct ctx *ctx, int64_t account_id, int64_t from, int64_t to, struct inbox_rounds *out)
{
        int64_t thread_id = 0, began = 0; /* second at which the open round of this thread began; 0 = none */
        struct step *steps;
        size_t n;
        int r = db_all(ctx, &q_steps, &steps, &n, DB_I(ctx->merchant), DB_I(account_id), DB_I(from), DB_I(PLACE(from)),
                       DB_I(PLACE(to + ANSWER_MS)), DB_I(MOST));

        *out = (struct inbox_rounds){0};
        for (size_t i = 0; !r && i < n; i++) {
                int64_t second = steps[i].place >> 24;

                if (steps[i].thread_id != thread_id)
                        began = 0;
                thread_id = steps[i].thread_id;
                if (!steps[i].agent && !began && second * 1000 < to) {
                        began = second;
                        out->n++;
                }
                if (!steps[i].agent || !began)
                        continue;
                out->answered++;
                out->in_3min += second - began <= 180;
                out->sum_s += second - began;
                began = 0;
        }
        return status_fold(r);
}

static const struct db_col proof_cols[] = {DB_COL_I(struct inbox_proof, heard_at), DB_COL_I(struct inbox_proof, answered_at)};
static const struct query q_proof = {
        .name = "inbox.proof",
        .sql = "select coalesce(min(i.sent_at), 0) as heard_at, coalesce(min(o.sent_at), 0) as answered_at from inbox_thread t"
               " join inbox_message i on i.merchant_id = t.merchant_id and i.thread_id = t.thread_id and i.place >= $4 and i.direction = 'in'"
               " left join inbox_message o on o.merchant_id = t.merchant_id and o.thread_id = t.thread_id and o.place > i.place"
               " and o.direction = 'out' and o.automatic = 0 and o.state = 'sent'"
               " where t.merchant_id = $1 and t.account_id = $2 and t.last_at >= $3",
        .args = "iiii", .row = proof_cols, .n_row = countof(proof_cols), .size = sizeof(struct inbox_proof),
};

int inbox_proof(struct ctx *ctx, int64_t account_id, int64_t since, struct inbox_proof *out)
{
        return status_fold(db_one(ctx, &q_proof, out, DB_I(ctx->merchant), DB_I(account_id), DB_I(since), DB_I(PLACE(since))));
}
