/*
 * inbox: threads and messages of every channel; who waits, who answers, what may still be said.
 *
 * The reply budget (48 h, 5 messages, of which automatic ones together may use two) is owned by one function,
 * inbox_budget(); nobody else counts. The desk speaks only in 微信客服 session state 0 and 1; a session in 2 or 3 belongs
 * to the WeCom client and is shown read-only.
 */
#ifndef INBOX_INBOX_H
#define INBOX_INBOX_H

#include "base/domain.h"
#include "store/db.h"

extern const struct domain inbox_domain;

struct inbox_thread {
        int64_t thread_id, account_id, identity_id, person_id;
        const char *channel;        /* "kf", "shop", "mp" */
        const char *account_name;
        const char *name;           /* the customer's */
        const char *avatar;
        const char *status;         /* "open", "closed" */
        const char *owner;          /* who may speak: "desk", "wecom" (state 2, 3), "ended" (state 4) */
        int64_t assigned_to;        /* staff id; 0 = nobody */
        const char *assigned_name;
        int64_t waiting_since;      /* ms of her first unanswered message; 0 = nobody waits */
        int64_t last_at;            /* ms of the last message */
        const char *last_text;      /* one line for the list */
        int64_t unread;
        int64_t window_until;       /* ms: until when we may write; 0 = she never wrote */
        int64_t replies_left;       /* 0..5 */
        int64_t auto_left;          /* 0..2, of replies_left */
};

struct inbox_message {
        int64_t message_id, thread_id;
        const char *direction;      /* "in", "out", "event" */
        const char *kind;           /* the platform's msgtype; "unknown" for what we do not know */
        const char *text;           /* readable text of any kind; never NULL */
        const char *body;           /* JSON of the kind's fields */
        const char *state;          /* in: "received", "recalled"; out: "queued", "sent", "undelivered", "failed", "unconfirmed" */
        const char *state_note;     /* why undelivered or failed, for people */
        const char *author;         /* staff name, "system", customer's name */
        int64_t author_id;
        int64_t automatic;          /* 1: not written by a person */
        int64_t sent_at;            /* ms, the platform's second for incoming */
        const char *client_id;      /* of outgoing */
        int64_t blob_id;            /* picture, voice, file; 0 = none */
};

enum {
        INBOX_E_NONE = 1,
        INBOX_E_WINDOW_CLOSED = 2, /* 48 h are over, or she never wrote */
        INBOX_E_BUDGET = 3,        /* five replies used; or two automatic ones */
        INBOX_E_OWNER = 4,         /* the session is in the WeCom client, or ended */
        INBOX_E_READ_ONLY = 5,
        INBOX_E_REUSED = 6,        /* this client id was used for another text */
        INBOX_E_TOO_LONG = 7,
        INBOX_E_NO_IDENTITY = 8,   /* nothing found to link */
        INBOX_E_SENDER = 9,
};

struct inbox_budget {
        int64_t window_until;
        int64_t replies_left, auto_left;
        int refused; /* 0, INBOX_E_WINDOW_CLOSED, _BUDGET, _OWNER or _READ_ONLY: why nothing may be said now */
};

#endif
