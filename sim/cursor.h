/*
 * Opaque texts that the platform hands out and takes back: cursors of sync_msg and the tokens of its notices. Nothing
 * is kept for them: each carries its content and a seal that only this simulator can make.
 */
#ifndef SIM_CURSOR_H
#define SIM_CURSOR_H

#include "sim/world.h"

#define PUSH_TOKEN_LIFE_S 600

/* Place in the account's log, as text of at most 64 bytes. */
char *cursor_make(struct sim *, struct arena *, const struct kf_account *, size_t place);
enum { CURSOR_E_BAD = 1, CURSOR_E_EXPIRED = 2 };
int cursor_read(struct sim *, struct arena *, const struct kf_account *, const char *text, size_t *place) MUST;

/* Token of a notice for this account, good for ten minutes. */
char *cursor_push_token(struct sim *, struct arena *, const struct kf_account *);
int cursor_push_token_check(struct sim *, struct arena *, const struct kf_account *, const char *text) MUST;

/* Place in a list of the shop's endpoints (next_key). */
char *cursor_key_make(struct sim *, struct arena *, const char *list, size_t place);
int cursor_key_read(struct sim *, struct arena *, const char *list, const char *text, size_t *place) MUST;

#endif
