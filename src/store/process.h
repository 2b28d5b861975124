/*
 * The processes on one database: who lives, who died, and word between them.
 *
 * On PostgreSQL each server process has a row in store_process and holds the advisory lock of its slot on a line of its
 * own (db_pg_line.h), for as long as it lives: no heartbeat, the server lets go of the lock when the process dies, however
 * it dies. Everybody looks every 2 s; a lock that could be taken in two looks in a row is of a dead process. Whoever
 * finds that out frees its jobs, takes its row away, and adopts its stream of the ledger: 4 s after the death, 10 s at
 * most. A process that comes again in the same data folder replaces its former self at once, because that folder has a
 * lock of its own.
 *
 * When the line breaks (the server was started again) it is laid anew every 200 ms, and the own slot's lock taken again.
 * If another process has it meanwhile, this one was declared dead: it ends at once, for its work is done by others.
 * While there is no line, process_cut() is true and nothing new is begun.
 *
 * On SQLite there is one process, in slot 1; nothing of the above happens.
 */
#ifndef STORE_PROCESS_H
#define STORE_PROCESS_H

#include "store/db.h"

struct process;

struct process_options {
        struct db *db;
        struct ctx proto;
        const char *name;                           /* host and data folder; two living ones differ */
        void (*heard)(void *arg, const char *text); /* word of another process */
        void (*lost)(void *arg);                    /* words of others may have been missed */
        void (*freed)(void *arg);                   /* work of a process that is gone is to be had */
        void *arg;                                  /* all three: on the line's thread */
};

/* Joins; sets the slot of `ids`. The callbacks may run before it returns. Frees what a former self had claimed. */
int process_join(struct process **, const struct process_options *, struct id_source *ids) MUST;
/* After jobs and ledger have stopped. Harmless on NULL. */
void process_leave(struct process *);

int64_t process_id(const struct process *); /* of this incarnation; also its stream of the ledger */
unsigned process_living(struct process *);  /* this one included */
bool process_cut(struct process *);

/* Word to all other processes, later and in order; one line of text of at most PROCESS_WORD_MAX bytes. Words that are too
 * long or too many become `lost` there. */
#define PROCESS_WORD_MAX 7000
void process_say(struct process *, const char *text);

#endif
