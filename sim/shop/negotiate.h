/* The merchant's ways to negotiate an after-sale (微信小店 售后·协商): data, since the platform changes the list. */
#ifndef SIM_SHOP_NEGOTIATE_H
#define SIM_SHOP_NEGOTIATE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct negotiation {
        int reason;  /* update_reason_type */
        int of;      /* the application it is about: 1 refund, 2 return */
        int kind;    /* merchant_update_type: 1 invite to cancel, 2 invite proof, 3 change the application */
        bool image;  /* media_ids must be given */
        int becomes; /* the request's type must be this, 0 = the same or free */
};

const struct negotiation *negotiation_find(int reason, int of); /* NULL */

#endif
