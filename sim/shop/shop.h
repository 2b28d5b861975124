/*
 * What a shop has: goods, addresses, orders, after-sales, disputes, coupons. Included by world.h; moments are ms of the
 * simulator's clock unless a field says s, money is fen, ids are texts, everything lives in sim->arena.
 */
#ifndef SIM_SHOP_SHOP_H
#define SIM_SHOP_SHOP_H

#include "base/text.h"
#include "sim/envelope.h"
#include "sim/map.h"
#include "sim/vec.h"

#define SHOPS_MAX 4
#define LINES_MAX 3 /* different skus of one order */
#define PARCELS_MAX 8

struct sim;
struct person;
struct mp;
struct mp_fan;

/* Where the events of a corp, a shop or an official account are pushed. */
struct target {
        bool wecom;
        struct mp *mp;   /* of an official account or mini program, else NULL */
        const char *id;  /* corp id or appid */
        const char *url; /* NULL until somebody registers one */
        const char *encoding_aes_key;
        struct envelope_key key;
};

/* ---- goods ---- */

/* Full-payment presale (全款预售) of one sku. */
struct presale {
        bool on;             /* stock_type 1 */
        int delivery_type;   /* 0: days after payment; 1: days after the presale's end */
        int days;            /* type 0: 4..15; type 1: 1..3 */
        int64_t begin, end;  /* s; type 1 */
        bool spot_after_end; /* becomes normal stock */
};

struct sku {
        const char *id, *code, *color, *size;
        int64_t price;
        int64_t stock;
        struct presale presale;
        const char *out_id;
};

/* Values of status and edit_status as the product pages give them. */
enum product_status { PRODUCT_NEW = 0, PRODUCT_ON_SALE = 5, PRODUCT_BIN = 6, PRODUCT_DELETED = 9, PRODUCT_OFF = 11 };
enum product_edit { EDIT_NONE = 0, EDIT_EDITING = 1, EDIT_REVIEW = 2, EDIT_REJECTED = 3, EDIT_APPROVED = 4 };

/* One of the two faces of a product: what buyers see, or the draft. */
struct product_face {
        const char *json; /* object: the members as the merchant gave them; NULL = a product of the seed */
        const char *title;
        const char *address_id; /* after_sale_info.after_sale_address_id, or NULL */
        struct sku *sku;
        size_t n_sku;
};

struct product {
        const char *id, *title;
        struct sku *sku;
        size_t n_sku;
        const char *address_id; /* return address of automatic agreements, or NULL */
        const char *out_id, *json;
        enum product_status status;
        enum product_edit edit;
        struct product_face draft;
        const char *rejected; /* why, after a review */
        bool list_after;      /* goes on sale when the review is passed */
        unsigned reviews;     /* begun so far: a review that was withdrawn or begun anew does not count */
        int64_t created, edited, sold;
        int64_t onsale_at;    /* s; of a timed sale that runs, else 0 */
        const char *sale_task;
};

struct stock_flow {
        const struct product *product;
        struct sku *sku;
        int64_t amount, before, after, at;
        int op; /* 1 in, 2 out, 3 set */
        const char *order_id;
};

struct address {
        const char *id, *name, *phone, *province, *city, *county, *detail;
        const char *house, *postal, *landline, *remark;
        bool send, recv, default_send, default_recv;
        bool gone; /* deleted: products may still name it */
        int64_t created, updated;
};

/* ---- orders ---- */

/* Somewhere a parcel goes. */
struct receiver {
        const char *name, *phone, *province, *city, *county, *detail, *house;
};

/* Values of preshipment_change_sku_state. */
enum sku_change { SKU_NONE = 0, SKU_ASKED = 3, SKU_APPROVED = 4, SKU_REJECTED = 5, SKU_WITHDRAWN = 6, SKU_TIMED_OUT = 7 };

struct line {
        const struct product *product;
        struct sku *sku;
        int64_t count, real_price;
        int64_t shipped;           /* units in parcels */
        int64_t on_case, finished; /* units in and through after-sales */
        unsigned applications;
        int64_t deadline, predict; /* s: latest shipment; what the buyer was told */
        bool price_changed;
        struct {
                enum sku_change state;
                struct sku *from, *to;
                int64_t deadline; /* s */
        } change;
};

struct parcel {
        const char *waybill, *delivery_id, *delivery_name;
        int deliver_type; /* 1 own express, 3 virtual */
        int64_t at;
        int64_t count[LINES_MAX]; /* units of each line */
        int compensation;         /* reason of a re-shipped parcel (补发), else 0 */
};

enum order_kind { ORDER_NORMAL, ORDER_GROUP, ORDER_PRESENT };

struct after_sale;

struct order {
        const char *id;
        struct shop *shop;
        struct person *person;
        const char *status;                                           /* "10", "20", ...: a name of order_states */
        int64_t created, updated, paid, shipped, confirmed, refunded; /* 0 = not yet */
        int64_t settled;
        int64_t logged; /* last entry in shop->changes; 0 = none */
        struct line line[LINES_MAX];
        size_t n_lines;
        int64_t freight, discount, total;
        bool freight_changed;
        const char *customer_notes, *merchant_notes;
        struct parcel *parcel[PARCELS_MAX];
        size_t n_parcels;
        int scene; /* order_scene */
        enum order_kind kind;
        const char *present_id, *present_note; /* of a gift */
        struct receiver *to;                   /* NULL: the buyer's own address */
        struct receiver *asked;                /* the buyer wants this one (address_under_review), else NULL */
        struct receiver *offered;              /* the merchant's proposal, waits for the buyer */
        int64_t asked_at;
        unsigned offers, price_changes, offer_turn;
        int64_t decoded_day;                     /* day on which its contact data was decoded, -1 = never */
        unsigned number_applied, number_delayed; /* virtual number */
        int64_t number_until;                    /* s */
        uint64_t real_task;                      /* of the application for the real number, 0 = none */
        int64_t real_applied;
        int real_state; /* audit_state */
        const char *real_reason;
        const char *wecom_user; /* a WeCom member forwarded the link she bought by, or NULL */
        VEC(struct after_sale *) cases;
};

