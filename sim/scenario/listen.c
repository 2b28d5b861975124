/* The scripted client's ear: a small server that takes the platform's pushes, as a careful client or as a careless one. */
#include "base/json.h"
#include "base/xml.h"
#include "net/server.h"
#include "sim/envelope.h"
#include "sim/scenario/play.h"

#include <pthread.h>
#include <string.h>

#define TARGETS 3 /* the corp and two shops */

struct target_key {
        const char *path, *kind, *id;
        struct envelope_key key;
        bool xml; /* the corp's: else JSON */
};

struct ear {
        struct arena arena; /* under lock while the server runs */
        pthread_mutex_t lock;
        struct server *server;
        struct target_key target[TARGETS];
        bool careless;
        int status;
        VEC(struct heard) heard;
        unsigned unread;
        const char *why; /* of the last one unread */
};

/* As a library does that knows PKCS#7 by its blocks of 16. */
static bool padded_by_16(struct arena *arena, const struct envelope_key *key, const char *cipher)
{
        struct bytes raw;

        if (base64_decode(arena, cipher, strlen(cipher), &raw) || !raw.n || raw.n % 16)
                return false;
        uint8_t *plain = arena_alloc(arena, raw.n);
        return !aes256_cbc_decrypt(key->aes, key->aes, raw.p, raw.n, plain) && plain[raw.n - 1] <= 16;
}

static const char *leaf_of(struct arena *arena, bool xml, struct bytes text, const char *path)
{
        struct json_leaf *leaf;
        size_t n = 0;

        if (!xml)
                return json_get(arena, text, path);
        if (xml_leaves(arena, text, &leaf, &n))
                return NULL;
        for (size_t i = 0; i < n; i++)
                if (text_eq(leaf[i].path, path))
                        return leaf[i].value;
        return NULL;
}

/* "change_external_contact/add_external_contact", "channels_ec_order_pay". */
static const char *event_name(struct arena *arena, bool xml, struct bytes message)
{
        const char *event = leaf_of(arena, xml, message, "Event"), *change = leaf_of(arena, xml, message, "ChangeType");

        if (!event)
                event = leaf_of(arena, xml, message, "MsgType");
        return event && change ? arena_printf(arena, "%s/%s", event, change) : event ? event : "";
}

/* What the client reads of a ciphertext; NULL with *why. */
static const char *open_cipher(struct ear *l, const struct target_key *target, const char *cipher, const char **why)
{
        struct bytes message;

        *why = "a ciphertext is missing";
        if (!cipher)
                return NULL;
        *why = "the padding is longer than a block of 16 bytes";
        if (l->careless && !padded_by_16(&l->arena, &target->key, cipher))
                return NULL;
        *why = "the ciphertext is not for this client";
        if (envelope_open(&l->arena, &target->key, cipher, &message))
                return NULL;
        return arena_strndup(&l->arena, message.p, message.n);
}

static bool signature_fits(struct ear *l, const struct target_key *target, struct raw *raw, const char *cipher)
{
        const char *time = raw_param(raw, "timestamp"), *nonce = raw_param(raw, "nonce");
        const char *given = raw_param(raw, cipher ? "msg_signature" : "signature");
        char want[SHA1_HEX];

        if (!time || !nonce || !given)
                return false;
        envelope_sign(&l->arena, target->key.token, time, nonce, cipher, want);
        return crypt_same(given, want);
}

/* The URL check: the corp's echo is a ciphertext, a shop's is plain. */
static void check_url(struct ear *l, const struct target_key *target, struct raw *raw)
{
        const char *echo = raw_param(raw, "echostr"), *why, *plain = echo;

        if (target->xml)
                plain = echo && signature_fits(l, target, raw, echo) ? open_cipher(l, target, echo, &why) : NULL;
        else if (!signature_fits(l, target, raw, NULL))
                plain = NULL;
        raw_reply(raw, plain ? 200 : 403, "text/plain", bytes_of_text(plain), NULL);
}

static void take(struct ear *l, const struct target_key *target, struct raw *raw)
{
        const char *cipher = leaf_of(&l->arena, target->xml, raw_body(raw), "Encrypt"), *why;
        const char *message = open_cipher(l, target, cipher, &why);

        if (message && !signature_fits(l, target, raw, cipher)) {
                message = NULL;
                why = "the signature does not fit";
        }
        if (!message) {
                l->unread++;
                l->why = why;
        } else if (l->status == 200) {
                vec_push(&l->arena, &l->heard,
                         ((struct heard){event_name(&l->arena, target->xml, bytes_of_text(message)), message}));
        }
        raw_reply(raw, message ? l->status : 500, "text/plain", bytes_of_text(message && l->status == 200 ? "success" : "no"), NULL);
}

