/*
 * Callbacks of the platform: check, decrypt, read. Pure; no state but per-thread crypto contexts.
 *
 * Three kinds with one encryption (WeCom document 90968, message_push of the shop, Receiving_event_pushes of mp):
 *   wecom  XML envelope, receive id = corp id, URL check decrypts echostr
 *   shop   JSON envelope, receive id = appid, URL check is sha1(token, timestamp, nonce), echostr returned as it is
 *   mp     XML (official account) or JSON (mini program) envelope; plain, compatible or security mode
 *
 * There is no time window: retries come hours later, so an old timestamp is accepted (and counted by the caller).
 */
#ifndef PLATFORM_CALLBACK_H
#define PLATFORM_CALLBACK_H

#include "base/json.h"

struct ctx;

enum wx_kind { WX_WECOM, WX_SHOP, WX_MP };
const char *wx_kind_name(enum wx_kind);                 /* "wecom", "shop", "mp" */
int wx_kind_of(const char *name, enum wx_kind *) MUST;  /* WX_CB_E_KIND */

struct wx_cb_key {
        enum wx_kind kind;
        const char *token;      /* 1..32 characters */
        uint8_t aes_key[32];
        bool plain_allowed;     /* mp in plain or compatible mode */
        const char *receive_id; /* corp id or appid */
};

/* Decodes a 43-character EncodingAESKey; the spare bits of the last character may be set. WX_CB_E_AES_KEY. */
int wx_aes_key(const char *encoding_aes_key, uint8_t out[32]) MUST;

/* The query of a callback; texts as decoded from the URL, NULL when absent. */
struct wx_cb_query {
        const char *signature;     /* msg_signature, or signature for plain and URL check of shop and mp */
        const char *msg_signature;
        const char *timestamp, *nonce, *echostr;
};
int wx_cb_query_read(struct arena *, const char *query, struct wx_cb_query *) MUST; /* WX_CB_E_QUERY */

enum {
        WX_CB_E_QUERY = 1,      /* a parameter is missing or broken */
        WX_CB_E_SIGNATURE = 2,  /* does not match (-40001) */
        WX_CB_E_ENVELOPE = 3,   /* not XML/JSON, or no Encrypt in it (-40002) */
        WX_CB_E_BASE64 = 4,     /* (-40010) */
        WX_CB_E_LENGTH = 5,     /* not a multiple of 16, too short, message longer than the buffer (-40008) */
        WX_CB_E_PADDING = 6,    /* pad byte outside 1..32 or longer than the text (-40007) */
        WX_CB_E_RECEIVE_ID = 7, /* meant for somebody else (-40005) */
        WX_CB_E_AES_KEY = 8,    /* (-40004) */
        WX_CB_E_TEXT = 9,       /* decrypted, but not UTF-8 */
        WX_CB_E_DOCTYPE = 10,   /* XML with DOCTYPE */
        WX_CB_E_KIND = 11,
        WX_CB_E_LAST = WX_CB_E_KIND,
};
/* One line for operators: what is wrong and what to look at. `short_name` is the counted reason ("signature"). */
const char *wx_cb_sentence(int status);
const char *wx_cb_reason(int status);

/* GET: answers the text to send back. */
int wx_cb_check_url(struct arena *, const struct wx_cb_key *, const struct wx_cb_query *, const char **answer) MUST;

/* POST: verifies, decrypts; *plain is the message. */
int wx_cb_open(struct arena *, const struct wx_cb_key *, const struct wx_cb_query *, struct bytes body,
               struct bytes *plain) MUST;

/* Decrypts one Encrypt text without envelope and signature (tests, URL check). */
int wx_cb_decrypt(struct arena *, const struct wx_cb_key *, const char *encrypt, struct bytes *plain) MUST;

/* A decrypted event or message, as leaves. */
struct wx_event {
        enum wx_kind kind;
        const char *type;    /* Event, or MsgType when it is a message; "" when neither is there */
        const char *change;  /* ChangeType, or NULL */
        const char *from, *to;
        int64_t create_time; /* seconds; 0 when absent or not a number */
        const struct json_leaf *leaves;
        size_t n;
        struct bytes raw;    /* the decrypted text */
        int64_t account_id;  /* set by the applier */
        int64_t received_at;
};
int wx_event_read(struct arena *, enum wx_kind, struct bytes plain, struct wx_event *) MUST; /* ENVELOPE, TEXT, DOCTYPE */
const char *wx_event_get(const struct wx_event *, const char *path); /* leaf text or NULL */

/* What a domain hears of the platform: row of its declaration. The function runs in the applier's transaction; it never
 * calls the platform, it enqueues jobs. */
struct remote_event {
        enum wx_kind kind;
        const char *type; /* "kf_msg_or_event" */
        int (*fn)(struct ctx *, const struct wx_event *) MUST;
};

#endif
