/* Sentences about the scripted client: what it calls, what it hears, what it makes of that. */
#include "base/crypt.h"
#include "base/json.h"
#include "base/xml.h"
#include "sim/scenario/play.h"

#include <stdlib.h>
#include <string.h>

/* ---- calling ---- */

/* Who calls: where her ids stand in the ready line, and the host she calls. */
static const struct caller {
        const char *name, *id, *secret, *prefix;
} callers[] = {
        {"corp", "corp.corp_id", "corp.secret", "/wecom"},
        {"shop", "shops.0.appid", "shops.0.secret", "/weixin"},
        {"shop2", "shops.1.appid", "shops.1.secret", "/weixin"},
        {"account", "mp.0.appid", "mp.0.secret", "/weixin"},
        {"program", "mp.1.appid", "mp.1.secret", "/weixin"},
};

static const struct caller *caller_of(const char *name)
{
        for (size_t i = 0; i < countof(callers); i++)
                if (text_eq(callers[i].name, name))
                        return &callers[i];
        return NULL;
}

static const char *take_token(struct play *p, const struct caller *c)
{
        const char *id = play_value(p, c->id), *secret = play_value(p, c->secret);
        bool corp = text_eq(c->name, "corp");

        if (!id || !secret)
                return play_why(p, "the ready line knows no %s", c->name);
        const char *path = corp ? play_why(p, "/cgi-bin/gettoken?corpid=%s&corpsecret=%s", id, secret)
                                : play_why(p, "/cgi-bin/token?grant_type=client_credential&appid=%s&secret=%s", id, secret);
        const char *why = play_http(p, "GET", play_why(p, "%s%s%s", p->options->simulator, c->prefix, path), NULL, NULL);
        if (why)
                return why;
        if (!play_answer(p, "access_token"))
                return play_why(p, "no token for %s: %s", c->name, p->answer.body);
        play_name(p, play_why(p, "token.%s", c->name), play_answer(p, "access_token"));
        return NULL;
}

static const char *call_once(struct play *p, const struct caller *c, const char *path, const char *body)
{
        const char *token = play_value(p, play_why(p, "token.%s", c->name));

        return play_http(p, body ? "POST" : "GET",
                         play_why(p, "%s%s%s%caccess_token=%s", p->options->simulator, c->prefix, path,
                                  strchr(path, '?') ? '&' : '?', token),
                         NULL, body);
}

static const char *call(struct play *p, const char *who, const char *path, const char *body)
{
        const struct caller *c = caller_of(who);
        const char *why = NULL;

        if (!c)
                return "a client is corp, shop, shop2, account or program";
        if (!play_value(p, play_why(p, "token.%s", who)))
                why = take_token(p, c);
        why = why ? why : call_once(p, c, path, body);
        /* Expired, as each client knows: a new one, and once more. */
        if (!why && text_eq(play_answer(p, "errcode"), "42001")) {
                why = take_token(p, c);
                why = why ? why : call_once(p, c, path, body);
        }
        return why;
}

static const char *calls(struct play *p, const char *const arg[ARGS_MAX])
{
        return call(p, arg[0], arg[1], arg[2]);
}

static const char *asks(struct play *p, const char *const arg[ARGS_MAX])
{
        return call(p, arg[0], arg[1], NULL);
}

static const char *renews(struct play *p, const char *const arg[ARGS_MAX])
{
        const struct caller *c = caller_of(arg[0]);
        return c ? take_token(p, c) : "a client is corp, shop, shop2, account or program";
}

static const char *must_answer(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *code = play_answer(p, "errcode");

        if (!p->answer.body || p->answer.status != 200)
                return play_why(p, "it answered HTTP %d", p->answer.status);
        code = code ? code : "0";
        return text_eq(code, arg[0]) ? NULL : play_why(p, "it answered %s: %s", code, p->answer.body);
}

static const char *must_be(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *value = play_answer(p, arg[0]);
        return text_eq(value, arg[1]) ? NULL : play_why(p, "it is %s in %s", value ? value : "missing", p->answer.body);
}

static const char *must_have(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_answer(p, arg[0]) ? NULL : play_why(p, "there is none in %s", p->answer.body);
}

static const char *must_not_have(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_answer(p, arg[0]) ? play_why(p, "it is %s", play_answer(p, arg[0])) : NULL;
}

static const char *must_not_mention(struct play *p, const char *const arg[ARGS_MAX])
{
        return p->answer.body && strstr(p->answer.body, arg[0]) ? play_why(p, "it stands in %s", p->answer.body) : NULL;
}

/* ---- listening ---- */

static const char *listens(struct play *p, const char *const arg[ARGS_MAX])
{
        (void)arg;
        return ear_start(p, false);
}

static const char *listens_carelessly(struct play *p, const char *const arg[ARGS_MAX])
{
        (void)arg;
        return ear_start(p, true);
}

