/*
 * The demo: one parent process that starts the simulator and the server as children, loads the demo merchant, holds the
 * listening socket for both, and can kill the server to show that nothing is lost. The server's half: system/demo_state.h.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

/* The command: argv without program and command name; gives back the exit status. */
int demo_main(int argc, char **argv);

#endif
