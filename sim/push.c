#include "sim/push.h"

#include "base/json.h"
#include "base/xml.h"
#include "sim/admin.h"
#include "sim/cursor.h"
#include "sim/mp/mp.h"
#include "sim/population.h"
#include "sim/pool.h"
#include "sim/record.h"
#include "sim/sim.h"

#include <string.h>

#define TRIES_MAX 10

/* Pause before each retry, seconds; the first try is at once. WeCom's own pause is a switch. */
static const int shop_pause_s[TRIES_MAX - 1] = {0, 0, 10, 60, 300, 1800, 3600, 3600, 3600};
#define WECOM_RETRIES 3
#define MP_RETRIES 2 /* three deliveries in all, five seconds apart */
#define PUSH_TIMEOUT_MS 5000

struct push {
        struct pool_task task;       /* first: the pool gives it back */
        struct arena arena;          /* the push's own: goes when the push is settled */
        struct arena attempt;        /* of one try */
        struct push *before, *after; /* in sim->pushes.list */
        struct target *target;
        const char *name, *id, *message;
        char signature[SHA1_HEX]; /* msg_signature of this try: names it in the server's own ledger */
        unsigned tries;
        uint64_t serial; /* of this push */
        int64_t begun; /* ms, real */
};

static void try_now(struct sim *sim, void *arg);

static void drop_push(struct sim *sim, struct push *push)
{
        struct arena arena = push->arena;
        sim->pushes.open--;
        *(push->before ? &push->before->after : &sim->pushes.list) = push->after;
        if (push->after)
                push->after->before = push->before;
        arena_release(&push->attempt);
        arena_release(&arena);
}

void pushes_release(struct sim *sim)
{
        while (sim->pushes.list)
                drop_push(sim, sim->pushes.list);
}

/* Was this answer an acknowledgement? `why` says what it was instead. */
static bool acknowledged(struct push *push, const char **why)
{
        struct http_response *res = &push->task.response;
        struct bytes body = res->body;

        *why = NULL;
        if (push->task.outcome == TRANSPORT_E_CONNECT)
                *why = "no connection";
        else if (push->task.outcome)
                *why = "no answer in 5 s";
        else if (res->status != 200)
                *why = arena_printf(&push->attempt, "HTTP %d", res->status);
        else if (push->target->mp)
                return mp_acknowledged(push->task.sim, &push->attempt, push->target->mp, body, why);
        else if (!push->target->wecom && body.n && (body.n != 7 || memcmp(body.p, "success", 7)))
                *why = "neither \"success\" nor empty";
        return !*why;
}

static void tried(struct sim *sim, struct pool_task *task)
{
        struct push *push = (struct push *)task;
        const char *why;

        if (acknowledged(push, &why)) {
                sim->pushes.acked++;
                /* How long it took in truth belongs to no story that is to be told again. */
                ledger_add(sim, "ack", push->target->id, push->id, "%s, try %u, %lld us, %s", push->name, push->tries,
                           sim->clock.manual ? 0LL : (long long)task->response.took_us, push->signature);
                drop_push(sim, push);
                return;
        }
        sim->pushes.failed++;
        ledger_add(sim, "nack", push->target->id, push->id, "%s, try %u: %s", push->name, push->tries, why);
        unsigned retries = push->target->wecom ? WECOM_RETRIES
                           : push->target->mp  ? MP_RETRIES
                                               : (unsigned)countof(shop_pause_s);
        if (push->tries > retries) {
                sim->pushes.gave_up++;
                ledger_add(sim, "gave_up", push->target->id, push->id, "%s after %u tries", push->name, push->tries);
                drop_push(sim, push);
                return;
        }
        int64_t pause = shop_pause_s[push->tries - 1] * INT64_C(1000);
        if (push->target->wecom || push->target->mp) {
                /* The pause is counted from the beginning of the try: a time-out has already waited it out. */
                pause = (push->target->mp ? PUSH_TIMEOUT_MS : switch_on(sim, SW_WECOM_RETRY_MS)) -
                        (sim->clock.manual ? 0 : clock_mono_ms() - push->begun);
                pause = pause < 0 ? 0 : pause;
        }
        timer_after(sim, pause, try_now, push);
}

