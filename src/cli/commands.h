/*
 * The commands of the program. main.c lists them and says what each is for; those that work on the data of a server have
 * two halves: one at the terminal (cmd_*), one where the data are (answer_*).
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "app/control.h"

/* At the terminal: each gets argv without program and command name and gives back the exit status. */
int cmd_serve(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_callback(int argc, char **argv);
int cmd_openapi(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_connect(int argc, char **argv);
int cmd_rehearse(int argc, char **argv);
int cmd_merchant(int argc, char **argv);
int cmd_operator(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_erase(int argc, char **argv);

/* The halves that work on the data, in the server when one runs (app/control.h); ended by {0}; main.c. */
extern const struct control_command cli_answers[];

int answer_connect(struct app *, struct arena *, struct bytes in, const char **out) MUST;
int answer_doctor(struct app *, struct arena *, struct bytes in, const char **out) MUST;
int answer_erase(struct app *, struct arena *, struct bytes in, const char **out) MUST; /* rights_cmd.c */
int answer_init(struct app *, struct arena *, struct bytes in, const char **out) MUST;  /* serve.c */
int answer_merchant(struct app *, struct arena *, struct bytes in, const char **out) MUST;
int answer_rehearse(struct app *, struct arena *, struct bytes in, const char **out) MUST;

#endif
