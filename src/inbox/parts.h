/*
 * What the files of this folder say to each other; nobody outside includes it.
 *
 *   budget.c assign.c words.c   pure: facts in, decision or words out
 *   thread.c receive.c reply.c link.c   verbs inside the caller's transaction
 *   remote_kf.c remote_shopkf.c remote_send.c   platform events in, jobs out
 */
#ifndef INBOX_PARTS_H
#define INBOX_PARTS_H

#include "base/state.h"
#include "inbox/inbox.h"
#include "inbox/rows.h"
#include "store/job.h"
#include "store/search.h"

/* ---- budget.c, pure ---- */

#define INBOX_WINDOW_MS (48LL * 3600 * 1000)
#define INBOX_REPLIES 5
#define INBOX_AUTOMATIC 2 /* of the five, for everything that no person wrote */

struct budget_facts {
        int64_t her_last;        /* ms of her last message; 0 = she never wrote */
        int64_t used, auto_used; /* since then */
        bool read_only;
        const char *owner;
};
void inbox_budget_of(const struct budget_facts *, int64_t now, struct inbox_budget *);
/* Does her message begin a new session at the platform, so that the desk must claim it? `before` = her previous one. */
bool inbox_session_begins(const char *owner, int64_t before, int64_t now);

/* ---- assign.c, pure ---- */

struct assign_facts {
        int64_t assigned_to, last_agent;
        bool assigned_active, last_active; /* still with us, not disabled */
        bool reopened;                     /* the thread was closed, or is new */
};
int64_t inbox_assign_to(const struct assign_facts *);

/* ---- states.c ---- */

extern const struct state_table inbox_message_states;
/* Moves a message; a move that the table does not know is ignored (false): an older truth came late. */
bool inbox_message_may(const char *from, const char *to);

/* ---- words.c, pure: what the platform sent, in words ---- */

#define SECOND_MAX ((1LL << 38) - 1) /* a place has 39 bits for it */
enum said_by { SAID_BY_HER, SAID_BY_SERVICER, SAID_BY_SYSTEM };
struct said {
        const char *remote_id;   /* empty: its text stands for it */
        const char *customer;    /* external_userid or openid; empty = concerns no customer */
        const char *kind, *body; /* msgtype and the JSON object of that name */
        const char *servicer;    /* of SAID_BY_SERVICER: the WeCom user */
        int64_t second;
        enum said_by by;
};

struct incoming {
        const char *remote_id;
        const char *customer; /* external_userid or openid; NULL = concerns no customer */
        int64_t second;
        const char *direction; /* "in", "out" (typed in the WeCom client), "event" */
        const char *author;    /* of "out": the WeCom user */
        const char *kind, *text, *body;
        const char *media_id;    /* to fetch */
        const char *card;        /* order number of an order card */
        const char *words;       /* what she typed, for order numbers in it; NULL for anything else */
        const char *about;       /* of an event: the message it speaks of */
        const char *about_state; /* what became of that message: "recalled", "undelivered" */
        const char *about_code;  /* why */
        const char *owner;       /* who may speak from now on; NULL = says nothing about it */
        const char *welcome_code;
};
void inbox_put_in_words(struct arena *, const struct said *, struct incoming *);

/* ---- notes.c, pure ---- */

/* "fail.10", "kf.95001", "shop.10190009" in a sentence; NULL for NULL. */
const char *inbox_note(struct arena *, const char *code, bool english);
const char *inbox_refusal(int status);                             /* "window_closed", ...; NULL for 0 */
const char *inbox_refusal_text(const char *refusal, bool english); /* NULL for NULL */
extern const char inbox_ask_card_text[];
#define WINDOW_ZH "距她上一条消息已超过 48 小时。等她再发消息后即可回复；急事可打电话。"
#define WINDOW_EN "Her last message is over 48 hours old. You can write again as soon as she does."
#define BUDGET_ZH "她上一条消息后的 5 条回复已用完，等她再发一条消息即可继续。"
#define BUDGET_EN "The five replies to her last message are used. She must write again first."
#define OWNER_ZH "此会话在企业微信中接待或已结束。请在企业微信客户端回复，或等她再次来信。"
#define OWNER_EN "This conversation is in the WeCom client (or has ended). Answer there, or wait until she writes."
#define READ_ONLY_ZH "此账号处于只读模式。店主可在“账号”页关闭只读。"
#define READ_ONLY_EN "This account is in read-only mode. An owner can switch it under Accounts."
/* Order numbers in a text: runs of 16 to 20 digits. At most `max`, each once; returns how many there are. */
size_t inbox_order_numbers(struct arena *, const char *text, const char **out, size_t max);

