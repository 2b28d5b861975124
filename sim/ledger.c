#include "sim/ledger.h"

#include "sim/out.h"
#include "sim/sim.h"

#include <stdarg.h>

#define LOG_TEXT_MAX 6000 /* bytes kept of a request or an answer */

void ring_init(struct ring *ring, size_t row_size, size_t rows_per_segment)
{
        *ring = (struct ring){.size = row_size, .per = rows_per_segment, .next = 1};
        for (size_t i = 0; i < RING_SEGMENTS; i++)
                arena_init(&ring->arena[i], 0);
}

void ring_release(struct ring *ring)
{
        for (size_t i = 0; i < RING_SEGMENTS; i++)
                arena_release(&ring->arena[i]);
}

uint64_t ring_first(const struct ring *ring)
{
        uint64_t segment = ring->next / ring->per; /* the one being written, or about to be */
        return segment < RING_SEGMENTS ? 1 : (segment - RING_SEGMENTS + 1) * ring->per;
}

void *ring_add(struct ring *ring, struct arena **arena)
{
        uint64_t seq = ring->next++;
        size_t segment = (seq / ring->per) % RING_SEGMENTS;

        if (seq % ring->per == 0 || !ring->rows[segment]) {
                arena_clear(&ring->arena[segment]);
                ring->rows[segment] = arena_alloc_array(&ring->arena[segment], ring->size, ring->per);
        }
        *arena = &ring->arena[segment];
        return (char *)ring->rows[segment] + seq % ring->per * ring->size;
}

const void *ring_row(const struct ring *ring, uint64_t seq)
{
        if (seq < ring_first(ring) || seq >= ring->next)
                return NULL;
        return (const char *)ring->rows[seq / ring->per % RING_SEGMENTS] + seq % ring->per * ring->size;
}

void ledger_add(struct sim *sim, const char *what, const char *account, const char *id, const char *detail_fmt, ...)
{
        struct arena *arena;
        uint64_t seq = sim->ledger.next;
        struct ledger_row *row = ring_add(&sim->ledger, &arena);
        va_list ap;

        va_start(ap, detail_fmt);
        *row = (struct ledger_row){
                .seq = seq,
                .at = sim_now(sim),
                .what = what,
                .account = arena_strdup(arena, account),
                .id = arena_strdup(arena, id),
                .detail = arena_vprintf(arena, detail_fmt, ap),
        };
        va_end(ap);
}

void ledger_write(struct sim *sim, struct out *out, uint64_t since, size_t limit, const char *what)
{
        uint64_t seq = since + 1 > ring_first(&sim->ledger) ? since + 1 : ring_first(&sim->ledger);
        out_list(out, "items");
        for (size_t n = 0; n < limit && seq < sim->ledger.next; seq++) {
                const struct ledger_row *row = ring_row(&sim->ledger, seq);
                if (what && !text_eq(what, row->what))
                        continue;
                out_obj(out, NULL);
                out_int(out, "seq", (int64_t)row->seq);
                out_int(out, "at", row->at);
                out_str(out, "what", row->what);
                out_str(out, "account", row->account);
                out_str(out, "id", row->id);
                out_str(out, "detail", row->detail);
                out_end(out);
                n++;
        }
        out_end(out);
        out_int(out, "next", (int64_t)(seq - 1));
        out_bool(out, "more", seq < sim->ledger.next);
}

static size_t kept(size_t n)
{
        return n < LOG_TEXT_MAX ? n : LOG_TEXT_MAX;
}

void log_add(struct sim *sim, const struct log_entry *e)
{
        struct arena *arena;
        uint64_t seq = sim->log.next;
        struct log_row *row = ring_add(&sim->log, &arena);

        *row = (struct log_row){
                .seq = seq,
                .at = sim_now(sim),
                .method = arena_strdup(arena, e->method),
                .path = arena_strdup(arena, e->path),
                .account = arena_strdup(arena, e->account ? e->account : ""),
                .request = utf8_cut(arena, utf8_scrub(arena, e->request.p, kept(e->request.n)), LOG_TEXT_MAX),
                .answer = utf8_cut(arena, utf8_scrub(arena, e->answer.p, kept(e->answer.n)), LOG_TEXT_MAX),
                .rule = arena_strdup(arena, e->rule ? e->rule : ""),
                .errcode = e->errcode,
                .took_us = e->took_us,
        };
}

void log_write(struct sim *sim, struct out *out, uint64_t since, size_t limit)
{
        uint64_t seq = since + 1 > ring_first(&sim->log) ? since + 1 : ring_first(&sim->log);
        out_list(out, "items");
        for (size_t n = 0; n < limit && seq < sim->log.next; seq++, n++) {
                const struct log_row *row = ring_row(&sim->log, seq);
                out_obj(out, NULL);
                out_int(out, "seq", (int64_t)row->seq);
                out_int(out, "at", row->at);
                out_str(out, "method", row->method);
                out_str(out, "path", row->path);
                out_str(out, "account", row->account);
                out_str(out, "request", row->request);
                out_str(out, "answer", row->answer);
                out_int(out, "errcode", row->errcode);
                out_str(out, "rule", row->rule);
                out_int(out, "took_us", row->took_us);
                out_end(out);
        }
        out_end(out);
        out_int(out, "next", (int64_t)(seq - 1));
        out_bool(out, "more", seq < sim->log.next);
}
