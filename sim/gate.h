/*
 * The gate: every request to the platform's API passes here. It finds the endpoint, asks for verb, token, body and
 * rate, calls the endpoint, wraps its answer, and notes the request with the rule that refused it.
 *
 * A remote product is one file with one table of endpoints, sorted by path.
 */
#ifndef SIM_GATE_H
#define SIM_GATE_H

#include "base/json.h"
#include "net/server.h"
#include "sim/breakage.h"
#include "sim/out.h"
#include "sim/world.h"

#include <stdio.h>

/* The platform's hosts. The last four serve pages: what a browser opens, answered by a redirection or bytes. */
enum family {
        FAMILY_WECOM,      /* qyapi.weixin.qq.com */
        FAMILY_WEIXIN,     /* api.weixin.qq.com */
        FAMILY_OPEN,       /* open.weixin.qq.com */
        FAMILY_MP,         /* mp.weixin.qq.com */
        FAMILY_LOGIN_WORK, /* login.work.weixin.qq.com */
        FAMILY_OPEN_WORK,  /* open.work.weixin.qq.com */
        FAMILY_N,
};
extern const char *const gate_host[FAMILY_N];

/* Largest body that is read at all: a file of 20 MB and the multipart around it. JSON may have a mebibyte. */
#define GATE_BODY_MAX (21u * 1024 * 1024)
#define GATE_JSON_MAX (1024u * 1024)

struct request {
        struct sim *sim;
        struct raw *raw;
        struct arena *arena;
        enum family family;
        const struct endpoint *endpoint;
        struct shop *shop; /* whose token it is; NULL for the corp's or an mp's */
        struct mp *mp;     /* likewise an official account or mini program */
        struct wecom_app *app; /* likewise an application of the corp */
        const struct json_leaf *leaf;
        size_t n_leaves;
        struct out out;     /* members of the answer */
        const char *rule;   /* why it was refused, for people */
        struct bytes bytes; /* ENDPOINT_BYTES: answered instead of JSON when .p is set */
        const char *mime;
        bool admitted; /* verb, token, rate and body were right: what refuses it now is what it asks */
        enum breakage breakage;
        const char *location; /* a page that sends the browser elsewhere: answered with 302 */
        int64_t started_us;
};

enum endpoint_flag {
        ENDPOINT_NO_TOKEN = 1,  /* gives tokens, needs none */
        ENDPOINT_BYTES = 2,     /* may answer bytes */
        ENDPOINT_MULTIPART = 4, /* body is multipart/form-data */
        ENDPOINT_EITHER = 8,    /* takes GET and POST */
        ENDPOINT_BARE = 16,     /* success carries no errcode */
        /* Whose token api.weixin takes here; without any of these: a shop's. */
        ENDPOINT_OFFICIAL = 32, /* official accounts */
        ENDPOINT_PROGRAM = 64,  /* mini programs */
        ENDPOINT_SHOP = 128,
        ENDPOINT_ANY = ENDPOINT_OFFICIAL | ENDPOINT_PROGRAM | ENDPOINT_SHOP,
};

struct endpoint {
        const char *path;
        const char *method;
        enum family family;
        unsigned rate; /* calls per account and minute; more: 45009 (WeCom) or 45011 */
        unsigned flags;
        int (*fn)(struct request *); /* 0 or errcode, with rq->rule set by refuse() */
        const char *form; /* of the body, see form.h; NULL = the endpoint looks itself */
};

struct product_table {
        const char *name;
        const struct endpoint *endpoint; /* sorted by path */
        size_t n;
        /* Events it pushes, ended by NULL, as the notes name them: "channels_ec_order_pay", and with the kind of change or
         * the pull they are part of before them: "change_external_chat/create", "sync_msg/enter_session". */
        const char *const *events;
};

/* One per remote product, each in the file of its name. */
extern const struct product_table wecom_acquisition, wecom_auth, wecom_contact, wecom_directory, wecom_group,
        wecom_kf, wecom_kf_account, wecom_kf_knowledge, wecom_kf_send, wecom_kf_session, wecom_kf_stats, wecom_login,
        wecom_mass, wecom_media, wecom_message, wecom_tag, wecom_transfer, wecom_way, weixin_auth;
extern const struct product_table shop_order, shop_order_change, shop_order_ship, shop_contact, shop_aftersale,
        shop_aftersale_act, shop_dispute, shop_addresses, shop_coupon, shop_funds, shop_product, shop_promote, shop_stock, shop_basics,
        shop_kf;
extern const struct product_table mp_agents, mp_basics, mp_oauth, mp_pages, mp_qrcode, mp_send, mp_users;

extern const struct product_table *const gate_products[];
extern const size_t gate_n_products;

/* "endpoint TAB method TAB host TAB path" and "event TAB - TAB host TAB name", a line each: what this program plays.
 * tools/sim-endpoints.sh compares it with the platform's notes. */
void gate_list(FILE *);

const struct endpoint *gate_find(enum family, const char *path);

/* A request below /cgi-bin or /channels; `path` without the family's prefix. Answers it. */
void gate_handle(struct sim *, struct raw *, enum family, const char *path);

/* ---- for endpoints ---- */

/* Value of the body (POST) at "a.b.0"; NULL when absent. */
const char *rq_str(const struct request *, const char *path);
bool rq_has(const struct request *, const char *prefix); /* anything at or below it */
int64_t rq_int(const struct request *, const char *path, int64_t otherwise);
bool rq_bool(const struct request *, const char *path, bool otherwise);
size_t rq_list(const struct request *, const char *path); /* how many elements */

/* Calls of an endpoint by an account today; forgets them (path NULL: of every endpoint), and the minute's too. */
int64_t gate_used(struct sim *, const char *path, const char *appid);
void gate_forget(struct sim *, const char *path, const char *appid);
void gate_spend(struct sim *, const char *path, const char *appid, int64_t calls); /* as if they had been made today */

/* Is the caller's address on the list of the shop, or of the official account: 0 or 40164. */
int weixin_check_ip(struct request *, bool shop);

/* Remembers the rule and answers `errcode`. */
int refuse(struct request *, int errcode, const char *rule_fmt, ...) __attribute__((format(printf, 3, 4)));

const char *errcode_text(int errcode); /* the platform's errmsg */

#endif
