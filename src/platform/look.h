/*
 * Reads that tell how an account is doing, for the doctor and the wizard: balance, servicers, who is visible. As in
 * every product's header: 0 or WX_E_*, *fault always filled, texts in ctx's arena.
 */
#ifndef PLATFORM_LOOK_H
#define PLATFORM_LOOK_H

#include "platform/wx.h"

/* Any account of the api.weixin host: the smallest call with a token (GET /cgi-bin/get_api_domain_ip). */
int look_weixin(struct ctx *, int64_t account_id, struct wx_fault *) MUST;

/* The shop's money, in fen (POST /channels/ec/funds/getbalance). */
struct look_balance {
        int64_t available_amount, pending_amount;
};
int look_balance(struct ctx *, int64_t account_id, struct look_balance *, struct wx_fault *) MUST;

/* Who serves a 微信客服 account (document 94645); a row names a person or a department. */
struct look_servicer {
        const char *userid;
        int64_t status; /* 0 serves, 1 stopped */
        int64_t department_id;
};
int look_servicers(struct ctx *, int64_t account_id, const char *open_kfid, const struct look_servicer **, size_t *n,
                   struct wx_fault *) MUST;

/* The first follower of an official account, and his unionid; *openid NULL: nobody follows. */
int look_follower(struct ctx *, int64_t account_id, const char **openid, const char **unionid, struct wx_fault *) MUST;

#endif
