/* Queries of members, links and signing in by WeCom. */
#include "staff/rows.h"
#include "staff/sign_in.h"

/* ---- members ---- */

#define MEMBER_SELECT                                                                                                  \
        "select m.account_id, m.spelled as userid, m.name, m.department, m.status,"                                    \
        " cast(case when m.status = 1 then 1 else 0 end as bigint) as active, coalesce(l.staff_id, 0) as staff_id,"     \
        " m.seen_at, m.asked_at from staff_member m"                                                                   \
        " left join staff_link l on l.merchant_id = m.merchant_id and l.account_id = m.account_id and l.userid = m.userid" \
        " where m.merchant_id = $1"

static const struct db_col member_cols[] = {
        DB_COL_I(struct staff_member, account_id), DB_COL_T(struct staff_member, userid),
        DB_COL_T(struct staff_member, name),       DB_COL_T(struct staff_member, department),
        DB_COL_I(struct staff_member, status),     DB_COL_I(struct staff_member, active),
        DB_COL_I(struct staff_member, staff_id),   DB_COL_I(struct staff_member, seen_at),
        DB_COL_I(struct staff_member, asked_at),
};
#define MEMBER_ROW .row = member_cols, .n_row = countof(member_cols), .size = sizeof(struct staff_member)

const struct query staff_q_members = {
        .name = "staff.members",
        .sql = MEMBER_SELECT " and m.account_id = $2 order by active desc, m.department, m.name, m.userid limit 20000",
        .args = "ii",
        MEMBER_ROW,
};

const struct query staff_q_member_get = {
        .name = "staff.member_get",
        .sql = MEMBER_SELECT " and m.account_id = $2 and m.userid = $3",
        .args = "iit",
        MEMBER_ROW,
};

const struct query staff_q_member_of = {
        .name = "staff.member_of",
        .sql = MEMBER_SELECT " and l.staff_id = $2 and m.status = 1 order by m.account_id limit 1",
        .args = "ii",
        MEMBER_ROW,
};

const struct query staff_q_member_add = {
        .name = "staff.member_add",
        .sql = "insert into staff_member (merchant_id, account_id, userid, spelled, name, department, status, seen_at, asked_at)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
        .args = "iittttii",
};

#define THIS_MEMBER " where merchant_id = $1 and account_id = $2 and userid = $3"

const struct query staff_q_member_save = {
        .name = "staff.member_save",
        .sql = "update staff_member set spelled = $4, name = $5, department = $6, status = $7, seen_at = $8" THIS_MEMBER,
        .args = "iittttii",
};

const struct query staff_q_member_rename = {
        .name = "staff.member_rename",
        .sql = "update staff_member set userid = $4, spelled = $5" THIS_MEMBER,
        .args = "iittt",
};

const struct query staff_q_member_drop = {
        .name = "staff.member_drop",
        .sql = "delete from staff_member" THIS_MEMBER,
        .args = "iit",
};

static const struct db_col userid_cols[] = {DB_COL_T(struct staff_userid_row, spelled)};

const struct query staff_q_members_missing = {
        .name = "staff.members_missing",
        .sql = "select spelled from staff_member where merchant_id = $1 and account_id = $2 and seen_at < $3"
               " and status not in (0, 5) order by userid limit 20000",
        .args = "iii",
        .row = userid_cols,
        .n_row = countof(userid_cols),
        .size = sizeof(struct staff_userid_row),
};

/* ---- links ---- */

const struct query staff_q_link_rename = {
        .name = "staff.link_rename",
        .sql = "update staff_link set userid = $4" THIS_MEMBER,
        .args = "iitt",
};

const struct query staff_q_link_add = {
        .name = "staff.link_add",
        .sql = "insert into staff_link (merchant_id, account_id, userid, staff_id, linked_at) values ($1, $2, $3, $4, $5)",
        .args = "iitii",
};

const struct query staff_q_link_drop = {
        .name = "staff.link_drop",
        .sql = "delete from staff_link" THIS_MEMBER,
        .args = "iit",
};

const struct query staff_q_member_asked = {
        .name = "staff.member_asked",
        .sql = "update staff_member set asked_at = $4" THIS_MEMBER,
        .args = "iiti",
};

/* ---- corps that offer signing in ---- */

#define CORP_SELECT                                                                                                    \
        "select merchant_id, account_id, corp_id, offered, everyone, sent, returned_at from staff_corp"

