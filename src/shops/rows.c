#include "shops/rows.h"

/* ---- merchants ---- */

static const struct db_col id_cols[] = {DB_COL_I(struct shops_id_row, merchant_id)};

const struct query shops_q_merchant_insert = {
        .name = "shops.merchant_insert",
        .sql = "insert into shops_merchant (merchant_id, name, created_at) values ($1, $2, $3)",
        .args = "iti",
};

const struct query shops_q_merchants = {
        .name = "shops.merchants",
        .sql = "select merchant_id from shops_merchant order by merchant_id",
        .args = "",
        .row = id_cols,
        .n_row = countof(id_cols),
        .size = sizeof(struct shops_id_row),
};

/* ---- accounts ---- */

#define ACCOUNT_SELECT                                                                                                 \
        "select a.merchant_id, a.account_id, a.parent_id, a.kind, a.remote_id, a.name, a.read_only, a.bound,"          \
        " a.created_at, h.last_callback_at, h.found_by_polling from shops_account a"                                   \
        " join shops_health h on h.merchant_id = a.merchant_id and h.account_id = a.account_id"

static const struct db_col account_cols[] = {
        DB_COL_I(struct shops_account, merchant_id),      DB_COL_I(struct shops_account, account_id),
        DB_COL_I(struct shops_account, parent_id),        DB_COL_T(struct shops_account, kind),
        DB_COL_T(struct shops_account, remote_id),        DB_COL_T(struct shops_account, name),
        DB_COL_I(struct shops_account, read_only),        DB_COL_I(struct shops_account, bound),
        DB_COL_I(struct shops_account, created_at),       DB_COL_I(struct shops_account, last_callback_at),
        DB_COL_I(struct shops_account, found_by_polling),
};

#define ACCOUNT_ROW .row = account_cols, .n_row = countof(account_cols), .size = sizeof(struct shops_account)

const struct query shops_q_account_insert = {
        .name = "shops.account_insert",
        .sql = "insert into shops_account (merchant_id, account_id, parent_id, kind, remote_id, name, read_only, bound,"
               " created_at, callback_key, secret) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        .args = "iiitttiiitb",
};

const struct query shops_q_account_get = {
        .name = "shops.account_get",
        .sql = ACCOUNT_SELECT " where a.merchant_id = $1 and a.account_id = $2",
        .args = "ii",
        ACCOUNT_ROW,
};

const struct query shops_q_account_by_remote = {
        .name = "shops.account_by_remote",
        .sql = ACCOUNT_SELECT " where a.merchant_id = $1 and a.kind = $2 and a.remote_id = $3",
        .args = "itt",
        ACCOUNT_ROW,
};

const struct query shops_q_account_list = {
        .name = "shops.account_list",
        .sql = ACCOUNT_SELECT " where a.merchant_id = $1 order by a.kind, a.name, a.account_id",
        .args = "i",
        ACCOUNT_ROW,
};

const struct query shops_q_account_of_kind = {
        .name = "shops.account_of_kind",
        .sql = ACCOUNT_SELECT " where a.merchant_id = $1 and a.kind = $2 order by a.name, a.account_id",
        .args = "it",
        ACCOUNT_ROW,
};

const struct query shops_q_account_read_only = {
        .name = "shops.account_read_only",
        .sql = "update shops_account set read_only = $3 where merchant_id = $1 and account_id = $2",
        .args = "iii",
};

static const struct db_col path_cols[] = {
        DB_COL_I(struct shops_path_row, account_id),
        DB_COL_T(struct shops_path_row, kind),
        DB_COL_T(struct shops_path_row, callback_key),
};

const struct query shops_q_paths = {
        .name = "shops.paths",
        .sql = "select account_id, kind, callback_key from shops_account where merchant_id = $1"
               " and callback_key is not null",
        .args = "i",
        .row = path_cols,
        .n_row = countof(path_cols),
        .size = sizeof(struct shops_path_row),
};

/* ---- health ---- */

const struct query shops_q_health_insert = {
        .name = "shops.health_insert",
        .sql = "insert into shops_health (merchant_id, account_id, last_callback_at, found_by_polling)"
               " values ($1, $2, 0, 0)",
        .args = "ii",
};

/* At most once a second per account: every callback comes by here. */
const struct query shops_q_health_callback = {
        .name = "shops.health_callback",
        .sql = "update shops_health set last_callback_at = $3"
               " where merchant_id = $1 and account_id = $2 and last_callback_at <= $3 - 1000",
        .args = "iii",
};

const struct query shops_q_health_found = {
        .name = "shops.health_found",
        .sql = "update shops_health set found_by_polling = found_by_polling + $3"
               " where merchant_id = $1 and account_id = $2",
        .args = "iii",
};

/* ---- callback credentials ---- */