static const char *stray_bits(struct play *p, const char *const arg[ARGS_MAX])
{
        static const char *const keys[] = {"corp.aes_key", "shops.0.aes_key", "shops.1.aes_key"};

        (void)arg;
        for (size_t i = 0; i < countof(keys); i++) {
                const char *key = play_value(p, keys[i]);
                struct bytes raw;

                if (key && !base64_decode(&p->arena, key, strlen(key), &raw) &&
                    strncmp(base64_encode(&p->arena, raw), key, strlen(key)))
                        return NULL;
        }
        return "every key comes back as it was";
}

static const char *answers_pushes(struct play *p, const char *const arg[ARGS_MAX])
{
        int64_t status = 0;

        if (!p->ear)
                return "the client does not listen yet";
        if (text_to_int(arg[0], 200, 599, &status))
                return "a status of HTTP, 200 to 599";
        ear_answer(p, (int)status);
        return NULL;
}

static const char *heard_times(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *last;

        if (!p->ear)
                return "it does not listen";
        unsigned n = ear_heard(p, arg[0], &last);
        return text_eq(play_why(p, "%u", n), arg[1]) ? NULL : play_why(p, "it heard %u", n);
}

static const char *heard_some(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *last;
        return p->ear && ear_heard(p, arg[0], &last) ? NULL : "it heard none";
}

static const char *must_hear(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, heard_some, arg);
}

static const char *must_hear_times(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, heard_times, arg);
}

static const char *must_not_hear(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, heard_times, (const char *const[ARGS_MAX]){arg[0], "0"});
}

static const char *unread(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why;

        (void)arg;
        return p->ear && ear_unread(p, &why) ? NULL : "it read each of them";
}

static const char *could_not_read(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_until(p, unread, arg);
}

static const char *all_read(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *why = NULL;

        (void)arg;
        return p->ear && ear_unread(p, &why) ? play_why(p, "not one: %s", why) : NULL;
}

static const char *could_read(struct play *p, const char *const arg[ARGS_MAX])
{
        return play_at_rest(p, all_read, arg);
}

/* The member of the newest push of the event, XML and JSON alike. */
static const char *pushed(struct play *p, const char *event, const char *member, const char **value)
{
        struct json_leaf *leaf = NULL;
        const char *last = NULL;
        size_t n = 0;

        if (!p->ear || !ear_heard(p, event, &last))
                return "it heard none";
        if (*last == '<' ? xml_leaves(&p->arena, bytes_of_text(last), &leaf, &n)
                         : json_leaves(&p->arena, bytes_of_text(last), &leaf, &n))
                return "the push cannot be read";
        for (size_t i = 0; i < n; i++)
                if (text_eq(leaf[i].path, member))
                        *value = leaf[i].value;
        return *value ? NULL : play_why(p, "it has no %s: %s", member, last);
}

static const char *keeps(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *value = NULL, *why = pushed(p, arg[1], arg[0], &value);

        if (!why)
                play_name(p, arg[2], value);
        return why;
}

static const char *keeps_as_double(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *value = NULL, *why = pushed(p, arg[1], arg[0], &value);

        if (!why)
                play_name(p, arg[2], play_why(p, "%.0f", strtod(value, NULL)));
        return why;
}

static const char *never_found(struct play *p, const char *const arg[ARGS_MAX])
{
        const char *last = NULL;

        if (!p->ear || !ear_heard(p, arg[1], &last))
                return "it heard none";
        return strstr(last, arg[0]) ? play_why(p, "it stands in %s", last) : NULL;
}

static const struct sentence rows[] = {
        {"client of WORD calls PATH with JSON", "POST; of corp, shop, shop2, account or program; the token is fetched", calls},
        {"client of WORD asks PATH", "GET", asks},
        {"client of WORD takes a new token", "", renews},
        {"platform must answer NUMBER", "the errcode of the last answer", must_answer, .check = true},
        {"its WORD must be WORD", "a member of the last answer, as list.0.name", must_be, .check = true},
        {"its WORD must be TEXT", "", must_be, .check = true},
        {"it must have WORD", "", must_have, .check = true},
        {"it must not have WORD", "", must_not_have, .check = true},
        {"it must not mention TEXT", "anywhere in the last answer", must_not_mention, .check = true},
        {"client listens", "the URLs of the corp and of the shops are its own from now on", listens},
        {"client listens with padding of 16", "and cannot read what is padded further", listens_carelessly},
        {"client answers pushes with NUMBER", "the HTTP status of its answers", answers_pushes},
        {"client must hear WORD", "an event, as channels_ec_order_pay or kf_msg_or_event", must_hear, .check = true},
        {"client must hear WORD NUMBER times", "when nothing moves any more", must_hear_times, .check = true},
        {"client must not hear WORD", "", must_not_hear, .check = true},
        {"client must not find TEXT in WORD", "in the newest push of that event", never_found, .check = true},
        {"client keeps WORD of WORD as NEW", "a member of the newest push of an event", keeps},
        {"client keeps WORD of WORD as double NEW", "as who reads numbers as doubles", keeps_as_double},
        {"client must fail to read a push", "at least one", could_not_read, .check = true},
        {"client must have read every push", "", could_read, .check = true},
        {"some key must have stray bits", "an AES key that a strict Base64 decoder refuses", stray_bits, .check = true},
};

const struct sentence_table sentences_client = {"A scripted client", rows, countof(rows)};
