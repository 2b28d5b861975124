#include "sim/sim.h"

#include "sim/mp/mp.h"
#include "sim/population.h"
#include "sim/push.h"
#include "sim/wecom/wecom.h"

#include <errno.h>
#include <string.h>

#define LEDGER_SEGMENT 4096
#define LOG_SEGMENT 32

int sim_init(struct sim *sim, const struct sim_options *o)
{
        memset(sim, 0, sizeof(*sim));
        arena_init(&sim->arena, 0);
        if (!text_empty(o->record)) {
                sim->record = fopen(o->record, "ae");
                if (!sim->record)
                        return fatal(errno, "cannot write the record %s", o->record);
        }
        /* Held still while the past is played, so that one seed tells one story. */
        clock_init(&sim->clock, true, o->start_ms       ? o->start_ms
                                      : o->manual_clock ? SIM_MANUAL_START_MS
                                                        : clock_wall_ms() - o->behind_ms);
        sim->rng.state = o->seed;
        sim->noise.state = rng_next(&sim->rng);
        sim->seal_seed = rng_next(&sim->rng);
        rng_fill(&sim->rng, sim->secret, sizeof(sim->secret));
        ring_init(&sim->ledger, sizeof(struct ledger_row), LEDGER_SEGMENT);
        ring_init(&sim->log, sizeof(struct log_row), LOG_SEGMENT);
        switches_reset(sim);
        int r = world_init(sim);
        if (r)
                return r;
        r = population_make(sim, o->population, o->customers);
        if (r)
                return r == POPULATION_E_NAME ? SIM_E_POPULATION : status_fold(r);
        mp_population(sim);
        console_init(sim);
        if (o->fresh)
                console_fresh(sim);
        if (!o->manual_clock) {
                clock_init(&sim->clock, false, 0);
                clock_push(&sim->clock, -o->behind_ms);
        }
        sim->options = *o;
        return o->day && !day_shop(sim, o->day) ? SIM_E_DAY : 0;
}

int sim_begin(struct sim *sim)
{
        const struct sim_options *o = &sim->options;
        return o->day && day_start(sim, day_shop(sim, o->day), (uint64_t)o->day_orders, o->day_speed) ? SIM_E_DAY : 0;
}

void sim_release(struct sim *sim)
{
        pushes_release(sim);
        mp_release(sim);
        wecom_release(sim);
        world_release(&sim->world);
        map_release(&sim->tokens.by_text);
        map_release(&sim->rates);
        ring_release(&sim->ledger);
        ring_release(&sim->log);
        arena_release(&sim->arena);
        if (sim->record)
                fclose(sim->record);
}
