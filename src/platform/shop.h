/*
 * Channels shop 微信小店 (developers.weixin.qq.com/doc/channels/API/): orders, after-sales, return addresses, basics.
 *
 * Functions return 0 or WX_E_*; *fault is always filled; replies live in ctx's arena. Ids are text (the platform sends
 * them as numbers or strings and they exceed 2^53). Times are seconds, money is fen. Field names are the platform's,
 * misspellings included.
 *
 * An object is handed over twice: as `raw` (kept whole; it gains fields several times a year) and decoded into the fields
 * that we use. shop_order_read() and shop_aftersale_read() decode a raw text again.
 */
#ifndef PLATFORM_SHOP_H
#define PLATFORM_SHOP_H

#include "platform/wx.h"

/* ---- orders ---- */

/* Status of an order. 12: a gift waits to be accepted; 13: a group purchase waits to be complete; 190 is unconfirmed. */
enum {
        SHOP_ORDER_UNPAID = 10,
        SHOP_ORDER_GIFT_OPEN = 12,
        SHOP_ORDER_GROUP_OPEN = 13,
        SHOP_ORDER_PAID = 20,
        SHOP_ORDER_PART_SHIPPED = 21,
        SHOP_ORDER_SHIPPED = 30,
        SHOP_ORDER_DONE = 100,
        SHOP_ORDER_OVERSOLD = 190,
        SHOP_ORDER_REFUNDED = 200,
        SHOP_ORDER_CANCELLED = 250,
};

struct shop_sku_attr {
        const char *attr_key, *attr_value;
};
struct shop_sku_deliver {
        int64_t stock_type; /* 1 = full-payment presale */
        int64_t predict_delivery_time, full_payment_presale_delivery_type;
};
struct shop_line { /* order_detail.product_infos[] */
        const char *product_id, *sku_id, *sku_code, *out_product_id, *out_sku_id;
        const char *title, *thumb_img;
        const struct shop_sku_attr *sku_attrs;
        size_t n_sku_attrs;
        int64_t sku_cnt, sale_price /* of one */, real_price /* of the line */;
        int64_t on_aftersale_sku_cnt, finish_aftersale_sku_cnt;
        int64_t delivery_deadline; /* latest moment to ship this line; 0 = not told */
        bool is_free_gift;
        struct shop_sku_deliver sku_deliver_info;
};
struct shop_pay {
        int64_t payment_method, pay_time;
        const char *transaction_id;
};
struct shop_price {
        int64_t product_price, freight, order_price, discounted_price;
};
struct shop_receiver { /* masked by the platform unless decoded by a grant */
        const char *user_name, *tel_number, *virtual_order_tel_number;
        const char *province_name, *city_name, *county_name, *detail_info, *house_number;
        const char *hash_code; /* the same for the same address of a buyer in one shop */
};
struct shop_parcel_line {
        const char *product_id, *sku_id;
        int64_t product_cnt;
};
struct shop_parcel { /* delivery_product_info[] */
        const char *waybill_id, *delivery_id, *delivery_name;
        int64_t delivery_time, deliver_type;
        const struct shop_parcel_line *product_infos;
        size_t n_product_infos;
};
struct shop_delivery {
        int64_t deliver_method, ship_done_time, predict_delivery_time, delivery_time_type;
        struct shop_receiver address_info;
        const struct shop_receiver *address_under_review; /* a change that waits for an answer, or NULL */
        int64_t address_apply_time;
        const struct shop_parcel *delivery_product_info;
        size_t n_parcels;
};
struct shop_ext {
        const char *customer_notes, *merchant_notes, *finder_id, *live_id;
        int64_t confirm_receipt_time, order_scene;
};
struct shop_order_detail {
        const struct shop_line *product_infos;
        size_t n_lines;
        struct shop_pay pay_info;
        struct shop_price price_info;
        struct shop_delivery delivery_info;
        struct shop_ext ext_info;
};
struct shop_order_case {
        const char *aftersale_order_id;
};
struct shop_order_cases {
        const struct shop_order_case *aftersale_order_list;
        size_t n_cases;
        int64_t on_aftersale_order_cnt;
};
struct shop_order {
        const char *order_id, *openid, *unionid /* only when the shop is bound to an Open Platform account */;
        int64_t status, create_time, update_time;
        bool is_present;
        struct shop_order_detail order_detail;
        struct shop_order_cases aftersale_detail;
};

enum { SHOP_E_OBJECT = 1 }; /* not JSON, or without its id */
int shop_order_read(struct arena *, struct bytes raw, struct shop_order *) MUST; /* the value of "order" */

