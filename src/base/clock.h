/*
 * Three clocks, never mixed.
 *
 *   business   what windows, deadlines and message times are measured with; milliseconds since 1970 UTC.
 *              A test or the demo may set or push it. ctx.now is this clock, read once at begin.
 *   monotonic  time-outs and durations; milliseconds since some moment; never goes back.
 *   wall       time stamps of log lines only.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;

struct clock {
        _Atomic int64_t offset_ms; /* business time = wall time + offset, when running */
        _Atomic int64_t frozen_ms; /* business time when manual */
        bool manual;
};

void clock_init(struct clock *, bool manual, int64_t start_ms); /* start_ms is used only when manual */
int64_t clock_now(struct clock *);                              /* business, ms */
void clock_set(struct clock *, int64_t ms);
void clock_push(struct clock *, int64_t by_ms);

/* "2026-11-23 20:15:00", local time, in the arena: for people. */
char *clock_text(struct arena *, int64_t ms);

int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
int64_t clock_wall_ms(void);

#endif
