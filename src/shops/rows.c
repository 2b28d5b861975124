#include "shops/rows.h"

/* ---- merchants ---- */

static const struct db_col id_cols[] = {DB_COL_I(struct shops_id_row, merchant_id)};
#define ID_ROW .row = id_cols, .n_row = countof(id_cols), .size = sizeof(struct shops_id_row)

const struct query shops_q_merchant_insert = {
        .name = "shops.merchant_insert",
        .sql = "insert into shops_merchant (merchant_id, name, name_fold, created_at) values ($1, $2, $3, $4)",
        .args = "itti",
};

const struct query shops_q_merchants = {
        .name = "shops.merchants",
        .sql = "select merchant_id from shops_merchant order by merchant_id",
        .args = "",
        ID_ROW,
};

const struct query shops_q_merchants_awake = {
        .name = "shops.merchants_awake",
        .sql = "select merchant_id from shops_merchant where suspended_at = 0 order by merchant_id",
        .args = "",
        ID_ROW,
};

#define MERCHANT_SELECT                                                                                                \
        "select merchant_id, name, hosted, contact, max_accounts, max_staff, max_calls, created_at, suspended_at,"     \
        " suspended_why from shops_merchant"

static const struct db_col merchant_cols[] = {
        DB_COL_I(struct shops_merchant, merchant_id),
        DB_COL_T(struct shops_merchant, name),
        {"hosted", DB_INT, offsetof(struct shops_merchant, terms.hosted)},
        {"contact", DB_TEXT, offsetof(struct shops_merchant, terms.contact)},
        {"max_accounts", DB_INT, offsetof(struct shops_merchant, terms.max_accounts)},
        {"max_staff", DB_INT, offsetof(struct shops_merchant, terms.max_staff)},
        {"max_calls", DB_INT, offsetof(struct shops_merchant, terms.max_calls)},
        DB_COL_I(struct shops_merchant, created_at),
        DB_COL_I(struct shops_merchant, suspended_at),
        DB_COL_T(struct shops_merchant, suspended_why),
};
#define MERCHANT_ROW .row = merchant_cols, .n_row = countof(merchant_cols), .size = sizeof(struct shops_merchant)

const struct query shops_q_merchant_get = {
        .name = "shops.merchant_get",
        .sql = MERCHANT_SELECT " where merchant_id = $1",
        .args = "i",
        MERCHANT_ROW,
};

const struct query shops_q_merchant_page = {
        .name = "shops.merchant_page",
        .sql = MERCHANT_SELECT " where merchant_id > $1 and ($2 is null or name_fold like $2 escape '\\')"
                               " order by merchant_id limit $3",
        .args = "iti",
        MERCHANT_ROW,
};

const struct query shops_q_merchant_count = {
        .name = "shops.merchant_count", /* how many merchant_id there are */
        .sql = "select count(*) as merchant_id from shops_merchant",
        .args = "",
        ID_ROW,
};

const struct query shops_q_merchant_terms = {
        .name = "shops.merchant_terms",
        .sql = "update shops_merchant set hosted = $2, contact = $3, max_accounts = $4, max_staff = $5, max_calls = $6"
               " where merchant_id = $1",
        .args = "iitiii",
};

const struct query shops_q_merchant_suspend = {
        .name = "shops.merchant_suspend",
        .sql = "update shops_merchant set suspended_at = $2, suspended_why = $3 where merchant_id = $1",
        .args = "iit",
};

static const struct db_col count_cols[] = {
        DB_COL_I(struct shops_count, merchant_id), DB_COL_I(struct shops_count, accounts),
        DB_COL_I(struct shops_count, pending),     DB_COL_I(struct shops_count, shops),
        DB_COL_I(struct shops_count, last_callback_at),
};

