#include "contacts/rows.h"

/* ---- persons ---- */

const struct query contacts_q_person_insert = {
        .name = "contacts.person_insert",
        .sql = "insert into contacts_person (merchant_id, person_id, created_at, changed_at) values ($1, $2, $3, $3)",
        .args = "iii",
        .unread = true,
};

static const struct db_col person_cols[] = {
        DB_COL_I(struct contacts_person_row, person_id),
        DB_COL_I(struct contacts_person_row, created_at),
        DB_COL_T(struct contacts_person_row, name),
        DB_COL_T(struct contacts_person_row, note),
};

const struct query contacts_q_person_get = {
        .name = "contacts.person_get",
        .sql = "select person_id, created_at, name, note from contacts_person"
               " where merchant_id = $1 and person_id = $2",
        .args = "ii",
        .row = person_cols,
        .n_row = countof(person_cols),
        .size = sizeof(struct contacts_person_row),
};

const struct query contacts_q_person_edit = {
        .name = "contacts.person_edit",
        .sql = "update contacts_person set name = coalesce($3, name), note = coalesce($4, note), changed_at = $5"
               " where merchant_id = $1 and person_id = $2",
        .args = "iitti",
};

static const struct db_col home_cols[] = {
        DB_COL_I(struct contacts_home_row, identity_id), DB_COL_I(struct contacts_home_row, home_id),
        DB_COL_I(struct contacts_home_row, seen_at),     DB_COL_I(struct contacts_home_row, changed_at),
        DB_COL_T(struct contacts_home_row, nickname),    DB_COL_T(struct contacts_home_row, name),
        DB_COL_T(struct contacts_home_row, note),
};

/* Her identities, each with the person made with it. In no order: there is mostly one, and sorting costs more than looking. */
const struct query contacts_q_homes = {
        .name = "contacts.homes",
        .sql = "select i.identity_id, i.home_id, i.seen_at, p.changed_at, i.nickname, p.name, p.note from contacts_identity i"
               " join contacts_person p on p.merchant_id = i.merchant_id and p.person_id = i.home_id"
               " where i.merchant_id = $1 and i.person_id = $2",
        .args = "ii",
        .row = home_cols,
        .n_row = countof(home_cols),
        .size = sizeof(struct contacts_home_row),
};

/* ---- identities ---- */

#define IDENTITY_SELECT                                                                                                \
        "select identity_id, person_id, account_id, kind, remote_id, unionid, nickname, avatar, created_at"            \
        " from contacts_identity"

static const struct db_col identity_cols[] = {
        DB_COL_I(struct contacts_identity, identity_id), DB_COL_I(struct contacts_identity, person_id),
        DB_COL_I(struct contacts_identity, account_id),  DB_COL_T(struct contacts_identity, kind),
        DB_COL_T(struct contacts_identity, remote_id),   DB_COL_T(struct contacts_identity, unionid),
        DB_COL_T(struct contacts_identity, nickname),    DB_COL_T(struct contacts_identity, avatar),
        DB_COL_I(struct contacts_identity, created_at),
};
#define IDENTITY_ROW .row = identity_cols, .n_row = countof(identity_cols), .size = sizeof(struct contacts_identity)

const struct query contacts_q_identity_insert = {
        .name = "contacts.identity_insert",
        .sql = "insert into contacts_identity (merchant_id, identity_id, person_id, home_id, account_id, kind,"
               " remote_id, unionid, nickname, avatar, created_at, seen_at)"
               " values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        .args = "iiiittttti",
        .unread = true,
};

const struct query contacts_q_identity_get = {
        .name = "contacts.identity_get",
        .sql = IDENTITY_SELECT " where merchant_id = $1 and identity_id = $2",
        .args = "ii",
        IDENTITY_ROW,
};

const struct query contacts_q_identity_by_remote = {
        .name = "contacts.identity_by_remote",
        .sql = IDENTITY_SELECT " where merchant_id = $1 and kind = $2 and account_id = $3 and remote_id = $4",
        .args = "itit",
        IDENTITY_ROW,
};

const struct query contacts_q_identity_learn = {
        .name = "contacts.identity_learn",
        .sql = "update contacts_identity set unionid = coalesce($3, unionid), nickname = coalesce($4, nickname),"
               " avatar = coalesce($5, avatar), seen_at = $6 where merchant_id = $1 and identity_id = $2",
        .args = "iittti",
        .unread = true,
};

/* The plus: SQLite would walk all identities of the merchant in order to save sorting two. */
const struct query contacts_q_identities = {
        .name = "contacts.identities",
        .sql = IDENTITY_SELECT " where merchant_id = $1 and person_id = $2 order by +identity_id",
        .args = "ii",
        IDENTITY_ROW,
};

const struct query contacts_q_identity_move = {
        .name = "contacts.identity_move",
        .sql = "update contacts_identity set person_id = $3 where merchant_id = $1 and identity_id = $2",
        .args = "iii",
};

