/* Tells the requests of the one port apart: the platform's API by prefix or host, the admin API, the page. */
#include "sim/admin.h"
#include "sim/gate.h"
#include "sim/page.h"
#include "sim/sim.h"

#include <string.h>

#define WECOM_PREFIX "/wecom"
#define WEIXIN_PREFIX "/weixin"

void sim_handle(void *arg, struct raw *raw)
{
        struct sim *sim = arg;
        const char *path = raw_path(raw), *host = raw_host(raw);

        if (text_starts(path, WECOM_PREFIX "/"))
                gate_handle(sim, raw, FAMILY_WECOM, path + strlen(WECOM_PREFIX));
        else if (text_starts(path, WEIXIN_PREFIX "/"))
                gate_handle(sim, raw, FAMILY_WEIXIN, path + strlen(WEIXIN_PREFIX));
        else if (text_starts(path, "/sim/"))
                admin_handle(sim, raw, path);
        else if (text_starts(path, "/channels/") ||
                 (text_starts(path, "/cgi-bin/") && host && text_starts(host, "api.weixin.qq.com")))
                gate_handle(sim, raw, FAMILY_WEIXIN, path);
        else if (text_starts(path, "/cgi-bin/"))
                gate_handle(sim, raw, FAMILY_WECOM, path);
        else
                page_handle(sim, raw, path);
}
