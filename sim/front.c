/*
 * Tells requests apart: the platform's API and pages by the Host header; where that names no host of the platform, by the
 * port (the second is api.weixin.qq.com) or the prefix; then the admin API and the page for people.
 */
#include "sim/admin.h"
#include "sim/gate.h"
#include "sim/page.h"
#include "sim/sim.h"

#include <string.h>

static const struct {
        const char *prefix;
        enum family family;
} prefixes[] = {{"/wecom/", FAMILY_WECOM}, {"/weixin/", FAMILY_WEIXIN}};

/* "api.weixin.qq.com" and "api.weixin.qq.com:443" both name that host. */
static bool names(const char *host, const char *name)
{
        size_t n = strlen(name);
        return text_starts(host, name) && (!host[n] || host[n] == ':');
}

/* Did the client come in by the second port? It says so itself. */
static bool at_second(struct sim *sim, const char *host)
{
        const char *second = sim->server ? server_url_also(sim->server) : NULL, *port = strrchr(host, ':');
        return second && port && text_eq(strrchr(second, ':'), port);
}

static bool is_api(const char *path)
{
        static const char *const roots[] = {"/cgi-bin/", "/channels/", "/shop/",          "/sns/",
                                            "/wxa/",     "/wxaapi/",   "/customservice/", "/datacube/"};
        for (size_t i = 0; i < countof(roots); i++)
                if (text_starts(path, roots[i]))
                        return true;
        return false;
}

/* The family a path without a telling host or prefix belongs to; FAMILY_N for none. */
static enum family by_table(const char *path, bool second)
{
        static const enum family order[] = {FAMILY_WECOM, FAMILY_WEIXIN, FAMILY_OPEN,
                                            FAMILY_MP,    FAMILY_LOGIN_WORK, FAMILY_OPEN_WORK};

        if (second && gate_find(FAMILY_WEIXIN, path))
                return FAMILY_WEIXIN;
        for (size_t i = 0; i < countof(order); i++)
                if (gate_find(order[i], path))
                        return order[i];
        if (!is_api(path))
                return FAMILY_N;
        return second || !text_starts(path, "/cgi-bin/") ? FAMILY_WEIXIN : FAMILY_WECOM;
}

void sim_handle(void *arg, struct raw *raw)
{
        struct sim *sim = arg;
        const char *path = raw_path(raw), *host = raw_host(raw);
        enum family family = FAMILY_N;

        for (size_t i = 0; i < countof(prefixes); i++) {
                if (text_starts(path, prefixes[i].prefix)) {
                        gate_handle(sim, raw, prefixes[i].family, path + strlen(prefixes[i].prefix) - 1);
                        return;
                }
        }
        if (text_starts(path, "/sim/")) {
                admin_handle(sim, raw, path);
                return;
        }
        for (int i = 0; i < FAMILY_N && family == FAMILY_N; i++)
                if (names(host, gate_host[i]))
                        family = (enum family)i;
        if (family == FAMILY_N)
                family = by_table(path, at_second(sim, host));
        if (family == FAMILY_N)
                page_handle(sim, raw, path);
        else
                gate_handle(sim, raw, family, path);
}
