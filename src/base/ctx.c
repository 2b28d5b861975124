#include "base/ctx.h"

#include <string.h>

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

struct once {
        struct once *next;
        int64_t merchant;
        uint64_t sum; /* of `key`: most others differ in it */
        const char *what, *key;
};

/* FNV-1a */
static uint64_t sum_of(const char *s)
{
        uint64_t sum = 0xcbf29ce484222325;

        for (; *s; s++)
                sum = (sum ^ (unsigned char)*s) * 0x100000001b3;
        return sum;
}

bool ctx_once(struct ctx *ctx, const char *what, const char *key)
{
        uint64_t sum = sum_of(key);
        struct once *o;

        for (o = ctx->after.once; o; o = o->next)
                if (o->sum == sum && o->merchant == ctx->merchant && !strcmp(o->key, key) && !strcmp(o->what, what))
                        return false;
        o = arena_new(ctx->arena, struct once);
        *o = (struct once){ctx->after.once, ctx->merchant, sum, what, arena_strdup(ctx->arena, key)};
        ctx->after.once = o;
        return true;
}

void ctx_after_clear(struct ctx *ctx)
{
        ctx->after = (struct after){.tail = &ctx->after.first};
}
