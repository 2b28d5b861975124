/*
 * Conversations: what customers, servicers and the server (through the API) say, in 微信客服 and in-shop 客服, with the
 * session machine, the window and the budget that the platform holds them to.
 *
 * Session of 微信客服 (wecom-kf.md 4):
 *     0 new  -> 1 2 3        1 assistant (API) -> 2 3        2 queue -> 3        3 servicer -> 3 4        4 ended
 * A customer's message in state 4 begins a new session (0). 48 h after her last message the state reads 4.
 */
#ifndef SIM_CHAT_H
#define SIM_CHAT_H

#include "sim/world.h"

#define REPLY_WINDOW_MS (48 * HOUR_MS)
#define REPLY_BUDGET 5
#define WELCOME_LIFE_MS 20000

/* ---- 微信客服 ---- */

struct session *session_of(struct sim *, struct person *,
                           struct kf_account *); /* made when there is none, in state 4 */
struct session *session_find(const struct person *, const struct kf_account *); /* NULL when there is none */
int session_state(struct sim *, const struct session *);
/* 0 or errcode: may the state become `to`? */
int session_may_move(struct sim *, const struct session *, int to);
/* Moves it; answers the code that the platform gives on the first change into 2 or 3 and on 4, or NULL. */
const char *session_move(struct sim *, struct session *, int to, const char *servicer);
/* 0, 95001, 95002 or 95018: may the API speak now? */
int session_may_send(struct sim *, const struct session *);

/* The customer writes. `body` is the JSON object named after `type`; `text` what a person reads. */
struct message *chat_say(struct sim *, struct person *, struct kf_account *, const char *type, const char *body,
                         const char *text);
/* She opens the chat. `channels` is a wechat_channels object or NULL. */
struct message *chat_enter(struct sim *, struct person *, struct kf_account *, const char *scene,
                           const char *scene_param, const char *channels);
/* An event of the session, or of the account as a whole. `members` are those of "event" after its type and ids: "" or
 * ",\"name\":value..."; `text` what a person reads. */
struct message *chat_event(struct sim *, struct session *, const char *type, const char *members, const char *text);
struct message *chat_account_event(struct sim *, struct kf_account *, const char *type, const char *members);
/* A servicer writes in the WeCom client: the session becomes his. */
struct message *chat_servicer_says(struct sim *, struct session *, const char *servicer, const char *text);
/* A servicer ends the session in the WeCom client: the event that follows carries a code. */
void chat_servicer_ends(struct sim *, struct session *, const char *servicer);

/* The server's message reaches the customer. `on_event` messages do not count against the budget. */
struct message *chat_deliver(struct sim *, struct session *, const char *msgid, const char *type, const char *body,
                             const char *text, bool on_event);
/* The message that used this key (msgid, request_id) at this account (open_kfid, appid) before, or NULL. */
struct message *chat_sent_before(struct sim *, const char *account, const char *msgid);

/* 0 or an errcode (95007 for unknown, used, expired; 95018 for the wrong state). */
int code_use(struct sim *, const char *text, const char *msgtype, struct code **);

/* ---- in-shop 客服 ---- */

struct message *shop_say(struct sim *, struct person *, struct shop *, const char *type, const char *body,
                         const char *text);
struct message *shop_deliver(struct sim *, struct person *, struct shop *, const char *request_id, const char *type,
                             const char *body, const char *text);

/* {"content":"..."} */
const char *text_body(struct arena *, const char *content);

#endif
