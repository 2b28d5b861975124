#include "groups/rows.h"

static const struct db_col group_cols[] = {
        DB_COL_I(struct groups_group, account_id), DB_COL_T(struct groups_group, chat_id),   DB_COL_T(struct groups_group, name),
        DB_COL_T(struct groups_group, owner),      DB_COL_I(struct groups_group, members),   DB_COL_I(struct groups_group, customers),
        DB_COL_I(struct groups_group, created_at), DB_COL_I(struct groups_group, dismissed_at), DB_COL_I(struct groups_group, seen_at),
};
#define COLUMNS(g) #g ".account_id, " #g ".chat_id, " #g ".name, " #g ".owner, " #g ".members, " #g ".customers, " #g ".created_at, " #g ".dismissed_at, " #g ".seen_at"
#define ROW .row = group_cols, .n_row = countof(group_cols), .size = sizeof(struct groups_group)

const struct query groups_q_get = {
        .name = "groups.get",
        .sql = "select " COLUMNS(g) " from groups_group g where g.merchant_id = $1 and g.account_id = $2 and g.chat_id = $3",
        .args = "iit", ROW,
};
const struct query groups_q_list = {
        .name = "groups.list",
        .sql = "select " COLUMNS(g) " from groups_group g where g.merchant_id = $1 and g.dismissed_at = 0"
               " and ($2 = 0 or g.created_at < $2 or (g.created_at = $2 and g.chat_id < $3)) and ($4 = '' or g.name_folded like $4 escape '\\')"
               " order by g.created_at desc, g.chat_id desc limit $5",
        .args = "iitti", ROW,
};
const struct query groups_q_of_identity = {
        .name = "groups.of_identity",
        .sql = "select " COLUMNS(g) " from groups_member m join groups_group g on g.merchant_id = m.merchant_id"
               " and g.account_id = m.account_id and g.chat_id = m.chat_id where m.merchant_id = $1 and m.identity_id = $2 and m.identity_id > 0"
               " and g.dismissed_at = 0 order by g.name, g.chat_id limit 100",
        .args = "ii", ROW,
};
const struct query groups_q_keep = {
        .name = "groups.keep",
        .sql = "insert into groups_group (merchant_id, account_id, chat_id, name, name_folded, owner, members, customers, created_at,"
               " dismissed_at, seen_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)"
               " on conflict (merchant_id, account_id, chat_id) do update set name = excluded.name, name_folded = excluded.name_folded,"
               " owner = excluded.owner, members = excluded.members, customers = excluded.customers, created_at = excluded.created_at,"
               " dismissed_at = 0, seen_at = excluded.seen_at",
        .args = "iittttiiii",
};
const struct query groups_q_dismiss = {
        .name = "groups.dismiss",
        .sql = "update groups_group set dismissed_at = $4 where merchant_id = $1 and account_id = $2 and chat_id = $3 and dismissed_at = 0",
        .args = "iiti",
};
const struct query groups_q_member_keep = {
        .name = "groups.member_keep",
        .sql = "insert into groups_member (merchant_id, account_id, chat_id, member_id, identity_id, joined_at, join_scene, seen_at)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (merchant_id, account_id, chat_id, member_id) do update"
               " set identity_id = excluded.identity_id, joined_at = excluded.joined_at, join_scene = excluded.join_scene,"
               " seen_at = excluded.seen_at",
        .args = "iittiiii",
};
const struct query groups_q_member_sweep = {
        .name = "groups.member_sweep",
        .sql = "delete from groups_member where merchant_id = $1 and account_id = $2 and chat_id = $3 and seen_at < $4",
        .args = "iiti",
};
