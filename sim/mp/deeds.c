/* What people do at an account, and what it allows the account to send. */
#include "sim/mp/mp.h"

#include "sim/push.h"
#include "sim/sim.h"

#include <string.h>

/* 公众号 客服消息, 小程序 客服消息: how many messages, how long. */
static const struct {
        int64_t left, ms;
} allows[DEED_N] = {
        [DEED_WROTE] = {5, 48 * HOUR_MS}, [DEED_MENU] = {3, 60000},  [DEED_FOLLOWED] = {3, 60000},
        [DEED_SCANNED] = {3, 60000},      [DEED_PAID] = {INT64_MAX, 48 * HOUR_MS}, [DEED_ENTERED] = {2, 60000},
};

void mp_allow(struct sim *sim, struct mp_fan *fan, enum mp_deed deed)
{
        if (deed < DEED_N)
                fan->window[deed] = (struct mp_window){sim_now(sim) + allows[deed].ms, allows[deed].left};
}

void mp_record_add(struct sim *sim, struct mp_fan *fan, int opercode, const char *text)
{
        struct mp_record *r = arena_new(&sim->arena, struct mp_record);
        *r = (struct mp_record){fan->agent, fan->openid, arena_strdup(&sim->arena, text), sim_now(sim), opercode};
        vec_push(&sim->arena, &fan->mp->records, r);
}

void mp_received(struct sim *sim, struct mp_fan *fan, const char *how, const char *type, const char *text)
{
        ledger_add(sim, "received", fan->mp->appid, fan->openid, "%s %s: %s", how, type, text);
        mp_record_add(sim, fan, 2002, text);
}

void mp_event(struct sim *sim, struct mp_fan *fan, const char *event, enum mp_deed deed, const char *const *pairs)
{
        const char *all[24] = {"Event", event};
        size_t n = 2;

        for (; *pairs && n < countof(all) - 2; pairs += 2) {
                all[n++] = pairs[0];
                all[n++] = pairs[1];
        }
        mp_allow(sim, fan, deed);
        mp_push(sim, fan->mp, fan->openid, "event", event, fan->openid, all);
}

const char *mp_write(struct sim *sim, struct mp_fan *fan, const char *type, const char *const *pairs, const char *text)
{
        const char *all[24];
        const char *id = world_id(sim, "23", ++fan->mp->messages, 15);
        size_t n = 0;

        for (; *pairs && n < countof(all) - 3; pairs += 2) {
                all[n++] = pairs[0];
                all[n++] = pairs[1];
        }
        all[n++] = "#MsgId";
        all[n++] = id;
        all[n] = NULL;
        ledger_add(sim, "said", fan->mp->appid, fan->openid, "%s %s: %s", id, type, text);
        if (fan->blocked)
                return id; /* nobody hears her */
        mp_allow(sim, fan, DEED_WROTE);
        mp_record_add(sim, fan, 2003, text);
        mp_push(sim, fan->mp, fan->openid, type, type, id, all);
        return id;
}

/* ---- following ---- */

static void follow(struct sim *sim, struct mp_fan *fan, const char *scene, const struct mp_code *code)
{
        fan->follows = true;
        fan->since = sim_now(sim);
        fan->scene = scene;
        fan->qr_scene = code && code->scene_id >= 0 ? code->scene_id : 0;
        fan->qr_scene_str = code && code->scene_id < 0 ? code->scene_str : "";
        ledger_add(sim, "follows", fan->mp->appid, fan->openid, "%s", scene);
}

void mp_follow(struct sim *sim, struct mp_fan *fan, const char *subscribe_scene)
{
        follow(sim, fan, subscribe_scene, NULL);
        mp_event(sim, fan, "subscribe", DEED_FOLLOWED, (const char *const[]){"EventKey", "", NULL});
}

void mp_unfollow(struct sim *sim, struct mp_fan *fan)
{
        fan->follows = false;
        memset(fan->window, 0, sizeof(fan->window));
        ledger_add(sim, "unfollows", fan->mp->appid, fan->openid, "%s", fan->person->nickname);
        mp_event(sim, fan, "unsubscribe", DEED_N, (const char *const[]){"EventKey", "", NULL});
}

int mp_scan(struct sim *sim, struct mp_fan *fan, const char *ticket)
{
        const struct mp_code *code = map_get(&sim->world.mps.codes, ticket);
        struct arena arena;

        if (!code || code->mp != fan->mp || (code->until && code->until <= sim_now(sim)))
                return MP_E_TICKET;
        arena_init(&arena, 0);
        const char *scene = code->scene_id >= 0 ? arena_printf(&arena, "%lld", (long long)code->scene_id) : code->scene_str;
        if (fan->follows) {
                mp_event(sim, fan, "SCAN", DEED_SCANNED,
                         (const char *const[]){"EventKey", scene, "Ticket", code->ticket, NULL});
        } else {
                follow(sim, fan, "ADD_SCENE_QR_CODE", code);
                mp_allow(sim, fan, DEED_SCANNED);
                mp_event(sim, fan, "subscribe", DEED_FOLLOWED,
                         (const char *const[]){"EventKey", arena_printf(&arena, "qrscene_%s", scene), "Ticket",
                                               code->ticket, NULL});
        }
        arena_release(&arena);
        return 0;
}

/* ---- the web customer-service tool ---- */

void mp_serve(struct sim *sim, struct mp_fan *fan, struct mp_agent *agent)
{
        const char *event = fan->agent ? "kf_switch_session" : "kf_create_session";
        struct mp_agent *before = fan->agent;

        fan->agent = agent;
        fan->agent_since = sim_now(sim);
        fan->waits_since = 0;
        if (before)
                mp_event(sim, fan, event, DEED_N,
                         (const char *const[]){"FromKfAccount", before->account, "ToKfAccount", agent->account, NULL});
        else
                mp_event(sim, fan, event, DEED_N, (const char *const[]){"KfAccount", agent->account, NULL});
}

void mp_serve_end(struct sim *sim, struct mp_fan *fan)
{
        struct mp_agent *agent = fan->agent;

        fan->agent = NULL;
        mp_event(sim, fan, "kf_close_session", DEED_N, (const char *const[]){"KfAccount", agent->account, NULL});
}
