/*
 * Torture: a server is killed again and again while customers write, buy and repent; afterwards its database is compared
 * with what the platform simulator knows to have happened.
 *
 *   cast    the processes: simulator, servers, the socket they listen on (cast.c)
 *   truth   what the simulator saw, read from its ledger as it happens (truth.c)
 *   load    what makes it happen: a crowd, buyers, an agent (load.c)
 *   check   truth against database; the server is not asked (check.c, rows.c)
 *   plays   what is done to the server meanwhile (kills.c, faults.c, disk.c)
 */
#ifndef TORTURE_H
#define TORTURE_H

#include "base/clock.h"
#include "demo/load.h"

#include <pthread.h>
#include <stdio.h>

#define SERVERS_MAX 2
#define KILLS_MAX 20000

struct options {
        const char *mode;      /* kill disk faults clock restart */
        const char *db;        /* "sqlite", or postgresql://... */
        const char *failpoint; /* a name, "random", "all", "mixed" */
        const char *plant;     /* loss double swap, or NULL */
        const char *restart;   /* program that restarts PostgreSQL, or NULL */
        const char *disk;      /* mount point of a small disk of our own, to be filled; NULL = a limit on files instead */
        int64_t kills, processes, seed, rate, seconds;
        bool json, keep;
};

extern FILE *progress; /* where people read what happens; never standard output */
__attribute__((noreturn, format(printf, 1, 2))) void give_up(const char *fmt, ...);
void pause_ms(int64_t ms);

/* ---- strings by the hundred thousand, kept until the end ---- */

struct words {
        const char **v;
        size_t n, cap;
};
void words_add(struct words *, const char *word);           /* kept as it is: see keep() */
void words_sort(struct words *);                            /* by strcmp */
size_t words_count(const struct words *, const char *word); /* of a sorted list: how often */
const char *keep(const char *text);                         /* a copy that is never freed */
const char *keep_n(const char *text, size_t n);

/* ---- http.c: one client per thread ---- */

struct client;
struct client *client_open(void);
void client_close(struct client *);
/* The HTTP status, or 0 when no whole answer came. `reply` is valid until the next call. */
int client_call(struct client *, const char *method, const char *url, const char *body, const char **reply);
int client_login(struct client *, const char *url, const char *login, const char *password); /* 0 when signed in */

/* ---- cast.c ---- */

struct death {
        const char *cause; /* failpoint, or "random" */
        int64_t at;        /* wall ms: the process was gone */
        int64_t ready_ms;  /* until the next one was ready; with several processes others answer meanwhile */
        int64_t ack_ms;    /* until the simulator had the next acknowledgement; -1 = none came */
};

struct server_process {
        pid_t pid;
        int line;
        bool ready, expected;
        const char *cause;
        int64_t began; /* wall ms: start of this incarnation */
};

struct cast {
        const struct options *o;
        struct arena arena;
        struct conf conf;
        struct demo_world world;
        const char *dir, *url, *password;
        const char *data[SERVERS_MAX]; /* a folder for each server: with PostgreSQL only its keys */
        int listen_fd;
        pid_t simulator;
        pthread_mutex_t lock;
        pthread_cond_t changed;
        pthread_t keeper;
        bool stopping;
        struct server_process server[SERVERS_MAX];
        struct death *death;
        size_t n_deaths;
        size_t unexpected; /* ends that nobody asked for */
};

void cast_start(struct cast *, const struct options *); /* simulator, merchant, servers, callbacks */
void cast_stop(struct cast *);                          /* servers in order, then the simulator */
void cast_release(struct cast *);                       /* and the folder, unless options.keep */
void cast_kill(struct cast *, unsigned which, const char *cause);
/* From now on a server that ends by itself does so for `cause`; NULL = it must not. */
void cast_expect(struct cast *, const char *cause);
bool cast_wait_deaths(struct cast *, size_t n, int64_t ms); /* until n have died */
bool cast_wait_ready(struct cast *, int64_t ms);            /* until all are ready again */

/* ---- truth.c ---- */

struct said {
        const char *account, *who, *msgid;
        bool in_shop;
};

struct truth {
        const char *url;
        pthread_t thread;
        pthread_mutex_t lock;
        _Atomic bool stopping;
        uint64_t seen; /* ledger rows read */
        struct said *said;
        size_t n_said, cap_said;
        struct words acked;     /* msg_signature of each acknowledged try */
        struct words heard;     /* msgid of each in-shop message whose push was acknowledged */
        struct words received;  /* text of each message that reached a customer */
        struct words agreed;    /* after-sale of each agreement that took effect */
        struct words to_return; /* after-sales whose buyers must send something back, not yet told */
        int64_t *ack_at;        /* wall ms of each acknowledgement, ascending */
        size_t n_acks, cap_acks, gave_up;
        _Atomic size_t turned_away; /* tries answered with HTTP 503 */
};

void truth_start(struct truth *, const char *simulator);
void truth_stop(struct truth *); /* after everything that has happened is read */
const char *truth_next_return(struct truth *); /* takes one of to_return; NULL = none */

/* ---- load.c ---- */

struct load {
        struct cast *cast;
        struct truth *truth;
        pthread_t crowd, buyers, agent;
        _Atomic bool stopping;
        _Atomic int64_t said, orders, cases;
        int64_t began, ended; /* mono ms */
        struct words replies;  /* acknowledged by the server */
        struct words approved; /* remote ids of after-sales whose approval the server acknowledged */
};

void load_start(struct load *, struct cast *, struct truth *);
void load_stop(struct load *); /* the crowd falls silent; what the agent began is finished */
/* Until the platform has told everything and the servers have nothing to do; false: not within `ms`. */
bool load_drain(struct load *, int64_t ms);

/* ---- rows.c: the database itself ---- */

typedef int row_fn(void *arg, int n, char **value, char **name); /* as sqlite3_exec() wants it */
void rows_each(const struct cast *, const char *sql, row_fn *, void *arg);        /* of the main database */
void rows_each_ledger(const struct cast *, const char *sql, row_fn *, void *arg); /* of what keeps the callbacks */
const char *rows_ledger(const struct cast *);                                     /* the table that keeps them */
int64_t rows_unapplied(const struct cast *); /* callbacks that were never handed to their domain */
void rows_change(const struct cast *, const char *sql);
int64_t rows_number(const struct cast *, const char *sql);

/* ---- check.c ---- */

struct verdict {
        int64_t acked, messages, replies, cases; /* how much was compared */
        int64_t lost, doubled, swapped, stuck;
        int64_t undelivered; /* replies that ended in a final state without reaching her */
};

void check(const struct cast *, const struct truth *, const struct load *, struct verdict *);
void plant(const struct cast *, struct truth *, const char *what); /* damages it, so that check() has to say so */

/* ---- kills.c, faults.c, disk.c: what is done to the server while the load goes on ---- */

void play_kills(struct load *);
void play_faults(struct load *);
void play_clock(struct load *);
void play_restart(struct load *);
void play_disk(struct load *);

#endif
