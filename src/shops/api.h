/* Routes of shops, for its declaration. Private. */
#ifndef SHOPS_API_H
#define SHOPS_API_H

#include "net/route.h"

extern const struct route shops_routes[14];

/* remote_connect.c: routes that call out. */
struct connect_in {
        const char *kind, *remote_id, *name, *secret, *origin;
        int64_t parent_id;
};
int shops_try(struct ctx *, const void *in, void *out) MUST;
struct kf_listed {
        const char *open_kfid, *name;
        bool managed;
};
struct kf_list {
        struct kf_listed *items;
        size_t n;
        const char *next;
};
int shops_list_kf(struct ctx *, const void *in, void *out) MUST;


#endif
