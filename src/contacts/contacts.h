/*
 * contacts: one person, several remote identities. Everything else refers to identities; only an identity names its
 * person. Every tie between identities is a link with its evidence and can be undone; never a guess.
 */
#ifndef CONTACTS_CONTACTS_H
#define CONTACTS_CONTACTS_H

#include "base/domain.h"
#include "store/db.h"

extern const struct domain contacts_domain;

/* `kind`: "kf" (external_userid of 微信客服), "shop" (openid in a shop, buyer and in-shop visitor alike), "mp". */
struct contacts_identity {
        int64_t identity_id, person_id, account_id;
        const char *kind, *remote_id, *unionid, *nickname, *avatar;
        int64_t created_at;
};

struct contacts_person {
        int64_t person_id;
        const char *name; /* given by staff, else the newest nickname, else NULL */
        const char *note;
        int64_t created_at;
};

/* `evidence`: "unionid" (platform), "order_card" (she sent the card), "order_number" (she wrote it), "agent". */
struct contacts_link {
        int64_t link_id, identity_a, identity_b;
        const char *evidence, *detail; /* detail: the order number, the message, ... as JSON */
        const char *made_by;
        int64_t made_at, undone_at;
        const char *undone_by;
};

enum {
        CONTACTS_E_NONE = 1,
        CONTACTS_E_SAME = 2,     /* already the same person */
        CONTACTS_E_CONFLICT = 3, /* automatic evidence contradicts another link: a person must decide */
        CONTACTS_E_UNDONE = 4,   /* was undone before: automatic evidence does not make it again */
        CONTACTS_E_BAD_ID = 5,   /* empty or over 128 bytes */
};

/* Finds or makes the identity (and its person). Learns unionid, nickname, avatar when given (NULL = not known) and
 * links by unionid to other identities of the merchant with the same one. For `kind` "kf" account_id is the wecom
 * account (an external_userid is the corp's), for "shop" the shop account. */
int contacts_ensure(struct ctx *, const char *kind, int64_t account_id, const char *remote_id, const char *unionid,
                    const char *nickname, const char *avatar, int64_t *identity_id) MUST;
int contacts_identity_get(struct ctx *, int64_t identity_id, struct contacts_identity *) MUST;
int contacts_person_get(struct ctx *, int64_t person_id, struct contacts_person *) MUST;
/* contacts_person's name alone, as every list and notice shows it; NULL when she has none.
 * CONTACTS_E_NONE: no identity is hers. */
int contacts_name(struct ctx *, int64_t person_id, const char **name) MUST;
/* Who she is by what is known of her: our person id, a remote id or a unionid. CONTACTS_E_NONE. */
int contacts_find(struct ctx *, const char *who, int64_t *person_id) MUST;
int contacts_identities(struct ctx *, int64_t person_id, struct contacts_identity **, size_t *n) MUST;
int contacts_links(struct ctx *, int64_t person_id, struct contacts_link **, size_t *n) MUST; /* undone ones too */

/* The person as the API shows him ("Person"), for routes of other domains; `out` is contacts_person_json.size bytes. */
extern const struct json_desc contacts_person_json;
int contacts_person_view(struct ctx *, int64_t person_id, void *out) MUST;

/*
 * Ties two identities into one person. By "agent" it always holds (CONTACTS_E_SAME when already so). Automatic evidence
 * ("order_card", "order_number") is refused with CONFLICT when `b` (the buyer) is already tied to another identity of
 * a's kind, or `a` to another buyer of b's shop (a person has one openid per shop); and with UNDONE when a person undid
 * this very pair. Raises contacts_event_linked.
 */
int contacts_link_make(struct ctx *, int64_t a, int64_t b, const char *evidence, const char *detail,
                       int64_t *link_id) MUST;
/* Undoes it: persons are the connected parts of the links that still hold. Audited. Raises contacts_event_linked. */
int contacts_link_undo(struct ctx *, int64_t link_id) MUST;

struct contacts_linked {
        int64_t identity_a, identity_b, link_id;
};
extern const struct event contacts_event_linked; /* payload struct contacts_linked; made or undone */

#endif
