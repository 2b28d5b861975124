/* The command line of zhanggui-sim. */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

#include "sim/out.h"
#include "sim/scenario/scenario.h"
#include "sim/sim.h"

struct command {
        const char *listen;      /* WeCom, the page, the admin API */
        const char *listen_also; /* api.weixin.qq.com; NULL = any free port of the same address */
        bool tls, any_target, help, list, grammar;
        struct scenario_options play; /* .file NULL: none */
        bool once;                    /* end after the scenario; how it went is the exit status */
        struct sim_options sim;
};

/* Fills `cmd` and answers NULL, or a sentence about what is wrong. */
const char *command_read(struct arena *, int argc, char **argv, struct command *cmd);
extern const char command_help[];

/* One line of JSON on standard output: addresses and everything a client needs to know of who was created. `ca` NULL
 * without TLS. */
void ready_print(struct sim *, const char *ca);
/* Its members, for who asks later. */
void ready_write(struct sim *, struct out *, const char *ca);

#endif
