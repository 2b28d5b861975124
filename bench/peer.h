/*
 * The platform's half of 微信客服, scripted: it serves what it was told to say, fast, and does nothing of its own accord.
 * It runs inside the measuring program, so that a moment here and a moment there are read from one clock.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "bench/bench.h"

struct peer;

struct peer_options {
        size_t accounts, per_corp;
        bool limits;      /* keep the platform's limits of calls per minute and corp; over them 45009 */
        bool others_hang; /* all but tokens, sync_msg and send_msg_on_event answer after 6 s: too late for anybody */
        /* A welcome message was accepted: by its code, on the peer's own thread. */
        void (*welcomed)(void *arg, const char *code);
        /* A reply was accepted: by its text, on the same thread. */
        void (*sent)(void *arg, const char *text);
        void *arg;
};

int peer_start(struct arena *, const struct peer_options *, struct peer **) MUST;
void peer_stop(struct peer *); /* harmless on NULL */
const char *peer_url(const struct peer *);

/* From any thread. The customer's text waits for the next sync_msg of the account. */
void peer_say(struct peer *, size_t kf, size_t customer, const char *text);
/* She opened the conversation; `code` lets us greet her for 20 s. */
void peer_enter(struct peer *, size_t kf, size_t customer, const char *code);

struct peer_stats {
        int64_t calls, pulls, empty_pulls, over_limit, served; /* served: messages in answered pages */
};
void peer_stats(struct peer *, struct peer_stats *);

#endif
