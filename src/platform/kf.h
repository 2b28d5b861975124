/*
 * 微信客服 (developer.work.weixin.qq.com/document/path/94670 and siblings): pull what customers wrote, answer, read and move sessions.
 *
 * Every function takes the *wecom* account (the corp's token serves all its 微信客服 accounts) and an open_kfid. Each
 * returns 0 or WX_E_*; *fault is always filled. Texts of replies live in ctx's arena. Ids are text. Times are seconds.
 *
 * What the platform promises and we build on:
 *   - a callback carries no content, only a token; content is pulled, for 3 days, by cursor, one puller per open_kfid;
 *   - has_more counts, not an empty page;
 *   - send_msg works only in session state 0 and 1, at most 5 times in 48 h after each message of hers;
 *   - success of a call is not delivery: a later msg_send_fail event tells.
 */
#ifndef PLATFORM_KF_H
#define PLATFORM_KF_H

#include "platform/wx.h"

/* What an event message tells: all of them in one struct, NULL or 0 where the event has no such field. */
struct kf_event {
        const char *event_type; /* "enter_session", "msg_send_fail", "session_status_change", ... */
        const char *open_kfid, *external_userid;
        const char *scene, *scene_param, *welcome_code; /* enter_session; the code lives 20 s and serves once */
        const char *channels_nickname, *channels_shop_nickname;
        int64_t channels_scene; /* 1..5 when she came from a 视频号, else 0 */
        const char *fail_msgid; /* msg_send_fail */
        int64_t fail_type;
        const char *servicer_userid; /* servicer_status_change, servicer_recall_msg, reject_customer_msg_switch_change */
        int64_t status, stop_type;
        int64_t change_type; /* session_status_change: 1 taken from the queue, 2 handed over, 3 ended, 4 taken again */
        const char *old_servicer_userid, *new_servicer_userid, *msg_code;
        const char *recall_msgid; /* user_recall_msg, servicer_recall_msg */
        int64_t reject_switch;
};

enum { KF_ORIGIN_CUSTOMER = 3, KF_ORIGIN_SYSTEM = 4, KF_ORIGIN_SERVICER = 5 };

struct kf_msg {
        const char *msgid;
        const char *open_kfid, *external_userid; /* of events: taken from inside the event */
        int64_t send_time;                       /* seconds */
        int64_t origin;                          /* KF_ORIGIN_* */
        const char *servicer_userid;             /* origin 5 only */
        const char *msgtype;                     /* any; "" when the platform told none */
        const char *body;                        /* compact JSON of the object named like msgtype; "{}" when there is none */
        const struct kf_event *event;            /* of msgtype "event", else NULL */
};

struct kf_page {
        const char *next_cursor; /* keep it in the transaction that keeps the messages; NULL = none told, keep the old one */
        bool has_more;           /* call again, even after an empty page */
        const struct kf_msg *msgs;
        size_t n;
};

/*
 * One page of an account. `cursor` NULL or "" = the oldest message kept (3 days). `token` is the callback's (10 min) or
 * NULL: then a strict limit holds. A token refused as expired (95007) is left away and the call repeated once.
 * `limit` 1..1000; 0 = the platform's 1000. A cursor refused as illegal comes as WX_E_REFUSED with errcode 50100: begin
 * again with an empty cursor.
 */
int kf_sync_msg(struct ctx *, int64_t account_id, const char *open_kfid, const char *cursor, const char *token,
                int64_t limit, struct kf_page *, struct wx_fault *) MUST;

/* Decodes a page's text (the reply of sync_msg). WX_E_REPLY when it is not one. */
int kf_page_read(struct arena *, struct bytes reply, struct kf_page *) MUST;

/* A message out. `msgid` is our key, 1..32 of [0-9a-zA-Z_-]: the same msgid is never delivered twice. */
struct kf_out {
        const char *touser, *open_kfid, *msgid;
        const char *msgtype; /* "text", "image", "msgmenu", "ca_link", ... */
        const char *body;    /* JSON object of that type: {"content":"..."} */
        bool repeat;         /* an earlier try with this msgid ended as WX_E_UNKNOWN */
};

