#include "platform/callback.h"

#include "base/crypt.h"
#include "base/xml.h"
#include "platform/callback_impl.h"

#include <string.h>

enum {
        QUERY_MAX = 8192,   /* bytes of a callback's query; the longest part is an echostr of some hundred */
        SEALED_HEAD = 20,   /* 16 random bytes and the length */
        PAD_MAX = 32,       /* the platform pads to 32, twice the cipher's block: a library's own stripping fails */
        AES_KEY_TEXT = 43,
};

static const struct {
        const char *reason, *sentence;
} sentences[] = {
        [WX_CB_E_QUERY] = {"query", "网址参数不全或格式不对，请查看反向代理是否改写了网址 "
                                    "(a query parameter is missing or broken: does a proxy rewrite the URL?)"},
        [WX_CB_E_SIGNATURE] = {"signature", "签名不符 (-40001)，请核对 Token "
                                            "(the signature does not match: check the Token)"},
        [WX_CB_E_ENVELOPE] = {"envelope", "内容不是 XML/JSON，或没有 Encrypt (-40002)，请选择安全模式 "
                                          "(not XML or JSON, or no Encrypt in it: choose security mode)"},
        [WX_CB_E_BASE64] = {"base64", "密文不是 Base64 (-40010)，可能被截断或改写 "
                                      "(the ciphertext is not Base64: cut off or rewritten on its way)"},
        [WX_CB_E_LENGTH] = {"length", "解密后的长度不对 (-40008)，密文不完整或 EncodingAESKey 有误 "
                                      "(lengths do not fit: ciphertext incomplete, or another EncodingAESKey)"},
        [WX_CB_E_PADDING] = {"padding", "解密后的填充不对 (-40007)，请核对 EncodingAESKey "
                                        "(the padding is illegal: check the EncodingAESKey)"},
        [WX_CB_E_RECEIVE_ID] = {"receive_id", "不是发给本账号的 (-40005)，请核对企业 ID 或 AppID "
                                              "(meant for somebody else: check the corp id or appid)"},
        [WX_CB_E_AES_KEY] = {"aes_key", "EncodingAESKey 应为 43 个字母或数字 (-40004) "
                                        "(the EncodingAESKey must have 43 letters and digits)"},
        [WX_CB_E_TEXT] = {"text", "已解密，但内容不是 UTF-8 文本 (decrypted, but the content is not UTF-8 text)"},
        [WX_CB_E_DOCTYPE] = {"doctype", "XML 带有 DOCTYPE，已拒绝 (XML with a DOCTYPE is refused)"},
        [WX_CB_E_KIND] = {"kind", "类型应为 wecom、shop 或 mp (the kind must be wecom, shop or mp)"},
};
_Static_assert(countof(sentences) == WX_CB_E_LAST + 1, "every outcome has its sentence");

const char *wx_cb_sentence(int status)
{
        if (status > 0 && status <= WX_CB_E_LAST)
                return sentences[status].sentence;
        return status ? "服务器内部错误，详见日志 (internal error: see the log)" : "正常 (fine)";
}

const char *wx_cb_reason(int status)
{
        if (status > 0 && status <= WX_CB_E_LAST)
                return sentences[status].reason;
        return status ? "fatal" : "ok";
}

static const char *const kind_names[] = {[WX_WECOM] = "wecom", [WX_SHOP] = "shop", [WX_MP] = "mp"};

const char *wx_kind_name(enum wx_kind kind)
{
        return (size_t)kind < countof(kind_names) ? kind_names[kind] : "?";
}

int wx_kind_of(const char *name, enum wx_kind *out)
{
        for (size_t i = 0; i < countof(kind_names); i++) {
                if (text_eq(name, kind_names[i])) {
                        *out = (enum wx_kind)i;
                        return 0;
                }
        }
        return WX_CB_E_KIND;
}

