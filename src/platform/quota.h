/* What is left of a call on the api.weixin host (shop, official account, mini program): each path has its own day. */
#ifndef PLATFORM_QUOTA_H
#define PLATFORM_QUOTA_H

#include "platform/wx.h"

struct wx_quota {
        int64_t daily_limit, used, remain;   /* calls; a day begins at midnight in China */
        int64_t call_count, refresh_second; /* so many calls in so many seconds; 0 = not told */
};
/* 0 or WX_E_*; *fault always filled. REFUSED with 76021 or 76022: no such path, or this account may not call it. */
int wx_quota(struct ctx *, int64_t account_id, const char *path, struct wx_quota *, struct wx_fault *) MUST;

#endif