/*
 * Sends (KEYED). On success *msgid is the platform's, which is ours.
 *
 * With `repeat` the refusal of a used msgid proves that the first try arrived and is answered as 0. The platform's code
 * for it is not published: a refusal that names the msgid, a parameter fault (40035, 40058, 40063) or a code outside the
 * table counts, because the very same body was well-formed for us. Refused on repeat because of the window, the budget
 * or the session's state (95001, 95002, 95013, 95018) proves nothing about the first try: WX_E_UNKNOWN, a person decides.
 */
int kf_send_msg(struct ctx *, int64_t account_id, const struct kf_out *, const char **msgid, struct wx_fault *) MUST;
int kf_send_text(struct ctx *, int64_t account_id, const struct kf_out *, const char *content, const char **msgid,
                 struct wx_fault *) MUST; /* msgtype and body of kf_out are ignored; content at most 2048 bytes */

/* Sends to a code (ONCE): welcome_code (20 s; text, msgmenu) or msg_code (queue and taken: 48 h, text; ended: 20 s).
 * With `repeat` a refusal of the code itself (95007, 41050) is answered as 0: it was used by the first try. */
struct kf_on_event {
        const char *code, *msgid, *msgtype, *body;
        bool repeat;
};
int kf_send_msg_on_event(struct ctx *, int64_t account_id, const struct kf_on_event *, const char **msgid,
                         struct wx_fault *) MUST;

/* Session states (document 94669). */
enum {
        KF_STATE_NEW = 0,     /* she wrote; nobody serves */
        KF_STATE_BOT = 1,     /* this program serves */
        KF_STATE_QUEUE = 2,   /* waits in the WeCom client's queue */
        KF_STATE_SERVICER = 3,/* a servicer serves in the WeCom client */
        KF_STATE_ENDED = 4,   /* ended, or she came in and wrote nothing */
};
struct kf_state {
        int64_t service_state;
        const char *servicer_userid; /* state 3 only */
};
int kf_service_state_get(struct ctx *, int64_t account_id, const char *open_kfid, const char *external_userid,
                         struct kf_state *, struct wx_fault *) MUST;

/* Moves a session (QUERY: read the state before repeating). Illegal: REFUSED with 95016. Ending what has ended (95013)
 * is answered as 0. *msg_code: a code for kf_send_msg_on_event(), NULL when none came. */
int kf_service_state_trans(struct ctx *, int64_t account_id, const char *open_kfid, const char *external_userid,
                           int64_t service_state, const char *servicer_userid, const char **msg_code,
                           struct wx_fault *) MUST;

/* Customers: at most 100 ids a call. Ids that the platform does not know are simply not among the answers. */
#define KF_BATCH_MAX 100
struct kf_customer {
        const char *external_userid, *nickname, *avatar;
        const char *unionid; /* only when the corp bound a developer account */
        int64_t gender;
        const char *scene, *scene_param, *channels_nickname, *channels_shop_nickname;
        int64_t channels_scene; /* the last entry within 48 h, when asked for */
};
int kf_customer_batchget(struct ctx *, int64_t account_id, const char *const *external_userids, size_t n,
                         bool with_session, const struct kf_customer **, size_t *n_out, struct wx_fault *) MUST;

struct kf_account {
        const char *open_kfid, *name, *avatar;
        bool manage_privilege; /* we may manage it and send in its name */
};
/* All accounts of the corp, page by page (100 each, 5,000 at most). */
int kf_account_list(struct ctx *, int64_t account_id, const struct kf_account **, size_t *n, struct wx_fault *) MUST;

/* Temporary media, 3 days: pictures, voices, files of customers; and ours to send. */
int kf_media_get(struct ctx *, int64_t account_id, const char *media_id, const char **mime, struct bytes *,
                 struct wx_fault *) MUST;
/* `type` "image", "voice", "video", "file"; uploading again after an unknown outcome is harmless. */
int kf_media_upload(struct ctx *, int64_t account_id, const char *type, const char *filename, const char *mime,
                    struct bytes, const char **media_id, struct wx_fault *) MUST;

#endif