/* Ids of orders in a range; at least one range, each at most 7 days (SHOP_RANGE_MAX_S), 0 = not used. */
#define SHOP_ORDER_RANGE_MAX_S (7 * 86400)
struct shop_order_query {
        int64_t create_from, create_to, update_from, update_to;
        int64_t status;       /* 0 = any */
        const char *openid;   /* NULL = any */
        int64_t page_size;    /* 1..100; 0 = 100 */
        const char *next_key; /* of the page before; NULL = first */
};
struct shop_ids {
        const char *const *ids;
        size_t n;
        bool has_more;
        const char *next_key; /* NULL when none was told: then has_more is false whatever the platform said */
};
int shop_order_list(struct ctx *, int64_t account_id, const struct shop_order_query *, struct shop_ids *,
                    struct wx_fault *) MUST;

/* Search; at least one member besides the paging. The answer's key is `orders` or `order_id_list`: both are read. */
struct shop_order_search {
        const char *order_id, *title, *sku_code, *user_name, *tel_number_last4, *merchant_notes, *customer_notes;
        int64_t status;    /* 0 = any */
        int64_t aftersale; /* 0 = any, 1 = none open, 2 = at least one open */
        int64_t page_size; /* 1..100; 0 = 100 */
        const char *next_key;
};
int shop_order_search(struct ctx *, int64_t account_id, const struct shop_order_search *, struct shop_ids *,
                      struct wx_fault *) MUST;

/* The truth about one order. Unknown: REFUSED with 100002. */
int shop_order_get(struct ctx *, int64_t account_id, const char *order_id, struct shop_order *, struct bytes *raw,
                   struct wx_fault *) MUST;

/* ---- after-sales ---- */

struct shop_case_product {
        const char *product_id, *sku_id, *sku_code;
        int64_t count;
        bool fast_refund;
};
struct shop_case_details {
        const char *desc;
        bool receive_product; /* she says that the goods arrived */
        int64_t cancel_time;
        const char *const *media_id_list;
        size_t n_media;
};
struct shop_case_refund {
        int64_t amount; /* fen */
        int64_t refund_reason;
};
struct shop_case_return { /* her parcel back */
        const char *waybill_id, *delivery_id, *delivery_name;
};
struct shop_case_merchant {
        const char *reject_reason;
};
struct shop_case_resp {
        const char *ret, *code, *message;
};
struct shop_case_exchange {
        const char *product_id, *old_sku_id, *new_sku_id;
        int64_t product_cnt;
};
struct shop_aftersale { /* after_sale_order */
        const char *after_sale_order_id, *order_id;
        const char *type;     /* REFUND RETURN EXCHANGE RESHIP */
        const char *sub_type; /* DEFAULT REFUND_PRICE_DIFF */
        const char *status;   /* as sent; USER_CANCELD is the platform's spelling (USER_CANCELLED and
                                 USER_CANCELED, should they come, are read as it) */
        const char *openid, *unionid;
        const char *reason, *reason_text;
        int64_t create_time, update_time, complete_time;
        int64_t deadline; /* as sent: remaining seconds or a moment: use shop_deadline() */
        struct shop_case_product product_info;
        struct shop_case_details details;
        struct shop_case_refund refund_info;
        struct shop_case_return return_info;
        struct shop_case_merchant merchant_upload_info;
        struct shop_case_resp refund_resp;
        struct shop_case_exchange exchange_product_info;
        const char *complaint_id; /* a dispute runs or ran */
        bool need_offline_refund;
};
int shop_aftersale_read(struct arena *, struct bytes raw, struct shop_aftersale *) MUST; /* SHOP_E_OBJECT */

/* Seconds since 1970: a `deadline` below 10^9 is time left from `now_s`, else a moment; 0 or less = none (0). */
int64_t shop_deadline(int64_t deadline, int64_t now_s);

/* Ids of cases; at least one pair, each at most 24 hours. The page size is the platform's. */
#define SHOP_CASE_RANGE_MAX_S 86400
struct shop_aftersale_query {
        int64_t create_from, create_to, update_from, update_to; /* 0 = not used */
        const char *next_key;
};
int shop_aftersale_list(struct ctx *, int64_t account_id, const struct shop_aftersale_query *, struct shop_ids *,
                        struct wx_fault *) MUST;
int shop_aftersale_get(struct ctx *, int64_t account_id, const char *after_sale_order_id, struct shop_aftersale *,
                       struct bytes *raw, struct wx_fault *) MUST;