struct envelope_key push_key(const struct sim *sim, const struct target *target)
{
        struct envelope_key key = target->key;

        if (sim->faults.on[FAULT_AES_SWAPPED])
                for (size_t i = 0; i < sizeof(key.aes); i++)
                        key.aes[i] ^= 0x5a;
        if (sim->faults.on[FAULT_TOKEN_SWAPPED])
                key.token = "swapped";
        return key;
}

int64_t push_now_s(struct sim *sim)
{
        return sim_now_s(sim) + (sim->faults.on[FAULT_CLOCK_OFF] ? FAULT_CLOCK_S : 0);
}

static const char *sign_query(struct sim *sim, bool wecom, const struct envelope_key *key, struct arena *arena,
                              const char *encrypt, char whole[SHA1_HEX])
{
        const char *timestamp = arena_printf(arena, "%lld", (long long)push_now_s(sim));
        const char *nonce = rng_digits(&sim->rng, arena, "", 10);
        char plain[SHA1_HEX];

        envelope_sign(arena, key->token, timestamp, nonce, encrypt, whole);
        if (rng_percent(&sim->rng, switch_on(sim, SW_BAD_SIGNATURE)))
                whole[0] = whole[0] == '0' ? '1' : '0';
        if (wecom)
                return arena_printf(arena, "msg_signature=%s&timestamp=%s&nonce=%s", whole, timestamp, nonce);
        envelope_sign(arena, key->token, timestamp, nonce, NULL, plain);
        return arena_printf(arena, "signature=%s&timestamp=%s&nonce=%s&encrypt_type=aes&msg_signature=%s", plain,
                            timestamp, nonce, whole);
}

static const char *with_query(struct arena *arena, const char *url, const char *query)
{
        return arena_printf(arena, "%s%c%s", url, strchr(url, '?') ? '&' : '?', query);
}

/* What one try carries: sealed anew, so that no two tries are alike. */
static struct bytes seal(struct sim *sim, struct push *push, const char **query)
{
        struct target *target = push->target;
        struct arena *arena = &push->attempt;
        uint8_t random[16];
        struct text body;

        if (target->mp)
                return mp_push_body(sim, arena, target->mp, push->message, query);
        rng_fill(&sim->rng, random, sizeof(random));
        const struct envelope_key key = push_key(sim, target);
        const char *encrypt = envelope_seal(arena, &key, random, bytes_of_text(push->message));
        text_init(&body, arena);
        if (target->wecom) {
                text_add(&body, "<xml><ToUserName>");
                xml_cdata(&body, target->id);
                text_add(&body, "</ToUserName><Encrypt>");
                xml_cdata(&body, encrypt);
                text_add(&body, "</Encrypt><AgentID></AgentID></xml>");
        } else {
                text_add(&body, "{\"ToUserName\":");
                json_quote(&body, world_shop(sim, target->id)->origin_id);
                text_add(&body, ",\"Encrypt\":");
                json_quote(&body, encrypt);
                text_add(&body, "}");
        }
        *query = sign_query(sim, target->wecom, &key, arena, encrypt, push->signature);
        return bytes_of(body.p, body.n);
}

static void try_now(struct sim *sim, void *arg)
{
        struct push *push = arg;
        struct target *target = push->target;
        struct arena *arena = &push->attempt;
        const char *query;

        arena_clear(arena);
        push->tries++;
        /* Each try draws from a stream of its own: who was pushed to in between, and called in between, is no matter. */
        struct rng own = {sim->seal_seed + push->serial * TRIES_MAX + push->tries};
        rng_swap(&sim->rng, &own);
        struct bytes body = seal(sim, push, &query);
        rng_swap(&sim->rng, &own);
        push->begun = clock_mono_ms();
        push->task.arena = arena;
        push->task.done = tried;
        push->task.request = (struct http_request){
                .method = "POST",
                .url = with_query(arena, target->url, query),
                .body = body,
                .mime = target->wecom || (target->mp && !target->mp->json) ? "text/xml" : "application/json",
                .timeout_ms = PUSH_TIMEOUT_MS,
                .max_reply = 65536,
        };
        pool_add(sim->pool, sim, &push->task);
}

