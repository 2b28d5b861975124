/*
 * WeCom beyond 微信客服: applications, the directory, login, external contacts (客户联系) with their contact ways, tags,
 * acquisition links, groups and transfers (wecom-auth.md, wecom-contact.md, wecom-misc.md).
 *
 * A contact is the relation of one member of staff with one customer:
 *     half (she scanned, he has not confirmed) -> friends -> dropped (he deleted her) or one-way (she deleted him)
 * The APIs answer 84061 for half and dropped ones, and go on working for one-way ones.
 */
#ifndef SIM_WECOM_H
#define SIM_WECOM_H

#include "sim/gate.h"
#include "sim/rng.h"

#define CONTACT_LIST_MAX 100
#define TAGS_MAX 3000
#define TRANSFER_MS DAY_MS
#define CODE_LIFE_MS (5 * 60 * INT64_C(1000))
#define BASE_RATE 10000 /* calls per minute of a corp at one path (wecom-misc 5) */

struct wecom_app {
        const char *agent_id, *secret, *name;
        bool kf, contacts, sync; /* what its token is good for: 微信客服, 客户联系, the whole directory */
        struct token *token;
        const char *ticket; /* of wx.agentConfig */
        int64_t ticket_until, ticket_hour;
        unsigned tickets;
};

struct department {
        int64_t id, parent, order;
        const char *name, *name_en;
};

/* A code of OAuth or of the desktop login, or the ticket for a member's details. */
struct login_code {
        struct wecom_app *app;
        struct staff *staff; /* or a customer */
        struct person *person;
        bool private_info, used;
        int64_t until;
};

struct tag {
        struct tag_group *group;
        const char *id, *name;
        struct wecom_app *app; /* whose it is */
        int64_t created, order;
        bool deleted;
};

struct tag_group {
        const char *id, *name;
        struct wecom_app *app;
        int64_t created, order;
        VEC(struct tag *) tags;
        bool deleted;
};

enum relation { CONTACT_HALF, CONTACT_FRIENDS, CONTACT_ONE_WAY, CONTACT_DROPPED };

struct contact {
        struct staff *staff;
        struct person *person;
        enum relation relation;
        int64_t since;
        int add_way;
        const char *remark, *description, *company, *state, *oper;
        const char *channel; /* nickname of the Channels account, when add_way is 10 */
        int channel_source;
        VEC(const char *) mobiles;
        VEC(struct tag *) tags;
        struct link *link;
        unsigned heard; /* messages of hers in the staff's client */
        const char *welcome, *chat_key; /* the last that callbacks carried, or NULL */
        int64_t moved[2]; /* the last two transfers while on the job, ms */
};

struct welcome { /* a welcome code */
        struct contact *contact;
        int64_t until;
        bool used;
};

/* 联系我, or the way into a group (wecom-contact.md 2 and 6). Bodies are kept as they were sent. */
struct way {
        const char *id, *remark, *state, *unionid, *conclusions;
        bool group, skip_verify, temp, exclusive, mark_source, deleted;
        int type, scene, style;
        int64_t created, expires_in, chat_expires_in;
        VEC(struct staff *) users;
        VEC(int64_t) parties;
        /* of a group's */
        bool auto_create;
        const char *base_name;
        int64_t base_id;
        VEC(struct group *) groups;
};

struct link { /* 获客链接 */
        const char *id, *name, *url, *priority_users; /* a JSON list or NULL */
        int64_t created, priority_type;
        bool skip_verify, mark_source, deleted;
        struct wecom_app *app;
        VEC(struct staff *) users;
        VEC(int64_t) parties;
        uint64_t clicks;
        VEC(struct contact *) contacts;
};

struct chat_key {
        struct contact *contact;
        int64_t until;
};

struct member {
        struct staff *staff; /* or a customer */
        struct person *person;
        int64_t joined;
        int scene; /* 1 invited, 2 by a link, 3 scanned */
        const char *state;
        struct staff *by;
};

struct group { /* a customers' group */
        const char *id, *opengid, *name, *notice;
        struct staff *owner;
        int64_t created;
        VEC(struct member) members;
        bool dismissed, inherited;
        struct staff *admin; /* beside the owner, or NULL */
        unsigned changes;
        int64_t moved[2];
};

struct transfer {
        struct staff *from, *to;
        struct person *person;
        bool resigned;
        int status; /* 1 done, 2 waiting, 3 refused, 4 the taker is full */
        int64_t asked, done;
};

struct intent {
        struct knowledge *group;
        const char *id, *question, *similar, *answers; /* JSON as sent */
        bool deleted;
};

struct knowledge { /* a group of the knowledge base */
        const char *id, *name;
        bool first, deleted;
        VEC(struct intent *) intents;
};

struct mass_target {
        struct staff *staff;   /* who must confirm */
        struct person *person; /* NULL: a group */
        const char *id;        /* external_userid or chat_id */
        int status;            /* 0 not sent, 1 sent, 2 no friend, 3 over her quota */
        int64_t sent;
};

struct mass { /* 企业群发: a task of each member concerned */
        const char *id, *text, *attachments; /* attachments: JSON as sent, or NULL */
        int64_t created, reminded_from;
        unsigned reminds;
        bool group, cancelled;
        VEC(struct mass_target) targets;
};

struct app_message {
        struct wecom_app *app;
        int64_t at, response_until;
        bool recalled, answered;
};

