/*
 * Callbacks. The first byte chooses: raw bodies and queries; a plaintext that is sealed and signed here, so that what lies
 * behind the signature is reached; decrypted texts read as events.
 */
#include "base/crypt.h"
#include "platform/callback.h"
#include "platform/decode.h"
#include "platform/shopkf.h"

#include <stdlib.h>
#include <string.h>

#define AES_KEY "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
#define OURS "wx0000000000000001"

static void must(int yes)
{
        if (!yes)
                abort();
}

/* Every way to a callback from raw bytes ends in a listed outcome. */
static void raw(struct arena *a, const uint8_t *data, size_t n)
{
        struct wx_cb_key key = {.token = "t", .receive_id = OURS, .plain_allowed = true};
        struct wx_cb_query q;
        struct bytes plain;
        char *text = arena_strndup(a, (const char *)data, n);
        int r = wx_cb_query_read(a, text, &q);

        must(r == 0 || r == WX_CB_E_QUERY);
        must(wx_aes_key(AES_KEY, key.aes_key) == 0);
        q = (struct wx_cb_query){.signature = "s", .msg_signature = "s", .timestamp = "1", .nonce = "2", .echostr = text};
        for (key.kind = WX_WECOM; key.kind <= WX_MP; key.kind++) {
                const char *answer;

                r = wx_cb_open(a, &key, &q, bytes_of(data, n), &plain);
                must(r > 0 && r <= WX_CB_E_LAST);
                r = wx_cb_check_url(a, &key, &q, &answer);
                must(r == WX_CB_E_SIGNATURE || r == WX_CB_E_QUERY);
        }
        struct wx_decode d = {.kind = "shop", .aes_key = AES_KEY, .body = bytes_of(data, n)};
        r = wx_decode(a, &d, &plain);
        must(r >= 0 && r <= WX_CB_E_LAST);
}

static void sort3(const char *s[4])
{
        for (int i = 1; i < 4; i++)
                for (int k = i; k > 0 && strcmp(s[k - 1], s[k]) > 0; k--) {
                        const char *t = s[k];

                        s[k] = s[k - 1];
                        s[k - 1] = t;
                }
}

/* Whatever was encrypted: opened, it is a part of what was put in, and only when it names us. */
static void sealed(struct arena *a, const uint8_t *data, size_t n)
{
        struct wx_cb_key key = {.kind = WX_SHOP, .token = "t", .receive_id = OURS};
        size_t len = n / 16 * 16;
        uint8_t *box = arena_alloc(a, len + 16);
        char hex[SHA1_HEX];
        struct bytes plain;

        must(wx_aes_key(AES_KEY, key.aes_key) == 0);
        if (!len || aes256_cbc_encrypt(key.aes_key, key.aes_key, data, len, box))
                return;
        const char *encrypt = base64_encode(a, bytes_of(box, len));
        const char *part[4] = {"t", "1", "2", encrypt};
        sort3(part);
        const char *joined = arena_printf(a, "%s%s%s%s", part[0], part[1], part[2], part[3]);
        crypt_sha1_hex(bytes_of_text(joined), hex);
        struct wx_cb_query q = {.msg_signature = hex, .timestamp = "1", .nonce = "2"};
        const char *body = arena_printf(a, "{\"Encrypt\":\"%s\"}", encrypt);
        int r = wx_cb_open(a, &key, &q, bytes_of_text(body), &plain);
        must(r == 0 || r == WX_CB_E_LENGTH || r == WX_CB_E_PADDING || r == WX_CB_E_RECEIVE_ID);
        if (r)
                return;
        must(20 + plain.n + strlen(OURS) <= len && memcmp(plain.p, data + 20, plain.n) == 0);
        must(memcmp(data + 20 + plain.n, OURS, strlen(OURS)) == 0);
}

static void event(struct arena *a, const uint8_t *data, size_t n)
{
        for (enum wx_kind kind = WX_WECOM; kind <= WX_MP; kind++) {
                struct wx_event e;
                struct shopkf_in in;
                int r = wx_event_read(a, kind, bytes_of(data, n), &e);

                must(r == 0 || r == WX_CB_E_ENVELOPE || r == WX_CB_E_TEXT || r == WX_CB_E_DOCTYPE);
                if (r)
                        continue;
                must(e.type && e.create_time >= 0);
                for (size_t i = 0; i < e.n; i++)
                        must(wx_event_get(&e, e.leaves[i].path) != NULL);
                r = shopkf_read(a, &e, &in);
                must(r == SHOPKF_E_EVENT || (r == 0 && in.openid && in.msg_id && in.body));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        struct arena a;

        if (!n || crypt_init())
                return 0;
        arena_init(&a, 0);
        if (data[0] % 3 == 0)
                raw(&a, data + 1, n - 1);
        else if (data[0] % 3 == 1)
                sealed(&a, data + 1, n - 1);
        else
                event(&a, data + 1, n - 1);
        arena_release(&a);
        return 0;
}
