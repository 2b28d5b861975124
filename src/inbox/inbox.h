/*
 * inbox: threads and messages of every channel; who waits, who answers, what may still be said.
 *
 * A thread is one customer at one account (a 微信客服 account, or a shop's in-shop 客服), for ever: closing it takes it
 * out of the lists, her next message opens it again.
 *
 * The reply budget (48 h, 5 messages, of which automatic ones together may use two) is owned by one function,
 * inbox_budget(); nobody else counts. It is derived from the message rows each time.
 *
 * The desk speaks only in 微信客服 session state 0 and 1; a session in 2 or 3 belongs to the WeCom client and is shown
 * read-only.
 */
#ifndef INBOX_INBOX_H
#define INBOX_INBOX_H

#include "base/domain.h"
#include "shops/shops.h"
#include "store/db.h"

extern const struct domain inbox_domain;

struct inbox_thread {
        int64_t thread_id, account_id, identity_id, person_id;
        const char *channel; /* "kf", "shop" */
        const char *account_name;
        const char *name; /* the customer's; never NULL */
        const char *avatar;
        const char *status;  /* "open", "closed" */
        const char *owner;   /* who may speak: "desk", "wecom" (state 2, 3), "ended" (state 4) */
        int64_t assigned_to; /* staff id; 0 = nobody */
        const char *assigned_name;
        int64_t waiting_since; /* ms of her first unanswered message; 0 = nobody waits for the desk */
        int64_t last_at;       /* ms of the last message */
        const char *last_text; /* one line for the list */
        int64_t unread;
        int64_t window_until; /* ms: until when we may write; 0 = she never wrote */
        int64_t replies_left; /* 0..5 */
        int64_t auto_left;    /* 0..2, of replies_left */
        const char *refused; /* why nothing may be said now: "window_closed", "budget", "owner", "read_only"; or NULL */
        const char *refused_text; /* the same for people, with what to do next */
};

struct inbox_message {
        int64_t message_id, thread_id;
        const char *direction; /* "in", "out", "event" */
        const char *kind;      /* the platform's msgtype; "unknown" for what we do not know */
        const char *text;      /* readable text of any kind; never NULL */
        const char *body;      /* JSON of the kind's fields; of an unknown kind the whole message */
        const char
                *state; /* in: "received", "recalled"; out: "queued", "sent", "undelivered", "failed", "unconfirmed" */
        const char *state_note; /* why undelivered or failed, for people */
        const char *author;     /* staff name, "system", customer's name, or the WeCom user who typed it there */
        int64_t author_id;      /* staff id; 0 = not one of ours */
        int64_t automatic;      /* 1: not written by a person */
        int64_t sent_at;        /* ms, the platform's second for incoming */
        const char *client_id;  /* of outgoing */
        int64_t blob_id;        /* picture, voice, file; 0 = none */
};

enum {
        INBOX_E_NONE = 1,          /* no such thread, message, order, blob, staff */
        INBOX_E_WINDOW_CLOSED = 2, /* 48 h are over, or she never wrote */
        INBOX_E_BUDGET = 3,        /* five replies used; or two automatic ones */
        INBOX_E_OWNER = 4,         /* the session is in the WeCom client, or ended */
        INBOX_E_READ_ONLY = 5,
        INBOX_E_REUSED = 6,      /* this client id was used for another text */
        INBOX_E_TOO_LONG = 7,    /* over INBOX_TEXT_MAX bytes, or a picture over INBOX_IMAGE_MAX */
        INBOX_E_NO_IDENTITY = 8, /* nothing found to link */
        INBOX_E_SENDER = 9,      /* an incoming message without a usable sender */
        INBOX_E_STATE = 10,      /* only an unconfirmed message can be settled by a person */
        INBOX_E_KIND = 11,       /* this channel cannot send that, or not a picture */
        INBOX_E_CURSOR = 12,     /* not a cursor of this list */
};

#define INBOX_TEXT_MAX 2048               /* bytes, wecom-kf.md 6 */
#define INBOX_IMAGE_MAX (2 * 1024 * 1024) /* bytes, wecom-kf.md 5.1 */

/* ---- what may still be said ---- */

struct inbox_budget {
        int64_t window_until;
        int64_t replies_left, auto_left;
        int refused; /* 0, INBOX_E_WINDOW_CLOSED, _BUDGET, _OWNER or _READ_ONLY: why nothing may be said now */
};

/* The one place that counts. `automatic` messages must also look at auto_left. */
int inbox_budget(struct ctx *, int64_t thread_id, struct inbox_budget *) MUST;

/* ---- looking ---- */

int inbox_thread_get(struct ctx *, int64_t thread_id, struct inbox_thread *) MUST; /* INBOX_E_NONE */

struct inbox_list {
        const char *view;   /* "waiting" (longest waiting first), "mine", "open", "closed" (newest first) */
        const char *q;      /* part of the customer's name, or NULL */
        const char *cursor; /* as `next` gave it, or NULL */
        int64_t limit;      /* 1..100 */
};
/* *next is NULL when that was all. INBOX_E_CURSOR. */
int inbox_thread_list(struct ctx *, const struct inbox_list *, struct inbox_thread **, size_t *n,
                      const char **next) MUST;

