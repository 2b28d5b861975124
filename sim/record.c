#include "sim/record.h"

#include "base/json.h"
#include "sim/gate.h"
#include "sim/sim.h"

void record_call(struct sim *sim, const struct record *r)
{
        if (!sim->record)
                return;
        fprintf(sim->record, "{\"call\":\"%s %s %s\",\"errcode\":%d,\"argument\":%s,\"answer\":%.*s}\n", r->method, r->host, r->path,
                r->errcode, r->argument ? "true" : "false", r->is_json ? (int)r->answer.n : 4,
                r->is_json ? (const char *)r->answer.p : "null");
        fflush(sim->record);
}

void record_push(struct sim *sim, const struct target *target, const char *name, const char *message)
{
        struct arena arena;
        struct text text;

        if (!sim->record)
                return;
        arena_init(&arena, 0);
        text_init(&text, &arena);
        json_quote(&text, message);
        fprintf(sim->record, "{\"push\":\"%s %s\",\"message\":%s}\n",
                gate_host[target->wecom ? FAMILY_WECOM : FAMILY_WEIXIN], name, text.p);
        fflush(sim->record);
        arena_release(&arena);
}
