/* Identities and persons: finding, making, learning. */
#include "contacts/link.h"

#include <string.h>

static int made(struct ctx *ctx, const char *kind, int64_t account_id, const char *remote_id, const char *unionid,
                const char *nickname, const char *avatar, int64_t *identity_id)
{
        int64_t person_id = ctx_new_id(ctx);
        *identity_id = ctx_new_id(ctx);
        int r = db_exec(ctx, &contacts_q_person_insert, DB_I(ctx->merchant), DB_I(person_id), DB_I(ctx->now));
        if (!r)
                r = db_exec(ctx, &contacts_q_identity_insert, DB_I(ctx->merchant), DB_I(*identity_id), DB_I(person_id),
                            DB_I(account_id), DB_T(kind), DB_T(remote_id), DB_T(unionid), DB_T(nickname), DB_T(avatar),
                            DB_I(ctx->now));
        return status_fold(r);
}

static bool is_news(const char *told, const char *known)
{
        return told && !text_eq(told, known);
}

/* Everybody with this unionid is she: the platform says so. A tie that a person undid stays undone. */
static int link_unionid(struct ctx *ctx, int64_t identity_id, const char *unionid)
{
        struct contacts_id_row *same;
        size_t n;
        int64_t link_id;
        int r = db_all(ctx, &contacts_q_same_unionid, &same, &n, DB_I(ctx->merchant), DB_T(unionid), DB_I(identity_id));
        if (r)
                return status_fold(r);
        for (size_t i = 0; i < n; i++) {
                r = contacts_link_make(ctx, same[i].id, identity_id, "unionid", NULL, &link_id);
                if (r && r != CONTACTS_E_SAME && r != CONTACTS_E_UNDONE)
                        return r;
        }
        return 0;
}

/* Empty texts of the platform mean "not told". */
static const char *told(const char *s)
{
        return text_empty(s) ? NULL : s;
}

int contacts_ensure(struct ctx *ctx, const char *kind, int64_t account_id, const char *remote_id, const char *unionid,
                    const char *nickname, const char *avatar, int64_t *identity_id)
{
        struct contacts_identity known;
        if (text_empty(remote_id) || strlen(remote_id) > 128 || (unionid && strlen(unionid) > 128))
                return CONTACTS_E_BAD_ID;
        unionid = told(unionid);
        nickname = nickname ? told(utf8_cut(ctx->arena, nickname, 256)) : NULL;
        avatar = avatar && strlen(avatar) <= 1024 ? told(avatar) : NULL;
        int r = db_one(ctx, &contacts_q_identity_by_remote, &known, DB_I(ctx->merchant), DB_T(kind), DB_I(account_id),
                       DB_T(remote_id));
        if (r == DB_E_NONE) {
                r = made(ctx, kind, account_id, remote_id, unionid, nickname, avatar, identity_id);
                return r || !unionid ? r : link_unionid(ctx, *identity_id, unionid);
        }
        if (r)
                return status_fold(r);
        *identity_id = known.identity_id;
        bool new_unionid = is_news(unionid, known.unionid);
        if (!new_unionid && !is_news(nickname, known.nickname) && !is_news(avatar, known.avatar))
                return 0;
        r = status_fold(db_exec(ctx, &contacts_q_identity_learn, DB_I(ctx->merchant), DB_I(known.identity_id),
                                DB_T(unionid), DB_T(nickname), DB_T(avatar), DB_I(ctx->now)));
        return r || !new_unionid ? r : link_unionid(ctx, known.identity_id, unionid);
}

int contacts_identity_get(struct ctx *ctx, int64_t identity_id, struct contacts_identity *out)
{
        int r = db_one(ctx, &contacts_q_identity_get, out, DB_I(ctx->merchant), DB_I(identity_id));
        return r == DB_E_NONE ? CONTACTS_E_NONE : status_fold(r);
}

int contacts_identities(struct ctx *ctx, int64_t person_id, struct contacts_identity **out, size_t *n)
{
        return status_fold(db_all(ctx, &contacts_q_identities, out, n, DB_I(ctx->merchant), DB_I(person_id)));
}

int contacts_links(struct ctx *ctx, int64_t person_id, struct contacts_link **out, size_t *n)
{
        return status_fold(db_all(ctx, &contacts_q_links, out, n, DB_I(ctx->merchant), DB_I(person_id)));
}

