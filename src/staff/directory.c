/* The members of the merchant's corps, as the platform tells of them; who leaves loses access. */
#include "staff/directory.h"
#include "staff/login.h"
#include "staff/rows.h"

#include "store/audit.h"

static const struct json_field seen_fields[] = {
        JSON_STR(struct staff_seen, userid, JSON_REQUIRED, 1, 64, "member"),
        JSON_STR(struct staff_seen, name, 0, 0, 0, "name"),
        JSON_STR(struct staff_seen, department, 0, 0, 0, "names of his departments"),
        JSON_INT(struct staff_seen, status, 0, 0, 0, "as the platform numbers it; 0 = outside the visible range"),
};
const struct json_desc staff_seen_desc = JSON_DESC("StaffSeen", struct staff_seen, seen_fields);

int staff_members(struct ctx *ctx, int64_t account_id, struct staff_member **out, size_t *n)
{
        return status_fold(db_all(ctx, &staff_q_members, out, n, DB_I(ctx->merchant), DB_I(account_id)));
}

int staff_member_of(struct ctx *ctx, int64_t staff_id, struct staff_member *out)
{
        int r = db_one(ctx, &staff_q_member_of, out, DB_I(ctx->merchant), DB_I(staff_id));

        return r == DB_E_NONE ? STAFF_E_NONE : status_fold(r);
}

int staff_member_get(struct ctx *ctx, int64_t account_id, const char *userid, struct staff_member *out)
{
        int r = db_one(ctx, &staff_q_member_get, out, DB_I(ctx->merchant), DB_I(account_id), DB_T(text_fold(ctx->arena, userid)));

        return r == DB_E_NONE ? STAFF_E_NONE : status_fold(r);
}

const char *staff_status_name(int64_t status)
{
        return status == STAFF_ACTIVE    ? "active"
               : status == STAFF_LEFT    ? "left"
               : status == STAFF_OFF     ? "disabled"
               : status == STAFF_OUTSIDE ? "outside"
                                         : "inactive";
}

struct note {
        const char *userid, *why;
};
static const struct json_field note_fields[] = {
        JSON_STR(struct note, userid, JSON_REQUIRED, 0, 0, "member"),
        JSON_STR(struct note, why, JSON_OMIT, 0, 0, "why"),
};
static const struct json_desc note_desc = JSON_DESC("StaffNote", struct note, note_fields);

int staff_note(struct ctx *ctx, const char *act, int64_t staff_id, const char *userid, const char *why)
{
        return status_fold(audit(ctx, act, "staff", staff_id, json_write(ctx->arena, &note_desc, &(struct note){userid, why})));
}

/* The person goes with the member. Only out of the visible range: his sessions end, and he may come back. */
static int shut_out(struct ctx *ctx, const struct staff_member *m, int64_t status)
{
        const bool gone = true;
        struct staff_change disable = {.disabled = &gone};
        struct staff_person person;
        int r = staff_get(ctx, m->staff_id, &person);

        if (r == STAFF_E_NONE)
                return 0;
        if (!r && !person.disabled && (status == STAFF_LEFT || status == STAFF_OFF)) {
                r = staff_change(ctx, m->staff_id, &disable, &person);
                if (r == STAFF_E_ROLE) /* the last owner */
                        r = 0;
        }
        if (!r)
                r = staff_end_sessions(ctx, m->staff_id);
        return r ? r : staff_note(ctx, "staff.member_gone", m->staff_id, m->userid, staff_status_name(status));
}

/* Once for the many of a page. */
void staff_tell(struct ctx *ctx, int64_t account_id)
{
        if (ctx_once(ctx, "staff.member", arena_printf(ctx->arena, "%lld", (long long)account_id)))
                ctx_notice(ctx, "staff", "member", account_id, 0, NULL);
}

int staff_member_keep(struct ctx *ctx, int64_t account_id, const struct staff_seen *seen)
{
        struct staff_member before;
        const char *userid = text_fold(ctx->arena, seen->userid), *name = text_empty(seen->name) ? NULL : seen->name;
        int r = staff_member_get(ctx, account_id, seen->userid, &before);

        staff_tell(ctx, account_id);
        bool gone = seen->status == STAFF_LEFT || seen->status == STAFF_OUTSIDE;
        if (r == STAFF_E_NONE && gone)
                return 0; /* none of our business */
        if (r == STAFF_E_NONE)
                return status_fold(db_exec(ctx, &staff_q_member_add, DB_I(ctx->merchant), DB_I(account_id), DB_T(userid),
                                           DB_T(seen->userid), DB_T(name ? name : seen->userid),
                                           DB_T(seen->department ? seen->department : ""), DB_I(seen->status), DB_I(ctx->now)));
        if (!r && seen->status == STAFF_LEFT && !before.staff_id) /* he was nobody here: nothing of him is kept */
                return status_fold(db_exec(ctx, &staff_q_member_drop, DB_I(ctx->merchant), DB_I(account_id), DB_T(userid)));
        if (!r)
                r = status_fold(db_exec(ctx, &staff_q_member_save, DB_I(ctx->merchant), DB_I(account_id), DB_T(userid),
                                        DB_T(seen->userid), DB_T(name ? name : before.name),
                                        DB_T(seen->department ? seen->department : before.department), DB_I(seen->status),
                                        DB_I(ctx->now)));
        if (r || before.status == seen->status)
                return r;
        return before.staff_id && seen->status != STAFF_ACTIVE ? shut_out(ctx, &before, seen->status) : 0;
}

int staff_member_rename(struct ctx *ctx, int64_t account_id, const char *from, const char *to)
{
        const char *old = text_fold(ctx->arena, from), *new = text_fold(ctx->arena, to);
        int r;

        if (text_eq(old, new))
                return 0;
        /* The list may have told of the new name already. */
        r = status_fold(db_exec(ctx, &staff_q_member_drop, DB_I(ctx->merchant), DB_I(account_id), DB_T(new)));
        if (!r)
                r = status_fold(db_exec(ctx, &staff_q_member_rename, DB_I(ctx->merchant), DB_I(account_id), DB_T(old), DB_T(new),
                                        DB_T(to)));
        return r ? r
                 : status_fold(db_exec(ctx, &staff_q_link_rename, DB_I(ctx->merchant), DB_I(account_id), DB_T(old), DB_T(new)));
}

int staff_members_missing(struct ctx *ctx, int64_t account_id, int64_t since, const char *const **userids, size_t *n)
{
        struct staff_userid_row *rows;
        int r = status_fold(db_all(ctx, &staff_q_members_missing, &rows, n, DB_I(ctx->merchant), DB_I(account_id), DB_I(since)));

        if (r)
                return r;
        staff_tell(ctx, account_id); /* of a look that is over */
        const char **ids = arena_array(ctx->arena, const char *, *n);
        for (size_t i = 0; i < *n; i++)
                ids[i] = rows[i].spelled;
        *userids = ids;
        return 0;
}
