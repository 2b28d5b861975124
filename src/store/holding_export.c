/* What is held, as files a person can read. */
#include "store/holding.h"

#include "base/log.h"

#include <csv.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 1000, COLUMNS_MAX = 64, KEYS_MAX = 6, TEXT_LIMIT = 64 << 20 };

struct making {
        const struct holding_subject *subject;
        struct holding_counts *counts;
        const char *folder; /* as it is called until it is complete */
        struct text about;  /* README.txt */
        struct arena page;  /* of a page of rows */
        int64_t files;
};

/* One table on its way out. */
struct sheet {
        const struct holding *h;
        struct holding_column *columns;
        size_t n;
        const struct holding_column *shown[COLUMNS_MAX], *keys[KEYS_MAX]; /* keys: behind the merchant */
        size_t n_shown, n_keys, n_bytes;
        const char *last[KEYS_MAX]; /* of the page before; NULL = first page */
        int64_t rows;
        FILE *file;
};

static bool is_hidden(const struct holding *h, const char *column)
{
        const char *at = h->hidden;
        size_t n = strlen(column);

        for (; at && *at; at += strspn(at, " ")) {
                size_t word = strcspn(at, " ");

                if (word == n && !strncmp(at, column, n))
                        return true;
                at += word;
        }
        return false;
}

static bool is_bytes(const struct holding_column *c)
{
        return text_eq(c->type, "bytea");
}

static int create(struct ctx *ctx, const struct making *m, const char *name, FILE **out)
{
        const char *path = arena_printf(ctx->arena, "%s/%s", m->folder, name);

        *out = fopen(path, "wx");
        return *out ? 0 : fatal(errno, "cannot write %s", path);
}

static int close_file(FILE *f, const char *name)
{
        bool bad = ferror(f);

        if (fclose(f) || bad)
                return fatal(errno ? errno : EIO, "cannot write %s", name);
        return 0;
}

static int write_file(struct ctx *ctx, const struct making *m, const char *name, struct bytes content)
{
        FILE *f;
        int r = create(ctx, m, name, &f);

        if (r)
                return r;
        (void)!fwrite(content.p, 1, content.n, f); /* close_file() asks */
        return close_file(f, name);
}

/* Spreadsheets take a text that begins like a formula for one: it is given a mark that makes it a text again. */
static void put(struct sheet *s, struct arena *a, const char *text, bool words, bool last)
{
        if (!text)
                text = "";
        if (words && *text && strchr("=+-@\t\r", *text))
                text = arena_printf(a, "'%s", text);
        csv_fwrite(s->file, text, strlen(text));
        fputs(last ? "\r\n" : ",", s->file);
}

/* ---- one table ---- */

static int choose_columns(struct ctx *ctx, struct sheet *s)
{
        int r = holding_columns(ctx, s->h->table, &s->columns, &s->n);

        for (size_t i = 0; !r && i < s->n; i++) {
                struct holding_column *c = &s->columns[i];
                bool packed = text_eq(c->name, s->h->opened);

                if (s->n_shown == COLUMNS_MAX || s->n_keys == KEYS_MAX)
                        return fatal(E2BIG, "%s has more columns than an export has room for", s->h->table);
                if (c->key && !text_eq(c->name, "merchant_id"))
                        s->keys[s->n_keys++] = c;
                if (is_hidden(s->h, c->name))
                        continue;
                s->shown[s->n_shown++] = c;
                s->n_bytes += is_bytes(c) && !packed;
        }
        if (!r && !s->n)
                r = fatal(ENOENT, "there is no table %s", s->h->table);
        return r;
}

/* The next page's text: the columns as text, then the packed ones as they are. A person's rows are few and come at once: an
 * order would make the database walk all of the merchant's. */
static const char *page_sql(struct arena *a, const struct sheet *s, const struct holding_subject *subject, const char *place)
{
        struct text t;

        text_init(&t, a);
        text_add(&t, "select ");
        for (size_t i = 0; i < s->n; i++)
                text_addf(&t, is_bytes(&s->columns[i]) ? "%s%s" : "%scast(%s as text) as %s", i ? ", " : "", s->columns[i].name, s->columns[i].name);
        text_addf(&t, " from %s where %s", s->h->table, holding_where(a, s->h, subject));
        if (subject->person_id || !s->n_keys)
                return t.p;
        for (size_t pass = s->last[0] ? 0 : 1; pass < 2; pass++) {
                text_add(&t, pass ? " order by " : " and (");
                for (size_t k = 0; k < s->n_keys; k++)
                        text_addf(&t, "%s%s.%s", k ? ", " : "", s->h->table, s->keys[k]->name);
                if (!pass)
                        text_addf(&t, ") > (%s)", place);
        }
        text_addf(&t, " limit %d", PAGE);
        return t.p;
}