static const struct db_col corp_cols[] = {
        DB_COL_I(struct staff_corp, merchant_id), DB_COL_I(struct staff_corp, account_id),
        DB_COL_T(struct staff_corp, corp_id),     DB_COL_I(struct staff_corp, offered),
        DB_COL_I(struct staff_corp, everyone),    DB_COL_I(struct staff_corp, sent),
        DB_COL_I(struct staff_corp, returned_at),
};
#define CORP_ROW .row = corp_cols, .n_row = countof(corp_cols), .size = sizeof(struct staff_corp)

const struct query staff_q_corp_get = {
        .name = "staff.corp_get",
        .sql = CORP_SELECT " where merchant_id = $1 and account_id = $2",
        .args = "ii",
        CORP_ROW,
};

/* A second one of another merchant is all that matters then: two rows are enough to know, twenty corps of one merchant are
 * enough to choose from. */
const struct query staff_q_offers = {
        /* all merchants: is there but one who offers it? */
        .name = "staff.offers",
        .sql = CORP_SELECT " where offered = 1 and (merchant_id = (select min(merchant_id) from staff_corp where offered = 1)"
               " or merchant_id = (select max(merchant_id) from staff_corp where offered = 1)) order by merchant_id, account_id limit 200",
        .args = "",
        CORP_ROW,
};

const struct query staff_q_offer = {
        /* all merchants: the corp is named before it is known whose it is */
        .name = "staff.offer",
        .sql = CORP_SELECT " where offered = 1 and corp_id = $1",
        .args = "t",
        CORP_ROW,
};

const struct query staff_q_corp_set = {
        .name = "staff.corp_set",
        .sql = "insert into staff_corp (merchant_id, account_id, corp_id, offered, everyone, sent, returned_at)"
               " values ($1, $2, $3, $4, $5, 0, 0) on conflict (merchant_id, account_id)"
               " do update set corp_id = $3, offered = $4, everyone = $5",
        .args = "iitii",
};

#define THIS_CORP " where merchant_id = $1 and account_id = $2"

const struct query staff_q_corp_sent = {
        .name = "staff.corp_sent",
        .sql = "update staff_corp set sent = sent + 1" THIS_CORP,
        .args = "ii",
};

const struct query staff_q_corp_returned = {
        .name = "staff.corp_returned",
        .sql = "update staff_corp set sent = 0, returned_at = $3" THIS_CORP,
        .args = "iii",
};

/* ---- browsers on their way ---- */

const struct query staff_q_sign_in_add = {
        .name = "staff.sign_in_add",
        .sql = "insert into staff_sign_in (state_sha256, browser_sha256, merchant_id, account_id, address, made_at, expires_at)"
               " values ($1, $2, $3, $4, $5, $6, $7)",
        .args = "ttiitii",
};

static const struct db_col sign_in_cols[] = {
        DB_COL_I(struct staff_sign_in_row, merchant_id),
        DB_COL_I(struct staff_sign_in_row, account_id),
        DB_COL_T(struct staff_sign_in_row, browser_sha256),
};

const struct query staff_q_sign_in_get = {
        .name = "staff.sign_in_get",
        .sql = "select merchant_id, account_id, browser_sha256 from staff_sign_in where state_sha256 = $1 and expires_at > $2",
        .args = "ti",
        .row = sign_in_cols,
        .n_row = countof(sign_in_cols),
        .size = sizeof(struct staff_sign_in_row),
};

const struct query staff_q_sign_in_use = {
        /* all merchants: the state is looked up before anybody knows whose */
        .name = "staff.sign_in_use",
        .sql = "delete from staff_sign_in where state_sha256 = $1",
        .args = "t",
};

static const struct db_col gone_cols[] = {DB_COL_I(struct staff_count_row, n)};

const struct query staff_q_sign_in_count = {
        /* all merchants: it is not known yet whose */
        .name = "staff.sign_in_count",
        .sql = "select count(*) as n from staff_sign_in where address = $1 and made_at > $2",
        .args = "ti",
        .row = gone_cols,
        .n_row = countof(gone_cols),
        .size = sizeof(struct staff_count_row),
};

const struct query staff_q_sign_in_sweep = {
        /* all merchants: what is old is old */
        .name = "staff.sign_in_sweep",
        .sql = "delete from staff_sign_in where expires_at <= $1",
        .args = "i",
};