/* ---- what is shown of a person ---- */

/* A merge moves identities only; what staff wrote stays with the persons they came from and is read there: the person's own
 * words first, then the newest. */
static const char *written(const struct contacts_home_row *rows, size_t n, int64_t person_id, bool note)
{
        const struct contacts_home_row *best = NULL;
        const char *words = NULL;

        for (const struct contacts_home_row *row = rows; row < rows + n; row++) {
                const char *theirs = told(note ? row->note : row->name);

                if (theirs && row->home_id == person_id)
                        return theirs;
                if (theirs && (!best || row->changed_at > best->changed_at ||
                               (row->changed_at == best->changed_at && row->home_id < best->home_id))) {
                        best = row;
                        words = theirs;
                }
        }
        return words;
}

static const char *newest_nickname(const struct contacts_home_row *rows, size_t n)
{
        const struct contacts_home_row *best = NULL;

        for (const struct contacts_home_row *row = rows; row < rows + n; row++)
                if (row->nickname && (!best || row->seen_at > best->seen_at ||
                                      (row->seen_at == best->seen_at && row->identity_id > best->identity_id)))
                        best = row;
        return best ? best->nickname : NULL;
}

static const char *name_of(const struct contacts_home_row *rows, size_t n, int64_t person_id)
{
        const char *name = written(rows, n, person_id, false);

        return name ? name : newest_nickname(rows, n);
}

int contacts_name(struct ctx *ctx, int64_t person_id, const char **name)
{
        struct contacts_home_row *rows;
        size_t n;
        int r = db_all(ctx, &contacts_q_homes, &rows, &n, DB_I(ctx->merchant), DB_I(person_id));

        if (r)
                return status_fold(r);
        *name = name_of(rows, n, person_id);
        return n ? 0 : CONTACTS_E_NONE;
}

int contacts_person_get(struct ctx *ctx, int64_t person_id, struct contacts_person *out)
{
        struct contacts_person_row row;
        struct contacts_home_row *rows;
        size_t n;
        int r = db_one(ctx, &contacts_q_person_get, &row, DB_I(ctx->merchant), DB_I(person_id));

        if (r)
                return r == DB_E_NONE ? CONTACTS_E_NONE : status_fold(r);
        r = db_all(ctx, &contacts_q_homes, &rows, &n, DB_I(ctx->merchant), DB_I(person_id));
        if (r)
                return status_fold(r);
        *out = (struct contacts_person){.person_id = row.person_id, .created_at = row.created_at};
        /* Whose identities all went to another keeps her own words. */
        out->name = told(row.name) ? row.name : name_of(rows, n, person_id);
        out->note = told(row.note) ? row.note : written(rows, n, person_id, true);
        return 0;
}

int contacts_person_edit(struct ctx *ctx, int64_t person_id, const char *name, const char *note)
{
        int r = db_exec(ctx, &contacts_q_person_edit, DB_I(ctx->merchant), DB_I(person_id), DB_T(name), DB_T(note),
                        DB_I(ctx->now));
        if (r)
                return status_fold(r);
        if (db_changed(ctx) != 1)
                return CONTACTS_E_NONE;
        ctx_notice(ctx, "contacts", "person", person_id, 0, NULL);
        return 0;
}

int contacts_find(struct ctx *ctx, const char *who, int64_t *person_id)
{
        static const struct db_col cols[] = {DB_COL_I(struct contacts_place, person_id)};
        static const struct query find = {
                .name = "contacts.find",
                .sql = "select person_id from contacts_identity where merchant_id = $1 and (person_id = $2 or remote_id = $3 or unionid = $3)"
                       " limit 1",
                .args = "iit", .row = cols, .n_row = countof(cols), .size = sizeof(struct contacts_place),
        };
        struct contacts_place place;
        int r;

        if (text_to_int(who, 1, INT64_MAX, person_id))
                *person_id = 0;
        r = db_one(ctx, &find, &place, DB_I(ctx->merchant), DB_I(*person_id), DB_T(who));
        if (!r)
                *person_id = place.person_id;
        return r == DB_E_NONE ? CONTACTS_E_NONE : status_fold(r);
}
