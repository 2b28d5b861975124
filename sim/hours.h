/* The hours of a day in China: when people buy, most of them between 18 and 22 o'clock. */
#ifndef SIM_HOURS_H
#define SIM_HOURS_H

#include <stdint.h>

/* The part of a day's orders (0..DAY_MS) that lies before a moment, turned around: ms since midnight. */
int64_t hours_moment(int64_t part);
int64_t hours_midnight(int64_t ms); /* the one before or at `ms`, in China */
int hours_of(int64_t ms);           /* 0..23, in China */

#endif