/* The code that a page would give; `until` is set here. */
const char *login_code_give(struct sim *, const struct login_code *);
int wecom_authorize(struct request *); /* the consent page of open.weixin.qq.com for the corp */

struct wecom {
        struct rng rng; /* its own, so that the population's story does not depend on it */
        VEC(struct wecom_app *) apps;
        VEC(struct department *) departments;
        const char *ticket; /* of wx.config */
        int64_t ticket_until, ticket_hour;
        unsigned tickets;
        int64_t wrong_hour; /* gettoken with a wrong secret */
        unsigned wrong;
        struct map grants, user_tickets, welcomes, ways, links, chat_keys, messages, cards;
        VEC(struct way *) all_ways;
        VEC(struct link *) all_links;
        VEC(struct tag_group *) tag_groups;
        VEC(struct group *) groups;
        VEC(struct mass *) mass;
        VEC(struct transfer *) transfers;
        VEC(struct knowledge *) knowledge;
        struct map by_unionid, quotas, repeats;
        int64_t picture_day; /* of media/uploadimg */
        unsigned pictures;
        int64_t served_day; /* customers that an uncertified corp talked with */
        int64_t served;
        uint64_t counted; /* of ids made from counts */
};

int wecom_init(struct sim *) MUST; /* applications, departments, staff; after the corp has its ids */
void wecom_release(struct sim *);
struct wecom *wecom_of(struct sim *);

/* A random text from the WeCom world's own chance, kept for good. */
char *wecom_text(struct sim *, const char *prefix, size_t n);

/* ---- who ---- */

struct staff *staff_find(struct sim *, const char *userid); /* any case; also those who left */
struct staff *staff_add(struct sim *, const char *userid, const char *name, int64_t department);
struct department *department_find(struct sim *, int64_t id);
bool department_within(struct sim *, int64_t id, int64_t ancestor);
struct wecom_app *app_by_agent(struct sim *, const char *agent_id);

/* What an endpoint needs to know of a token's application and the caller's place: 0 or errcode. */
int wecom_check(struct request *, const char *path);
/* A member of the visible range: 0, 40003, 60111, 60011. */
int wecom_member(struct request *, const char *userid, struct staff **);
/* One who may have customers too: and 84074. */
int wecom_follower(struct request *, const char *userid, struct staff **);
/* A customer of the corp: 0, 40063 or 40096. */
int wecom_customer(struct request *, const char *external_userid, struct person **);
/* The members that "list" of the request names, each in the range and activated; at most `most`. */
struct staff_list {
        struct staff **v;
        size_t n, cap;
};
int wecom_members(struct request *, const char *list, size_t most, struct staff_list *);

/* ---- pages: "cursor" and "limit" of the request ---- */

struct page {
        const char *list; /* name that the cursor is good for */
        size_t at, limit;
};
int page_begin(struct request *, const char *list, int64_t normal, int64_t most, struct page *);
/* Writes next_cursor: "" when `at` has reached `n`. */
void page_end(struct request *, const struct page *, size_t n);

/* ---- external contacts ---- */

struct source { /* how she came */
        int add_way;
        const char *state, *channel;
        int channel_source;
        struct link *link;
        bool half;
};
struct contact *contact_find(const struct person *, const struct staff *);
struct contact *contact_add(struct sim *, struct person *, struct staff *, const struct source *);
void contact_confirm(struct sim *, struct contact *);
void contact_drop(struct sim *, struct contact *, bool by_transfer); /* the staff's doing */
void contact_leave(struct sim *, struct contact *);                  /* hers */
void contact_agree(struct sim *, struct contact *); /* she agrees to the archive of their chats */
void contact_edited(struct sim *, struct contact *);
void contact_hear(struct sim *, struct contact *); /* she writes to him in the WeCom client */
/* Both by id, and friends or one-way: 0, an errcode of the two, 84061. */
int contact_named(struct request *, const char *userid, const char *external_userid, struct contact **);
bool contact_works(const struct contact *);

void transfer_ask(struct sim *, struct contact *, struct staff *to, bool resigned);
void transfer_refuse(struct sim *, struct transfer *, const char *reason); /* "customer_refused", ... */
void staff_leave(struct sim *, struct staff *);

struct group *group_find(struct sim *, const char *chat_id);
struct group *group_make(struct sim *, struct staff *owner, const char *name);
void group_join(struct sim *, struct group *, const struct member *);
void group_quit(struct sim *, struct group *, const char *id, bool removed);
void group_change(struct sim *, struct group *, const char *detail); /* change_owner, change_name, change_notice */
void group_dismiss(struct sim *, struct group *);
const char *group_version(struct arena *, const struct group *);

struct mass *mass_find(struct sim *, const char *msgid);
/* A member confirms his task; how many it reached. */
unsigned mass_send(struct sim *, struct mass *, const struct staff *);

/* 0, or 40007, 41064, 41065: the attachments of a welcome message. */
int attachments_check(struct request *, const char *list);
int media_check(struct request *, const char *path); /* 0 or 40007 */

/* ---- callbacks ---- */

struct node {
        const char *name, *value; /* value NULL: left away */
};
/* "change_external_contact/add_external_contact"; `id` for the ledger; nodes ended by a NULL name. The name must be
 * a literal: it is kept. */
void wecom_event(struct sim *, const char *name, const char *id, const struct node *nodes);
/* One of an application: with its AgentID, and from a member. */
void wecom_app_event(struct sim *, struct wecom_app *, const char *name, const char *from, const struct node *nodes);

#endif
