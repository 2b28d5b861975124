/* Writing HTML: every text passes html_text(), which is safe in elements and in quoted attributes alike. */
#ifndef SIM_HTML_H
#define SIM_HTML_H

#include "net/server.h"
#include "sim/world.h"

struct html {
        struct text t;
        struct arena *arena;
        struct sim *sim;
        bool english;
};

void html_init(struct html *, struct sim *, struct raw *);
void html_raw(struct html *, const char *markup);             /* constant markup */
void html_text(struct html *, const char *);                  /* escaped */
void html_say(struct html *, const char *zh, const char *en); /* escaped, in the page's language */
/* JSON with a line a member, also a text that was cut off; anything else as it is. */
void html_json(struct html *, const char *);
/* %s are escaped, %d are int; the format is markup. */
void html_add(struct html *, const char *markup, ...);
void html_time(struct html *, int64_t ms, bool date); /* local: "11-22 14:03:09" or "14:03:09" */
void html_money(struct html *, int64_t fen);
/* Head of a page or frame, that reloads itself after so many seconds (0 = not). */
void html_begin(struct html *, const char *title, int reload_s, const char *body_class);
void html_send(struct html *, struct raw *);

/* The frames of the page. */
void page_chat(struct sim *, struct raw *);
void page_log(struct sim *, struct raw *);
void page_ledger(struct sim *, struct raw *);
void page_clock(struct sim *, struct raw *);

/* The account a page shows: 0.. the 微信客服 accounts, then the shops. */
const char *page_account_name(struct sim *, size_t account);
bool page_of_account(struct sim *, const struct message *, size_t account);
struct person *page_person(struct sim *, struct raw *); /* chosen by ?c=, or NULL */
size_t page_number(struct raw *, const char *name, size_t otherwise);

#endif
