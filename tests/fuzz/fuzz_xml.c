/* XML of a callback. What was read is written again and must read back the same. */
#include "base/xml.h"

#include <stdlib.h>
#include <string.h>

static void must(int yes)
{
        if (!yes)
                abort();
}

/* With a comment before it, a document is the library's to read: it must say what our own reading of the plain form says. */
static void same_by_library(struct arena *a, const uint8_t *data, size_t n, int status, const struct json_leaf *leaves, size_t count)
{
        struct json_leaf *again;
        struct text t;
        size_t n_again;

        if (n < 2 || data[0] != '<' || data[1] == '?' || n > 4096)
                return;
        text_init(&t, a);
        text_add(&t, "<!---->");
        text_add_n(&t, (const char *)data, n);
        must(xml_leaves(a, bytes_of(t.p, t.n), &again, &n_again) == status);
        must(status || n_again == count);
        for (size_t i = 0; !status && i < count; i++)
                must(strcmp(leaves[i].path, again[i].path) == 0 && strcmp(leaves[i].value, again[i].value) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        struct json_leaf *leaves = NULL, *again;
        struct arena a;
        struct text t;
        size_t count = 0, n_again;

        arena_init(&a, 0);
        int status = xml_leaves(&a, bytes_of(data, n), &leaves, &count);
        same_by_library(&a, data, n, status, leaves, count);
        if (status == 0) {
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
