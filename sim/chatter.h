/* A crowd that talks: for whoever wants to load a server, not for a story. */
#ifndef SIM_CHATTER_H
#define SIM_CHATTER_H

#include <stddef.h>

struct sim;

/* `n` short texts, one each by the next of the crowd's first `people` (made when there are fewer). Of a hundred people
 * the first `in_shop` write in a shop's own chat, the others to 微信客服. Says nothing while more than `open` pushes are
 * unsettled; answers how many were said. */
size_t chatter_say(struct sim *, size_t n, size_t people, size_t in_shop, size_t open);

#endif
