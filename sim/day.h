/*
 * A day of a shop: 24 hours of people who buy there, most between 18 and 22 o'clock; a quarter of their orders makes them ask,
 * about the parcel or their money, in the shop or in 微信客服; some repent, some have moved and want another address, some
 * add one of the staff, who confirms late or never. A warehouse ships by day. It plays by timers: the clock decides how fast.
 *
 * With a speed the real clock runs so many times as fast until the day is over, unless more pushes are unsettled than a
 * server can be expected to have taken: then it waits.
 */
#ifndef SIM_DAY_H
#define SIM_DAY_H

#include <stdbool.h>
#include <stdint.h>

struct sim;
struct out;
struct shop;

#define DAY_ORDERS_MAX 1000000

struct day {
        struct shop *shop; /* NULL: none has been played */
        uint64_t run;      /* number of the day: timers of an earlier one stop */
        int64_t begun, over;
        int64_t speed, pace_real, pace_clock; /* since when, on the real clock and ours, the clock runs `speed` times as fast */
        uint64_t next_asks; /* which of the next four orders */
        uint64_t want, orders, paid, asks, by_shop, by_number, by_card, cases, moves, friends, half, confirmed, shipped, held;
};

enum { DAY_E_RUNNING = 1, DAY_E_SIZE = 2 };
/* Of the next 24 hours. `speed` 1 = as time goes, and always with the manual clock. */
int day_start(struct sim *, struct shop *, uint64_t orders, int64_t speed);
bool day_running(struct sim *);
void day_write(struct sim *, struct out *);
/* 1, 2, the appid or the name; NULL. */
struct shop *day_shop(struct sim *, const char *which);

#endif