int inbox_message_get(struct ctx *, int64_t message_id, struct inbox_message *) MUST; /* INBOX_E_NONE */
/* The `limit` messages before `before` (0 = the newest), oldest first; *more: there are older ones; `english`: notes in
 * English. INBOX_E_NONE. */
int inbox_messages(struct ctx *, int64_t thread_id, int64_t before, int64_t limit, bool english,
                   struct inbox_message **, size_t *n, bool *more) MUST;

/* A message found by words. */
struct inbox_hit {
        int64_t message_id, thread_id;
        const char *channel, *name; /* of the thread; name is "" while it is not known */
        const char *direction, *author;
        const char *text;
        int64_t sent_at;
};
struct inbox_find {
        const char *q;      /* words, separated by blanks: each must be in the message */
        const char *cursor; /* as `next` gave it, or NULL */
        int64_t limit;      /* 1..100 */
};
/*
 * Messages that contain every word, those taken in last first: what was read late (history) stands where it came, whatever
 * its time. A question is bounded: after 2,000 candidates it answers what it has,
 * and *next goes on from there; NULL = that was all. INBOX_E_CURSOR.
 */
int inbox_search(struct ctx *, const struct inbox_find *, struct inbox_hit **, size_t *n, const char **next) MUST;

/* How many wait since `before` (ms) or longer, counted up to `most`, and the first one's since; 0 and 0 when nobody does. */
int inbox_waiting(struct ctx *, int64_t before, int64_t most, int64_t *n, int64_t *since) MUST;
/* Customers who wait for the desk: of each of these merchants (ascending), and by account of ctx->merchant. */
struct inbox_waiting_sum {
        int64_t id; /* merchant, or account */
        int64_t customers, since; /* ms: who waits longest; 0 = nobody */
};
int inbox_waiting_merchants(struct ctx *, const int64_t *merchants, size_t n, struct inbox_waiting_sum **) MUST;
int inbox_waiting_accounts(struct ctx *, struct inbox_waiting_sum **, size_t *n) MUST;

/* That an account works, both ways: ms of the first customer's message since `since`, and of the first answer by a person in
 * that thread which the platform has taken; 0 = not yet. */
struct inbox_proof {
        int64_t heard_at, answered_at;
};
int inbox_proof(struct ctx *, int64_t account_id, int64_t since, struct inbox_proof *) MUST;

/*
 * Rounds of an account that began between two moments (ms): from a customer's first message after an agent's to the next
 * agent's. Robots and what the program wrote by itself do not end a round (shop-score.md 3). To the second.
 */
struct inbox_rounds {
        int64_t n, answered, in_3min;
        int64_t sum_s; /* of waiting, of those answered */
};
int inbox_rounds(struct ctx *, int64_t account_id, int64_t from, int64_t to, struct inbox_rounds *) MUST;

/* How many messages of customers are kept: the demo compares it with what the simulator's customers wrote. */
int inbox_count_received(struct ctx *, int64_t *n) MUST;

/* ---- answering ---- */

struct inbox_reply {
        int64_t thread_id;
        const char *client_id; /* made by the console, 1..64 bytes; the same one again is the same message */
        const char *kind;      /* "text" or "image" */
        const char *text;      /* of text */
        int64_t blob_id;       /* of image */
        bool automatic;        /* written by the program: at most two of the five */
};

/*
 * Records the reply as "queued" and sends it later: exactly once, in order, whatever happens to this process. An
 * unassigned thread becomes the replier's. Statuses: NONE, WINDOW_CLOSED, BUDGET, OWNER, READ_ONLY, REUSED, TOO_LONG,
 * KIND.
 */
int inbox_reply(struct ctx *, const struct inbox_reply *, int64_t *message_id) MUST;
/* Asks in prepared words for her order card; a reply like any other. */
int inbox_ask_card(struct ctx *, int64_t thread_id, const char *client_id, int64_t *message_id) MUST;
/* A person decides about an unconfirmed message after looking at the phone. NONE, STATE. Audited. */
int inbox_settle(struct ctx *, int64_t message_id, bool sent) MUST;

int inbox_mark_read(struct ctx *, int64_t thread_id) MUST;                /* NONE */
int inbox_assign(struct ctx *, int64_t thread_id, int64_t staff_id) MUST; /* 0 = nobody. NONE. Audited */
int inbox_close(struct ctx *, int64_t thread_id) MUST; /* NONE; closing a closed one is fine. Audited */

/* ---- whose order is it ---- */

/* An agent says that this thread's customer bought this order. NONE, NO_IDENTITY (the order's buyer is unknown). */
int inbox_link_order(struct ctx *, int64_t thread_id, int64_t order_id) MUST;

/* ---- running ---- */

/* Starts what this account needs (a poller for "kf"); called at start and when it is connected. Harmless twice. */
int inbox_start(struct ctx *, const struct shops_account *) MUST;
/* The sentence a new customer is greeted with, for "kf" accounts; NULL or "" = none, the default. NONE, TOO_LONG. */
int inbox_welcome(struct ctx *, int64_t account_id, const char **text) MUST;
int inbox_set_welcome(struct ctx *, int64_t account_id, const char *text) MUST; /* audited */

#endif
