/* Pushes in three modes, XML or JSON, and passive replies (公众号 接收消息, 被动回复). */
#include "sim/mp/mp.h"

#include "base/json.h"
#include "base/xml.h"
#include "sim/push.h"
#include "sim/sim.h"

#include <string.h>

static void add_xml(struct text *out, const char *const *pairs)
{
        for (; *pairs; pairs += 2) {
                bool number = **pairs == '#';
                const char *name = *pairs + number;
                text_addf(out, "<%s>", name);
                if (number || pairs[1][0] == '<')
                        text_add(out, pairs[1]);
                else
                        xml_cdata(out, pairs[1]);
                text_addf(out, "</%s>", name);
        }
}

static void add_json(struct text *out, const char *const *pairs)
{
        for (; *pairs; pairs += 2) {
                text_addf(out, ",\"%s\":", *pairs + (**pairs == '#'));
                if (**pairs == '#')
                        text_add(out, pairs[1]);
                else
                        json_quote(out, pairs[1]);
        }
}

void mp_push(struct sim *sim, struct mp *mp, const char *openid, const char *type, const char *name, const char *id,
             const char *const *pairs)
{
        struct arena arena;
        struct text text;

        if (!mp->target.url && !sim->record)
                return;
        arena_init(&arena, 0);
        text_init(&text, &arena);
        const char *at = arena_printf(&arena, "%lld", (long long)push_now_s(sim));
        const char *const head[] = {"ToUserName", mp->origin_id, "FromUserName", openid, "#CreateTime", at,
                                    "MsgType",    type,          NULL};
        if (mp->json) {
                add_json(&text, head);
                add_json(&text, pairs);
                text.p[0] = '{';
                text_add(&text, "}");
        } else {
                text_add(&text, "<xml>");
                add_xml(&text, head);
                add_xml(&text, pairs);
                text_add(&text, "</xml>");
        }
        push_event(sim, &mp->target, name, id, text.p);
        arena_release(&arena);
}

struct bytes mp_push_body(struct sim *sim, struct arena *arena, const struct mp *mp, const char *message,
                          const char **query)
{
        const struct envelope_key with = push_key(sim, &mp->target), *key = &with;
        const char *timestamp = arena_printf(arena, "%lld", (long long)push_now_s(sim));
        const char *nonce = rng_digits(&sim->rng, arena, "", 10), *encrypt = NULL;
        char plain[SHA1_HEX], whole[SHA1_HEX] = "";
        uint8_t random[16];
        struct text body;

        envelope_sign(arena, key->token, timestamp, nonce, NULL, plain);
        if (mp->mode != MP_PLAIN) {
                rng_fill(&sim->rng, random, sizeof(random));
                encrypt = envelope_seal(arena, key, random, bytes_of_text(message));
                envelope_sign(arena, key->token, timestamp, nonce, encrypt, whole);
        }
        if (rng_percent(&sim->rng, switch_on(sim, SW_BAD_SIGNATURE))) {
                plain[0] = plain[0] == '0' ? '1' : '0';
                whole[0] = whole[0] == '0' ? '1' : '0';
        }
        *query = arena_printf(arena, "signature=%s&timestamp=%s&nonce=%s%s%s", plain, timestamp, nonce,
                              encrypt ? "&encrypt_type=aes&msg_signature=" : "", encrypt ? whole : "");
        if (!encrypt)
                return bytes_of_text(message);
        text_init(&body, arena);
        /* Compatible: the plain elements, and the cipher beside them. Secure: the receiver and the cipher only. */
        if (mp->json) {
                if (mp->mode == MP_COMPATIBLE)
                        text_add_n(&body, message, strlen(message) - 1);
                else
                        text_addf(&body, "{\"ToUserName\":\"%s\"", mp->origin_id);
                text_add(&body, ",\"Encrypt\":");
                json_quote(&body, encrypt);
                text_add(&body, "}");
        } else {
                if (mp->mode == MP_COMPATIBLE)
                        text_add_n(&body, message, strlen(message) - strlen("</xml>"));
                else
                        text_addf(&body, "<xml><ToUserName><![CDATA[%s]]></ToUserName>", mp->origin_id);
                text_add(&body, "<Encrypt>");
                xml_cdata(&body, encrypt);
                text_add(&body, "</Encrypt></xml>");
        }
        return bytes_of(body.p, body.n);
}

