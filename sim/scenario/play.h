/* Private to the interpreter: a scenario being played. */
#ifndef SIM_SCENARIO_PLAY_H
#define SIM_SCENARIO_PLAY_H

#include "net/transport.h"
#include "sim/scenario/scenario.h"
#include "sim/vec.h"

#include <stdint.h>

/* ---- reading (read.c) ---- */

enum word_kind { WORD_PLAIN, WORD_TEXT, WORD_JSON };

struct word {
        enum word_kind kind;
        const char *text; /* of a text without its quotes */
};

/* One sentence; a line that begins with a blank goes on with the one before. */
struct line {
        unsigned number; /* of its first line in the file, from 1 */
        const char *text;
        const struct word *word;
        size_t n;
};

struct lines {
        VEC(struct line) list;
};

/* NULL, or "LINE: what is wrong" in the arena. */
const char *scenario_read(struct arena *, const char *file, struct lines *);

/* ---- sentences ---- */

struct play;

#define ARGS_MAX 4

/* Carries a sentence out. NULL when it came true, else why not. Its arguments have their values already. */
typedef const char *sentence_fn(struct play *, const char *const arg[ARGS_MAX]);

/*
 * A sentence: its words in lower case, and in upper case what stands for a value:
 *
 *     NEW        a name that is given now              CUSTOMER ORDER CASE  a name given before, as the id it stands for
 *     TEXT       "in quotes", $NAME replaced           WORD NUMBER PATH     a word, a whole number, what begins with /
 *     JSON       {...} up to the end, $NAME replaced
 *
 * A row with a path is a POST to the admin API: %1 in body is the first argument as a JSON string, $1 in path as it is.
 * `keep` is the member of the answer that NEW becomes the name of.
 */
struct sentence {
        const char *words, *meaning;
        sentence_fn *fn;
        const char *path, *body, *keep;
        bool check; /* counts as one: it must be true */
};

struct sentence_table {
        const char *title;
        const struct sentence *row;
        size_t n;
};

extern const struct sentence_table sentences_stage, sentences_people, sentences_client, sentences_platform, sentences_server;
extern const struct sentence_table *const sentence_tables[];
extern const size_t n_sentence_tables;

/* The row that fits the line, or NULL with what could have stood at the first word that fits none. */
const struct sentence *sentence_find(struct arena *, const struct line *, const char **expected);

/* ---- playing ---- */

struct name {
        const char *name, *value;
};

struct heard { /* by the listening client */
        const char *event, *message;
};

struct ear;

/* The last answer: of the platform to the client, of the admin API to a deed, of the server to the agent. Looking around
 * (play_until, play_at_rest, play_pass) leaves it as it was. */
struct answer {
        int status;
        const char *body;
        bool open; /* the server refused, and nobody has said yet that it must */
};

enum act { ACT_BOTH, ACT_CLIENT, ACT_SERVER };

struct play {
        struct arena arena;
        const struct scenario_options *options;
        struct transport *transport;
        struct ctx ctx;
        const char *title;
        enum act act;
        bool manual; /* both clocks stand still unless time passes */
        VEC(struct name) names;
        struct answer answer;
        struct ear *ear;
        char csrf[128]; /* of the agent's session, "" = not logged in; its cookie is the transport's */
        uint64_t serial;           /* of replies */
        unsigned played, checks, left_out;
};

const char *play_value(const struct play *, const char *name); /* NULL when nobody gave it */
void play_name(struct play *, const char *name, const char *value);
const char *play_fill(struct play *, const char *text, const char **unknown); /* $NAME replaced */
const char *play_why(struct play *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One request; the answer is in play->answer. NULL, or why there was none. */
const char *play_http(struct play *, const char *method, const char *url, const char *const *headers, const char *body);
/* To the admin API; a refusal is a reason. */
const char *play_sim(struct play *, const char *method, const char *path, const char *body);
const char *play_answer(struct play *, const char *path); /* a member of the last answer; NULL */

/* Waits until `check` says NULL. It has failed when simulator and server are both at rest and it still says why not, and
 * after half a minute in any case. */
const char *play_until(struct play *, sentence_fn *check, const char *const arg[ARGS_MAX]);
/* Waits until nothing moves any more, then asks once: for what must not have happened. */
const char *play_at_rest(struct play *, sentence_fn *check, const char *const arg[ARGS_MAX]);
bool play_resting(struct play *);

/* The server's clock begins where a manual one of the simulator stands. */
const char *play_set_clocks(struct play *);
/* Moves the simulator's clock and the server's. */
const char *play_pass(struct play *, int64_t ms);

/* ---- the scripted client's ear (listen.c) ---- */

/* Listens on a free port and registers for corp and shops. `strict`: takes only what a client reads that pads by blocks
 * of 16 and wants a key without stray bits. */
const char *ear_start(struct play *, bool strict);
void ear_stop(struct play *);
void ear_answer(struct play *, int status); /* of each push from now on */
/* How many pushes of this event it took; *last = the newest message, or NULL. */
unsigned ear_heard(struct play *, const char *event, const char **last);
unsigned ear_unread(struct play *, const char **why); /* pushes it could not read */

#endif
