/*
 * Scenarios: plays in plain words (FILE.scn below tests/scenarios), read aloud and carried out. The interpreter is a client like
 * any other: it speaks to the simulator's admin API as the people and the platform, to the platform's API as a scripted
 * client, and to a server's API as an agent. docs/simulator.md has the grammar for its readers, `scenario_print_grammar`
 * the sentences.
 */
#ifndef SIM_SCENARIO_SCENARIO_H
#define SIM_SCENARIO_SCENARIO_H

#include "base/status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

struct scenario_options {
        const char *file;
        const char *simulator;   /* its URL */
        const char *server;      /* URL of a server under test, or NULL: then the acts of the server are left out */
        const char *ca_file;     /* of a simulator that speaks TLS, or NULL */
        const char *login;       /* NAME:PASSWORD at the server */
        const atomic_bool *stop; /* set by another thread: end before the next line; or NULL */
};

enum {
        SCENARIO_E_FAILED = 1,  /* a line did not come true */
        SCENARIO_E_GRAMMAR = 2, /* the file cannot be read, or a line is no sentence */
};
/* Plays the file and prints the verdict, one line of JSON:
 *     {"scenario":"...","file":"...","passed":true,"lines":12,"checks":5,"left_out":3}
 *     {...,"passed":false,...,"line":7,"text":"platform must answer 95018","why":"it answered 0"}
 * A line that is no sentence is told on standard error as FILE:LINE: what was expected. */
int scenario_play(const struct scenario_options *, FILE *verdict) MUST;

/* Every sentence there is, with what it means, for people. */
void scenario_print_grammar(FILE *);

#endif
