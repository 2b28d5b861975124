/*
 * The platform's consoles: what a person clicks through to connect a server, at /sim/console/ (docs/simulator.md). With
 * --fresh nothing has been clicked yet: no URL is kept, no address trusted, no account given to the API.
 */
#ifndef SIM_CONSOLE_H
#define SIM_CONSOLE_H

#include "sim/rng.h"
#include "sim/vec.h"

struct sim;

enum console_list { LIST_WECOM, LIST_SHOP, LIST_MP, LIST_N };

struct console {
        struct {
                bool asked; /* only who is listed is trusted; else everybody */
                VEC(const char *) ip;
        } list[LIST_N];
        const char *verify; /* content of WW_verify_<verify>.txt */
        const char *domain; /* the application's trusted one, "host" or "host:port"; NULL: not saved */
        bool domain_asked;  /* pages send nobody back to another domain */
};

void console_init(struct sim *);
void console_fresh(struct sim *); /* takes everything away that a person would have to click */
bool console_trusts(struct sim *, enum console_list, const char *peer);
/* May the login pages send a browser to this URL? */
bool console_returns_to(const struct sim *, const char *url);

#endif
