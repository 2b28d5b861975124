#include "base/ctx.h"

void ctx_init(struct ctx *ctx, struct arena *arena)
{
        *ctx = (struct ctx){.arena = arena, .actor.name = ""};
        ctx_after_clear(ctx);
}

int64_t ctx_new_id(struct ctx *ctx)
{
        return id_new(ctx->ids);
}

void ctx_notice(struct ctx *ctx, const char *topic, const char *kind, int64_t id, int64_t parent, const char *body)
{
        struct notice *n = arena_new(ctx->arena, struct notice);

        *n = (struct notice){
                .merchant = ctx->merchant, .topic = topic, .kind = kind, .id = id, .parent = parent, .body = body};
        *ctx->after.tail = n;
        ctx->after.tail = &n->next;
}

void ctx_after_clear(struct ctx *ctx)
{
        ctx->after = (struct after){.tail = &ctx->after.first};
}