static void on_request(void *arg, struct raw *raw)
{
        struct ear *l = arg;
        const struct target_key *target = NULL;

        for (size_t i = 0; i < TARGETS; i++)
                if (text_eq(l->target[i].path, raw_path(raw)))
                        target = &l->target[i];
        pthread_mutex_lock(&l->lock);
        if (!target)
                raw_reply(raw, 404, "text/plain", BYTES_NONE, NULL);
        else if (text_eq(raw_method(raw), "GET"))
                check_url(l, target, raw);
        else
                take(l, target, raw);
        pthread_mutex_unlock(&l->lock);
}

static const char *learn_keys(struct play *p, struct ear *l)
{
        static const char *const rows[TARGETS][4] = {{"/corp", "wecom", "corp", "corp_id"},
                                                     {"/shop", "shop", "shops.0", "appid"},
                                                     {"/shop2", "shop", "shops.1", "appid"}};

        for (size_t i = 0; i < TARGETS; i++) {
                struct target_key *t = &l->target[i];
                const char *token = play_value(p, play_why(p, "%s.token", rows[i][2]));
                const char *aes = play_value(p, play_why(p, "%s.aes_key", rows[i][2]));

                *t = (struct target_key){.path = rows[i][0], .kind = rows[i][1], .xml = !i,
                                         .id = play_value(p, play_why(p, "%s.%s", rows[i][2], rows[i][3]))};
                if (!token || !aes || !t->id || envelope_key_init(&t->key, token, aes, t->id))
                        return play_why(p, "the ready line gives no keys for %s", rows[i][2]);
        }
        return NULL;
}

const char *ear_start(struct play *p, bool careless)
{
        struct ear *l = p->ear;
        const char *why = NULL;

        if (l) {
                l->careless = careless;
                return NULL;
        }
        l = p->ear = arena_new(&p->arena, struct ear);
        *l = (struct ear){.careless = careless, .status = 200, .lock = PTHREAD_MUTEX_INITIALIZER};
        arena_init(&l->arena, 0);
        why = learn_keys(p, l);
        struct raw_row raw[] = {{"/", 0, on_request, l}};
        if (!why && server_start(&l->server, &(struct server_options){.listen = "127.0.0.1:0", .listen_fd = -1, .raw = raw, .n_raw = 1}))
                why = "the client cannot listen";
        for (size_t i = 0; !why && i < TARGETS; i++) {
                const struct target_key *t = &l->target[i];
                why = play_sim(p, "POST", "/sim/callback",
                               play_why(p, "{\"kind\":\"%s\",\"id\":\"%s\",\"url\":\"%s%s\"}", t->kind, t->id,
                                        server_url(l->server), t->path));
                if (!why && play_answer(p, "why"))
                        why = play_why(p, "the platform refuses the client's URL: %s", play_answer(p, "why"));
        }
        return why;
}

void ear_stop(struct play *p)
{
        struct ear *l = p->ear;

        if (!l)
                return;
        if (l->server)
                server_stop(l->server);
        pthread_mutex_destroy(&l->lock);
        arena_release(&l->arena);
        p->ear = NULL;
}

void ear_answer(struct play *p, int status)
{
        pthread_mutex_lock(&p->ear->lock);
        p->ear->status = status;
        pthread_mutex_unlock(&p->ear->lock);
}

unsigned ear_heard(struct play *p, const char *event, const char **last)
{
        struct ear *l = p->ear;
        unsigned n = 0;

        *last = NULL;
        pthread_mutex_lock(&l->lock);
        for (size_t i = 0; i < l->heard.n; i++) {
                if (!text_eq(l->heard.v[i].event, event))
                        continue;
                n++;
                *last = l->heard.v[i].message;
        }
        pthread_mutex_unlock(&l->lock);
        return n;
}

unsigned ear_unread(struct play *p, const char **why)
{
        pthread_mutex_lock(&p->ear->lock);
        unsigned n = p->ear->unread;
        *why = p->ear->why;
        pthread_mutex_unlock(&p->ear->lock);
        return n;
}
