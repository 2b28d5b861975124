/*
 * Words between processes, one line each, fields parted by tabs (names and JSON have none):
 *
 *     notice TAB merchant TAB topic TAB kind TAB id TAB parent TAB body
 *     reset TAB merchant
 *     pause TAB merchant TAB account TAB api TAB errcode TAB refusals TAB milliseconds left
 */
#include "edge/others.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *word_of(struct arena *a, const struct notice *n)
{
        const char *word = arena_printf(a, "notice\t%lld\t%s\t%s\t%lld\t%lld\t%s", (long long)n->merchant, n->topic, n->kind,
                                        (long long)n->id, (long long)n->parent, n->body ? n->body : "");

        return strlen(word) <= PROCESS_WORD_MAX ? word : arena_printf(a, "reset\t%lld", (long long)n->merchant);
}

void others_tell(struct app *app, const struct notice *first)
{
        struct arena arena;

        if (!app->postgres || !app->process || !first)
                return;
        arena_init(&arena, 0);
        for (const struct notice *n = first; n; n = n->next)
                process_say(app->process, word_of(&arena, n));
        arena_release(&arena);
}

void others_pause(void *arg, const struct wx_pause_word *word)
{
        struct app *app = arg;
        char text[256];

        if (!app->postgres || !app->process)
                return;
        snprintf(text, sizeof text, "pause\t%lld\t%lld\t%s\t%lld\t%lld\t%lld", (long long)word->merchant_id,
                 (long long)word->account_id, word->api, (long long)word->errcode, (long long)word->refusals,
                 (long long)word->left_ms);
        process_say(app->process, text);
}

static bool read_pause(char *fields, struct wx_pause_word *out)
{
        char *merchant = strsep(&fields, "\t"), *account = strsep(&fields, "\t"), *api = strsep(&fields, "\t"),
             *errcode = strsep(&fields, "\t"), *refusals = strsep(&fields, "\t");

        out->api = api;
        return fields && !text_to_int(merchant, 1, INT64_MAX, &out->merchant_id) &&
               !text_to_int(account, 1, INT64_MAX, &out->account_id) && !text_to_int(errcode, 0, INT32_MAX, &out->errcode) &&
               !text_to_int(refusals, 0, INT32_MAX, &out->refusals) && !text_to_int(fields, 0, INT32_MAX, &out->left_ms);
}

static bool read_notice(char *fields, struct notice *out)
{
        char *merchant = strsep(&fields, "\t"), *topic = strsep(&fields, "\t"), *kind = strsep(&fields, "\t"),
             *id = strsep(&fields, "\t"), *parent = strsep(&fields, "\t");

        if (!fields || text_to_int(merchant, 0, INT64_MAX, &out->merchant) || text_to_int(id, INT64_MIN, INT64_MAX, &out->id) ||
            text_to_int(parent, INT64_MIN, INT64_MAX, &out->parent))
                return false;
        out->topic = topic;
        out->kind = kind;
        out->body = *fields ? fields : NULL;
        return true;
}

/* Words of a version that knows more than this one are passed over: consoles read again when they come next. */
static void hear(struct app *app, char *fields)
{
        struct wx_pause_word pause = {0};
        struct notice notice = {0};
        char *what = strsep(&fields, "\t");
        int64_t merchant;

        if (!fields || !app->server)
                return;
        if (!strcmp(what, "notice") && read_notice(fields, &notice)) {
                if (text_eq(notice.topic, "shops") && text_eq(notice.kind, SHOPS_NOTICE_KEYS))
                        app->callbacks_stale = true; /* read by housekeeping: no transaction begins on this thread */
                edge_publish(app->server, &notice);
        }
        if (!strcmp(what, "reset") && !text_to_int(fields, 1, INT64_MAX, &merchant))
                push_reset(app->server, merchant);
        if (!strcmp(what, "pause") && read_pause(fields, &pause))
                wx_budget_hear(app->wx, &pause);
}

/* All of these come on the line's thread, from before the server stands until after it is gone. */
static void on_heard(void *arg, const char *text)
{
        struct app *app = arg;
        struct arena arena;

        arena_init(&arena, 0);
        pthread_rwlock_rdlock(&app->server_lock);
        hear(app, arena_strdup(&arena, text));
        pthread_rwlock_unlock(&app->server_lock);
        arena_release(&arena);
}

static void on_lost(void *arg)
{
        struct app *app = arg;

        app->callbacks_stale = true;
        pthread_rwlock_rdlock(&app->server_lock);
        if (app->server)
                push_reset(app->server, 0);
        pthread_rwlock_unlock(&app->server_lock);
}

static void on_freed(void *arg)
{
        struct app *app = arg;

        pthread_rwlock_rdlock(&app->server_lock);
        if (app->ready) {
                job_runner_wake(app->runner);
                ledger_look(app->ledger);
        }
        pthread_rwlock_unlock(&app->server_lock);
}

/* The data folder's lock makes its path, with the machine, a name that no other living process has. */
int others_join(struct app *app)
{
        char host[256] = "", *path = realpath(app->conf->data, NULL);
        const char *name;

        if (!path)
                return fatal(errno, "the data folder %s cannot be read", app->conf->data);
        gethostname(host, sizeof host - 1);
        name = arena_printf(&app->arena, "%s:%s", host, path);
        free(path);
        return process_join(&app->process,
                            &(struct process_options){.db = app->db,
                                                      .proto = app->proto,
                                                      .name = name,
                                                      .heard = on_heard,
                                                      .lost = on_lost,
                                                      .freed = on_freed,
                                                      .arg = app},
                            &app->ids);
}