const struct query shops_q_counts = {
        .name = "shops.counts",
        .sql = "select a.merchant_id, count(*) as accounts, cast(sum(case when a.connected_at = 0 then 1 else 0 end) as bigint)"
               " as pending, cast(sum(case when a.kind = 'shop' then 1 else 0 end) as bigint) as shops,"
               " max(h.last_callback_at) as last_callback_at from shops_account a"
               " join shops_health h on h.merchant_id = a.merchant_id and h.account_id = a.account_id"
               " where a.merchant_id in (:list $1) group by a.merchant_id order by a.merchant_id",
        .args = "I",
        .row = count_cols,
        .n_row = countof(count_cols),
        .size = sizeof(struct shops_count),
};

/* ---- accounts ---- */

#define ACCOUNT_SELECT                                                                                                 \
        "select a.merchant_id, a.account_id, a.parent_id, a.kind, a.remote_id, a.name, a.read_only, a.bound,"          \
        " a.created_at, h.last_callback_at, h.found_by_polling, a.connected_at, h.called_at, h.url_checked_at,"       \
        " h.kf_granted_at, h.kf_heard_at, a.agent_id from shops_account a"                                            \
        " join shops_health h on h.merchant_id = a.merchant_id and h.account_id = a.account_id"

static const struct db_col account_cols[] = {
        DB_COL_I(struct shops_account, merchant_id),      DB_COL_I(struct shops_account, account_id),
        DB_COL_I(struct shops_account, parent_id),        DB_COL_T(struct shops_account, kind),
        DB_COL_T(struct shops_account, remote_id),        DB_COL_T(struct shops_account, name),
        DB_COL_I(struct shops_account, read_only),        DB_COL_I(struct shops_account, bound),
        DB_COL_I(struct shops_account, created_at),       DB_COL_I(struct shops_account, last_callback_at),
        DB_COL_I(struct shops_account, found_by_polling), DB_COL_I(struct shops_account, connected_at),
        DB_COL_I(struct shops_account, called_at),        DB_COL_I(struct shops_account, url_checked_at),
        DB_COL_I(struct shops_account, kf_granted_at),    DB_COL_I(struct shops_account, kf_heard_at),
        DB_COL_T(struct shops_account, agent_id),
};

#define ACCOUNT_ROW .row = account_cols, .n_row = countof(account_cols), .size = sizeof(struct shops_account)

