/* What the platform says beside a code. Only codes that some endpoint answers; sorted. */
#include "base/status.h"
#include "sim/gate.h"

#include <stdlib.h>

struct errcode_row {
        int code;
        const char *text;
};

static const struct errcode_row errcodes[] = {
        {-1, "system error"},
        {40001, "invalid credential, access_token is invalid or not latest"},
        {40002, "invalid grant_type"},
        {40003, "invalid userid"},
        {40004, "invalid media type"},
        {40007, "invalid media_id"},
        {40008, "invalid message type"},
        {40009, "invalid media size"},
        {40013, "invalid appid or corpid"},
        {40014, "invalid access_token"},
        {40035, "invalid parameter"},
        {40058, "invalid request parameter"},
        {40063, "some parameters are empty"},
        {40096, "invalid external userid"},
        {40097, "invalid args"},
        {40125, "invalid appsecret"},
        {40206, "request body too large"},
        {41001, "access_token missing"},
        {41002, "corpid missing"},
        {41004, "corpsecret missing"},
        {42001, "access_token expired"},
        {43001, "require GET method"},
        {43002, "require POST method"},
        {44001, "empty media data"},
        {44002, "empty post data"},
        {44004, "empty text content"},
        {45002, "content size out of limit"},
        {45009, "api freq out of limit"},
        {45011, "api minute-quota reach limit"},
        {47001, "data format error"},
        {48001, "api unauthorized"},
        {48007, "no permission of the kf account"},
        {50100, "invalid cursor"},
        {60252, "invalid openkfid"},
        {95000, "invalid open_kfid"},
        {95001, "send msg count limit"},
        {95002, "send msg time limit"},
        {95004, "open_kfid not found"},
        {95007, "invalid msg token"},
        {95008, "menu item count exceed limit"},
        {95009, "invalid menu type"},
        {95013, "conversation is end"},
        {95014, "user is not the servicer"},
        {95016, "not allow to change service state"},
        {95017, "api switch is off"},
        {95018, "send msg session status invalid"},
        {95019, "servicer is not receiving"},
        {100002, "order not exist"},
        {101100, "order not exist or wrong status"},
        {10020000, "invalid aftersale order id"},
        {10020001, "invalid aftersale order status"},
        {10021041, "operation not allowed in this status"},
        {10021043, "aftersale order not belongs to this shop"},
        {10021044, "system busy, try again later"},
        {10021046, "insufficient balance"},
        {10021050, "aftersale order not found"},
        {10021051, "a complaint is running"},
        {10021058, "address_id is needed"},
        {10021059, "address is not a return address"},
        {10021068, "negotiate with the buyer first"},
        {10025093, "address not found"},
        {10190001, "invalid argument"},
        {10190002, "no permission"},
        {10190003, "shop is not in api mode"},
        {10190006, "invalid user or session"},
        {10190008, "reply count used up"},
        {10190009, "reply window is over"},
        {10190010, "content risk"},
        {10190013, "session is over"},
};

static int by_code(const void *code, const void *row)
{
        int a = *(const int *)code, b = ((const struct errcode_row *)row)->code;
        return a < b ? -1 : a > b;
}

const char *errcode_text(int errcode)
{
        const struct errcode_row *row = bsearch(&errcode, errcodes, countof(errcodes), sizeof(*errcodes), by_code);
        return row ? row->text : "unknown error";
}
