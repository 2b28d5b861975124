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

/* What a page of the platform's console saves. */
struct push_setting {
        const char *url;
        const char *token, *aes_key; /* NULL, NULL: those that the target has */
        int mode;                    /* enum mp_mode of an official account, or -1: as it is */
};
enum { PUSH_E_KEY = 1 }; /* not an EncodingAESKey */
/*
 * Checks the URL as the console does when it is saved: a signed GET whose echo must come back. Only if it does the setting
 * is kept. `answer` hears why not (NULL: it is kept), on the loop thread, once, unless PUSH_E_KEY says so at once.
 */
int push_register(struct sim *, struct target *, const struct push_setting *,
                  void (*answer)(struct raw *, const char *why, const char *back), struct raw *, const char *back) MUST;

/* The key that callbacks are signed and sealed with; the faults of swapped keys change it. */
struct envelope_key push_key(const struct sim *, const struct target *);
/* The platform's clock as callbacks and Date headers tell it, s: the fault clock-off sets it wrong. */
int64_t push_now_s(struct sim *);

/* Forgets what is still on its way; when the loop and the pool have stopped. */
void pushes_release(struct sim *);

#endif
