/* Handlers and shapes of the wizard's routes, for the table in api.c. Private. */
#ifndef SHOPS_API_CONNECT_H
#define SHOPS_API_CONNECT_H

#include "shops/api.h"

struct connected_in {
        int64_t account_id;
};
struct secret_in {
        int64_t account_id;
        const char *secret;
};

struct agent_in {
        int64_t account_id;
        const char *agent_id;
};

extern const struct json_desc shops_connections_desc, shops_connect_in_desc, shops_pasted_desc, shops_connected_in_desc,
        shops_secret_in_desc, shops_agent_in_desc, shops_site_file_in_desc, shops_kf_list_desc;

int shops_told(struct ctx *, int status) MUST; /* the status; of E_LIMIT with its sentence */
int shops_get_connections(struct ctx *, const void *in, void *out) MUST;
int shops_post_connect(struct ctx *, const void *in, void *out) MUST;
int shops_delete_connect(struct ctx *, const void *in, void *out) MUST;
int shops_post_callback(struct ctx *, const void *in, void *out) MUST;
int shops_put_secret(struct ctx *, const void *in, void *out) MUST;
int shops_put_agent(struct ctx *, const void *in, void *out) MUST;
int shops_put_site_file(struct ctx *, const void *in, void *out) MUST;

struct proxy_in {
        const char *url;
};
struct proxy_out {
        const char *host;
};
extern const struct json_desc shops_proxy_in_desc, shops_proxy_desc;
int shops_get_proxy(struct ctx *, const void *in, void *out) MUST;
int shops_put_proxy(struct ctx *, const void *in, void *out) MUST;

#endif
