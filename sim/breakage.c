#include "sim/breakage.h"

#include "net/server.h"
#include "sim/sim.h"

#define SILENCE_MS 30000 /* longer than any client waits; then the connection closes */
#define DRIP_MS 2000
#define DRIPS 15

static const struct {
        const char *how, *rule;
} rows[] = {
        [BREAK_DRIP] = {"drip", "开关 broken：回答一点一点地到"},
        [BREAK_ERROR] = {"error", "开关 broken：HTTP 502，没有执行"},
        [BREAK_GARBAGE] = {"garbage", "开关 broken：执行了，回答残缺"},
        [BREAK_HANG] = {"hang", "开关 broken：没有执行，也不回答"},
        [BREAK_VANISH] = {"vanish", "开关 broken：执行了，不回答"},
};

static enum breakage by_name(const char *how)
{
        for (size_t i = BREAK_DRIP; i < countof(rows); i++)
                if (text_eq(how, rows[i].how))
                        return (enum breakage)i;
        return BREAK_NONE;
}

enum breakage breakage_of(struct sim *sim, const char *path)
{
        const char *broken = switch_text(sim, SW_BROKEN);

        if (!*broken || (!text_eq(broken, "all") && !text_eq(broken, path)) || !sim->server ||
            !rng_percent(&sim->rng, switch_on(sim, SW_BROKEN_PERCENT)))
                return BREAK_NONE;
        return by_name(switch_text(sim, SW_BROKEN_HOW));
}

bool breakage_prevents(enum breakage b)
{
        return b == BREAK_HANG || b == BREAK_ERROR;
}

bool breakage_known(const char *how)
{
        return by_name(how) != BREAK_NONE;
}

const char *breakage_rule(enum breakage b)
{
        return rows[b].rule;
}

static void close_it(void *raw)
{
        raw_reply(raw, 0, NULL, BYTES_NONE, NULL);
}

void breakage_send(struct sim *sim, struct raw *raw, enum breakage b, const char *mime, struct bytes body)
{
        switch (b) {
        case BREAK_HANG:
        case BREAK_VANISH:
                server_later(sim->server, SILENCE_MS, close_it, raw);
                return;
        case BREAK_ERROR:
                raw_reply(raw, 502, "text/html", bytes_of_text("<html><body><h1>502 Bad Gateway</h1></body></html>"), NULL);
                return;
        case BREAK_GARBAGE:
                raw_reply(raw, 200, mime, bytes_of(body.p, body.n / 2), NULL);
                return;
        case BREAK_DRIP:
                raw_reply_slowly(raw, 200, mime, body, DRIPS, DRIP_MS);
                return;
        case BREAK_NONE:
                break;
        }
        raw_reply(raw, 200, mime, body, NULL);
}
