/*
 * The page for people at "/": who the customers are, what each sees on her phone, what the server asked and why it was
 * refused. Plain HTML and CSS made here, forms that post to the admin API, frames that reload themselves; no script.
 */
#ifndef SIM_PAGE_H
#define SIM_PAGE_H

#include "net/server.h"

struct sim;

void page_handle(struct sim *, struct raw *, const char *path);

#endif
