/*
 * The self-built app of a corp speaking to its members (document 90236, wecom-misc.md 3).
 *
 * At most 30 messages a minute and 1,000 an hour reach one member; what is over is dropped in silence, with errcode 0. So
 * whoever calls this keeps count.
 */
#ifndef PLATFORM_CORP_H
#define PLATFORM_CORP_H

#include "platform/wx.h"

#define CORP_TEXT_MAX 2048 /* bytes; the platform cuts what is longer */
#define CORP_MINUTE_MAX 30 /* to one member */
#define CORP_HOUR_MAX 1000

struct corp_sent {
        const char *msgid;
        const char *invaliduser;    /* not a member, or outside the app's visible range; NULL or "" = reached */
        const char *unlicenseduser; /* a member without a licence */
};

/*
 * A text to one member. The very same text to the same member is delivered once in half an hour (enable_duplicate_check), so
 * an unknown outcome is settled by repeating it; texts that are meant to arrive twice must differ. 0 or WX_E_*; nobody
 * reached: WX_E_REFUSED with errcode 81013.
 */
int corp_send_text(struct ctx *, int64_t account_id, int64_t agent_id, const char *userid, const char *text,
                   struct corp_sent *, struct wx_fault *) MUST;

#endif
