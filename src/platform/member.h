/*
 * The corp's directory 通讯录 and who signs in (documents 90196, 90201, 90208; 91023, 98151, 98152). As in every product's
 * header: 0 or WX_E_*, *fault always filled, texts in ctx's arena.
 *
 * A self-built app reads the members within its visible range, by name and department; telephone, mail and picture are
 * not given to it since 2022.
 */
#ifndef PLATFORM_MEMBER_H
#define PLATFORM_MEMBER_H

#include "platform/wx.h"

enum member_status {
        MEMBER_OUTSIDE = 0, /* ours: the app may not see him (60011); the others are the platform's */
        MEMBER_ACTIVE = 1,
        MEMBER_DISABLED = 2,
        MEMBER_INACTIVE = 4, /* never signed in to WeCom */
        MEMBER_LEFT = 5,
};

struct member {
        const char *userid, *name; /* name may be missing */
        const char *const *department; /* ids */
        size_t n_department;
        int64_t status;
};

struct member_department {
        const char *id, *name;
};
/* Departments within the visible range. */
int member_departments(struct ctx *, int64_t account_id, const struct member_department **, size_t *n, struct wx_fault *) MUST;
/* Members of a department itself, not of those below. */
int member_list(struct ctx *, int64_t account_id, const char *department_id, const struct member **, size_t *n,
                struct wx_fault *) MUST;
/* One of them. Who is gone (60111) or outside the visible range (60011) is an answer: his status says so. */
int member_get(struct ctx *, int64_t account_id, const char *userid, struct member *, struct wx_fault *) MUST;

/* Who brought this code back from a page of sign-in. A code is good once and for five minutes: 40029, 42003, 42022. */
struct member_visitor {
        const char *userid; /* a member; else NULL */
        const char *openid; /* somebody else, who has WeChat */
};
int member_of_code(struct ctx *, int64_t account_id, const char *code, struct member_visitor *, struct wx_fault *) MUST;

/* Where a browser is sent to sign in: the page with the QR code, or, inside the WeCom client, the one that sends back at
 * once. `back` is a page of ours on a domain that the app trusts; `state` letters and digits. */
struct member_sign_in {
        const char *corp_id, *agent_id, *back, *state;
        bool inside; /* the browser is the WeCom client's */
        bool english;
};
const char *member_sign_in_url(struct arena *, const struct wx *, const struct member_sign_in *);

#endif
