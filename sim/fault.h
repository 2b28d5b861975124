/*
 * Faults: states of the world that keep a server from working and that somebody at a console of the platform could put
 * right. Where the world itself has the state (an address, a list, a switch) that is the fault, whoever brought it about;
 * the others are remembered in `on`. docs/simulator.md lists them with what the platform answers then.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct sim;

enum fault_id { /* in the order of the table, which is sorted by name */
                FAULT_AES_SWAPPED,
                FAULT_BALANCE_LOW,
                FAULT_CALLBACKS_SILENT,
                FAULT_CLOCK_OFF,
                FAULT_DECODE_QUOTA,
                FAULT_HALF_TOKEN,
                FAULT_KF_API_OFF,
                FAULT_KF_NO_SERVICERS,
                FAULT_MP_SECRET,
                FAULT_NO_RETURN_ADDRESS,
                FAULT_NOT_BOUND,
                FAULT_PRODUCT_NO_ADDRESS,
                FAULT_RATE_BUDGET,
                FAULT_SHOP_CLOSED,
                FAULT_SHOP_SECRET,
                FAULT_SHOPKF_OFF,
                FAULT_TOKEN_SWAPPED,
                FAULT_VISIBLE_RANGE,
                FAULT_WECOM_IP,
                FAULT_WECOM_SECRET,
                FAULT_WEIXIN_IP,
                FAULT_N,
};

#define FAULT_CLOCK_S 600 /* clock-off: this far ahead */

struct faults {
        bool on[FAULT_N]; /* of the faults that the world has no other place for */
        /* What a reset took away, to be given back. */
        const char *app_secret, *shop_secret[4], *mp_secret[4];
};

struct fault_row {
        const char *name, *zh, *en;
        bool (*is)(struct sim *);            /* NULL: faults.on */
        void (*set)(struct sim *, bool on);  /* NULL: only faults.on */
};
extern const struct fault_row faults[FAULT_N];

bool fault_is(struct sim *, enum fault_id);
enum { FAULT_E_NAME = 1 };
int fault_set(struct sim *, const char *name, bool on) MUST;

#endif