/*
 * Agrees (QUERY: there is no key. After WX_E_UNKNOWN read the case and repeat only while it is still in the status that was
 * decided upon: a blind repeat on a return confirms its receipt and pays).
 * SHOP_ACCEPT_RETURN needs an address that receives; SHOP_ACCEPT_REFUND pays at once. Always said explicitly.
 */
enum { SHOP_ACCEPT_RETURN = 1, SHOP_ACCEPT_REFUND = 2 };
int shop_aftersale_accept(struct ctx *, int64_t account_id, const char *after_sale_order_id, int accept_type,
                          const char *address_id, struct wx_fault *) MUST;

/* Refuses (QUERY). `text` may be NULL. 10021068: the platform wants a negotiation first. */
int shop_aftersale_reject(struct ctx *, int64_t account_id, const char *after_sale_order_id, int64_t reject_reason_type,
                          const char *text, struct wx_fault *) MUST;

/* The platform's list of refusals; its key is `reason_list` or `reject_reason_list`: both are read. Cache for a day. */
enum { SHOP_SCENE_REFUND = 1, SHOP_SCENE_RETURN = 4, SHOP_SCENE_EXCHANGE = 5, SHOP_SCENE_RESHIP = 6, SHOP_SCENE_FAST_EXCHANGE = 7 };
struct shop_reject_reason {
        int64_t reject_reason_type, reject_scene;
        const char *reject_reason_type_text, *reject_reason;
};
int shop_aftersale_reject_reasons(struct ctx *, int64_t account_id, const struct shop_reject_reason **, size_t *n,
                                  struct wx_fault *) MUST;

/* ---- products ---- */

struct shop_presale { /* sku_deliver_info of a product; in stock when stock_type is 0 */
        int64_t stock_type;
        int64_t full_payment_presale_delivery_type; /* ships within n days: 0 after payment, 1 after the presale ends */
        int64_t full_payment_presale_delivery_time; /* n */
        int64_t presale_begin_time, presale_end_time;
        bool spot_after_presale_end;
};
struct shop_product_sku {
        const char *sku_id, *sku_code, *thumb_img;
        int64_t sale_price, stock_num;
        const struct shop_sku_attr *sku_attrs;
        size_t n_sku_attrs;
        struct shop_presale sku_deliver_info;
};
struct shop_category {
        const char *cat_id;
};
struct shop_after_sale_info {
        const char *after_sale_address_id;
};
struct shop_spu_deliver {
        bool is_spu_range; /* its setting holds for every sku */
        struct shop_presale sku_deliver_info;
};
struct shop_product {
        const char *product_id, *title, *brand_id /* 2100000000 = no brand */;
        const char *const *head_imgs;
        size_t n_head_imgs;
        int64_t status;      /* 0 initial, 5 on sale, 6 bin, 9 deleted, 11 13 14 15 taken down, 20 banned */
        int64_t edit_status; /* 1 editing, 2 in review, 3 rejected, 4 approved, 5 7 being written, 8 failed */
        const struct shop_category *cats_v2, *cats; /* from the top to the leaf */
        size_t n_cats_v2, n_cats;
        int64_t min_price, edit_time;
        const struct shop_product_sku *skus;
        size_t n_skus;
        struct shop_after_sale_info after_sale_info;
        struct shop_spu_deliver spu_deliver_info;
};
int shop_product_read(struct arena *, struct bytes raw, struct shop_product *) MUST; /* SHOP_E_OBJECT */

/* Ids of all products, 30 a page; next_key NULL = the first. */
int shop_product_list(struct ctx *, int64_t account_id, const char *next_key, struct shop_ids *, struct wx_fault *) MUST;
/* As it is online. Unknown: REFUSED with 10020011. */
int shop_product_get(struct ctx *, int64_t account_id, const char *product_id, struct bytes *raw, struct wx_fault *) MUST;

/* ---- return addresses and basics ---- */

struct shop_address {
        const char *address_id, *name, *landline, *remark;
        struct shop_receiver address_info;
        bool send_addr, default_send, recv_addr, default_recv;
        int64_t create_time, update_time;
};
/* Ids, all pages (50 each, 1,000 at most). */
int shop_address_list(struct ctx *, int64_t account_id, const char *const **ids, size_t *n, struct wx_fault *) MUST;
int shop_address_get(struct ctx *, int64_t account_id, const char *address_id, struct shop_address *,
                     struct wx_fault *) MUST;
/* "province city county detail house" in one line. */
char *shop_address_line(struct arena *, const struct shop_receiver *);

struct shop_info {
        const char *nickname, *headimg_url, *subject_type, *status, *username /* gh_... */;
};
int shop_info(struct ctx *, int64_t account_id, struct shop_info *, struct wx_fault *) MUST;

#endif
