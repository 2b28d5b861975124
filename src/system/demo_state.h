/*
 * The server's half of the demo (demo/demo.h): three functions for the routes, which ask the simulator and compare what it
 * counts with what is stored here.
 */
#ifndef SYSTEM_DEMO_STATE_H
#define SYSTEM_DEMO_STATE_H

#include "base/json.h"
#include "base/ctx.h"

struct demo_text { const char *text; };
extern const struct json_desc demo_text_desc;

struct demo_live { bool running; int64_t orders, chats; };
struct demo_plug { int64_t at, back_after_ms, acked, stored, lost, found; };
struct demo_state {
        struct demo_live *live;
        struct demo_plug *plug;
        const char *simulator_url;
};
extern const struct json_desc demo_state_desc;

enum { DEMO_E_SIMULATOR = 1 };
int demo_live(struct ctx *, struct demo_text *out) MUST;
int demo_state(struct ctx *, struct demo_state *out) MUST;
int demo_plug(struct ctx *) MUST;

/* What the parent knows about the last kill reaches the next server through this file in the data folder. */
#define DEMO_PLUG_FILE "demo-plug.json"
#define DEMO_PLUG_GRACE_MS 200 /* from the wish to the cut: the answer to whoever wished leaves first */

#endif
