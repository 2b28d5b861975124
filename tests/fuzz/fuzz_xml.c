/* XML of a callback. What was read is written again and must read back the same. */
#include "base/xml.h"

#include <stdlib.h>
#include <string.h>

static void must(int yes)
{
        if (!yes)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        struct json_leaf *leaves, *again;
        struct arena a;
        struct text t;
        size_t count, n_again;

        arena_init(&a, 0);
        if (xml_leaves(&a, bytes_of(data, n), &leaves, &count) == 0) {
                text_init(&t, &a);
                text_add(&t, "<r>");
                for (size_t i = 0; i < count; i++) {
                        must(utf8_valid(leaves[i].path, strlen(leaves[i].path)));
                        text_add(&t, "<e>");
                        xml_escape(&t, leaves[i].value);
                        text_add(&t, "</e>");
                }
                text_add(&t, "</r>");
                /* Escaping makes it longer, and one element stands around them all: limits may be passed. */
                int r = xml_leaves(&a, bytes_of(t.p, t.n), &again, &n_again);
                must(r == 0 || r == XML_E_SIZE);
                must(r || n_again == (count ? count : 1));
                for (size_t i = 0; !r && i < count; i++)
                        must(strcmp(leaves[i].value, again[i].value) == 0);
        }
        arena_release(&a);
        return 0;
}
