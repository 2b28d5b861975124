/* What the simulator says it made, and the demo merchant that is loaded from it. */
#ifndef APP_DEMO_LOAD_H
#define APP_DEMO_LOAD_H

#include "app/app.h"

struct demo_app { /* a corp or shop of the simulator */
        const char *corp_id, *appid, *secret, *name, *token, *aes_key;
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

/* Makes merchant, people and accounts in the data folder of `conf`, unless they are there. */
int demo_load(const struct conf *, const struct demo_world *, const char *password) MUST;

/* Where the simulator must send callbacks: kind, remote id and path of each account. */
struct demo_callback {
        const char *kind, *id, *path;
};
int demo_callbacks(const struct conf *, struct arena *, struct demo_callback **, size_t *n) MUST;

#endif
