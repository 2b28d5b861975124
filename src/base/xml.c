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
#define FLAT_NAME_MAX 64
#define FLAT_LEAVES_MAX 32

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

/*
 * The platform's own documents are all of one form: a root, and in it elements that hold one CDATA part or plain text.
 * That form is read here, in a fifth of the library's time, which would be a tenth of what a callback costs. Whatever
 * differs from it in the least (an attribute, an entity, a name seen before, a byte that is not ASCII) is the library's.
 */
struct flat {
        const char *p, *end;
};

static bool flat_take(struct flat *f, const char *s, size_t n)
{
        if ((size_t)(f->end - f->p) < n || memcmp(f->p, s, n) != 0)
                return false;
        f->p += n;
        return true;
}

static void flat_space(struct flat *f)
{
        while (f->p < f->end && (*f->p == ' ' || *f->p == '\n' || *f->p == '\t'))
                f->p++;
}

/* "<name>" */
static bool flat_open(struct flat *f, struct bytes *name)
{
        const char *p = f->p + 1;

        if (f->p == f->end || *f->p != '<')
                return false;
        while (p < f->end && (*p == '_' || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                              (*p >= '0' && *p <= '9' && p > f->p + 1)))
                p++;
        *name = bytes_of(f->p + 1, (size_t)(p - f->p - 1));
        f->p = p;
        return name->n && name->n <= FLAT_NAME_MAX && flat_take(f, ">", 1);
}

static bool flat_close(struct flat *f, struct bytes name)
{
        return flat_take(f, "</", 2) && flat_take(f, name.p, name.n) && flat_take(f, ">", 1);
}

static bool flat_value(struct flat *f, struct bytes *value)
{
        const char *from, *to;

        if (flat_take(f, "<![CDATA[", 9)) {
                from = f->p;
                to = memmem(from, (size_t)(f->end - from), "]]>", 3);
                f->p = to ? to + 3 : f->end;
        } else {
                from = f->p;
                for (to = from; to < f->end && *to != '<'; to++)
                        if (*to == '&' || *to == ']')
                                return false;
                f->p = to;
        }
        if (to)
                *value = bytes_of(from, (size_t)(to - from));
        return to;
}

static bool flat_bytes(struct bytes text)
{
        const unsigned char *p = text.p;
        unsigned other = 0;

        for (size_t i = 0; i < text.n; i++)
                other |= (p[i] >= 0x80) | (p[i] < 0x20 && p[i] != '\n' && p[i] != '\t');
        return !other;
}

static bool flat_seen(const struct json_leaf *leaves, size_t n, struct bytes name)
{
        for (size_t i = 0; i < n; i++)
                if (!strncmp(leaves[i].path, name.p, name.n) && !leaves[i].path[name.n])
                        return true;
        return false;
}

static bool flat_leaves(struct arena *a, struct bytes text, struct json_leaf **out, size_t *n)
{
        struct flat f = {text.p, (const char *)text.p + text.n};
        struct json_leaf leaves[FLAT_LEAVES_MAX];
        struct bytes root, name, value;
        size_t found = 0;

        if (!text.n || !flat_bytes(text) || !flat_open(&f, &root))
                return false;
        for (flat_space(&f); !flat_close(&f, root); flat_space(&f)) {
                if (found == FLAT_LEAVES_MAX || !flat_open(&f, &name) || flat_seen(leaves, found, name) ||
                    !flat_value(&f, &value) || !flat_close(&f, name))
                        return false;
                leaves[found++] = (struct json_leaf){.path = arena_strndup(a, name.p, name.n),
                                                     .value = arena_strndup(a, value.p, value.n)};
        }
        flat_space(&f);
        if (!found || f.p < f.end)
                return false;
        *out = arena_memdup(a, leaves, found * sizeof(*leaves));
        *n = found;
        return true;
}

int xml_leaves(struct arena *a, struct bytes text, struct json_leaf **out, size_t *n)
{
        if (text.n > XML_TEXT_MAX)
                return XML_E_SIZE;
        if (flat_leaves(a, text, out, n))
                return 0;
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
