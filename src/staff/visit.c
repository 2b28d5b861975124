/* Operators and their visits. */
#include "staff/visit.h"

#include "staff/login.h"
#include "shops/shops.h"
#include "store/audit.h"

#include <string.h>

static const struct db_col visit_cols[] = {
        DB_COL_I(struct staff_visit, merchant_id), DB_COL_I(struct staff_visit, visit_id),
        DB_COL_I(struct staff_visit, operator_id), DB_COL_T(struct staff_visit, operator),
        DB_COL_T(struct staff_visit, reason),      DB_COL_I(struct staff_visit, begun_at),
        DB_COL_I(struct staff_visit, until),       DB_COL_I(struct staff_visit, ended_at),
};
#define VISIT_SELECT "select merchant_id, visit_id, operator_id, operator, reason, begun_at, until, ended_at from staff_visit"
#define VISIT_ROW .row = visit_cols, .n_row = countof(visit_cols), .size = sizeof(struct staff_visit)

const struct query staff_q_visit_insert = {
        .name = "staff.visit_insert",
        .sql = "insert into staff_visit (merchant_id, visit_id, operator_id, operator, reason, begun_at, until, ended_at)"
               " values ($1, $2, $3, $4, $5, $6, $7, 0)",
        .args = "iiittii",
};
const struct query staff_q_visit_end = {
        .name = "staff.visit_end",
        .sql = "update staff_visit set ended_at = $3 where merchant_id = $1 and visit_id = $2 and ended_at = 0",
        .args = "iii",
};
const struct query staff_q_visit_list = {
        .name = "staff.visits",
        .sql = VISIT_SELECT " where merchant_id = $1 order by visit_id desc limit 100",
        .args = "i",
        VISIT_ROW,
};
const struct query staff_q_visit_open = {
        .name = "staff.visit_open",
        .sql = VISIT_SELECT " where merchant_id = $1 and ended_at = 0 and until > $2 order by visit_id desc limit 1",
        .args = "ii",
        VISIT_ROW,
};
const struct query staff_q_session_visit = {
        /* found by its cookie; visit_merchant_id is whom it acts for */
        .name = "staff.session_visit",
        .sql = "update staff_session set visit_merchant_id = $2, visit_id = $3 where cookie_sha256 = $1 and merchant_id = 0",
        .args = "tii",
};

int staff_operator_add(struct ctx *ctx, const char *login, const char *name, const char *hash, int64_t *staff_id)
{
        return ctx->merchant ? STAFF_E_ROLE : staff_insert(ctx, login, name, "operator", hash, staff_id);
}

int staff_operator_disable(struct ctx *ctx, const char *login)
{
        const char *folded = text_fold(ctx->arena, login);
        struct staff_person *people, out;
        bool yes = true;
        size_t n;
        int r = ctx->merchant ? STAFF_E_ROLE : staff_list(ctx, &people, &n);

        for (size_t i = 0; !r && i < n; i++)
                if (text_eq(people[i].login, folded))
                        return staff_change(ctx, people[i].staff_id, &(struct staff_change){.disabled = &yes}, &out);
        return r ? r : STAFF_E_NONE;
}

void staff_enter(struct ctx *ctx, const struct staff_session *s)
{
        ctx->merchant = s->merchant_id;
        ctx->actor = (struct actor){.kind = ACTOR_STAFF, .id = s->staff_id, .name = s->name, .role = staff_role(s->role)};
        if (!s->visit_merchant_id)
                return;
        ctx->merchant = s->visit_merchant_id;
        ctx->actor.kind = ACTOR_OPERATOR;
        ctx->actor.role = STAFF_VISIT_ROLE;
        ctx->actor.reason = s->visit_reason;
}

int staff_visit_begin(struct ctx *ctx, const char *cookie, int64_t merchant_id, const char *reason, int64_t minutes,
                      struct staff_visit *out)
{
        size_t length = reason ? utf8_length(reason) : 0;
        struct staff_session s;
        int r = staff_session_find(ctx, cookie, &s);

