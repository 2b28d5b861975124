#include "sim/page.h"

#include "sim/sim.h"

void page_handle(struct sim *sim, struct raw *raw, const char *path)
{
        (void)sim;
        (void)path;
        raw_reply(raw, 404, "text/plain", BYTES_NONE, NULL);
}