static int read_page(struct ctx *ctx, struct sheet *s, const struct holding_subject *subject, void **rows, size_t *n)
{
        struct query q = {.name = "store.holding_page", .once = true};
        struct db_value args[3 + KEYS_MAX];
        struct db_col *cols = arena_array(ctx->arena, struct db_col, s->n);
        const char *letters;
        size_t n_args = holding_args(ctx, s->h, subject, args, &letters), size = 0;
        struct text place, types;

        text_init(&place, ctx->arena);
        text_init(&types, ctx->arena);
        text_add(&types, letters);
        for (size_t k = 0; s->last[0] && k < s->n_keys; k++) {
                bool number = !text_eq(s->keys[k]->type, "text");
                int64_t value = 0;

                if (number && text_to_int(s->last[k], INT64_MIN, INT64_MAX, &value))
                        return fatal(EPROTO, "%s: a key that is no number", s->h->table);
                args[n_args++] = number ? DB_I(value) : DB_T(s->last[k]);
                text_addf(&place, "%s$%zu", k ? ", " : "", n_args);
                text_add(&types, number ? "i" : "t");
        }
        for (size_t i = 0; i < s->n; i++) {
                bool bytes = is_bytes(&s->columns[i]);

                cols[i] = (struct db_col){s->columns[i].name, bytes ? DB_BYTES : DB_TEXT, size};
                size += bytes ? sizeof(struct bytes) : sizeof(char *);
        }
        q.sql = page_sql(ctx->arena, s, subject, place.p);
        q.args = types.p;
        q.row = cols;
        q.n_row = s->n;
        q.size = size;
        for (size_t i = 0; i < s->n; i++)
                s->columns[i].at = cols[i].at;
        return status_fold(db_all_v(ctx, &q, rows, n, args, n_args));
}

static const char *cell(const void *row, const struct holding_column *c)
{
        return *(const char *const *)((const char *)row + c->at);
}

static int put_bytes(struct ctx *ctx, struct making *m, struct sheet *s, const struct holding_column *c, const void *row, int64_t id, bool last)
{
        const struct bytes *b = (const void *)((const char *)row + c->at);
        struct bytes content = *b;
        const char *name;
        int r = 0;

        if (text_eq(c->name, s->h->opened)) {
                r = s->h->open(ctx, id, &content);
                put(s, ctx->arena, r || !content.n ? "" : arena_strndup(ctx->arena, content.p, content.n), true, last);
                return status_fold(r);
        }
        name = arena_printf(ctx->arena, "%s-%lld", s->h->table, (long long)id);
        if (b->p) {
                r = write_file(ctx, m, arena_printf(ctx->arena, "files/%s", name), content);
                m->files++;
        }
        put(s, ctx->arena, b->p ? name : "", false, last);
        return r;
}

static int put_row(struct ctx *ctx, struct making *m, struct sheet *s, const void *row)
{
        int64_t id = 0;
        int r = 0;

        if (s->n_keys && !text_eq(s->keys[0]->type, "text") && text_to_int(cell(row, s->keys[0]), INT64_MIN, INT64_MAX, &id))
                return fatal(EPROTO, "%s: a key that is no number", s->h->table);
        for (size_t i = 0; !r && i < s->n_shown; i++) {
                bool last = i + 1 == s->n_shown;

                if (is_bytes(s->shown[i]))
                        r = put_bytes(ctx, m, s, s->shown[i], row, id, last);
                else
                        put(s, ctx->arena, cell(row, s->shown[i]), text_eq(s->shown[i]->type, "text"), last);
        }
        return r;
}

static int put_rows(struct ctx *ctx, struct making *m, struct sheet *s)
{
        struct ctx page = *ctx;
        size_t n = PAGE;
        void *at;
        int r = 0;

        page.arena = &m->page;
        while (!r && n == PAGE) {
                arena_clear(&m->page);
                r = read_page(&page, s, m->subject, &at, &n);
                size_t size = 0;

                for (size_t i = 0; !r && i < s->n; i++)
                        size += is_bytes(&s->columns[i]) ? sizeof(struct bytes) : sizeof(char *);
                for (size_t i = 0; !r && i < n; i++)
                        r = put_row(&page, m, s, (const char *)at + i * size);
                for (size_t k = 0; !r && n && k < s->n_keys; k++)
                        s->last[k] = arena_strdup(ctx->arena, cell((const char *)at + (n - 1) * size, s->keys[k]));
                s->rows += r ? 0 : (int64_t)n;
                if (m->subject->person_id || !s->n_keys)
                        break;
        }
        return r;
}