/* ---- thread.c ---- */

int64_t inbox_place(struct thread_row *, int64_t second); /* takes the next arrival */
char *inbox_fold(struct arena *, const char *); /* Latin letters in lower case: what is searched in; NULL stays NULL */
int inbox_thread_row(struct ctx *, int64_t thread_id, struct thread_row *) MUST; /* INBOX_E_NONE */
/* The thread of this customer at this account, made when there is none. */
int inbox_thread_ensure(struct ctx *, const struct shops_account *, int64_t identity_id, const char *remote_id,
                        struct thread_row *, bool *fresh) MUST;
/* Writes the row back, with waiting_since derived anew from the messages. */
int inbox_thread_settle(struct ctx *, struct thread_row *) MUST;
/* Tells the consoles of a thread; of several, once of each: sorts `ids`. */
int inbox_thread_notice(struct ctx *, int64_t thread_id) MUST;
int inbox_threads_notice(struct ctx *, int64_t *ids, size_t n) MUST;
/* Tells the consoles of a message; `tell` of one that is in hand with its thread. */
int inbox_message_notice(struct ctx *, int64_t message_id) MUST;
void inbox_message_tell(struct ctx *, const struct message_row *, const struct thread_row *);
int inbox_message_move(struct ctx *, struct message_row *, const char *state, const char *code) MUST;
int inbox_budget_row(struct ctx *, const struct thread_row *, struct inbox_budget *) MUST;
extern const struct json_desc inbox_thread_json, inbox_message_json;

/* ---- receive.c ---- */

/*
 * Takes one message in: once, whatever is repeated (*thread_id = 0 when it was known already, or concerns no customer).
 * The caller tells the consoles about the thread when its page is through.
 */
int inbox_receive(struct ctx *, const struct shops_account *, const struct incoming *, int64_t *thread_id) MUST;

/* ---- search.c ---- */

extern const struct search_kind inbox_searches[1];
extern const struct probe inbox_probe;
int inbox_index(struct ctx *, int64_t thread_id, int64_t message_id, const char *text) MUST; /* it can be found from now on */

/* ---- reply.c ---- */

char *inbox_send_key(struct arena *,
                     int64_t message_id); /* msgid, request_id: base 36 of our id, at most 13 characters */
int inbox_send_enqueue(struct ctx *, const struct thread_row *) MUST;

/* How a send ended, in our terms. Pure. */
enum send_outcome { SEND_DONE, SEND_FAILED, SEND_LATER, SEND_UNKNOWN };
enum send_outcome inbox_send_outcome(int status, bool uploading, bool repeat);
int64_t inbox_pause(int64_t tries); /* ms before the next try: 1 s, doubling up to a minute */
#define INBOX_SEND_TRIES 10         /* then an unconfirmed one waits for a person */

/* ---- link.c ---- */

int inbox_claims_make(struct ctx *, int64_t message_id, int64_t identity_id, const struct incoming *) MUST;
int inbox_on_order(struct ctx *, const void *payload) MUST;  /* listener of orders_event_changed */
int inbox_on_disabled(struct ctx *, const void *payload) MUST; /* listener of staff_event_disabled */
int inbox_on_linked(struct ctx *, const void *payload) MUST; /* listener of contacts_event_linked */

/* ---- remote_*.c: names of jobs enqueued elsewhere ---- */

#define JOB_PULL "inbox.pull"
#define JOB_POLL "inbox.poll"
#define JOB_SEND "inbox.send"
#define JOB_NAMES "inbox.names"
#define JOB_MEDIA "inbox.media"
#define JOB_CLAIM "inbox.claim_session"
#define JOB_WELCOME "inbox.welcome"

#endif
