#include "store/event.h"

#include "base/json.h"
#include "store/job_impl.h"

#include <inttypes.h>

/* What a LATER job carries: {"listener": name, "payload": the event's struct}. */
struct later {
        const char *listener, *payload;
};
static const struct json_field later_fields[] = {
        JSON_STR(struct later, listener, JSON_REQUIRED, 1, 200, "the listener's name"),
        JSON_RAW(struct later, payload, 0, "the event's payload, by its descriptor"),
};
static const struct json_desc later_desc = JSON_DESC("StoreLater", struct later, later_fields);

static int enqueue_later(struct ctx *ctx, const struct listener *l, const void *payload)
{
        struct later later = {.listener = l->name};

        if (l->event->payload)
                later.payload = json_write(ctx->arena, l->event->payload, payload);
        return job_enqueue(ctx, &(struct job_new){
                                        .kind = EVENT_LATER_JOB,
                                        .key = arena_printf(ctx->arena, "%s:%" PRId64, l->name, ctx_new_id(ctx)),
                                        .payload = json_write(ctx->arena, &later_desc, &later),
                                });
}

int event_raise(struct ctx *ctx, const struct event *event, const void *payload)
{
        const struct registry *reg = ctx->registry;
        const struct listener *l;
        size_t i, k;
        int r;

        for (i = 0; i < reg->n; i++) {
                for (k = 0; k < reg->domains[i]->n_listeners; k++) {
                        l = &reg->domains[i]->listeners[k];
                        if (l->event != event)
                                continue;
                        r = l->core ? l->fn(ctx, payload) : enqueue_later(ctx, l, payload);
                        if (r)
                                return r;
                }
        }
        return 0;
}

static const struct listener *listener_find(const struct registry *reg, const char *name)
{
        size_t i, k;

        for (i = 0; i < reg->n; i++)
                for (k = 0; k < reg->domains[i]->n_listeners; k++)
                        if (text_eq(reg->domains[i]->listeners[k].name, name))
                                return &reg->domains[i]->listeners[k];
        return NULL;
}

/* Read leniently: the row may have been written by an older version of the program. */
int event_later_prepare(struct ctx *ctx, struct job *job, void **state)
{
        const struct listener *l;
        struct json_fault fault;
        struct later later;
        void *payload = NULL;
        int r;

        (void)state;
        r = json_read(ctx->arena, bytes_of_text(job->payload), &later_desc, JSON_LENIENT, &later, &fault);
        if (r)
                return r < 0 ? r : fatal(EPROTO, "job %s: payload: %s: %s", job->key, fault.path, fault.why);
        l = listener_find(ctx->registry, later.listener);
        if (!l)
                return fatal(EPROTO, "no domain declares the listener %s", later.listener);
        if (l->event->payload && later.payload) {
                payload = arena_alloc(ctx->arena, l->event->payload->size);
                r = json_read(ctx->arena, bytes_of_text(later.payload), l->event->payload, JSON_LENIENT, payload,
                              &fault);
                if (r)
                        return r < 0 ? r : fatal(EPROTO, "%s: payload: %s: %s", later.listener, fault.path, fault.why);
        }
        r = l->fn(ctx, payload);
        return r > 0 ? fatal(EPROTO, "%s answered %d, which a LATER listener has nobody to tell", later.listener, r)
                     : r;
}