struct order_change { /* in order of time; an order's last one counts */
        int64_t at;
        struct order *order;
};

/* Orders of the months before the simulator began: derived from the seed until somebody touches one (past.h). */
struct past_good { /* as it was when the simulator began */
        const struct product *product;
        struct sku *sku;
        size_t n_sku;
};

struct past {
        uint64_t seed;
        size_t n;
        unsigned people;
        const struct past_good *good;
        size_t n_goods;
        int64_t begin, span;
        uint8_t *touched; /* a bit each: the order is in world.orders */
        struct past_times { /* moments in order of time, see past.h */
                uint64_t *v;
                size_t n;
        } changes, cases_opened, cases_ended;
};

/* ---- after-sales, disputes, guarantees ---- */

struct after_sale {
        const char *id;
        struct order *order;
        size_t line;
        const char *type;                              /* "REFUND", "RETURN", "EXCHANGE", "RESHIP" */
        const char *sub_type;                          /* "DEFAULT", "REFUND_PRICE_DIFF" */
        const char *status;                            /* a name of case_states */
        int64_t created, updated, deadline, completed; /* ms */
        int64_t count, amount;
        const char *reason, *reason_text, *desc;
        int refund_reason;
        const struct address *address;
        const char *waybill, *delivery_id, *reject_reason;
        bool received; /* she says the goods are there */
        bool negotiated;
        bool paying_out; /* a refund that must end in "pay outside": the balance was short */
        bool by_merchant;
        unsigned moves;
        unsigned accepts;         /* acceptapply calls that took effect */
        const char *certificates; /* JSON list of media ids, or NULL */
        struct sku *new_sku;
        const char *ship_waybill, *ship_delivery; /* of the exchange or the re-sent parcel */
        struct {
                int kind, reason, target; /* merchant_update_type, update_reason_type, type */
                int64_t amount;
                const char *desc, *media; /* media: JSON list */
                struct sku *new_sku;
        } offer; /* in USER_WAIT_CONFIRM_UPDATE */
        struct complaint *complaint;
        int64_t logged;
};

struct complaint_item {
        int type;
        int64_t at;
        const char *content, *media; /* media: JSON list */
};

struct case_change { /* as order_change */
        int64_t at;
        struct after_sale *c;
};

struct complaint {
        const char *id;
        struct after_sale *c;
        int status;
        unsigned media; /* pictures over the whole dispute */
        bool over;
        VEC(struct complaint_item) history;
};

struct guarantee {
        const char *id, *status;
        struct order *order;
        size_t line;
        int type;
        int64_t bad_level, amount, created, updated;
        const char *reason, *remark, *proof, *pictures;
};

/* ---- coupons, templates, limited sales ---- */

struct coupon {
        const char *id, *json; /* as the merchant gave it */
        int status;            /* 1 initial, 2 active, 4 void, 5 deleted */
        int64_t created, updated, issued, used, total, per_person, from, until; /* from, until: s of receiving */
};

struct user_coupon {
        const char *id;
        struct coupon *coupon;
        struct person *person;
        int status; /* 100 valid, 101 expired, 102 used */
        int64_t received, used, until;
        const char *order_id;
};

struct freight_template {
        const char *id, *json;
        int64_t created, updated;
};

struct limited_sale {
        const char *id, *product_id, *json;
        int64_t begin, end; /* s */
        int64_t created;
        bool stopped, gone;
};

struct gift {
        const char *id, *json;
        bool on_sale;
        int64_t stock;
};

struct shop {
        unsigned place; /* in world.shops */
        const char *appid, *secret, *name, *origin_id;
        const char *state; /* "open_finished", ...: info.status */
        struct target target;
        bool kf_api_mode; /* in-shop 客服 answers by API */
        VEC(struct product *) products;
        VEC(struct address *) addresses;
        VEC(struct order *) orders;         /* in order of placing */
        VEC(struct order_change) changes;   /* in order of time */
        VEC(struct after_sale *) cases;     /* in order of opening */
        VEC(struct case_change) case_changes; /* in order of time */
        VEC(struct guarantee *) guarantees;
        VEC(struct coupon *) coupons;
        VEC(struct user_coupon *) user_coupons;
        VEC(struct freight_template *) templates;
        VEC(struct limited_sale *) sales;
        VEC(struct gift *) gifts;
        VEC(struct stock_flow) flows;
        size_t next_flow;
        VEC(const char *) caller_phones; /* registered to dial virtual numbers */
        const char *verify_code;
        struct past past;
        int64_t decode_day;
        unsigned decoded; /* orders whose contacts were decoded today */
        bool audit_auto;  /* auditstrategy */
        uint64_t pushed;  /* events so far: ids are numbers and strings in turn */
};

#endif
