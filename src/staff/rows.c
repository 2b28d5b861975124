#include "staff/rows.h"

/* ---- people ---- */

#define PERSON_SELECT "select merchant_id, staff_id, login, name, role, disabled, created_at from staff_person"

static const struct db_col person_cols[] = {
        DB_COL_I(struct staff_person, merchant_id), DB_COL_I(struct staff_person, staff_id),
        DB_COL_T(struct staff_person, login),       DB_COL_T(struct staff_person, name),
        DB_COL_T(struct staff_person, role),        DB_COL_I(struct staff_person, disabled),
        DB_COL_I(struct staff_person, created_at),
};
#define PERSON_ROW .row = person_cols, .n_row = countof(person_cols), .size = sizeof(struct staff_person)

const struct query staff_q_insert = {
        .name = "staff.insert",
        .sql = "insert into staff_person (merchant_id, staff_id, login, name, role, password, disabled, created_at)"
               " values ($1, $2, $3, $4, $5, $6, 0, $7)",
        .args = "iitttti",
};

const struct query staff_q_get = {
        .name = "staff.get",
        .sql = PERSON_SELECT " where merchant_id = $1 and staff_id = $2",
        .args = "ii",
        PERSON_ROW,
};

const struct query staff_q_list = {
        .name = "staff.list",
        .sql = PERSON_SELECT " where merchant_id = $1 order by created_at, staff_id",
        .args = "i",
        PERSON_ROW,
};

static const struct db_col login_cols[] = {
        DB_COL_I(struct staff_login_row, merchant_id), DB_COL_I(struct staff_login_row, staff_id),
        DB_COL_I(struct staff_login_row, disabled),    DB_COL_T(struct staff_login_row, name),
        DB_COL_T(struct staff_login_row, role),        DB_COL_T(struct staff_login_row, password),
};

const struct query staff_q_login = {
        /* all merchants: it is not known yet whose */
        .name = "staff.login",
        .sql = "select merchant_id, staff_id, disabled, name, role, password from staff_person where login = $1",
        .args = "t",
        .row = login_cols,
        .n_row = countof(login_cols),
        .size = sizeof(struct staff_login_row),
};

const struct query staff_q_update = {
        .name = "staff.update",
        .sql = "update staff_person set name = $3, role = $4, disabled = $5 where merchant_id = $1 and staff_id = $2",
        .args = "iitti",
};

const struct query staff_q_password = {
        .name = "staff.password",
        .sql = "update staff_person set password = $3 where merchant_id = $1 and staff_id = $2",
        .args = "iit",
};

static const struct db_col count_cols[] = {DB_COL_I(struct staff_count_row, n)};
#define COUNT_ROW .row = count_cols, .n_row = countof(count_cols), .size = sizeof(struct staff_count_row)

const struct query staff_q_owners = {
        .name = "staff.owners",
        .sql = "select count(*) as n from staff_person where merchant_id = $1 and staff_id <> $2 and role = 'owner'"
               " and disabled = 0",
        .args = "ii",
        COUNT_ROW,
};

/* ---- sessions ---- */

const struct query staff_q_session_insert = {
        .name = "staff.session_insert",
        .sql = "insert into staff_session (cookie_sha256, merchant_id, staff_id, csrf, created_at, seen_at, expires_at)"
               " values ($1, $2, $3, $4, $5, $5, $6)",
        .args = "tiitii",
};

static const struct db_col session_cols[] = {
        DB_COL_I(struct staff_session, merchant_id), DB_COL_I(struct staff_session, staff_id),
        DB_COL_T(struct staff_session, name),        DB_COL_T(struct staff_session, role),
        DB_COL_T(struct staff_session, csrf),        DB_COL_I(struct staff_session, expires_at),
        DB_COL_I(struct staff_session, seen_at),     DB_COL_I(struct staff_session, visit_merchant_id),
        DB_COL_I(struct staff_session, visit_id),    DB_COL_I(struct staff_session, visit_until),
        DB_COL_T(struct staff_session, visit_reason),
};

const struct query staff_q_session_find = {
        .name = "staff.session_find",
        .sql = "select s.merchant_id, s.staff_id, p.name, p.role, s.csrf, s.expires_at, s.seen_at,"
               " coalesce(v.merchant_id, 0) as visit_merchant_id, coalesce(v.visit_id, 0) as visit_id,"
               " coalesce(v.until, 0) as visit_until, v.reason as visit_reason from staff_session s"
               " join staff_person p on p.merchant_id = s.merchant_id and p.staff_id = s.staff_id"
               " left join staff_visit v on v.merchant_id = s.visit_merchant_id and v.visit_id = s.visit_id"
               " and v.ended_at = 0 and v.until > $2"
               " where s.cookie_sha256 = $1 and s.expires_at > $2 and p.disabled = 0",
        .args = "ti",
        .row = session_cols,
        .n_row = countof(session_cols),
        .size = sizeof(struct staff_session),
};

/* $3: until when it holds if used no more; $4: the longest life of a session; $5: no write for less than this. */
const struct query staff_q_session_prolong = {
        /* all merchants: a cookie is looked up before anybody knows whose */
        .name = "staff.session_prolong",
        .sql = "update staff_session set seen_at = $2,"
               " expires_at = case when $3 < created_at + $4 then $3 else created_at + $4 end"
               " where cookie_sha256 = $1 and expires_at > $2 and seen_at <= $2 - $5",
        .args = "tiiii",
};

const struct query staff_q_session_drop = {
        /* all merchants: a cookie is looked up before anybody knows whose */
        .name = "staff.session_drop",
        .sql = "delete from staff_session where cookie_sha256 = $1",
        .args = "t",
};

const struct query staff_q_session_drop_of = {
        .name = "staff.session_drop_of",
        .sql = "delete from staff_session where merchant_id = $1 and staff_id = $2",
        .args = "ii",
};

const struct query staff_q_session_drop_merchant = {
        .name = "staff.session_drop_merchant",
        .sql = "delete from staff_session where merchant_id = $1",
        .args = "i",
};

const struct query staff_q_session_sweep = {
        .name = "staff.session_sweep",
        .sql = "delete from staff_session where merchant_id = $1 and staff_id = $2 and expires_at <= $3",
        .args = "iii",
};

/* ---- failed tries ---- */

const struct query staff_q_try_insert = {
        /* all merchants: it is not known yet whose */
        .name = "staff.try_insert",
        .sql = "insert into staff_try (try_id, login, address, at) values ($1, $2, $3, $4)",
        .args = "itti",
};

const struct query staff_q_try_by_login = {
        /* all merchants: it is not known yet whose */
        .name = "staff.try_by_login",
        .sql = "select count(*) as n from staff_try where login = $1 and at > $2",
        .args = "ti",
        COUNT_ROW,
};

const struct query staff_q_try_by_address = {
        /* all merchants: it is not known yet whose */
        .name = "staff.try_by_address",
        .sql = "select count(*) as n from staff_try where address = $1 and at > $2",
        .args = "ti",
        COUNT_ROW,
};

const struct query staff_q_try_forget = {
        /* all merchants: it is not known yet whose */
        .name = "staff.try_forget",
        .sql = "delete from staff_try where login = $1",
        .args = "t",
};

const struct query staff_q_try_sweep = {
        /* all merchants: what is old is old */
        .name = "staff.try_sweep",
        .sql = "delete from staff_try where at <= $1",
        .args = "i",
};
