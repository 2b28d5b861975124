/* Sentences about people: customers, staff in the WeCom client, the warehouse. */
#include "sim/scenario/play.h"

#include "base/json.h"

static const char *appears(struct play *p, const char *const arg[ARGS_MAX])
{
        struct text body;

        text_init(&body, &p->arena);
        text_add(&body, "{\"name\":");
        json_quote(&body, arg[0]);
        text_add(&body, "}");
        const char *why = play_sim(p, "POST", "/sim/customers", body.p);
        if (why)
                return why;
        play_name(p, arg[0], play_answer(p, "items.0.external_userid"));
        play_name(p, play_why(p, "%s.unionid", arg[0]), play_answer(p, "items.0.unionid"));
        play_name(p, play_why(p, "%s.openid", arg[0]),
                  play_answer(p, play_why(p, "items.0.openids.%s", play_value(p, "shop"))));
        /* For those who look her up by what she is called. */
        play_name(p, play_why(p, "%s.name", play_answer(p, "items.0.external_userid")), arg[0]);
        return NULL;
}

#define SAY "{\"customer\":%1,\"msgtype\":\"text\",\"text\":%2}"

static const struct sentence rows[] = {
        {"customer NEW appears", "a person; $NAME is her external_userid, $NAME.openid, $NAME.unionid", appears},
        {"customer CUSTOMER says TEXT", "in 微信客服", .path = "/sim/say", .body = SAY},
        {"customer CUSTOMER says TEXT in the shop", "in the shop's own 客服", .path = "/sim/shop/say",
         .body = "{\"customer\":%1,\"msg_type\":\"text\",\"text\":%2}"},
        {"customer CUSTOMER sends the card of ORDER", "in 微信客服", .path = "/sim/say",
         .body = "{\"customer\":%1,\"msgtype\":\"channels_shop_order\",\"order_id\":%2}"},
        {"customer CUSTOMER enters", "she opens 微信客服", .path = "/sim/enter", .body = "{\"customer\":%1}"},
        {"customer CUSTOMER enters from the broadcast", "from the goods of a live room", .path = "/sim/enter",
         .body = "{\"customer\":%1,\"wechat_channels\":{\"nickname\":\"云溪直播间\",\"scene\":2}}"},
        {"customer CUSTOMER orders NEW", "in the first shop, not paid yet", .path = "/sim/order",
         .body = "{\"customer\":%1}", .keep = "order_id"},
        {"customer CUSTOMER buys NEW", "in the first shop, paid", .path = "/sim/order",
         .body = "{\"customer\":%1,\"pay\":true}", .keep = "order_id"},
        {"customer CUSTOMER buys NEW through WORD", "a link that a member of the corp forwarded", .path = "/sim/order",
         .body = "{\"customer\":%1,\"pay\":true,\"wecom_user\":%3}", .keep = "order_id"},
        {"customer pays ORDER", "", .path = "/sim/order/$1/pay"},
        {"customer cancels ORDER", "unpaid", .path = "/sim/order/$1/cancel"},
        {"customer confirms ORDER", "she has it", .path = "/sim/order/$1/confirm"},
        {"customer urges ORDER", "", .path = "/sim/order/$1/urge"},
        {"customer wants ORDER sent to TEXT", "another address: the merchant must answer", .path = "/sim/order/$1/ask_address",
         .body = "{\"detail\":%2}"},
        {"customer wants WORD NEW of ORDER", "REFUND, RETURN or EXCHANGE", .path = "/sim/aftersale",
         .body = "{\"type\":%1,\"order_id\":%3}", .keep = "after_sale_order_id"},
        {"customer wants WORD NEW of ORDER because TEXT", "", .path = "/sim/aftersale",
         .body = "{\"type\":%1,\"order_id\":%3,\"reason\":%4}", .keep = "after_sale_order_id"},
        {"customer withdraws CASE", "", .path = "/sim/aftersale/$1/cancel"},
        {"customer returns CASE", "the parcel is on its way back", .path = "/sim/aftersale/$1/return"},
        {"customer accepts CASE", "a negotiation's offer", .path = "/sim/aftersale/$1/answer", .body = "{\"yes\":true}"},
        {"customer CUSTOMER adds WORD", "a member of the corp becomes her friend", .path = "/sim/wecom/add",
         .body = "{\"customer\":%1,\"userid\":%2}"},
        {"customer CUSTOMER adds WORD who waits", "she waits: he has not confirmed her", .path = "/sim/wecom/add",
         .body = "{\"customer\":%1,\"userid\":%2,\"half\":1}"},
        {"staff WORD confirms CUSTOMER", "", .path = "/sim/wecom/confirm", .body = "{\"userid\":%1,\"customer\":%2}"},
        {"staff WORD deletes CUSTOMER", "", .path = "/sim/wecom/drop", .body = "{\"userid\":%1,\"customer\":%2}"},
        {"staff WORD tells CUSTOMER TEXT", "in the WeCom client: the session is his", .path = "/sim/servicer",
         .body = "{\"userid\":%1,\"customer\":%2,\"text\":%3}"},
        {"staff WORD ends with CUSTOMER", "", .path = "/sim/servicer", .body = "{\"userid\":%1,\"customer\":%2}"},
        {"staff WORD sends out WORD", "he confirms his task of a mass message", .path = "/sim/wecom/mass",
         .body = "{\"userid\":%1,\"msgid\":%2}"},
        {"warehouse ships ORDER", "everything left, by the console", .path = "/sim/order/$1/ship"},
};

const struct sentence_table sentences_people = {"People", rows, countof(rows)};
