/*
 * The simulator as a whole. One struct, no globals; everything but the pool's threads runs on the loop thread.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/clock.h"
#include "sim/calm.h"
#include "sim/console.h"
#include "sim/day.h"
#include "sim/fault.h"
#include "sim/ledger.h"
#include "sim/live.h"
#include "sim/rng.h"
#include "sim/switch.h"
#include "sim/timer.h"
#include "sim/token.h"
#include "sim/world.h"

#include <stdio.h>

struct server;
struct pool;
struct push;

struct gate_rate { /* calls of one endpoint by one account: in this minute, and on this day */
        int64_t minute, day;
        unsigned calls;
        int64_t used;
        const char *path, *account;
        struct gate_rate *next;
};

/* Where a manual clock begins that is told nothing: a Sunday evening at eight, 2026-03-08 in China. */
#define SIM_MANUAL_START_MS INT64_C(1772971200000)

struct sim_options {
        uint64_t seed;
        unsigned customers; /* people of the demo population */
        bool manual_clock;
        bool fresh;             /* nothing is connected to anybody yet, see console.h */
        int64_t start_ms;       /* first moment; 0 = now, of the manual clock SIM_MANUAL_START_MS */
        int64_t behind_ms;      /* the real clock runs so far behind; with speed it catches up */
        const char *population; /* "demo" or "empty" */
        const char *day;        /* play a day of this shop (day.h), with so many orders and so fast; NULL = none */
        int64_t day_orders, day_speed;
        const char *record;     /* file to append to, see record.h; NULL = none */
};

struct sim {
        struct sim_options options;
        struct arena arena;    /* process lifetime */
        FILE *record;          /* or NULL */
        struct server *server; /* NULL in tests without sockets */
        uint64_t chatter;       /* texts the crowd has said */
        struct pool *pool;     /* NULL likewise: pushes are then counted, not sent */
        struct clock clock;
        struct rng rng;   /* what happens in the world */
        struct rng noise; /* what clients' calls draw: they change no story */
        uint64_t seal_seed; /* of the sealing of pushes, likewise */
        struct calm calm;
        uint8_t secret[32]; /* seals cursors and push tokens */
        struct timers timers;
        struct ring ledger, log;
        struct switch_value sw[SW_N];
        struct world world;
        struct console console;
        struct faults faults;
        bool condition[64]; /* on, by the place in the table of condition.h */
        unsigned n_conditions;
        struct tokens tokens;
        struct map rates; /* "path|account" -> struct gate_rate */
        struct gate_rate *rate_list;
        struct live live;
        struct day day;
        struct {
                uint64_t made, acked, failed, gave_up, dropped;
                unsigned open; /* made and neither acknowledged nor given up: in the list */
                struct push *list;
        } pushes;
};

enum {
        SIM_E_POPULATION = 1, /* no population of that name */
        SIM_E_DAY = 2,        /* no such shop, or no day of that size */
};
/* The world with its population; no socket, no thread yet. */
int sim_init(struct sim *, const struct sim_options *) MUST;
void sim_release(struct sim *);
/* The day of the options begins: on the loop thread, when there is a server; 0 without one. SIM_E_DAY. */
int sim_begin(struct sim *) MUST;

#endif
