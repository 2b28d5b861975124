/*
 * export and erase: what is held of a person or a merchant, as files, or gone. An export is read beside a running server, by
 * this process, which may write where it is told; a person is erased by the server, if one runs; a merchant only while none does.
 */
#include "cli/commands.h"

#include "app/app.h"
#include "base/args.h"
#include "base/log.h"
#include "contacts/contacts.h"
#include "store/holding.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct request {
        const char *command, *person;
        int64_t merchant_id;
        bool look; /* only say what would go */
};
static const struct json_field request_fields[] = {
        JSON_STR(struct request, command, 0, 0, 0, "erase"),
        JSON_STR(struct request, person, 0, 0, 0, "our id, a remote id or a unionid"),
        JSON_KEY(struct request, merchant_id, 0, "0 = the only one"),
        JSON_BOOL(struct request, look, 0, "change nothing"),
};
static const struct json_desc request_desc = JSON_DESC("EraseRequest", struct request, request_fields);

struct reply {
        const char *why; /* NULL = done */
        struct holding_count *tables;
        size_t n;
        int64_t rows, person_id;
};
static const struct json_field table_fields[] = {
        JSON_STR(struct holding_count, table, 0, 0, 0, ""),
        JSON_INT(struct holding_count, rows, 0, 0, 0, ""),
        JSON_STR(struct holding_count, end, 0, 0, 0, "deleted, blanked or kept"),
};
static const struct json_desc table_desc = JSON_DESC("ErasedRows", struct holding_count, table_fields);
static const struct json_field reply_fields[] = {
        JSON_STR(struct reply, why, 0, 0, 0, "why not"),
        JSON_LIST(struct reply, tables, n, 0, 1000, &table_desc, "by table"),
        JSON_INT(struct reply, rows, 0, 0, 0, "together"),
        JSON_KEY(struct reply, person_id, 0, "ours"),
};
static const struct json_desc reply_desc = JSON_DESC("EraseReply", struct reply, reply_fields);

/* Whom it is about, once the request is understood. */
struct whose {
        struct request in;
        int64_t merchant_id;
        struct holding_subject subject;
        const char *why;
};

static int name_merchants(struct ctx *ctx, const int64_t *ids, size_t n, const char **why)
{
        struct text t;

        text_init(&t, ctx->arena);
        text_add(&t, n ? "say which merchant with --merchant:" : "there is no merchant in these data");
        for (size_t i = 0; i < n; i++)
                text_addf(&t, " %lld", (long long)ids[i]);
        *why = t.p;
        return 0;
}

static int find(struct ctx *ctx, void *arg)
{
        struct whose *w = arg;
        struct contacts_identity *identities;
        int64_t *merchants, *ids;
        size_t n;
        int r = shops_merchants(ctx, &merchants, &n);

        w->why = NULL;
        w->merchant_id = 0;
        for (size_t i = 0; !r && i < n; i++)
                if (merchants[i] == w->in.merchant_id || (n == 1 && !w->in.merchant_id))
                        w->merchant_id = merchants[i];
        ctx->merchant = w->in.merchant_id;
        if (!r && !w->merchant_id && w->in.merchant_id && !w->in.person) { /* of one that is half gone, only the proof is left */
                bool erasing;

                r = holding_erasing(ctx, &erasing);
                w->merchant_id = !r && erasing ? w->in.merchant_id : 0;
        }
        if (r || !w->merchant_id)
                return r ? r : name_merchants(ctx, merchants, n, &w->why);
        ctx->merchant = w->merchant_id;
        if (!w->in.person)
                return 0;
        r = contacts_find(ctx, w->in.person, &w->subject.person_id);
        if (r == CONTACTS_E_NONE) {
                w->why = arena_printf(ctx->arena, "nobody is known as \"%s\": give the person's number, her external_userid, openid or unionid",
                                      w->in.person);
                return 0;
        }
        if (!r)
                r = contacts_identities(ctx, w->subject.person_id, &identities, &n);
        if (r)
                return status_fold(r);
        ids = arena_array(ctx->arena, int64_t, n);
        for (size_t i = 0; i < n; i++)
                ids[i] = identities[i].identity_id;
        w->subject.identities = ids;
        w->subject.n = n;
        return 0;
}

