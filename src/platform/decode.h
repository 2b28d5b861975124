/*
 * What `zhanggui callback decode` does: opens one kept callback with the credentials at hand and says what is wrong when
 * it does not open.
 */
#ifndef PLATFORM_DECODE_H
#define PLATFORM_DECODE_H

#include "platform/callback.h"

struct wx_decode {
        const char *kind;       /* "wecom", "shop", "mp" */
        const char *token;      /* NULL: the signature is not checked */
        const char *aes_key;    /* 43 characters */
        const char *receive_id; /* NULL or "": whoever it is meant for */
        const char *signature, *timestamp, *nonce; /* of the query; signature NULL: not checked */
        struct bytes body; /* the envelope (XML or JSON), or the bare Base64 text of Encrypt or echostr; blanks around are fine */
};

/* 0 and *plain, or WX_CB_E_*: wx_cb_sentence() says it in one line. WX_CB_E_QUERY: a signature was given without token,
 * timestamp or nonce. */
int wx_decode(struct arena *, const struct wx_decode *, struct bytes *plain) MUST;

#endif
