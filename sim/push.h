/*
 * Pushes: what the platform tells a registered URL, signed and encrypted, with its retry tables.
 *
 *   wecom   no answer within 5 s, a broken connection or a status other than 200: again, three retries in all
 *   shop    anything but 200 with "success" or an empty body: again after 0 s, 0 s, 10 s, 1 min, 5 min, 30 min and
 *           three times 60 min: ten pushes over 3.6 hours
 *
 * Each try is sealed anew. Switches make pushes vanish, double, come late, overtake each other, or carry a wrong
 * signature.
 */
#ifndef SIM_PUSH_H
#define SIM_PUSH_H

#include "net/server.h"
#include "sim/world.h"

/* Pushes `message` (XML or JSON, before encryption). `name` and `id` are for the ledger. */
void push_event(struct sim *, struct target *, const char *name, const char *id, const char *message);

/* The ready-made events. */
void push_kf_notice(struct sim *, struct kf_account *);
/* An event of a shop about somebody; `body` = the members after "Event", as "\"order_info\":{...}". */
void push_shop_event(struct sim *, struct shop *, const char *openid, const char *event, const char *id,
                     const char *body);

/* Is the next id of this shop's pushes a bare number? Alternates while the switch is on. */
bool push_id_as_number(struct sim *, struct shop *);

/* Checks `url` as the console does when it is saved, then answers the admin request with {"ok":true} or
 * {"ok":false,"why"} and keeps the URL. */
void push_register(struct sim *, struct target *, const char *url, struct raw *answer_to, const char *back);

/* Forgets what is still on its way; when the loop and the pool have stopped. */
void pushes_release(struct sim *);

#endif