/* ASCII only: isalnum() would follow the locale. */
static bool is_base64(char c)
{
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

int wx_aes_key(const char *encoding_aes_key, uint8_t out[32])
{
        struct arena scratch;
        struct bytes key;
        int r;

        if (!encoding_aes_key || strnlen(encoding_aes_key, AES_KEY_TEXT + 1) != AES_KEY_TEXT)
                return WX_CB_E_AES_KEY;
        for (size_t i = 0; i < AES_KEY_TEXT; i++) {
                if (!is_base64(encoding_aes_key[i]))
                        return WX_CB_E_AES_KEY;
        }
        arena_init(&scratch, 0);
        r = base64_decode(&scratch, encoding_aes_key, AES_KEY_TEXT, &key);
        if (!r && key.n == 32)
                memcpy(out, key.p, 32);
        else if (!r)
                r = WX_CB_E_AES_KEY;
        if (!r)
                explicit_bzero((void *)(uintptr_t)key.p, key.n);
        arena_release(&scratch);
        return r < 0 ? r : r ? WX_CB_E_AES_KEY : 0;
}

static int hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A plus stays a plus: echostr is Base64, and a proxy that decodes %2B early must not turn it into a blank. */
static int unescape(struct arena *arena, const char *s, size_t n, const char **out)
{
        char *to = arena_alloc(arena, n + 1);
        size_t w = 0;

        for (size_t i = 0; i < n; i++) {
                char c = s[i];

                if (c == '%') {
                        int hi = i + 2 < n ? hex_digit(s[i + 1]) : -1;
                        int lo = i + 2 < n ? hex_digit(s[i + 2]) : -1;

                        if (hi < 0 || lo < 0)
                                return WX_CB_E_QUERY;
                        c = (char)(hi * 16 + lo);
                        i += 2;
                }
                if (!c)
                        return WX_CB_E_QUERY;
                to[w++] = c;
        }
        if (!utf8_valid(to, w))
                return WX_CB_E_QUERY;
        *out = to;
        return 0;
}

int wx_cb_query_read(struct arena *arena, const char *query, struct wx_cb_query *out)
{
        const struct {
                const char *name;
                const char **to;
        } params[] = {
                {"signature", &out->signature}, {"msg_signature", &out->msg_signature}, {"timestamp", &out->timestamp},
                {"nonce", &out->nonce},         {"echostr", &out->echostr},
        };

        *out = (struct wx_cb_query){0};
        if (!query || strnlen(query, QUERY_MAX + 1) > QUERY_MAX)
                return WX_CB_E_QUERY;
        while (*query) {
                size_t n = strcspn(query, "&");
                const char *eq = memchr(query, '=', n);
                size_t name_n = eq ? (size_t)(eq - query) : n;

                for (size_t i = 0; i < countof(params); i++) {
                        if (strlen(params[i].name) != name_n || memcmp(params[i].name, query, name_n))
                                continue;
                        /* Given twice, nobody can say which one was signed. */
                        if (*params[i].to || !eq || unescape(arena, eq + 1, n - name_n - 1, params[i].to))
                                return WX_CB_E_QUERY;
                }
                query += n + (query[n] == '&');
        }
        return 0;
}

int cb_check_signature(struct arena *arena, const char *token, const char *timestamp, const char *nonce,
                       const char *encrypt, const char *given)
{
        const char *part[4] = {token, timestamp, nonce, encrypt};
        size_t n = encrypt ? 4 : 3;
        struct text joined;
        char hex[SHA1_HEX];

        if (text_empty(token) || text_empty(timestamp) || text_empty(nonce) || text_empty(given))
                return WX_CB_E_QUERY;
        for (size_t i = 1; i < n; i++) {
                const char *one = part[i];
                size_t k = i;

                for (; k > 0 && strcmp(part[k - 1], one) > 0; k--)
                        part[k] = part[k - 1];
                part[k] = one;
        }
        text_init(&joined, arena);
        for (size_t i = 0; i < n; i++)
                text_add(&joined, part[i]);
        crypt_sha1_hex(bytes_of(joined.p, joined.n), hex);
        return crypt_same(hex, given) ? 0 : WX_CB_E_SIGNATURE;
}

/* PKCS#7 to 32, strict: every pad byte is the pad's length. The signature was checked before, so strictness tells an
 * attacker nothing. */
static int strip_padding(const uint8_t *plain, size_t *n)
{
        uint8_t pad = plain[*n - 1];

        if (pad < 1 || pad > PAD_MAX || pad > *n)
                return WX_CB_E_PADDING;
        for (size_t i = *n - pad; i < *n; i++) {
                if (plain[i] != pad)
                        return WX_CB_E_PADDING;
        }
        *n -= pad;
        return 0;
}

int cb_unseal(struct arena *arena, const uint8_t aes_key[32], const char *encrypt, size_t n, struct cb_sealed *out)
{
        struct bytes sealed;
        uint8_t *plain;
        size_t len;
        uint32_t message_n;
        int r = base64_decode(arena, encrypt, n, &sealed);

        if (r)
                return r < 0 ? r : WX_CB_E_BASE64;
        len = sealed.n;
        if (!len || len % 16)
                return WX_CB_E_LENGTH;
        plain = arena_alloc(arena, len + 1);
        r = aes256_cbc_decrypt(aes_key, aes_key, sealed.p, len, plain);
        if (r)
                return status_fold(r);
        r = strip_padding(plain, &len);
        if (r)
                return r;
        if (len < SEALED_HEAD)
                return WX_CB_E_LENGTH;
        message_n = (uint32_t)plain[16] << 24 | (uint32_t)plain[17] << 16 | (uint32_t)plain[18] << 8 | plain[19];
        if (message_n > len - SEALED_HEAD)
                return WX_CB_E_LENGTH;
        out->message = bytes_of(plain + SEALED_HEAD, message_n);
        out->receive_id = bytes_of(plain + SEALED_HEAD + message_n, len - SEALED_HEAD - message_n);
        return 0;
}

/* An account without an id receives nothing: an empty id must not match an empty tail. */
static bool meant_for(const struct bytes receive_id, const char *ours)
{
        return !text_empty(ours) && strlen(ours) == receive_id.n && !memcmp(ours, receive_id.p, receive_id.n);
}

int wx_cb_decrypt(struct arena *arena, const struct wx_cb_key *key, const char *encrypt, struct bytes *plain)
{
        struct cb_sealed sealed;
        int r = cb_unseal(arena, key->aes_key, encrypt, strlen(encrypt), &sealed);

        if (r)
                return r;
        if (!meant_for(sealed.receive_id, key->receive_id))
                return WX_CB_E_RECEIVE_ID;
        *plain = sealed.message;
        return 0;
}

int cb_leaves(struct arena *arena, struct bytes text, struct json_leaf **out, size_t *n)
{
        const char *p = text.p;
        size_t i = 0;
        int r;

        while (i < text.n && memchr(" \t\r\n", p[i], 4))
                i++;
        if (i < text.n && p[i] == '{') {
                r = json_leaves(arena, text, out, n);
                return r < 0 ? r : r ? WX_CB_E_ENVELOPE : 0;
        }
        r = xml_leaves(arena, text, out, n);
        return r < 0 ? r : r == XML_E_DOCTYPE ? WX_CB_E_DOCTYPE : r ? WX_CB_E_ENVELOPE : 0;
}

const char *cb_leaf(const struct json_leaf *leaves, size_t n, const char *path)
{
        for (size_t i = 0; i < n; i++) {
                if (!strcmp(leaves[i].path, path))
                        return leaves[i].value;
        }
        return NULL;
}

int cb_envelope(struct arena *arena, struct bytes body, const char **encrypt)
{
        struct json_leaf *leaves;
        size_t n;
        int r = cb_leaves(arena, body, &leaves, &n);

        *encrypt = r ? NULL : cb_leaf(leaves, n, "Encrypt");
        return r;
}

int wx_cb_check_url(struct arena *arena, const struct wx_cb_key *key, const struct wx_cb_query *q, const char **answer)
{
        struct bytes plain;
        int r;

        if (text_empty(q->echostr))
                return WX_CB_E_QUERY;
        if (key->kind != WX_WECOM) {
                *answer = q->echostr;
                return cb_check_signature(arena, key->token, q->timestamp, q->nonce, NULL, q->signature);
        }
        r = cb_check_signature(arena, key->token, q->timestamp, q->nonce, q->echostr, q->msg_signature);
        if (!r)
                r = wx_cb_decrypt(arena, key, q->echostr, &plain);
        if (r)
                return r;
        if (!utf8_valid(plain.p, plain.n) || memchr(plain.p, 0, plain.n))
                return WX_CB_E_TEXT;
        *answer = arena_strndup(arena, plain.p, plain.n);
        return 0;
}

int wx_cb_open(struct arena *arena, const struct wx_cb_key *key, const struct wx_cb_query *q, struct bytes body,
               struct bytes *plain)
{
        bool plain_ok = key->kind == WX_MP && key->plain_allowed;
        const char *encrypt;
        int r = cb_envelope(arena, body, &encrypt);

        if (r)
                return r;
        /* Plain mode, and compatible mode asked without msg_signature: the text beside Encrypt is the message. */
        if (plain_ok && (!encrypt || !q->msg_signature)) {
                *plain = body;
                return cb_check_signature(arena, key->token, q->timestamp, q->nonce, NULL, q->signature);
        }
        if (text_empty(encrypt))
                return WX_CB_E_ENVELOPE;
        r = cb_check_signature(arena, key->token, q->timestamp, q->nonce, encrypt, q->msg_signature);
        return r ? r : wx_cb_decrypt(arena, key, encrypt, plain);
}
