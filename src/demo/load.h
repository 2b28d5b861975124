/* What the simulator says it made, and the demo merchant that is loaded from it. */
#ifndef DEMO_LOAD_H
#define DEMO_LOAD_H

#include "app/app.h"

struct demo_app { /* a corp or shop of the simulator */
        const char *corp_id, *agent_id, *appid, *secret, *name, *token, *aes_key;
};
struct demo_kf {
        const char *open_kfid, *name;
};
struct demo_world { /* the simulator's ready line */
        bool ready;
        const char *url, *wecom_base, *weixin_base;
        struct demo_app corp;
        struct demo_kf *kf;
        size_t n_kf;
        struct demo_app *shops;
        size_t n_shops;
};

#define DEMO_USER "demo"

/* Reads the ready line; -EPROTO when it is not one. */
int demo_world_read(struct arena *, const char *line, struct demo_world *) MUST;

/* Connects what the simulator made and ctx->merchant does not have yet; in a WRITE transaction. */
int demo_connect(struct ctx *, const struct demo_world *) MUST;

/* Where the simulator must send callbacks: kind, remote id and path of each account. */
struct demo_callback {
        const char *kind, *id, *path;
};

/* `cast`: names and people of a merchant who rehearses (rehearse.h), or NULL.
 * Makes merchant, people and accounts in the data folder of `conf`, unless they are there, and tells the addresses of
 * their callbacks (in the arena). Before the server starts: one process at a time works in a data folder. */
struct rehearse_cast;
int demo_load(const struct conf *, const struct demo_world *, const struct rehearse_cast *, const char *password, struct arena *,
              struct demo_callback **, size_t *n) MUST;

#endif
