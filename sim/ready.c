/* The line that says the simulator is ready, and with what. */
#include "net/server.h"
#include "sim/command.h"
#include "sim/mp/mp.h"
#include "sim/out.h"
#include "sim/sim.h"

#include <stdio.h>

/* Of a fresh account neither exists yet: whoever connects it makes them. */
static void write_target(struct out *out, const struct target *target, bool fresh)
{
        if (fresh)
                return;
        out_str(out, "token", target->key.token);
        out_str(out, "aes_key", target->encoding_aes_key);
}

static void write_corp(struct out *out, const struct corp *corp, bool fresh)
{
        out_obj(out, "corp");
        out_str(out, "corp_id", corp->corp_id);
        out_str(out, "name", corp->name);
        out_str(out, "secret", corp->secret);
        out_str(out, "agent_id", corp->agent_id);
        write_target(out, &corp->target, fresh);
        out_end(out);
        out_list(out, "kf");
        for (size_t i = 0; i < corp->n_kf; i++) {
                out_obj(out, NULL);
                out_str(out, "open_kfid", corp->kf[i]->open_kfid);
                out_str(out, "name", corp->kf[i]->name);
                out_end(out);
        }
        out_end(out);
}

static void write_shops(struct out *out, const struct world *w, bool fresh)
{
        out_list(out, "shops");
        for (size_t i = 0; i < w->n_shops; i++) {
                const struct shop *shop = w->shops[i];
                out_obj(out, NULL);
                out_str(out, "appid", shop->appid);
                out_str(out, "secret", shop->secret);
                out_str(out, "name", shop->name);
                write_target(out, &shop->target, fresh);
                out_str(out, "origin_id", shop->origin_id);
                out_end(out);
        }
        out_end(out);
        out_list(out, "mp");
        for (size_t i = 0; i < w->mps.n; i++) {
                const struct mp *mp = w->mps.of[i];
                out_obj(out, NULL);
                out_str(out, "kind", mp->kind == MP_OFFICIAL ? "official" : "program");
                out_str(out, "appid", mp->appid);
                out_str(out, "secret", mp->secret);
                out_str(out, "name", mp->name);
                write_target(out, &mp->target, fresh);
                out_str(out, "origin_id", mp->origin_id);
                out_end(out);
        }
        out_end(out);
}

void ready_write(struct sim *sim, struct out *out, const char *ca)
{
        bool fresh = sim->console.domain_asked;

        out_bool(out, "ready", true);
        out_bool(out, "fresh", fresh);
        out_str(out, "url", server_url(sim->server));
        out_str(out, "wecom_base", server_url(sim->server));
        out_str(out, "weixin_base", server_url_also(sim->server));
        out_opt(out, "ca_file", ca);
        write_corp(out, &sim->world.corp, fresh);
        write_shops(out, &sim->world, fresh);
}

void ready_print(struct sim *sim, const char *ca)
{
        struct arena arena;
        struct out out;

        arena_init(&arena, 0);
        out_init(&out, &arena);
        out_obj(&out, NULL);
        ready_write(sim, &out, ca);
        out_end(&out);
        puts(out.text.p);
        fflush(stdout);
        arena_release(&arena);
}
