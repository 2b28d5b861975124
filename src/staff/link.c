/* Which member is which person: a person is made for a member, or one who has a password is linked with him. */
#include "staff/directory.h"
#include "staff/login.h"
#include "staff/rows.h"

#include "shops/shops.h"

/* A person does it, not the member who signs in. */
static bool by_hand(const struct ctx *ctx)
{
        return ctx->actor.kind == ACTOR_STAFF || ctx->actor.kind == ACTOR_OPERATOR;
}

/* Nobody gives more than he has, and nobody becomes an owner by way of WeCom: a corp's administrator could take the shop. */
static bool may_give(const struct ctx *ctx, const char *role)
{
        enum role wanted = staff_role(role);

        if (!wanted || wanted == ROLE_OWNER)
                return false;
        return !by_hand(ctx) || ctx->actor.role == ROLE_OWNER || wanted != ROLE_SUPERVISOR;
}

static int add_link(struct ctx *ctx, const struct staff_member *m, int64_t staff_id)
{
        int r = db_exec(ctx, &staff_q_link_add, DB_I(ctx->merchant), DB_I(m->account_id), DB_T(text_fold(ctx->arena, m->userid)),
                        DB_I(staff_id), DB_I(ctx->now));

        if (r)
                return r == DB_E_EXISTS ? STAFF_E_LINKED : status_fold(r);
        staff_tell(ctx, m->account_id);
        return staff_note(ctx, "staff.link", staff_id, m->userid, NULL);
}

/* He was linked before, and is again: by a person's hand, not by himself. */
static int let_back_in(struct ctx *ctx, const char *login, const char *role, int64_t *staff_id)
{
        const bool off = false;
        struct staff_change change = {.role = role, .disabled = &off};
        struct staff_login_row row;
        struct staff_person p;
        int r = status_fold(db_one(ctx, &staff_q_login, &row, DB_T(login)));

        if (r)
                return r;
        if (row.merchant_id != ctx->merchant)
                return STAFF_E_EXISTS;
        if (!by_hand(ctx))
                return STAFF_E_DISABLED;
        if (!may_give(ctx, row.role)) /* he became more meanwhile */
                return STAFF_E_GIVE;
        *staff_id = row.staff_id;
        return staff_change(ctx, row.staff_id, &change, &p);
}

/* Its login is unique because corps are; no password fits it until somebody gives one. */
static int make_person(struct ctx *ctx, const struct staff_member *m, const char *role, int64_t *staff_id)
{
        struct shops_account corp;
        int r = shops_account_get(ctx, m->account_id, &corp);

        if (r)
                return r == SHOPS_E_NONE ? STAFF_E_NONE : r;
        const char *login = arena_printf(ctx->arena, "%s@%s", m->userid, corp.remote_id);
        r = staff_insert(ctx, login, m->name, role, staff_nobody, staff_id);
        if (r == STAFF_E_EXISTS)
                r = let_back_in(ctx, text_fold(ctx->arena, login), role, staff_id);
        if (r == STAFF_E_EXISTS) /* another merchant made a login of this name, by chance or to be in the way */
                r = staff_insert(ctx, arena_printf(ctx->arena, "%s.%lld", login, (long long)ctx_new_id(ctx)), m->name, role,
                                 staff_nobody, staff_id);
        return r;
}

int staff_link_new(struct ctx *ctx, int64_t account_id, const char *userid, const char *role, int64_t *staff_id)
{
        struct staff_member m;
        int r = staff_member_get(ctx, account_id, userid, &m);

        if (r)
                return r;
        if (!may_give(ctx, role))
                return STAFF_E_GIVE;
        if (m.staff_id)
                return STAFF_E_LINKED;
        if (!m.active)
                return STAFF_E_MEMBER;
        r = make_person(ctx, &m, role, staff_id);
        return r ? r : add_link(ctx, &m, *staff_id);
}

int staff_link_known(struct ctx *ctx, int64_t account_id, const char *userid, int64_t staff_id)
{
        struct staff_member m;
        struct staff_person p;
        int r = staff_member_get(ctx, account_id, userid, &m);

        if (!r)
                r = staff_get(ctx, staff_id, &p);
        if (r)
                return r;
        if (!may_give(ctx, p.role))
                return STAFF_E_GIVE;
        return m.staff_id ? STAFF_E_LINKED : add_link(ctx, &m, staff_id);
}

int staff_unlink(struct ctx *ctx, int64_t account_id, const char *userid)
{
        const bool off = true;
        struct staff_change disable = {.disabled = &off};
        struct staff_login_row login;
        struct staff_person p;
        struct staff_member m;
        int r = staff_member_get(ctx, account_id, userid, &m);

        if (r || !m.staff_id)
                return r ? r : STAFF_E_NONE;
        r = staff_get(ctx, m.staff_id, &p);
        if (!r && !may_give(ctx, p.role) && !text_eq(p.role, "owner")) /* he cannot come in this way anyhow */
                r = STAFF_E_GIVE;
        if (!r)
                r = status_fold(db_exec(ctx, &staff_q_link_drop, DB_I(ctx->merchant), DB_I(account_id),
                                        DB_T(text_fold(ctx->arena, userid))));
        if (!r)
                r = status_fold(db_one(ctx, &staff_q_login, &login, DB_T(p.login)));
        if (r)
                return r;
        /* Nobody could log in as him any more: he should not look as if. */
        if (!p.disabled && text_eq(login.password, staff_nobody))
                r = staff_change(ctx, m.staff_id, &disable, &p);
        if (!r)
                r = staff_end_sessions(ctx, m.staff_id);
        staff_tell(ctx, account_id);
        return r ? r : staff_note(ctx, "staff.unlink", m.staff_id, m.userid, NULL);
}
