/* Struct -> JSON. */
#include "base/json.h"

#include <string.h>

void json_quote(struct text *t, const char *s)
{
        size_t n = strlen(s), kept = 0; /* kept: start of the part that is copied as it is */

        text_add_n(t, "\"", 1);
        for (size_t i = 0; i < n;) {
                unsigned char c = (unsigned char)s[i];
                bool valid = true;
                size_t step = c < 0x80 ? 1 : utf8_next(s + i, n - i, &valid);
                if (valid && c >= 0x20 && c != '"' && c != '\\') {
                        i += step;
                        continue;
                }
                text_add_n(t, s + kept, i - kept);
                if (!valid)
                        text_add(t, "\xef\xbf\xbd");
                else if (c == '"' || c == '\\')
                        text_addf(t, "\\%c", c);
                else if (c == '\n')
                        text_add(t, "\\n");
                else if (c == '\t')
                        text_add(t, "\\t");
                else
                        text_addf(t, "\\u%04x", c);
                i += step;
                kept = i;
        }
        text_add_n(t, s + kept, n - kept);
        text_add_n(t, "\"", 1);
}