static void add_push(struct sim *sim, struct target *target, const char *name, const char *id, const char *message,
                     int64_t delay)
{
        struct arena arena;
        arena_init(&arena, 0);
        struct push *push = arena_new(&arena, struct push);
        push->serial = sim->pushes.made;
        push->target = target;
        push->name = name;
        push->id = arena_strdup(&arena, id);
        push->message = arena_strdup(&arena, message);
        push->arena = arena;
        arena_init(&push->attempt, 0);
        push->after = sim->pushes.list;
        if (push->after)
                push->after->before = push;
        sim->pushes.list = push;
        sim->pushes.made++;
        sim->pushes.open++;
        timer_after(sim, delay, try_now, push);
}

void push_event(struct sim *sim, struct target *target, const char *name, const char *id, const char *message)
{
        record_push(sim, target, name, message);
        /* Without a URL the platform has nobody to tell: nothing is kept for later. */
        if (!target->url || !sim->pool)
                return;
        bool twice = switch_on(sim, SW_DUPLICATE) || (sim->live.running && sim->live.duplicate);
        for (int copy = 0; copy < (twice ? 2 : 1); copy++) {
                int64_t delay = switch_on(sim, SW_DELAY_MS);
                if (switch_on(sim, SW_REORDER))
                        delay += rng_between(&sim->rng, 0, 1500);
                if (rng_percent(&sim->rng, switch_on(sim, SW_DROP))) {
                        sim->pushes.dropped++;
                        ledger_add(sim, "dropped", target->id, id, "%s", name);
                        continue;
                }
                ledger_add(sim, "push", target->id, id, "%s%s", name, copy ? ", again" : "");
                add_push(sim, target, name, id, message, delay);
        }
}

void push_kf_notice(struct sim *sim, struct kf_account *kf)
{
        struct target *target = &sim->world.corp.target;
        struct arena arena;
        struct text xml;

        if (!target->url && !sim->record)
                return;
        arena_init(&arena, 0);
        text_init(&xml, &arena);
        text_add(&xml, "<xml><ToUserName>");
        xml_cdata(&xml, target->id);
        text_addf(&xml, "</ToUserName><CreateTime>%lld</CreateTime><MsgType><![CDATA[event]]></MsgType>",
                  (long long)push_now_s(sim));
        text_add(&xml, "<Event><![CDATA[kf_msg_or_event]]></Event><Token>");
        xml_cdata(&xml, cursor_push_token(sim, &arena, kf));
        text_add(&xml, "</Token><OpenKfId>");
        xml_cdata(&xml, kf->open_kfid);
        text_add(&xml, "</OpenKfId></xml>");
        push_event(sim, target, "kf_msg_or_event", kf->open_kfid, xml.p);
        arena_release(&arena);
}

bool push_id_as_number(struct sim *sim, struct shop *shop)
{
        return switch_on(sim, SW_IDS_MIXED) && shop->pushed % 2 == 0;
}

void push_shop_event(struct sim *sim, struct shop *shop, const char *openid, const char *event, const char *id,
                     const char *body)
{
        struct arena arena;
        struct text json;

        shop->pushed++;
        if (!shop->target.url && !sim->record)
                return;
        arena_init(&arena, 0);
        text_init(&json, &arena);
        text_add(&json, "{\"ToUserName\":");
        json_quote(&json, shop->origin_id);
        text_add(&json, ",\"FromUserName\":");
        json_quote(&json, openid);
        text_addf(&json, ",\"CreateTime\":%lld,\"MsgType\":\"event\",\"Event\":", (long long)push_now_s(sim));
        json_quote(&json, event);
        text_addf(&json, ",%s}", body);
        push_event(sim, &shop->target, event, id, json.p);
        arena_release(&arena);
}

/* ---- registering a URL ---- */

struct check {
        struct pool_task task;
        struct arena arena;
        struct target *target;
        struct push_setting set;
        struct envelope_key key;
        const char *expect, *back;
        void (*answer)(struct raw *, const char *why, const char *back);
        const char *why;
        struct raw *raw;
};

static void answer_check(struct sim *sim, void *arg)
{
        struct check *check = arg;
        struct arena arena = check->arena;

        (void)sim;
        check->answer(check->raw, check->why, check->back);
        arena_release(&arena);
}

