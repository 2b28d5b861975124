/*
 * Official accounts and mini programs: who follows, what they write, what may be sent to them and how long.
 *
 *   fan      one person at one account: her openid there, whether she follows, her tags, what she may still be sent
 *   window   what a deed of hers allows (公众号 客服消息, 小程序 客服消息): so many messages in so much time
 *   push     plain, compatible or security mode; XML, a mini program's JSON if its console says so; three tries, 5 s each
 *
 * A fan exists from the moment somebody needs her; openids are derived from the account and the person, so that they do not
 * depend on who was touched first.
 */
#ifndef SIM_MP_MP_H
#define SIM_MP_MP_H

#include "sim/world.h"

enum mp_kind { MP_OFFICIAL, MP_PROGRAM };
enum mp_mode { MP_PLAIN, MP_COMPATIBLE, MP_SECURE };

struct mp_tag {
        int64_t id;
        const char *name;
        bool deleted;
};

struct mp_agent { /* of the web customer-service tool */
        const char *account, *nickname, *wx, *head; /* wx NULL: nobody has taken the account yet */
        const char *invited;
        int64_t id, invited_until;
        bool online;
};

struct mp_record { /* one line of the chat record */
        const struct mp_agent *agent; /* NULL: none took part */
        const char *openid, *text;
        int64_t at; /* ms */
        int opercode;
};

struct mp_fan;

struct mp {
        unsigned place; /* in world.mp */
        enum mp_kind kind;
        const char *appid, *secret, *name, *origin_id;
        struct target target;
        enum mp_mode mode;
        bool json; /* a mini program's pushes are JSON */
        VEC(struct mp_fan *) fans; /* everybody who ever followed or wrote, in order */
        VEC(struct mp_tag *) tags;
        VEC(struct mp_agent *) agents;
        int64_t agents_ever;
        VEC(struct mp_record *) records;
        uint64_t messages; /* MsgIds given */
        int64_t permanent_codes;
        const char *ticket; /* of the JS-SDK */
        int64_t ticket_until;
        const char *card_ticket;
        int64_t card_until;
};

/* What a deed allows: `left` messages until `until`. */
struct mp_window {
        int64_t until; /* ms; 0 = never opened */
        int64_t left;
};
enum mp_deed { DEED_WROTE, DEED_MENU, DEED_FOLLOWED, DEED_SCANNED, DEED_PAID, DEED_ENTERED, DEED_N };

struct mp_fan {
        struct mp *mp;
        struct person *person;
        const char *openid;
        bool follows, blocked;
        int64_t since; /* ms: follows since then */
        const char *remark, *scene, *qr_scene_str;
        int64_t qr_scene;
        int64_t tag[20];
        size_t n_tags;
        struct mp_window window[DEED_N];
        int64_t typing_until;
        struct mp_agent *agent; /* who serves her in the web tool, and since when */
        int64_t agent_since, waits_since;
        const char *session_key; /* of a mini program */
        int64_t login_minute;
        unsigned logins; /* in it */
};

struct mp *mp_find(struct sim *, const char *appid);
struct mp_fan *mp_fan(struct sim *, struct mp *, struct person *); /* made when she is new */
struct mp_fan *mp_fan_by_openid(struct sim *, const struct mp *, const char *openid);
struct mp_agent *mp_agent(struct mp *, const char *kf_account);

int mp_init(struct sim *) MUST; /* one official account and one mini program */
void mp_release(struct sim *);
/* Some of the population follow. */
void mp_population(struct sim *);

/* ---- what people do (deeds.c) ---- */

/* She follows, by the code of `scene` when she scanned one; she stops following. */
void mp_follow(struct sim *, struct mp_fan *, const char *subscribe_scene);
void mp_unfollow(struct sim *, struct mp_fan *);
enum { MP_E_TICKET = 1 };
/* She scans a parametric code: follows by it, or is only seen scanning when she follows already. MP_E_TICKET: unknown or
 * expired. */
int mp_scan(struct sim *, struct mp_fan *, const char *ticket) MUST;
/* She writes: `elements` are the XML elements or, where pushes are JSON, made from the same pairs: name, value, ..., NULL. */
const char *mp_write(struct sim *, struct mp_fan *, const char *type, const char *const *pairs, const char *text);
/* Any event about her; DEED_N when it allows nothing. */
void mp_event(struct sim *, struct mp_fan *, const char *event, enum mp_deed, const char *const *pairs);

/* ---- pushing (push.c) ---- */

/* A message in the account's form: name, value, ..., NULL. A value that begins with "<" is XML already; a name that begins
 * with "#" is a number. */
void mp_push(struct sim *, struct mp *, const char *openid, const char *type, const char *name, const char *id,
             const char *const *pairs);
/* Body and query of one try. */
struct bytes mp_push_body(struct sim *, struct arena *, const struct mp *, const char *message, const char **query);
/* Is this answer an acknowledgement? A passive reply is one, and is delivered. `why` says what it was instead. */
bool mp_acknowledged(struct sim *, struct arena *, struct mp *, struct bytes answer, const char **why);

/* A message of the server reached her: into the ledger and the record. */
void mp_received(struct sim *, struct mp_fan *, const char *how, const char *type, const char *text);
void mp_allow(struct sim *, struct mp_fan *, enum mp_deed);
void mp_record_add(struct sim *, struct mp_fan *, int opercode, const char *text);

/* An agent of the web tool takes her, or takes her over; it is over. */
void mp_serve(struct sim *, struct mp_fan *, struct mp_agent *);
void mp_serve_end(struct sim *, struct mp_fan *);

/* ---- parametric codes (qrcode.c) ---- */
struct mp_code {
        struct mp *mp;
        const char *ticket, *url, *scene_str;
        int64_t scene_id; /* -1: scene_str */
        int64_t until;    /* ms; 0 = for ever */
};

struct mp_clears { /* of an account's counters, see the quota calls */
        int64_t since;
        unsigned n;
};

/* ---- OAuth and login (oauth.c) ---- */
struct request;
int mp_authorize(struct request *); /* the consent page of an official account */
/* What her consent gives the browser to carry back: good for five minutes, once. `scope` "login" is a mini program's. */
const char *mp_code_give(struct sim *, struct mp_fan *, const char *scope);

#endif
