/*
 * The world: one corp with 微信客服 accounts, shops with products and addresses, people who write and buy.
 *
 * Everything belongs to the loop thread and lives in sim->arena until the program ends. Moments are ms of the
 * simulator's clock; money is fen; ids are texts. Nothing here knows HTTP: endpoints ask and change the world through
 * the verbs of chat.h and trade.h, and so do the page and the live broadcast.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "base/text.h"
#include "sim/map.h"
#include "sim/shop/shop.h"
#include "sim/vec.h"

#define MP_MAX 4 /* official accounts and mini programs */

#define HOUR_MS (3600 * INT64_C(1000))
#define DAY_MS (24 * HOUR_MS)
#define CHINA_MS (8 * HOUR_MS) /* the platform's days begin this much before UTC's */

struct contact;

/* A member of the corp's directory, see wecom/wecom.h. */
struct staff {
        const char *userid, *name, *alias, *position, *mobile, *email, *openid;
        int64_t department;
        bool leads;     /* the department */
        int state;      /* 1 active, 2 disabled, 4 not activated, 5 left */
        int64_t left;   /* ms, when state is 5 */
        int status;     /* 0 receives, 1 stopped: as servicer/list tells it */
        int stop_type;  /* 0 stopped, 1 suspended */
        bool outside;   /* of the applications' visible range */
        bool may_serve; /* may have external contacts (客户联系) */
        VEC(struct contact *) contacts;
};

/* Who serves at a 微信客服 account: a member, or all of a department. */
struct servicer {
        struct staff *staff;
        int64_t department;
};

struct message;

struct kf_account {
        unsigned place; /* in corp.kf */
        const char *open_kfid, *name, *avatar; /* avatar: a media_id or NULL */
        bool managed;              /* this app may manage it and speak for it */
        VEC(struct message *) log; /* what sync_msg gives, in order */
        uint64_t pages;            /* sync_msg pages given, for the empty ones */
        int64_t tokenless_minute;  /* calls without a token in this minute */
        unsigned tokenless;
        bool deleted;
        VEC(struct servicer) servicers;
        VEC(struct session *) sessions; /* everybody's who ever came */
};

struct corp {
        const char *corp_id, *secret, *agent_id, *name;
        struct target target;
        struct kf_account **kf; /* deleted ones too: places stay */
        size_t n_kf, kf_room;
        VEC(struct staff *) staff; /* the first three serve everywhere */
        struct wecom *wecom;       /* applications, external contacts, ... */
};

enum author {
        BY_CUSTOMER = 3,
        BY_SYSTEM = 4,
        BY_SERVICER = 5,
        BY_API = 100
}; /* the first three are sync_msg's origin */

/* One bubble, in 微信客服 (kf set) or in-shop 客服 (shop set). */
struct message {
        struct person *person;
        struct kf_account *kf;
        struct shop *shop;
        enum author author;
        int64_t at;
        const char *msgid, *servicer;
        const char *type; /* "text", "image", ..., "event" */
        const char *body; /* JSON object named after type; of an event: its members */
        const char *text; /* what a person reads */
        int fail_type;    /* an API message that failed afterwards, else -1 */
};

/* A code for one message on an event, see 微信客服 事件响应消息. */
struct code {
        const char *text;
        struct session *session;
        int state; /* state required when it is used; -1 = any (welcome) */
        int64_t expires;
        bool menu_allowed, used;
};

/* One person at one 微信客服 account. */
struct session {
        struct kf_account *kf;
        struct person *person;
        int state;             /* as last set: session_state() knows the 48 hours too */
        const char *servicer;  /* in state 3 */
        int64_t last_customer; /* 0 = never wrote */
        int64_t entered, welcomed, served_day;
        const char *upgrade; /* hint for the servicer: a userid or chat_id, or NULL */
        unsigned sent;                              /* API messages since she last wrote */
        const char *scene, *scene_param, *channels; /* last entry; channels is a JSON object or NULL */
        struct session *next;                       /* of the same person */
};

/* One person at one shop's in-shop 客服. */
struct shop_chat {
        int64_t last_customer;
        unsigned sent;
};

struct person {
        unsigned place;
        const char *name, *nickname, *phone;
        const char *province, *city, *county, *detail;
        const char *external_userid, *unionid;
        const char *openid[SHOPS_MAX];
        struct session *sessions;
        VEC(struct contact *) contacts; /* with the corp's staff */
        const char *employer, *position; /* of one who uses WeCom herself, else NULL */
        struct shop_chat *shop_chat[SHOPS_MAX];
        struct mp_fan *mp_fan[MP_MAX];
        const char *wrote_order; /* order she named in a chat, by number or card; ground truth for linking */
        const char *clue;        /* "number", "card", "shop" or "" */
        bool live;               /* came with a live broadcast */
        VEC(struct order *) orders;
        VEC(struct message *) chat; /* everything she wrote and received, in order */
};

struct media {
        const char *id, *mime;
        struct bytes bytes;
        int64_t created;
};

/* Official accounts and mini programs, see mp/mp.h. */
struct mps {
        struct mp *of[MP_MAX];
        size_t n;
        struct map by_openid; /* fans */
        struct map codes;     /* parametric codes by ticket */
        struct map grants;    /* codes of OAuth and login: grants */
        struct map browsers;  /* tokens that OAuth gave */
        struct map clears;    /* how often an account reset its counters */
};

struct world {
        struct corp corp;
        struct mps mps;
        struct shop *shops[SHOPS_MAX];
        size_t n_shops;
        VEC(struct person *) people;
        struct map by_external, by_openid; /* person */
        struct map orders, cases;          /* by id */
        struct map complaints;             /* by id */
        struct map requests;               /* "apply|appid|request_id" -> after_sale: idempotency keys */
        struct map media;                  /* by media_id */
        struct map sent;                   /* "account|msgid" -> message: keys used before */
        struct map codes;                  /* codes of messages on events */
        uint64_t n_orders, n_cases, n_complaints, n_tasks, n_messages, n_received, n_repeats;
        uint64_t n_shop_heard; /* in-shop messages of customers since the shop has a URL */
};

/* Accounts, shops, products and addresses; people come with the population. */
int world_init(struct sim *) MUST;
void world_release(struct world *);

struct person *world_person(struct sim *, const char *name); /* a new one; name NULL = made up */
struct kf_account *world_add_kf(struct sim *, const char *open_kfid); /* keeps the text */
struct kf_account *world_kf(struct sim *, const char *open_kfid);
struct shop *world_shop(struct sim *, const char *appid);
struct target *world_target(struct sim *, bool wecom, const char *id);
struct address *shop_address(struct shop *, const char *address_id);

/* Small things every endpoint needs. */
const char *mask_name(struct arena *, const char *name);
char *world_id(struct sim *, const char *prefix, uint64_t count, unsigned digits); /* digits, unique by count */

#endif