static int look(struct ctx *ctx, void *arg)
{
        struct whose *w = ((void **)arg)[0];

        return holding_look(ctx, &w->subject, ((void **)arg)[1]);
}

/* The context of who does it, outside any transaction. */
static void act_for(struct app *app, struct ctx *ctx, struct arena *a, const struct whose *w)
{
        edge_ctx(app, ctx, a, w->merchant_id);
        ctx->actor.name = "command line";
}

int answer_erase(struct app *app, struct arena *a, struct bytes in, const char **out)
{
        struct holding_counts counts = {0};
        struct reply reply = {0};
        struct whose w = {0};
        struct ctx ctx;
        int r = json_read(a, in, &request_desc, 0, &w.in, NULL);

        if (r)
                return fatal(EPROTO, "an erase that this version does not understand");
        r = app_open_search(app);
        if (!r)
                r = edge_transact(app, a, 0, DB_READ, find, &w);
        act_for(app, &ctx, a, &w);
        if (!r && !w.why && w.in.look)
                r = edge_transact(app, a, w.merchant_id, DB_READ, look, (void *[]){&w, &counts});
        else if (!r && !w.why)
                r = holding_erase_person(app->db, &ctx, &w.subject, &counts);
        if (r)
                return r;
        reply = (struct reply){w.why, counts.tables, counts.n, counts.rows, w.subject.person_id};
        *out = json_write(a, &reply_desc, &reply);
        return 0;
}

/* ---- at the terminal ---- */

static int refuse(const char *command, const char *why)
{
        fprintf(stderr, "zhanggui %s: %s; nothing was changed\n", command, why);
        return 1;
}

static void print_counts(const struct holding_count *tables, size_t n, int64_t rows, bool ends)
{
        for (size_t i = 0; i < n; i++)
                printf("  %-24s %8lld  %s\n", tables[i].table, (long long)tables[i].rows, ends ? tables[i].end : "");
        printf("  %-24s %8lld\n", "together", (long long)rows);
}

static bool take_whose(const char *command, int *argc, char **argv, struct request *in)
{
        const char *merchant = args_value(argc, argv, "--merchant");

        in->person = args_value(argc, argv, "--person");
        if (merchant && text_to_int(merchant, 1, INT64_MAX, &in->merchant_id)) {
                fprintf(stderr, "zhanggui %s: --merchant takes the merchant's number, not \"%s\"\n", command, merchant);
                return false;
        }
        if (!merchant && !in->person) {
                fprintf(stderr, "zhanggui %s: whose? --person WHO or --merchant NUMBER; see zhanggui %s --help\n", command, command);
                return false;
        }
        return true;
}

static int export_to(struct app *app, struct arena *a, const struct request *in, const char *folder)
{
        struct holding_counts counts;
        struct whose w = {.in = *in};
        struct ctx ctx;
        int r = edge_transact(app, a, 0, DB_READ, find, &w);

        if (r)
                return 1;
        if (w.why)
                return refuse("export", w.why);
        act_for(app, &ctx, a, &w);
        r = holding_export(app->db, &ctx, &w.subject, folder, &counts);
        if (r == HOLDING_E_THERE)
                return refuse("export", arena_printf(a, "%s (or %s.part) is there already; choose another name", folder, folder));
        if (r)
                return 1;
        print_counts(counts.tables, counts.n, counts.rows, false);
        printf("exported to %s; README.txt in it says what is what\n", folder);
        return 0;
}

int cmd_export(int argc, char **argv)
{
        struct request in = {0};
        struct app app = {0};
        struct arena a;
        struct conf conf;
        int r = 2;

        arena_init(&a, 0);
        if (take_whose("export", &argc, argv, &in) && conf_read(&a, &argc, argv, &conf)) {
                if (argc != 1) {
                        fprintf(stderr, "zhanggui export: the name of one FOLDER is needed, which will be made\n");
                } else {
                        r = app_look(&app, &conf) ? 1 : export_to(&app, &a, &in, argv[0]);
                        app_stop(&app);
                }
        }
        arena_release(&a);
        return r;
}