static const struct db_col id_cols[] = {DB_COL_I(struct contacts_id_row, id)};
#define ID_ROW .row = id_cols, .n_row = countof(id_cols), .size = sizeof(struct contacts_id_row)

const struct query contacts_q_same_unionid = {
        .name = "contacts.same_unionid",
        .sql = "select identity_id as id from contacts_identity where merchant_id = $1 and unionid = $2"
               " and identity_id <> $3 order by +identity_id",
        .args = "iti",
        ID_ROW,
};

/* An identity of the same kind as $3 among the person $2, other than itself; in one account only when $5 is not 0. */
const struct query contacts_q_rival = {
        .name = "contacts.rival",
        .sql = "select identity_id as id from contacts_identity where merchant_id = $1 and person_id = $2 and kind = $3"
               " and identity_id <> $4 and ($5 = 0 or account_id = $5) limit 1",
        .args = "iitii",
        ID_ROW,
};

/* ---- regrouping ---- */

static const struct db_col place_cols[] = {
        DB_COL_I(struct contacts_place, identity_id),
        DB_COL_I(struct contacts_place, person_id),
        DB_COL_I(struct contacts_place, home_id),
};

const struct query contacts_q_places = {
        .name = "contacts.places",
        .sql = "select identity_id, person_id, home_id from contacts_identity where merchant_id = $1"
               " and person_id in ($2, $3) order by +identity_id",
        .args = "iii",
        .row = place_cols,
        .n_row = countof(place_cols),
        .size = sizeof(struct contacts_place),
};

static const struct db_col pair_cols[] = {
        DB_COL_I(struct contacts_pair, identity_a),
        DB_COL_I(struct contacts_pair, identity_b),
};

/* Links that hold, between identities of these persons. */
const struct query contacts_q_pairs = {
        .name = "contacts.pairs",
        .sql = "select l.identity_a, l.identity_b from contacts_identity i join contacts_link l"
               " on l.merchant_id = i.merchant_id and l.identity_a = i.identity_id"
               " where i.merchant_id = $1 and i.person_id in ($2, $3) and l.undone_at = 0",
        .args = "iii",
        .row = pair_cols,
        .n_row = countof(pair_cols),
        .size = sizeof(struct contacts_pair),
};

/* ---- links ---- */

#define LINK_SELECT                                                                                                    \
        "select l.link_id, l.identity_a, l.identity_b, l.evidence, l.detail, l.made_by, l.made_at, l.undone_at,"       \
        " l.undone_by from contacts_link l"

static const struct db_col link_cols[] = {
        DB_COL_I(struct contacts_link, link_id),    DB_COL_I(struct contacts_link, identity_a),
        DB_COL_I(struct contacts_link, identity_b), DB_COL_T(struct contacts_link, evidence),
        DB_COL_T(struct contacts_link, detail),     DB_COL_T(struct contacts_link, made_by),
        DB_COL_I(struct contacts_link, made_at),    DB_COL_I(struct contacts_link, undone_at),
        DB_COL_T(struct contacts_link, undone_by),
};
#define LINK_ROW .row = link_cols, .n_row = countof(link_cols), .size = sizeof(struct contacts_link)

const struct query contacts_q_link_insert = {
        .name = "contacts.link_insert",
        .sql = "insert into contacts_link (merchant_id, link_id, identity_a, identity_b, evidence, detail, made_by,"
               " made_at, undone_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
        .args = "iiiittti",
};

const struct query contacts_q_link_get = {
        .name = "contacts.link_get",
        .sql = LINK_SELECT " where l.merchant_id = $1 and l.link_id = $2",
        .args = "ii",
        LINK_ROW,
};

const struct query contacts_q_link_undo = {
        .name = "contacts.link_undo",
        .sql = "update contacts_link set undone_at = $3, undone_by = $4"
               " where merchant_id = $1 and link_id = $2 and undone_at = 0",
        .args = "iiit",
};

/* Of a person, undone ones too: both ends are looked at, because an undone link's ends may be two persons now. */
const struct query contacts_q_links = {
        .name = "contacts.links",
        .sql = LINK_SELECT " where l.merchant_id = $1 and (l.identity_a in (select identity_id from contacts_identity"
                           " where merchant_id = $1 and person_id = $2) or l.identity_b in (select identity_id from"
                           " contacts_identity where merchant_id = $1 and person_id = $2)) order by l.link_id",
        .args = "ii",
        LINK_ROW,
};

/* Did a person undo a link of this very pair, in either direction? */
const struct query contacts_q_link_undone = {
        .name = "contacts.link_undone",
        .sql = "select link_id as id from contacts_link where merchant_id = $1 and undone_at > 0"
               " and ((identity_a = $2 and identity_b = $3) or (identity_a = $3 and identity_b = $2)) limit 1",
        .args = "iii",
        ID_ROW,
};
