/* What a browser opens on open.weixin.qq.com: the consent page of an official account. */
#include "sim/gate.h"
#include "sim/mp/mp.h"

static const struct endpoint endpoints[] = {
        {"/connect/oauth2/authorize", "GET", FAMILY_OPEN, 0, 0, mp_authorize},
};

const struct product_table mp_pages = {"mp_pages", endpoints, countof(endpoints), NULL};
