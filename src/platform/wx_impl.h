/* Private to platform: what tokens.c, budget.c and call.c share. */
#ifndef PLATFORM_WX_IMPL_H
#define PLATFORM_WX_IMPL_H

#include "platform/wx.h"

#include <pthread.h>

#define WECOM_DOC(n) "https://developer.work.weixin.qq.com/document/path/" n
#define WEIXIN_DOC(path) "https://developers.weixin.qq.com/doc/" path

enum {
        WX_TOKEN_MAX = 1024, /* bytes; the platform promises at most 512 */
        WX_SLOTS = 256,
        WX_ERRMSG_MAX = 512,
};

struct wx_pause {
        struct wx_pause *next;
        const char *api;
        int64_t errcode, refusals;
        int64_t until, length; /* business ms */
};

/* What is known of one account between calls. Made at its first call, kept until wx_close(). */
struct wx_slot {
        struct wx_slot *next;
        int64_t merchant_id, account_id;

        char token[WX_TOKEN_MAX];
        char refused[WX_TOKEN_MAX]; /* the last token that the platform did not take: not to be loaded again */
        int64_t renew_at, dies_at;  /* business ms */
        bool fetching;
        uint64_t flights; /* fetches that ended; waiters watch it */
        int flight_status;
        int64_t flight_errcode, flight_retry_ms;

        uint8_t bad_secret[32]; /* sha256 of credentials that were refused, and until when they are not shown again */
        int64_t bad_until, bad_errcode;
        int64_t forced_at;

        struct wx_pause *pauses;
};

struct wx {
        struct wx_options options;
        pthread_mutex_t lock; /* everything below; never held during a call or a transaction */
        pthread_cond_t landed;
        struct arena arena;
        struct wx_slot *slots[WX_SLOTS];
};

/* One request, ready but for its token. */
struct wx_request {
        const struct wx_api *api;
        const struct wx_account *account;
        const char *const *query;  /* name, value, ..., NULL; or NULL */
        const char *token;         /* NULL = none in the URL */
        const char *body;          /* JSON, or NULL */
        const struct http_part *parts;
        size_t n_parts;
        size_t max_reply;
        int64_t timeout_ms;
        void *out; /* what api->out describes, zeroed: filled when all is well; NULL = the answer is a file */
};

/* Sends it, judges what came and reads it into req->out: 0 (a whole answer without errcode), or WX_E_BUSY, _UNKNOWN, _REFUSED,
 * _CONFIG, _REPLY, _READ_ONLY with *fault filled. Where a file was asked for, an answer that is not JSON is a good answer. Budgets
 * are the caller's. */
int wx_exchange(struct ctx *, struct wx *, const struct wx_request *, struct http_response *, struct wx_fault *) MUST;

/* Makes room for texts of this account; called with the lock held. */
struct wx_slot *wx_slot(struct wx *, int64_t merchant_id, int64_t account_id);

/* A token that works, fetched at most once however many threads ask. `refused`: the token that the platform just did not
 * take, or NULL. WX_E_* as wx_call(). The text is the arena's. */
int wx_token_get(struct ctx *, struct wx *, const struct wx_account *, const char *refused, const char **token,
                 struct wx_fault *) MUST;
bool wx_is_token_fault(const char *kind, int64_t errcode);

/* 0, or WX_E_BUSY with fault->retry_after_ms while the bucket is empty. */
int wx_budget_check(struct wx *, const struct wx_account *, const struct wx_api *, struct wx_fault *) MUST;
/* Notes how a call ended; fills fault->retry_after_ms when a pause begins. */
void wx_budget_note(struct wx *, const struct wx_account *, const struct wx_api *, struct wx_fault *);

/* For replies of which only errcode matters. */
struct wx_nothing {
        char none;
};
extern const struct json_desc wx_nothing;

/* Every call: apis.c lists them, the file of each product defines them. */
extern const struct wx_api
        wx_api_contact_batch, wx_api_contact_follow_users, wx_api_group_get, wx_api_group_list, wx_api_kf_account_list, wx_api_kf_customer_batchget, wx_api_kf_media_get, wx_api_kf_media_upload,
        wx_api_kf_send_msg, wx_api_kf_send_msg_on_event, wx_api_kf_service_state_get,
        wx_api_kf_service_state_trans, wx_api_kf_sync_msg, wx_api_look_balance, wx_api_look_follower, wx_api_look_followers,
        wx_api_look_servicers, wx_api_corp_send, wx_api_look_weixin, wx_api_member_departments, wx_api_member_get, wx_api_member_list, wx_api_member_of_code,
        wx_api_quota, wx_api_shop_address_get, wx_api_shop_address_list,
        wx_api_shop_aftersale_accept, wx_api_shop_aftersale_get, wx_api_shop_aftersale_list,
        wx_api_shop_aftersale_reject, wx_api_shop_aftersale_reject_reasons, wx_api_shop_info,
        wx_api_shop_order_get, wx_api_shop_order_list, wx_api_shop_order_search, wx_api_shop_product_get,
        wx_api_shop_product_list, wx_api_shopkf_send,
        wx_api_shopkf_upload, wx_api_token_stable, wx_api_token_wecom;

extern struct metric wx_metric_calls, wx_metric_busy, wx_metric_unknown, wx_metric_refused, wx_metric_config,
        wx_metric_read_only, wx_metric_tokens;

#endif
