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
        struct bytes secret, proxy; /* proxy: of the merchant; empty = none */
};

struct shops_proxy_row {
        const char *host;
        struct bytes url;
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

struct shops_pending_row {
        int64_t account_id;
};

/* Between the files of the folder: adding a row with its credentials (NULL = made here), and word to the consoles. */
int shops_account_add(struct ctx *, const struct shops_new *, int64_t connected_at, int64_t *account_id) MUST;
int shops_account_room(struct ctx *) MUST; /* E_LIMIT: no further one was agreed on */
int shops_credential_add(struct ctx *, int64_t account_id, const char *token, const char *aes_key) MUST;
void shops_tell(struct ctx *, int64_t account_id);
void shops_tell_keys(struct ctx *);

extern const struct query shops_q_merchant_insert, shops_q_merchants, shops_q_merchants_awake, shops_q_merchant_get,
        shops_q_merchant_page, shops_q_merchant_count, shops_q_merchant_terms, shops_q_merchant_suspend, shops_q_counts;
extern const struct query shops_q_account_insert, shops_q_account_get, shops_q_account_by_remote, shops_q_account_list,
        shops_q_account_of_kind;
extern const struct query shops_q_account_agent, shops_q_account_read_only, shops_q_paths;
extern const struct query shops_q_health_insert, shops_q_health_callback, shops_q_health_found;
extern const struct query shops_q_credential_insert, shops_q_credentials, shops_q_credential_at;
extern const struct query shops_q_health_called, shops_q_health_url, shops_q_health_kf_granted, shops_q_health_kf_heard;
extern const struct query shops_q_account_bound, shops_q_pending, shops_q_account_connected, shops_q_account_secret;
extern const struct query shops_q_drop_account, shops_q_drop_credentials, shops_q_drop_health, shops_q_drop_token;
extern const struct query shops_q_site_file_save, shops_q_site_files, shops_q_site_files_own;
extern const struct query shops_q_vault_get, shops_q_token_get, shops_q_token_save, shops_q_token_lease,
        shops_q_token_release;
extern const struct query shops_q_proxy_get, shops_q_proxy_save, shops_q_proxy_drop;
#define SHOPS_PROXY_TABLE "shops_proxy" /* what its seal is bound to, with the merchant */

extern const struct holder shops_holds; /* holdings.c */

#endif
