/* People who log in: making, changing, listing; roles and what they may. */
#include "staff/login.h"

#include "base/crypt.h"
#include "store/audit.h"
#include "store/event.h"

#include <string.h>

static const struct json_field event_fields[] = {JSON_KEY(struct staff_event, staff_id, JSON_REQUIRED, "the person")};
static const struct json_desc event_desc = JSON_DESC("StaffEvent", struct staff_event, event_fields);
const struct event staff_event_disabled = {"staff.disabled", &event_desc, "a person may not log in any more"};

static const struct {
        const char *name;
        enum role role;
} roles[] = {
        {"owner", ROLE_OWNER},         {"supervisor", ROLE_SUPERVISOR}, {"agent", ROLE_AGENT},
        {"warehouse", ROLE_WAREHOUSE}, {"reader", ROLE_READER},
        {"operator", ROLE_OPERATOR}, /* of merchant 0 alone */
};

enum role staff_role(const char *name)
{
        for (size_t i = 0; i < countof(roles); i++)
                if (text_eq(roles[i].name, name))
                        return roles[i].role;
        return 0;
}

bool staff_may(const struct registry *registry, enum role role, const char *permission)
{
        for (size_t d = 0; d < registry->n; d++) {
                const struct domain *domain = registry->domains[d];
                for (size_t i = 0; i < domain->n_permissions; i++)
                        if (text_eq(domain->permissions[i].name, permission))
                                return (domain->permissions[i].roles & role) != 0;
        }
        return false;
}

int staff_hash(struct ctx *ctx, const char *password, const char **hash)
{
        if (!password || utf8_length(password) < 8 || strlen(password) > 256)
                return STAFF_E_WEAK;
        return status_fold(password_hash(ctx->arena, password, hash));
}

/* Operators are of the installation, everybody else is of a merchant. */
static bool role_fits(const struct ctx *ctx, const char *role)
{
        enum role r = staff_role(role);
        return r && (r == ROLE_OPERATOR) == (ctx->merchant == 0);
}

int staff_insert(struct ctx *ctx, const char *login, const char *name, const char *role, const char *hash,
                 int64_t *staff_id)
{
        if (!role_fits(ctx, role))
                return STAFF_E_ROLE;
        int r = staff_room(ctx);
        if (r)
                return r;
        int64_t id = ctx_new_id(ctx);
        r = db_exec(ctx, &staff_q_insert, DB_I(ctx->merchant), DB_I(id), DB_T(text_fold(ctx->arena, login)),
                        DB_T(name), DB_T(role), DB_T(hash), DB_I(ctx->now));
        if (r)
                return r == DB_E_EXISTS ? STAFF_E_EXISTS : r;
        *staff_id = id;
        return status_fold(audit(ctx, "staff.create", "staff", id, NULL));
}

int staff_create(struct ctx *ctx, const char *login, const char *name, const char *role, const char *password,
                 int64_t *staff_id)
{
        const char *hash;
        int r = staff_hash(ctx, password, &hash);
        return r ? r : staff_insert(ctx, login, name, role, hash, staff_id);
}

int staff_list(struct ctx *ctx, struct staff_person **out, size_t *n)
{
        return status_fold(db_all(ctx, &staff_q_list, out, n, DB_I(ctx->merchant)));
}

int staff_get(struct ctx *ctx, int64_t staff_id, struct staff_person *out)
{
        int r = db_one(ctx, &staff_q_get, out, DB_I(ctx->merchant), DB_I(staff_id));
        return r == DB_E_NONE ? STAFF_E_NONE : status_fold(r);
}

/* A merchant without an owner could never change anything again. */
static int keeps_an_owner(struct ctx *ctx, const struct staff_person *after)
{
        struct staff_count_row others;
        if (!ctx->merchant || (text_eq(after->role, "owner") && !after->disabled))
                return 0;
        int r = db_one(ctx, &staff_q_owners, &others, DB_I(ctx->merchant), DB_I(after->staff_id));
        if (r)
                return status_fold(r);
        return others.n ? 0 : STAFF_E_ROLE;
}

/* Who was let in by WeCom has none, and owners have nothing else. */
static int has_password(struct ctx *ctx, const struct staff_person *p)
{
        struct staff_login_row row;
        int r = status_fold(db_one(ctx, &staff_q_login, &row, DB_T(p->login)));

        return r ? r : text_eq(row.password, staff_nobody) ? STAFF_E_WEAK : 0;
}

int staff_change(struct ctx *ctx, int64_t staff_id, const struct staff_change *change, struct staff_person *out)
{
        struct staff_person before;
        int r = staff_get(ctx, staff_id, &before);
        if (r)
                return r;
        *out = before;
        if (change->name)
                out->name = change->name;
        if (change->role)
                out->role = change->role;
        if (change->disabled)
                out->disabled = *change->disabled;
        if (!role_fits(ctx, out->role))
                return STAFF_E_ROLE;
        r = before.disabled && !out->disabled ? staff_room(ctx) : 0;
        if (!r)
                r = keeps_an_owner(ctx, out);
        if (!r && text_eq(out->role, "owner") && !change->hash)
                r = has_password(ctx, out);
        if (r)
                return r;
        r = db_exec(ctx, &staff_q_update, DB_I(ctx->merchant), DB_I(staff_id), DB_T(out->name), DB_T(out->role),
                    DB_I(out->disabled));
        if (!r && change->hash)
                r = db_exec(ctx, &staff_q_password, DB_I(ctx->merchant), DB_I(staff_id), DB_T(change->hash));
        /* What a session may was decided when it was made, and a new password is often a stolen one's end. */
        bool over = change->hash || out->disabled || !text_eq(before.role, out->role);
        if (!r && over)
                r = staff_end_sessions(ctx, staff_id);
        if (!r && out->disabled && !before.disabled)
                r = event_raise(ctx, &staff_event_disabled, &(struct staff_event){staff_id});
        if (r)
                return status_fold(r);
        return status_fold(audit(ctx, change->hash ? "staff.password" : "staff.change", "staff", staff_id, NULL));
}
