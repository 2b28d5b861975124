/* Named queries of shops. Private. */
#ifndef SHOPS_ROWS_H
#define SHOPS_ROWS_H

#include "shops/shops.h"

struct shops_id_row {
        int64_t merchant_id;
};

/* What the vault needs of an account and, for a 微信客服 account, of its parent. */
struct shops_vault_row {
        int64_t parent_id, read_only;
        const char *kind, *remote_id;
        struct bytes secret;
};

struct shops_token_row {
        struct bytes token;
        int64_t expires_at;
};

struct shops_credential_row {
        int64_t merchant_id, account_id, version;
        const char *kind, *callback_key, *remote_id;
        struct bytes token, aes_key;
};

struct shops_path_row {
        int64_t account_id;
        const char *kind, *callback_key;
};

extern const struct query shops_q_merchant_insert, shops_q_merchants;
extern const struct query shops_q_account_insert, shops_q_account_get, shops_q_account_by_remote, shops_q_account_list,
        shops_q_account_of_kind;
extern const struct query shops_q_account_read_only, shops_q_paths;
extern const struct query shops_q_health_insert, shops_q_health_callback, shops_q_health_found;
extern const struct query shops_q_credential_insert, shops_q_credentials, shops_q_credential_at;
extern const struct query shops_q_poll_get, shops_q_poll_save;
extern const struct query shops_q_vault_get, shops_q_token_get, shops_q_token_save, shops_q_token_lease,
        shops_q_token_release;

#endif