        if (r)
                return r;
        if (s.merchant_id || s.visit_merchant_id)
                return STAFF_E_VISIT;
        if (length < STAFF_REASON_MIN || length > STAFF_REASON_MAX || minutes < 1 || minutes > STAFF_VISIT_MOST)
                return STAFF_E_BAD;
        *out = (struct staff_visit){
                .merchant_id = merchant_id,
                .visit_id = ctx_new_id(ctx),
                .operator_id = s.staff_id,
                .operator = s.name,
                .reason = reason,
                .begun_at = ctx->now,
                .until = ctx->now + minutes * 60 * 1000,
        };
        s.visit_merchant_id = merchant_id;
        s.visit_reason = reason;
        staff_enter(ctx, &s);
        r = db_exec(ctx, &staff_q_visit_insert, DB_I(merchant_id), DB_I(out->visit_id), DB_I(out->operator_id),
                    DB_T(out->operator), DB_T(reason), DB_I(out->begun_at), DB_I(out->until));
        if (!r)
                r = db_exec(ctx, &staff_q_session_visit, DB_T(staff_cookie_hash(ctx->arena, cookie)), DB_I(merchant_id),
                            DB_I(out->visit_id));
        if (r)
                return status_fold(r);
        ctx_notice(ctx, "staff", "visit", out->visit_id, 0, NULL);
        return status_fold(audit(ctx, "staff.visit", "visit", out->visit_id, NULL));
}

int staff_visit_end(struct ctx *ctx, const char *cookie)
{
        struct staff_session s;
        int r = staff_session_find(ctx, cookie, &s);

        if (r)
                return r;
        if (!s.visit_merchant_id)
                return STAFF_E_VISIT;
        staff_enter(ctx, &s);
        r = db_exec(ctx, &staff_q_visit_end, DB_I(s.visit_merchant_id), DB_I(s.visit_id), DB_I(ctx->now));
        if (!r)
                r = db_exec(ctx, &staff_q_session_visit, DB_T(staff_cookie_hash(ctx->arena, cookie)), DB_I(0), DB_I(0));
        if (r)
                return status_fold(r);
        ctx_notice(ctx, "staff", "visit", s.visit_id, 0, NULL);
        return status_fold(audit(ctx, "staff.visit_end", "visit", s.visit_id, NULL));
}

int staff_visits(struct ctx *ctx, struct staff_visit **out, size_t *n)
{
        return status_fold(db_all(ctx, &staff_q_visit_list, out, n, DB_I(ctx->merchant)));
}

int staff_visit_now(struct ctx *ctx, struct staff_visit *out)
{
        int r = db_one(ctx, &staff_q_visit_open, out, DB_I(ctx->merchant), DB_I(ctx->now));

        return r == DB_E_NONE ? STAFF_E_NONE : status_fold(r);
}

/* ---- how many people ---- */

static const struct db_col count_cols[] = {DB_COL_I(struct staff_count, merchant_id), DB_COL_I(struct staff_count, people)};
const struct query staff_q_counts = {
        .name = "staff.counts",
        .sql = "select merchant_id, count(*) as people from staff_person where merchant_id in (:list $1) and disabled = 0"
               " group by merchant_id order by merchant_id",
        .args = "I",
        .row = count_cols,
        .n_row = countof(count_cols),
        .size = sizeof(struct staff_count),
};

int staff_counts(struct ctx *ctx, const int64_t *merchants, size_t n, struct staff_count **out)
{
        return status_fold(db_each(ctx, &staff_q_counts, out, merchants, n));
}

int staff_room(struct ctx *ctx)
{
        struct shops_merchant m;
        struct staff_count *count;
        int r = ctx->merchant ? shops_merchant_get(ctx, &m) : SHOPS_E_NONE;

        if (r || !m.terms.max_staff)
                return r == SHOPS_E_NONE ? 0 : r; /* the installation's own, and tests of one verb */
        r = staff_counts(ctx, &ctx->merchant, 1, &count);
        return r ? r : count->people >= m.terms.max_staff ? STAFF_E_LIMIT : 0;
}
