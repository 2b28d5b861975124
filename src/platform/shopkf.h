/*
 * In-shop 客服 of a Channels shop (doc/store/shop/guide/connect/kf.html): answer what came as the event
 * commkf_send_msg_to_kf.
 *
 * First party only: the merchant's own token. 48 h and five replies after each message of hers (10190009, 10190008).
 * Incoming messages are pushed with their text, retried for about 3.6 h, and cannot be pulled again.
 */
#ifndef PLATFORM_SHOPKF_H
#define PLATFORM_SHOPKF_H

#include "platform/callback.h"
#include "platform/wx.h"

/* A message that came. */
struct shopkf_in {
        const char *openid, *msg_id, *msg_type, *msg_event;
        int64_t create_time; /* seconds */
        const char *body;    /* JSON of the object named like msg_type; "{}" when there is none */
};
enum { SHOPKF_E_EVENT = 1 }; /* not such an event, or without openid or msg_id */
int shopkf_read(struct arena *, const struct wx_event *, struct shopkf_in *) MUST;

/*
 * Sends (KEYED by request_id, 1..64 bytes, required here). `body` is the JSON object of the type: text{content},
 * image{cos_url}, video{cos_url}, file{cos_url}, product_share{product_id}, order_share{order_id}. After WX_E_UNKNOWN
 * repeat with the same request_id. *msg_id is the platform's, NULL when a repeat was answered without one.
 */
struct shopkf_out {
        const char *openid, *request_id, *msg_type, *body;
        bool repeat; /* an earlier try with this request_id ended as WX_E_UNKNOWN: a refusal naming the request_id = 0 */
};
int shopkf_send(struct ctx *, int64_t account_id, const struct shopkf_out *, const char **msg_id, struct wx_fault *) MUST;
int shopkf_send_text(struct ctx *, int64_t account_id, const struct shopkf_out *, const char *content,
                     const char **msg_id, struct wx_fault *) MUST; /* msg_type and body are ignored */

/* Puts a file where image, video and file messages take it from. `msg_type` "image", "video", "file". Again is harmless. */
int shopkf_upload(struct ctx *, int64_t account_id, const char *openid, const char *msg_type, const char *filename,
                  const char *mime, struct bytes, const char **cos_url, struct wx_fault *) MUST;

#endif
