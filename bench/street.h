/*
 * Many merchants on one server: each with a corp, its 微信客服 account and a number of shops, all of them known to the
 * scripted platform (peer.h) by their numbers. Merchant i has account i and the shops i * per_house and on.
 */
#ifndef BENCH_STREET_H
#define BENCH_STREET_H

#include "bench/world.h"

struct street {
        size_t n, per_house;             /* merchants, shops of each */
        struct world_session *owners;    /* signed in, by merchant */
        struct world world;              /* of the accounts: corp i has account i */
        struct world_corp *shops;        /* by number */
};

/*
 * Before the server starts. The installation is one that has run for a while: its ninety days are read, so what the server
 * does of its own accord is what it does on any day.
 */
int street_make(struct bench *, const char *const *settings, size_t n, size_t per_house, struct street *) MUST;

/* The text of an order's number: `i` of the shop. */
const char *street_order(struct arena *, size_t shop, size_t i);
/* The first order number of the text, as street_order() was given it; -1 when there is none. */
int64_t street_order_number(const char *text);

#endif
