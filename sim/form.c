#include "sim/form.h"

#include "sim/gate.h"

#include <string.h>

#define FIELD_MAX 256 /* bytes of a field's name in a form */

static const char *const type_names[] = {['d'] = "文本或数字", ['n'] = "整数", ['s'] = "文本",
                                         ['b'] = "布尔",       ['o'] = "对象", ['l'] = "数组"};

/* "list.0.count" is "list[].count": places in lists do not matter. Too long: cut, and then nothing fits. */
static void without_places(const char *path, char out[FIELD_MAX])
{
        size_t n = 0;

        while (*path && n + 3 < FIELD_MAX) {
                size_t part = strcspn(path, ".");
                if (n && strspn(path, "0123456789") == part) {
                        memcpy(out + n, "[]", 2);
                        n += 2;
                } else {
                        if (n)
                                out[n++] = '.';
                        part = part < FIELD_MAX - 3 - n ? part : FIELD_MAX - 3 - n;
                        memcpy(out + n, path, part);
                        n += part;
                }
                path += strcspn(path, ".");
                path += *path == '.';
        }
        out[n] = 0;
}

static bool fits(const char *leaf, char kind, const char *name, size_t n, char type)
{
        if (strncmp(leaf, name, n) != 0 || (leaf[n] && leaf[n] != '.' && leaf[n] != '['))
                return true; /* about another field */
        switch (type) {
        case 'o':
                return leaf[n] == '.';
        case 'l':
                return leaf[n] == '[';
        case 'd':
                return !leaf[n] && (kind == 's' || kind == 'n');
        default:
                return !leaf[n] && kind == type;
        }
}

/* One word of the form against the whole body. */
static int check_field(struct request *rq, const char *word, size_t n)
{
        size_t name = strcspn(word, ":");
        char type = word[name + 1], leaf[FIELD_MAX];
        bool weixin = rq->family == FAMILY_WEIXIN;

        for (size_t i = 0; i < rq->n_leaves; i++) {
                without_places(rq->leaf[i].path, leaf);
                if (!fits(leaf, rq->leaf[i].kind, word, name, type))
                        return refuse(rq, weixin ? 47001 : 40058, "%.*s 应为%s（接口文档·请求参数）", (int)name, word,
                                      type_names[(unsigned char)type]);
        }
        if (word[n - 1] == '!' && !rq_has(rq, arena_strndup(rq->arena, word, name)))
                return refuse(rq, weixin ? 40097 : 40058, "缺 %.*s（接口文档·请求参数）", (int)name, word);
        return 0;
}

int form_check(struct request *rq, const char *form)
{
        int r = 0;
        while (!r && form && *form) {
                size_t n = strcspn(form, " ");
                r = check_field(rq, form, n);
                form += n;
                form += *form == ' ';
        }
        return r;
}