static int ask_server(const struct conf *conf, struct arena *a, const struct request *in, struct reply *out)
{
        const char *answer;
        int r = control_ask(cli_answers, conf, a, json_write(a, &request_desc, in), &answer);

        return r ? r : json_read(a, bytes_of_text(answer), &reply_desc, JSON_LENIENT, out, NULL);
}

static bool sure(struct arena *a, const char *question)
{
        return text_eq(args_line(a, arena_printf(a, "%s Type yes: ", question)), "yes");
}

static int erase_person(const struct conf *conf, struct arena *a, struct request *in, bool yes, bool dry)
{
        struct reply reply = {0};

        in->command = "erase";
        in->look = true;
        if (ask_server(conf, a, in, &reply))
                return 1;
        if (reply.why)
                return refuse("erase", reply.why);
        printf("person %lld:\n", (long long)reply.person_id);
        print_counts(reply.tables, reply.n, reply.rows, true);
        if (dry)
                return 0;
        if (!yes && !sure(a, "This cannot be undone."))
                return refuse("erase", "not confirmed");
        in->look = false;
        if (ask_server(conf, a, in, &reply))
                return 1;
        if (reply.why)
                return refuse("erase", reply.why);
        printf("erased. Callbacks as received go with the setting ledger-days, backups with backup-days. When the platform tells of her\n"
               "again (she writes, an order changes), she is somebody new.\n");
        return 0;
}

static void show_progress(void *arg, const char *table, int64_t rows)
{
        (void)arg;
        fprintf(stderr, "  %-24s %lld\n", table, (long long)rows);
}

static int erase_merchant(const struct conf *conf, struct arena *a, const struct request *in, bool yes, bool dry)
{
        struct holding_counts counts = {0};
        struct whose w = {.in = *in};
        struct app app = {0};
        struct ctx ctx;
        int64_t entries = 0;
        int r = app_open(&app, conf);

        if (!r)
                r = edge_transact(&app, a, 0, DB_READ, find, &w);
        if (!r && w.why)
                r = refuse("erase", w.why);
        if (!r)
                r = edge_transact(&app, a, w.merchant_id, DB_READ, look, (void *[]){&w, &counts});
        if (!r)
                print_counts(counts.tables, counts.n, counts.rows, true);
        if (!r && !dry && !yes && !sure(a, arena_printf(a, "Everything of merchant %lld goes; this cannot be undone.", (long long)w.merchant_id)))
                r = refuse("erase", "not confirmed");
        if (!r && !dry) {
                act_for(&app, &ctx, a, &w);
                r = ledger_erase(app.db, &app.proto, conf->data, w.merchant_id, &entries);
                if (!r)
                        r = holding_erase_merchant(app.db, &ctx, show_progress, NULL, &counts);
                if (!r && !app.postgres) /* filled again from the rows of those who stay */
                        (void)unlink(arena_printf(a, "%s/search.db", conf->data));
                if (!r)
                        printf("erased, with %lld callbacks as received; backups still hold it until they go with backup-days\n", (long long)entries);
        }
        app_stop(&app);
        return r ? 1 : 0;
}

int cmd_erase(int argc, char **argv)
{
        bool yes = args_switch(&argc, argv, "--yes"), dry = args_switch(&argc, argv, "--dry-run");
        struct request in = {0};
        struct arena a;
        struct conf conf;
        int r = 2;

        arena_init(&a, 0);
        if (take_whose("erase", &argc, argv, &in) && conf_read(&a, &argc, argv, &conf)) {
                if (argc)
                        fprintf(stderr, "zhanggui erase: unexpected \"%s\"; see zhanggui erase --help\n", argv[0]);
                else
                        r = in.person ? erase_person(&conf, &a, &in, yes, dry) : erase_merchant(&conf, &a, &in, yes, dry);
        }
        arena_release(&a);
        return r;
}
