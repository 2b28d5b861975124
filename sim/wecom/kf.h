/* Private to kf*.c. */
#ifndef SIM_WECOM_KF_H
#define SIM_WECOM_KF_H

#include "sim/chat.h"
#include "sim/wecom/wecom.h"

/* The account that the request names, managed by this application: 0, 40063, 95000, 95004 or 48007. */
int kf_named(struct request *, const char *open_kfid, struct kf_account **);
/* The session of "open_kfid" and "external_userid": 0 or an errcode. */
int kf_session(struct request *, struct session **);
/* The console gives the account to the API, or takes it back. */
void kf_manage(struct sim *, struct kf_account *, bool on);
/* Does this member serve at the account, alone or with a department? */
bool kf_serves(struct sim *, const struct kf_account *, const struct staff *);

#endif
