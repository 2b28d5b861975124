/*
 * JSON from outside, in each way we read it. Beyond "does not crash" it holds three promises: what was read strictly
 * can be written and fits its own descriptor; what strict reading takes lenient reading takes; leaves are valid UTF-8.
 */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

struct leaf {
        int64_t count;
        const char *name;
};

static const struct json_field leaf_fields[] = {
        JSON_INT(struct leaf, count, JSON_REQUIRED, 0, 100, "count"),
        JSON_STR(struct leaf, name, JSON_OMIT, 1, 16, "name"),
};
static const struct json_desc leaf = JSON_DESC("Leaf", struct leaf, leaf_fields);

struct tree {
        int64_t id;
        const char *remote, *text, *choice, *raw;
        int64_t n;
        double d;
        bool b;
        struct leaf in;
        struct leaf *p;
        struct leaf *list;
        size_t n_list;
        const char **strs;
        size_t n_strs;
};

static const char *const choices[] = {"a", "b", NULL};
static const struct json_field tree_fields[] = {
        JSON_KEY(struct tree, id, 0, "id"),
        JSON_ID(struct tree, remote, 0, "remote"),
        JSON_STR(struct tree, text, 0, 0, 0, "text"),
        JSON_CHOICE(struct tree, choice, 0, choices, "choice"),
        JSON_RAW(struct tree, raw, 0, "raw"),
        JSON_INT(struct tree, n, 0, 0, 0, "n"),
        JSON_DBL(struct tree, d, 0, "d"),
        JSON_BOOL(struct tree, b, 0, "b"),
        JSON_OBJ(struct tree, in, JSON_OMIT, &leaf, "in"),
        JSON_PTR(struct tree, p, 0, &leaf, "p"),
        JSON_LIST(struct tree, list, n_list, 0, 8, &leaf, "list"),
        JSON_STRS(struct tree, strs, n_strs, 0, 8, "strs"),
};
static const struct json_desc tree = JSON_DESC("Tree", struct tree, tree_fields);

static void must(int yes)
{
        if (!yes)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
        struct bytes text = bytes_of(data, n);
        struct json_fault fault = {0};
        struct json_leaf *leaves;
        struct tree t, again;
        struct arena a;
        size_t count;

        arena_init(&a, 0);
        int strict = json_read(&a, text, &tree, JSON_STRICT, &t, &fault);
        if (strict == 0) {
                char *written = json_write(&a, &tree, &t);
                must(json_fits(&a, bytes_of_text(written), &tree, &fault) == 0);
                must(json_read(&a, bytes_of_text(written), &tree, JSON_STRICT, &again, &fault) == 0);
                must(strcmp(json_write(&a, &tree, &again), written) == 0);
                must(json_check(&a, &tree, &t, &fault) == 0);
        } else {
                must(fault.path && fault.why && fault.why_zh);
        }
        int lenient = json_read(&a, text, &tree, JSON_LENIENT, &t, &fault);
        must(strict || !lenient);
        if (!lenient)
                must(utf8_valid(json_write(&a, &tree, &t), strlen(json_write(&a, &tree, &t))));
        if (json_leaves(&a, text, &leaves, &count) == 0)
                for (size_t i = 0; i < count; i++)
                        must(utf8_valid(leaves[i].path, strlen(leaves[i].path)) &&
                             utf8_valid(leaves[i].value, strlen(leaves[i].value)));
        json_get(&a, text, "list.0.count");
        arena_release(&a);
        return 0;
}
