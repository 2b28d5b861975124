/* What a browser opens on open.weixin.qq.com. One page serves staff of a corp and followers of an account, told by appid. */
#include "sim/gate.h"
#include "sim/mp/mp.h"

static const struct endpoint endpoints[] = {
        {"/connect/oauth2/authorize", "GET", FAMILY_OPEN, 0, 0, mp_authorize},
};

const struct product_table mp_pages = {"mp_pages", endpoints, countof(endpoints), NULL};
