#include "platform/decode.h"

#include "platform/callback_impl.h"

#include <string.h>

static struct bytes trim(struct bytes b)
{
        const char *p = b.p;
        size_t n = b.n;

        while (n && memchr(" \t\r\n", p[0], 4))
                p++, n--;
        while (n && memchr(" \t\r\n", p[n - 1], 4))
                n--;
        return bytes_of(p, n);
}

/* Envelope or bare Base64? Neither brace nor bracket is of the Base64 alphabet. */
static int find_encrypt(struct arena *arena, struct bytes body, const char **encrypt)
{
        const char *p = body.p;

        if (!body.n)
                return WX_CB_E_ENVELOPE;
        if (*p == '<' || *p == '{') {
                int r = cb_envelope(arena, body, encrypt);

                return r ? r : text_empty(*encrypt) ? WX_CB_E_ENVELOPE : 0;
        }
        *encrypt = arena_strndup(arena, p, body.n);
        return 0;
}

int wx_decode(struct arena *arena, const struct wx_decode *in, struct bytes *plain)
{
        struct cb_sealed sealed;
        struct wx_cb_key key = {0};
        const char *encrypt;
        int r = wx_kind_of(in->kind, &key.kind);

        if (!r)
                r = wx_aes_key(in->aes_key, key.aes_key);
        if (!r)
                r = find_encrypt(arena, trim(in->body), &encrypt);
        if (!r && !text_empty(in->signature))
                r = cb_check_signature(arena, in->token, in->timestamp, in->nonce, encrypt, in->signature);
        if (!r)
                r = cb_unseal(arena, key.aes_key, encrypt, strlen(encrypt), &sealed);
        explicit_bzero(key.aes_key, sizeof(key.aes_key));
        if (r)
                return r;
        if (!text_empty(in->receive_id) && (strlen(in->receive_id) != sealed.receive_id.n ||
                                            memcmp(in->receive_id, sealed.receive_id.p, sealed.receive_id.n)))
                return WX_CB_E_RECEIVE_ID;
        *plain = sealed.message;
        return 0;
}