static const struct db_col credential_cols[] = {
        DB_COL_I(struct shops_credential_row, merchant_id), DB_COL_I(struct shops_credential_row, account_id),
        DB_COL_I(struct shops_credential_row, version),     DB_COL_T(struct shops_credential_row, kind),
        DB_COL_T(struct shops_credential_row, callback_key), DB_COL_T(struct shops_credential_row, remote_id),
        DB_COL_B(struct shops_credential_row, token),       DB_COL_B(struct shops_credential_row, aes_key),
};

#define CREDENTIAL_SELECT                                                                                              \
        "select c.merchant_id, c.account_id, c.version, a.kind, a.callback_key, a.remote_id, c.token, c.aes_key"       \
        " from shops_credential c join shops_account a on a.merchant_id = c.merchant_id"                               \
        " and a.account_id = c.account_id"
#define CREDENTIAL_ROW                                                                                                 \
        .row = credential_cols, .n_row = countof(credential_cols), .size = sizeof(struct shops_credential_row)

const struct query shops_q_credential_insert = {
        .name = "shops.credential_insert",
        .sql = "insert into shops_credential (merchant_id, account_id, version, token, aes_key, created_at)"
               " select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 from shops_credential"
               " where merchant_id = $1 and account_id = $2",
        .args = "iibbi",
};

/* Of all merchants: the loop's key table is one. */
const struct query shops_q_credentials = {
        .name = "shops.credentials",
        .sql = CREDENTIAL_SELECT " where c.version = (select max(m.version) from shops_credential m"
                                 " where m.merchant_id = c.merchant_id and m.account_id = c.account_id)"
                                 " order by c.merchant_id, c.account_id",
        .args = "",
        CREDENTIAL_ROW,
};

const struct query shops_q_credential_at = {
        .name = "shops.credential_at",
        .sql = CREDENTIAL_SELECT " where c.merchant_id = $1 and c.account_id = $2 and ($3 = 0 or c.version = $3)"
                                 " order by c.version desc limit 1",
        .args = "iii",
        CREDENTIAL_ROW,
};

/* ---- the vault ---- */

static const struct db_col vault_cols[] = {
        DB_COL_I(struct shops_vault_row, parent_id), DB_COL_I(struct shops_vault_row, read_only),
        DB_COL_T(struct shops_vault_row, kind),      DB_COL_T(struct shops_vault_row, remote_id),
        DB_COL_B(struct shops_vault_row, secret),
};

const struct query shops_q_vault_get = {
        .name = "shops.vault_get",
        .sql = "select parent_id, read_only, kind, remote_id, secret from shops_account"
               " where merchant_id = $1 and account_id = $2",
        .args = "ii",
        .row = vault_cols,
        .n_row = countof(vault_cols),
        .size = sizeof(struct shops_vault_row),
};

static const struct db_col token_cols[] = {
        DB_COL_B(struct shops_token_row, token),
        DB_COL_I(struct shops_token_row, expires_at),
};

const struct query shops_q_token_get = {
        .name = "shops.token_get",
        .sql = "select token, expires_at from shops_token where merchant_id = $1 and account_id = $2",
        .args = "ii",
        .row = token_cols,
        .n_row = countof(token_cols),
        .size = sizeof(struct shops_token_row),
};

const struct query shops_q_token_save = {
        .name = "shops.token_save",
        .sql = "insert into shops_token (merchant_id, account_id, token, expires_at) values ($1, $2, $3, $4)"
               " on conflict (merchant_id, account_id) do update set token = excluded.token,"
               " expires_at = excluded.expires_at",
        .args = "iibi",
};

const struct query shops_q_token_lease = {
        .name = "shops.token_lease",
        .sql = "insert into shops_token_lease (merchant_id, account_id, until) values ($1, $2, $3)"
               " on conflict (merchant_id, account_id) do update set until = excluded.until"
               " where shops_token_lease.until <= $4",
        .args = "iiii",
};

const struct query shops_q_token_release = {
        .name = "shops.token_release",
        .sql = "delete from shops_token_lease where merchant_id = $1 and account_id = $2 and until = $3",
        .args = "iii",
};

/* ---- polling ---- */

static const struct db_col window_cols[] = {
        DB_COL_I(struct shops_window, begin_s),
        DB_COL_I(struct shops_window, end_s),
        DB_COL_T(struct shops_window, next_key),
};

const struct query shops_q_poll_get = {
        .name = "shops.poll_get",
        .sql = "select begin_s, end_s, next_key from shops_poll where merchant_id = $1 and account_id = $2 and what = $3",
        .args = "iit",
        .row = window_cols,
        .n_row = countof(window_cols),
        .size = sizeof(struct shops_window),
};

const struct query shops_q_poll_save = {
        .name = "shops.poll_save",
        .sql = "insert into shops_poll (merchant_id, account_id, what, begin_s, end_s, next_key)"
               " values ($1, $2, $3, $4, $5, $6) on conflict (merchant_id, account_id, what) do update"
               " set begin_s = excluded.begin_s, end_s = excluded.end_s, next_key = excluded.next_key",
        .args = "iitiit",
};