const struct query shops_q_account_insert = {
        .name = "shops.account_insert",
        .sql = "insert into shops_account (merchant_id, account_id, parent_id, kind, remote_id, name, read_only, bound,"
               " created_at, callback_key, secret, connected_at)"
               " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        .args = "iiitttiiitbi",
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

const struct query shops_q_account_agent = {
        .name = "shops.account_agent",
        .sql = "update shops_account set agent_id = $3 where merchant_id = $1 and account_id = $2 and kind = 'wecom'",
        .args = "iit",
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

#define HEALTH_SET(column, unless)                                                                                     \
        "update shops_health set " column " = $3 where merchant_id = $1 and account_id = $2 and " column unless

const struct query shops_q_health_called = {
        .name = "shops.health_called", .sql = HEALTH_SET("called_at", " <= $3 - 60000"), .args = "iii"};
const struct query shops_q_health_url = {
        .name = "shops.health_url", .sql = HEALTH_SET("url_checked_at", " <= $3"), .args = "iii"};
const struct query shops_q_health_kf_granted = {
        .name = "shops.health_kf_granted", .sql = HEALTH_SET("kf_granted_at", " <= $3 - 60000"), .args = "iii"};
const struct query shops_q_health_kf_heard = {
        .name = "shops.health_kf_heard", .sql = HEALTH_SET("kf_heard_at", " <= $3 - 60000"), .args = "iii"};

/* ---- connecting ---- */

static const struct db_col pending_cols[] = {DB_COL_I(struct shops_pending_row, account_id)};

const struct query shops_q_pending = {
        .name = "shops.pending",
        .sql = "select account_id from shops_account where merchant_id = $1 and account_id = $2 and connected_at = 0",
        .args = "ii",
        .row = pending_cols,
        .n_row = countof(pending_cols),
        .size = sizeof(struct shops_pending_row),
};

const struct query shops_q_account_connected = {
        .name = "shops.account_connected",
        .sql = "update shops_account set connected_at = $3 where merchant_id = $1 and account_id = $2"
               " and connected_at = 0 and exists (select 1 from shops_health h where h.merchant_id = $1"
               " and h.account_id = $2 and h.called_at > 0 and h.last_callback_at > 0)",
        .args = "iii",
};

const struct query shops_q_account_secret = {
        .name = "shops.account_secret",
        .sql = "update shops_account set secret = $3 where merchant_id = $1 and account_id = $2",
        .args = "iib",
};

const struct query shops_q_account_bound = {
        .name = "shops.account_bound",
        .sql = "update shops_account set bound = $3 where merchant_id = $1 and account_id = $2 and bound <> $3",
        .args = "iii",
};

#define DROP(table) .sql = "delete from " table " where merchant_id = $1 and account_id = $2", .args = "ii"

const struct query shops_q_drop_account = {.name = "shops.drop_account", DROP("shops_account")};
const struct query shops_q_drop_credentials = {.name = "shops.drop_credentials", DROP("shops_credential")};
const struct query shops_q_drop_health = {.name = "shops.drop_health", DROP("shops_health")};
const struct query shops_q_drop_token = {.name = "shops.drop_token", DROP("shops_token")};

/* ---- files at the root ---- */

static const struct db_col site_file_cols[] = {
        DB_COL_T(struct shops_site_file, name),
        DB_COL_T(struct shops_site_file, content),
};
#define SITE_FILE_ROW .row = site_file_cols, .n_row = countof(site_file_cols), .size = sizeof(struct shops_site_file)

const struct query shops_q_site_file_save = {
        .name = "shops.site_file_save",
        .sql = "insert into shops_site_file (merchant_id, name, content, created_at) values ($1, $2, $3, $4)"
               " on conflict (merchant_id, name) do update set content = excluded.content",
        .args = "itti",
        .guard = true,
};
const struct query shops_q_site_files = {
        .name = "shops.site_files",
        .sql = "select name, content from shops_site_file order by merchant_id, name",
        .args = "",
        SITE_FILE_ROW,
};
const struct query shops_q_site_files_own = {
        .name = "shops.site_files_own",
        .sql = "select name, content from shops_site_file where merchant_id = $1 order by name",
        .args = "i",
        SITE_FILE_ROW,
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
        DB_COL_B(struct shops_vault_row, secret),    DB_COL_B(struct shops_vault_row, proxy),
};

const struct query shops_q_vault_get = {
        .name = "shops.vault_get",
        .sql = "select parent_id, read_only, kind, remote_id, secret,"
               " (select p.url from shops_proxy p where p.merchant_id = $1) as proxy from shops_account"
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

/* ---- the way out ---- */

static const struct db_col proxy_cols[] = {DB_COL_T(struct shops_proxy_row, host), DB_COL_B(struct shops_proxy_row, url)};

const struct query shops_q_proxy_get = {
        .name = "shops.proxy_get",
        .sql = "select host, url from shops_proxy where merchant_id = $1",
        .args = "i",
        .row = proxy_cols,
        .n_row = countof(proxy_cols),
        .size = sizeof(struct shops_proxy_row),
};
const struct query shops_q_proxy_save = {
        .name = "shops.proxy_save",
        .sql = "insert into shops_proxy (merchant_id, host, url, changed_at) values ($1, $2, $3, $4)"
               " on conflict (merchant_id) do update set host = excluded.host, url = excluded.url, changed_at = excluded.changed_at",
        .args = "itbi",
};
const struct query shops_q_proxy_drop = {
        .name = "shops.proxy_drop",
        .sql = "delete from shops_proxy where merchant_id = $1",
        .args = "i",
};