static int export_table(struct ctx *ctx, const struct holding *h, void *arg)
{
        struct making *m = arg;
        struct sheet s = {.h = h};
        const char *name = arena_printf(ctx->arena, "%s.csv", h->table);
        int r, closed;

        if (text_eq(h->hidden, "*"))
                return 0;
        r = choose_columns(ctx, &s);
        if (!r)
                r = create(ctx, m, name, &s.file);
        if (r)
                return r;
        fputs("\xEF\xBB\xBF", s.file);
        for (size_t i = 0; i < s.n_shown; i++)
                put(&s, ctx->arena, s.shown[i]->name, false, i + 1 == s.n_shown);
        r = put_rows(ctx, m, &s);
        closed = close_file(s.file, name);
        if (r || closed)
                return r ? r : closed;
        if (!s.rows) /* nothing is better said by no file */
                return unlink(arena_printf(ctx->arena, "%s/%s", m->folder, name)) ? fatal(errno, "cannot remove %s", name) : 0;
        text_addf(&m->about, "%-28s %s / %s\r\n", name, h->zh, h->en);
        holding_counted(ctx, m->counts, h, m->subject, s.rows);
        return 0;
}

/* ---- the whole ---- */

static int tell_story(struct ctx *ctx, struct making *m)
{
        struct text t;
        int r = 0;

        text_init(&t, ctx->arena);
        for (size_t d = 0; !r && d < ctx->registry->n; d++) {
                const struct holder *holder = ctx->registry->domains[d]->holds;

                if (holder && holder->story)
                        r = holder->story(ctx, m->subject->identities, m->subject->n, &t);
        }
        text_addf(&m->about, "%-28s %s / %s\r\n", "conversation.txt", "聊天记录，从早到晚", "what was said, oldest first");
        return r ? r : write_file(ctx, m, "conversation.txt", bytes_of(t.p, t.n));
}

static int export_all(struct ctx *ctx, void *arg)
{
        struct making *m = arg;
        int r = 0;

        *m->counts = (struct holding_counts){0};
        text_init(&m->about, ctx->arena);
        text_addf(&m->about, "\xEF\xBB\xBF掌柜导出 / exported by Zhanggui\r\n\r\n"
                             "CSV: UTF-8；时间为毫秒（UTC），金额为分；以 = + - @ 开头的文字前加了一个 ' 。\r\n"
                             "CSV in UTF-8; times are ms UTC, money is fen; texts that begin with = + - @ have a ' in front.\r\n\r\n");
        if (m->subject->person_id)
                r = tell_story(ctx, m);
        if (!r)
                r = holding_each(ctx, m->subject, export_table, m);
        if (!r && m->files)
                text_addf(&m->about, "%-28s %s / %s\r\n", "files/", "图片、语音与文件", "pictures, voices and files");
        return r ? r : write_file(ctx, m, "README.txt", bytes_of(m->about.p, m->about.n));
}

static void remove_files(struct arena *a, const char *folder)
{
        DIR *dir = opendir(folder);
        struct dirent *e;

        while (dir && (e = readdir(dir)))
                if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
                        (void)unlink(arena_printf(a, "%s/%s", folder, e->d_name));
        if (dir)
                closedir(dir);
        (void)rmdir(folder);
}

int holding_export(struct db *db, struct ctx *ctx, const struct holding_subject *subject, const char *folder, struct holding_counts *out)
{
        struct making m = {.subject = subject, .counts = out, .folder = arena_printf(ctx->arena, "%s.part", folder)};
        const char *files = arena_printf(ctx->arena, "%s/files", m.folder);
        struct stat st;
        int r;

        if (!stat(folder, &st) || !stat(m.folder, &st))
                return HOLDING_E_THERE;
        if (mkdir(m.folder, 0700) || mkdir(files, 0700))
                return fatal(errno, "cannot make the folder %s", m.folder);
        arena_init(&m.page, 0);
        r = db_run(db, ctx, DB_READ, export_all, &m);
        arena_release(&m.page);
        if (!r && !m.files)
                (void)rmdir(files);
        if (!r && rename(m.folder, folder))
                r = fatal(errno, "cannot name the folder %s", folder);
        if (r) {
                remove_files(ctx->arena, files);
                remove_files(ctx->arena, m.folder);
        }
        return r;
}
