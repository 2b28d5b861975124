#include "base/xml.h"

#include <expat.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define XML_TEXT_MAX (1 << 20) /* bytes */
#define XML_DEPTH_MAX 16
#define XML_ELEMENTS_MAX 2000
#define XML_PATH_MAX 1024 /* bytes: each leaf carries its whole path */

/* A name seen below an open element, and how often. */
struct sibling {
        struct sibling *next;
        const char *name;
        unsigned times;
};

struct level {
        struct sibling *children;
        size_t path_was; /* length of the path before this element */
        bool leaf;       /* no child so far */
};

struct reading {
        XML_Parser parser;
        struct arena *arena;
        struct text path, value;
        struct level levels[XML_DEPTH_MAX];
        size_t depth, elements;
        struct json_leaf *leaves;
        size_t n, cap;
        int status;
};

/* The library may still report a few things after this, at least the end of an element that was refused at its start:
 * so each handler looks at the status first. */
static void stop(struct reading *r, int status)
{
        r->status = status;
        XML_StopParser(r->parser, XML_FALSE);
}

static unsigned times_seen(struct reading *r, struct level *up, const char *name)
{
        struct sibling *s;

        for (s = up->children; s; s = s->next)
                if (strcmp(s->name, name) == 0)
                        return s->times++;
        s = arena_new(r->arena, struct sibling);
        *s = (struct sibling){.next = up->children, .name = arena_strdup(r->arena, name), .times = 1};
        up->children = s;
        return 0;
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
        struct reading *r = data;

        (void)attributes;
        if (r->status)
                return;
        if (r->depth == XML_DEPTH_MAX || ++r->elements > XML_ELEMENTS_MAX || strlen(name) > XML_PATH_MAX) {
                stop(r, XML_E_SIZE);
                return;
        }
        struct level *here = &r->levels[r->depth];
        *here = (struct level){.path_was = r->path.n, .leaf = true};
        if (r->depth++) {
                here[-1].leaf = false;
                if (r->path.n)
                        text_add(&r->path, ".");
                text_add(&r->path, name);
                unsigned before = times_seen(r, here - 1, name);
                if (before)
                        text_addf(&r->path, ".%u", before);
        }
        if (r->path.n > XML_PATH_MAX)
                stop(r, XML_E_SIZE);
        r->value.n = 0;
}

static void add_leaf(struct reading *r)
{
        if (r->n == r->cap) {
                size_t size = sizeof(*r->leaves), cap = r->cap * 2;
                r->leaves = arena_grow(r->arena, r->leaves, r->cap * size, cap * size);
                r->cap = cap;
        }
        r->leaves[r->n++] = (struct json_leaf){
                .path = arena_strndup(r->arena, r->path.p, r->path.n),
                .value = arena_strndup(r->arena, r->value.p, r->value.n),
        };
}

static void on_end(void *data, const XML_Char *name)
{
        struct reading *r = data;

        (void)name;
        if (r->status)
                return;
        struct level *here = &r->levels[--r->depth];
        if (here->leaf)
                add_leaf(r);
        r->path.n = here->path_was;
        r->path.p[r->path.n] = '\0';
        r->value.n = 0;
}

static void on_text(void *data, const XML_Char *s, int n)
{
        struct reading *r = data;

        /* Text between elements is layout; only a leaf's text counts. */
        if (!r->status && r->levels[r->depth - 1].leaf)
                text_add_n(&r->value, s, (size_t)n);
}

static void on_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
        (void)name, (void)system, (void)public, (void)internal;
        stop(data, XML_E_DOCTYPE);
}

static pthread_once_t parser_once = PTHREAD_ONCE_INIT;
static pthread_key_t parser_key;

struct kept {
        XML_Parser parser;
        unsigned long salt; /* of its hash tables; without one of ours the library asks the kernel for each text */
};

static void parser_drop(void *arg)
{
        struct kept *kept = arg;

        XML_ParserFree(kept->parser);
        free(kept);
}

static void parser_make_key(void)
{
        pthread_key_create(&parser_key, parser_drop);
}

static struct kept *parser_make(void)
{
        struct kept *kept = calloc(1, sizeof(*kept));

        if (!kept)
                return NULL;
        kept->parser = XML_ParserCreate("UTF-8");
        if (kept->parser && getrandom(&kept->salt, sizeof(kept->salt), 0) == sizeof(kept->salt) &&
            !pthread_setspecific(parser_key, kept))
                return kept;
        parser_drop(kept);
        return NULL;
}

/* The thread's own parser, as new. The encoding is given and not taken from the text: UTF-8 or nothing. */
static XML_Parser parser_get(void)
{
        pthread_once(&parser_once, parser_make_key);
        struct kept *kept = pthread_getspecific(parser_key);
        if (kept ? !XML_ParserReset(kept->parser, "UTF-8") : !(kept = parser_make()))
                return NULL;
        XML_SetHashSalt(kept->parser, kept->salt | 1);
        return kept->parser;
}

int xml_leaves(struct arena *a, struct bytes text, struct json_leaf **out, size_t *n)
{
        if (text.n > XML_TEXT_MAX)
                return XML_E_SIZE;
        struct reading *r = arena_new(a, struct reading);
        r->arena = a;
        r->cap = 16;
        r->leaves = arena_array(a, struct json_leaf, r->cap);
        text_init(&r->path, a);
        text_init(&r->value, a);
        r->parser = parser_get();
        if (!r->parser)
                return fatal(ENOMEM, "no XML parser");
        XML_SetUserData(r->parser, r);
        XML_SetElementHandler(r->parser, on_start, on_end);
        XML_SetCharacterDataHandler(r->parser, on_text);
        XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
        enum XML_Status ok = XML_Parse(r->parser, text.n ? text.p : "", (int)text.n, 1);
        if (r->status)
                return r->status;
        if (ok != XML_STATUS_OK) {
                if (XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY)
                        return fatal(ENOMEM, "the XML parser has no memory");
                return XML_E_SYNTAX;
        }
        *out = r->leaves;
        *n = r->n;
        return 0;
}

/* XML 1.0 has no way to write most control characters, U+FFFE and U+FFFF, not even escaped. */
static bool is_xml_char(const char *s, size_t step)
{
        unsigned char c = (unsigned char)*s;

        if (step == 1)
                return c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
        return step != 3 || (memcmp(s, "\xef\xbf\xbe", 3) != 0 && memcmp(s, "\xef\xbf\xbf", 3) != 0);
}

/* Appends the text; `replace` may name another form for a character. */
static void add_chars(struct text *t, const char *s, const char *(*replace)(const char *s))
{
        size_t n = strlen(s);

        for (size_t i = 0; i < n;) {
                bool valid;
                size_t step = utf8_next(s + i, n - i, &valid);
                const char *other = valid && is_xml_char(s + i, step) ? replace(s + i) : "\xef\xbf\xbd";
                if (other)
                        text_add(t, other);
                else
                        text_add_n(t, s + i, step);
                i += step;
        }
}

static const char *as_entity(const char *s)
{
        switch (*s) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '\r':
                return "&#13;"; /* else every reader turns it into a line feed */
        default:
                return NULL;
        }
}

void xml_escape(struct text *t, const char *s)
{
        add_chars(t, s, as_entity);
}

/* The "]" before a "]>" that would end the part begins a new part instead. */
static const char *as_cdata(const char *s)
{
        return text_starts(s, "]]>") ? "]]]><![CDATA[" : NULL;
}

void xml_cdata(struct text *t, const char *s)
{
        text_add(t, "<![CDATA[");
        add_chars(t, s, as_cdata);
        text_add(t, "]]>");
}