/* ---- the passive reply ---- */

static const char *leaf(const struct json_leaf *list, size_t n, const char *path)
{
        for (size_t i = 0; i < n; i++)
                if (text_eq(list[i].path, path))
                        return list[i].value;
        return NULL;
}

/* What a passive reply says, as the customer reads it; NULL for a type that does not exist. */
static const char *reply_text(struct arena *arena, const struct json_leaf *list, size_t n, const char *type)
{
        static const char *const kinds[][2] = {{"image", "Image.MediaId"},        {"voice", "Voice.MediaId"},
                                               {"video", "Video.MediaId"},        {"music", "Music.ThumbMediaId"},
                                               {"news", "Articles.item.Title"}, {"transfer_customer_service", NULL}};

        if (text_eq(type, "text"))
                return leaf(list, n, "Content");
        for (size_t i = 0; i < countof(kinds); i++) {
                if (text_eq(type, kinds[i][0])) {
                        const char *what = kinds[i][1] ? leaf(list, n, kinds[i][1]) : "";
                        return what ? arena_printf(arena, "[%s] %s", type, what) : NULL;
                }
        }
        return NULL;
}

static const char *deliver(struct sim *sim, struct arena *arena, struct mp *mp, struct bytes xml)
{
        struct json_leaf *list;
        size_t n;

        if (xml_leaves(arena, xml, &list, &n))
                return "neither \"success\", nor empty, nor XML";
        const char *type = leaf(list, n, "MsgType"), *text = reply_text(arena, list, n, type);
        struct mp_fan *fan = mp_fan_by_openid(sim, mp, leaf(list, n, "ToUserName"));
        if (!fan || !text_eq(leaf(list, n, "FromUserName"), mp->origin_id))
                return "passive reply: ToUserName and FromUserName are not those of the push, turned round";
        if (!text)
                return "passive reply: MsgType and its elements do not fit";
        if (text_eq(type, "transfer_customer_service")) {
                const char *account = leaf(list, n, "TransInfo.KfAccount");
                fan->waits_since = sim_now(sim);
                if (account && mp_agent(mp, account))
                        mp_serve(sim, fan, mp_agent(mp, account));
        }
        mp_received(sim, fan, "passive", type, text);
        return NULL;
}

bool mp_acknowledged(struct sim *sim, struct arena *arena, struct mp *mp, struct bytes answer, const char **why)
{
        struct json_leaf *list;
        struct bytes message = answer;
        char signature[SHA1_HEX];
        size_t n;

        *why = NULL;
        if (!answer.n || (answer.n == 7 && !memcmp(answer.p, "success", 7)))
                return true;
        if (mp->json) {
                *why = "neither \"success\" nor empty";
                return false;
        }
        if (mp->mode == MP_SECURE) {
                if (xml_leaves(arena, answer, &list, &n)) {
                        *why = "neither \"success\", nor empty, nor XML";
                        return false;
                }
                const char *encrypt = leaf(list, n, "Encrypt"), *timestamp = leaf(list, n, "TimeStamp");
                const char *nonce = leaf(list, n, "Nonce");
                if (!encrypt || !timestamp || !nonce) {
                        *why = "security mode: the passive reply must be encrypted";
                        return false;
                }
                envelope_sign(arena, mp->target.key.token, timestamp, nonce, encrypt, signature);
                if (!text_eq(signature, leaf(list, n, "MsgSignature"))) {
                        *why = "passive reply: MsgSignature is wrong";
                        return false;
                }
                if (envelope_open(arena, &mp->target.key, encrypt, &message)) {
                        *why = "passive reply: cannot be decrypted";
                        return false;
                }
        }
        *why = deliver(sim, arena, mp, message);
        return !*why;
}