/* Which port somebody listens on belongs to no story. */
static const char *path_of(const char *url)
{
        const char *host = strstr(url, "://"), *path = strchr(host ? host + 3 : url, '/');
        return path ? path : "/";
}

static void keep_setting(struct sim *sim, const struct check *check)
{
        struct target *target = check->target;

        target->url = arena_strdup(&sim->arena, check->set.url);
        if (check->set.token) {
                target->key = check->key;
                target->key.token = arena_strdup(&sim->arena, check->set.token);
                target->key.receive_id = target->id;
                target->encoding_aes_key = arena_strdup(&sim->arena, check->set.aes_key);
                /* Whatever was wrong with the keys has been typed anew. */
                sim->faults.on[FAULT_AES_SWAPPED] = sim->faults.on[FAULT_TOKEN_SWAPPED] = false;
        }
        if (target->mp && check->set.mode >= 0)
                target->mp->mode = (enum mp_mode)check->set.mode;
        population_url_set(sim, target);
}

static void checked(struct sim *sim, struct pool_task *task)
{
        struct check *check = (struct check *)task;
        struct bytes body = task->response.body;
        const char *why = NULL;

        if (task->outcome == TRANSPORT_E_CONNECT)
                why = "no connection to the URL";
        else if (task->outcome)
                why = "no answer in time";
        else if (task->response.status != 200)
                why = arena_printf(&check->arena, "HTTP %d instead of 200", task->response.status);
        else if (body.n != strlen(check->expect) || memcmp(body.p, check->expect, body.n))
                why = "the answer is not the echo asked for";
        ledger_add(sim, why ? "url_refused" : "url_set", check->target->id, path_of(check->set.url), "%s", why ? why : "ok");
        if (!why)
                keep_setting(sim, check);
        check->why = why;
        calm_then(sim, answer_check, check);
}

int push_register(struct sim *sim, struct target *target, const struct push_setting *set,
                  void (*answer)(struct raw *, const char *why, const char *back), struct raw *raw, const char *back)
{
        struct arena arena;
        char signature[SHA1_HEX];
        uint8_t random[16];
        const char *echo, *query;

        arena_init(&arena, 0);
        struct check *check = arena_new(&arena, struct check);
        check->key = push_key(sim, target);
        check->set = (struct push_setting){arena_strdup(&arena, set->url), arena_strdup(&arena, set->token),
                                           arena_strdup(&arena, set->aes_key), set->mode};
        if (set->token && envelope_key_init(&check->key, check->set.token, check->set.aes_key, target->id)) {
                arena_release(&arena);
                return PUSH_E_KEY;
        }
        rng_swap(&sim->rng, &sim->noise);
        check->expect = rng_digits(&sim->rng, &arena, "", 19);
        if (target->wecom) {
                /* WeCom wants to see its text decrypted; a shop's text comes back as it is, only signed. */
                rng_fill(&sim->rng, random, sizeof(random));
                echo = envelope_seal(&arena, &check->key, random, bytes_of_text(check->expect));
                query = sign_query(sim, true, &check->key, &arena, echo, signature);
        } else {
                const char *timestamp = arena_printf(&arena, "%lld", (long long)push_now_s(sim));
                const char *nonce = rng_digits(&sim->rng, &arena, "", 10);
                envelope_sign(&arena, check->key.token, timestamp, nonce, NULL, signature);
                echo = check->expect;
                query = arena_printf(&arena, "signature=%s&timestamp=%s&nonce=%s", signature, timestamp, nonce);
        }
        rng_swap(&sim->rng, &sim->noise);
        check->target = target;
        check->answer = answer;
        check->raw = raw;
        check->back = back;
        check->task.request = (struct http_request){
                .method = "GET",
                .url = with_query(&arena, set->url, arena_printf(&arena, "%s&echostr=%s", query, url_encode(&arena, echo))),
                .timeout_ms = target->wecom ? 1000 : PUSH_TIMEOUT_MS,
                .reads_only = true,
                .max_reply = 65536,
        };
        check->arena = arena;
        check->task.arena = &check->arena;
        check->task.done = checked;
        pool_add(sim->pool, sim, &check->task);
        return 0;
}
