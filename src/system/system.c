#include "system/system.h"

#include "aftersales/aftersales.h"
#include "backfill/backfill.h"
#include "base/log.h"
#include "catalogue/catalogue.h"
#include "doctor/doctor.h"
#include "edge/edge.h"
#include "inbox/inbox.h"
#include "net/route.h"
#include "store/audit.h"
#include "system/checks.h"
#include "system/demo_state.h"
#include "system/rehearsal.h"

extern struct metric metric_callbacks, metric_callbacks_refused, metric_callbacks_old, metric_callbacks_unknown;

enum { SYSTEM_E_NONE = 1, SYSTEM_E_DEMO = 2, SYSTEM_E_AGAIN = 3 };

static const struct problem problems[] = {
        {SYSTEM_E_NONE, 404, "system.none", "没有这一项，可能已被处理。", "There is no such entry; it may have been dealt with."},
        {SYSTEM_E_DEMO, 502, "system.simulator", "模拟平台没有回应，请稍后再试。", "The simulator does not answer; try again."},
        {SYSTEM_E_AGAIN, 409, "system.again", "又没有处理成功，仍保留在这里。", "It failed again and is kept here."},
        {0},
};

/* ---- health page ---- */

struct intake { int64_t appended, applied, waiting, failed; };
struct note { const char *account_name, *reason; int64_t count, last_at; };
struct failure { int64_t stream, seq, failed_at; const char *kind, *account_name, *reason; };
struct found { const char *account_name; int64_t count; };
struct health {
        struct intake intake;
        struct note *notes;
        size_t n_notes;
        struct failure *failures;
        size_t n_failures;
        struct job_count *jobs;
        size_t n_jobs;
        struct found *found_by_polling;
        size_t n_found;
        int64_t consoles;
};

static const struct json_field intake_fields[] = {
        JSON_INT(struct intake, appended, JSON_REQUIRED, 0, 0, "callbacks taken since start"),
        JSON_INT(struct intake, applied, JSON_REQUIRED, 0, 0, "of them handed to the domains"),
        JSON_INT(struct intake, waiting, JSON_REQUIRED, 0, 0, "not yet handed on"),
        JSON_INT(struct intake, failed, JSON_REQUIRED, 0, 0, "kept with a reason, to be looked at"),
};
static const struct json_desc intake_desc = JSON_DESC("Intake", struct intake, intake_fields);
static const struct json_field note_fields[] = {
        JSON_STR(struct note, account_name, 0, 0, 0, "the account"),
        JSON_STR(struct note, reason, JSON_REQUIRED, 0, 0, "why a callback was refused or kept unread"),
        JSON_INT(struct note, count, JSON_REQUIRED, 0, 0, "how often"),
        JSON_INT(struct note, last_at, JSON_REQUIRED, 0, 0, "last time, ms"),
};
static const struct json_desc note_desc = JSON_DESC("IntakeNote", struct note, note_fields);
static const struct json_field failure_fields[] = {
        JSON_KEY(struct failure, stream, JSON_REQUIRED, "ledger stream"),
        JSON_KEY(struct failure, seq, JSON_REQUIRED, "place in the stream"),
        JSON_STR(struct failure, kind, JSON_REQUIRED, 0, 0, "wecom, shop or mp"),
        JSON_STR(struct failure, account_name, 0, 0, 0, "the account"),
        JSON_INT(struct failure, failed_at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_STR(struct failure, reason, JSON_REQUIRED, 0, 0, "what went wrong"),
};
static const struct json_desc failure_desc = JSON_DESC("IntakeFailure", struct failure, failure_fields);
static const struct json_field job_count_fields[] = {
        JSON_STR(struct job_count, kind, JSON_REQUIRED, 0, 0, "job kind"),
        JSON_STR(struct job_count, title, JSON_REQUIRED, 0, 0, "what it does"),
        JSON_INT(struct job_count, waiting, JSON_REQUIRED, 0, 0, "due or later"),
        JSON_INT(struct job_count, running, JSON_REQUIRED, 0, 0, "under way"),
        JSON_INT(struct job_count, dead, JSON_REQUIRED, 0, 0, "given up"),
};
static const struct json_desc job_count_desc = JSON_DESC("JobCount", struct job_count, job_count_fields);
static const struct json_field found_fields[] = {
        JSON_STR(struct found, account_name, JSON_REQUIRED, 0, 0, "the account"),
        JSON_INT(struct found, count, JSON_REQUIRED, 0, 0, "objects a poller found before any callback told of them"),
};
static const struct json_desc found_desc = JSON_DESC("FoundByPolling", struct found, found_fields);
static const struct json_field health_fields[] = {
        JSON_OBJ(struct health, intake, JSON_REQUIRED, &intake_desc, "the intake ledger"),
        JSON_LIST(struct health, notes, n_notes, JSON_REQUIRED, 0, &note_desc, "refusals by reason"),
        JSON_LIST(struct health, failures, n_failures, JSON_REQUIRED, 0, &failure_desc, "entries that could not be applied"),
        JSON_LIST(struct health, jobs, n_jobs, JSON_REQUIRED, 0, &job_count_desc, "job queue by kind"),
        JSON_LIST(struct health, found_by_polling, n_found, JSON_REQUIRED, 0, &found_desc, "by account"),
        JSON_INT(struct health, consoles, JSON_REQUIRED, 0, 0, "consoles listening now"),
};
static const struct json_desc health_desc = JSON_DESC("Health", struct health, health_fields);

static const char *account_name(const struct shops_account *a, size_t n, int64_t account_id)
{
        for (size_t i = 0; i < n; i++)
                if (a[i].account_id == account_id)
                        return a[i].name;
        return NULL;
}

static int fill_intake(struct ctx *ctx, const struct shops_account *accounts, size_t n_accounts, struct health *out)
{
        struct ledger_note_row *notes;
        struct ledger_failure *failures;
        struct ledger_stats s;
        int r = ledger_notes(ctx, &notes, &out->n_notes);

        if (!r)
                r = ledger_failures(ctx, &failures, &out->n_failures);
        if (r)
                return status_fold(r);
        ledger_stats(ctx->app->ledger, &s);
        out->intake = (struct intake){s.appended, s.applied, s.waiting, s.failed};
        out->notes = arena_array(ctx->arena, struct note, out->n_notes);
        for (size_t i = 0; i < out->n_notes; i++)
                out->notes[i] = (struct note){account_name(accounts, n_accounts, notes[i].account_id), notes[i].reason,
                                              notes[i].count, notes[i].last_at};
        out->failures = arena_array(ctx->arena, struct failure, out->n_failures);
        for (size_t i = 0; i < out->n_failures; i++)
                out->failures[i] = (struct failure){
                        failures[i].stream, failures[i].seq, failures[i].failed_at, failures[i].kind,
                        account_name(accounts, n_accounts, failures[i].account_id), failures[i].reason};
        return 0;
}

static int get_health(struct ctx *ctx, const void *in, void *out_)
{
        struct health *out = out_;
        struct shops_account *accounts;
        size_t n;
        int r = shops_account_list(ctx, &accounts, &n);

        (void)in;
        if (!r)
                r = fill_intake(ctx, accounts, n, out);
        if (!r)
                r = job_counts(ctx, &out->jobs, &out->n_jobs);
        for (size_t i = 0; !r && i < out->n_jobs; i++)
                out->jobs[i].title = job_title(ctx->registry, out->jobs[i].kind, exchange_english(ctx->http));
        if (r)
                return status_fold(r);
        out->found_by_polling = arena_array(ctx->arena, struct found, n);
        for (size_t i = 0; i < n; i++)
                if (accounts[i].found_by_polling)
                        out->found_by_polling[out->n_found++] = (struct found){accounts[i].name, accounts[i].found_by_polling};
        out->consoles = (int64_t)edge_consoles(ctx->app);
        return 0;
}

struct entry_in { int64_t stream, seq; };
static const struct json_field entry_in_fields[] = {
        JSON_KEY(struct entry_in, stream, JSON_REQUIRED, "ledger stream"),
        JSON_KEY(struct entry_in, seq, JSON_REQUIRED, "place in the stream"),
};
static const struct json_desc entry_in_desc = JSON_DESC("IntakeEntryIn", struct entry_in, entry_in_fields);

static int post_replay(struct ctx *ctx, const void *in_, void *out)
{
        const struct entry_in *in = in_;
        int r = ledger_replay(ctx->app->ledger, ctx, in->stream, in->seq);

        (void)out;
        if (r)
                return r == LEDGER_E_NONE ? SYSTEM_E_NONE : r == LEDGER_E_AGAIN ? SYSTEM_E_AGAIN : r;
        return audit(ctx, "intake.replay", "ledger", in->seq, NULL);
}

static int delete_failure(struct ctx *ctx, const void *in_, void *out)
{
        const struct entry_in *in = in_;
        int r = ledger_drop(ctx->app->ledger, ctx, in->stream, in->seq);

        (void)out;
        if (r)
                return r == LEDGER_E_NONE ? SYSTEM_E_NONE : r;
        return audit(ctx, "intake.drop", "ledger", in->seq, NULL);
}

/* ---- dead jobs ---- */

struct dead_job { int64_t job_id, account_id, tries; const char *kind, *title, *key, *error, *account_name; };
struct dead_jobs { struct dead_job *items; size_t n; };
static const struct json_field dead_job_fields[] = {
        JSON_KEY(struct dead_job, job_id, JSON_REQUIRED, "the job"),
        JSON_STR(struct dead_job, kind, JSON_REQUIRED, 0, 0, "job kind"),
        JSON_STR(struct dead_job, title, JSON_REQUIRED, 0, 0, "what it does"),
        JSON_STR(struct dead_job, key, 0, 0, 0, "what it is about"),
        JSON_STR(struct dead_job, error, 0, 0, 0, "last cause"),
        JSON_INT(struct dead_job, tries, JSON_REQUIRED, 0, 0, "how often it was tried"),
        JSON_STR(struct dead_job, account_name, 0, 0, 0, "the account"),
};
static const struct json_desc dead_job_desc = JSON_DESC("DeadJob", struct dead_job, dead_job_fields);
static const struct json_field dead_jobs_fields[] = {
        JSON_LIST(struct dead_jobs, items, n, JSON_REQUIRED, 0, &dead_job_desc, "newest 200"),
};
static const struct json_desc dead_jobs_desc = JSON_DESC("DeadJobs", struct dead_jobs, dead_jobs_fields);
struct job_in { int64_t job_id; };
static const struct json_field job_in_fields[] = {JSON_KEY(struct job_in, job_id, JSON_REQUIRED, "the job")};
static const struct json_desc job_in_desc = JSON_DESC("JobIn", struct job_in, job_in_fields);

static int get_dead_jobs(struct ctx *ctx, const void *in, void *out_)
{
        struct dead_jobs *out = out_;
        struct shops_account *accounts;
        struct job *jobs;
        size_t n;
        int r = job_list_dead(ctx, &jobs, &out->n);

        (void)in;
        if (!r)
                r = shops_account_list(ctx, &accounts, &n);
        if (r)
                return status_fold(r);
        out->items = arena_array(ctx->arena, struct dead_job, out->n);
        for (size_t i = 0; i < out->n; i++)
                out->items[i] = (struct dead_job){.job_id = jobs[i].job_id,
                                                  .kind = jobs[i].kind,
                                                  .title = job_title(ctx->registry, jobs[i].kind, exchange_english(ctx->http)),
                                                  .key = jobs[i].key,
                                                  .error = jobs[i].error,
                                                  .tries = jobs[i].tries,
                                                  .account_name = account_name(accounts, n, jobs[i].account_id)};
        return 0;
}

static int act_on(struct ctx *ctx, const struct job_in *in, int (*verb)(struct ctx *, int64_t), const char *act)
{
        int r = verb(ctx, in->job_id);

        if (r)
                return r == JOB_E_NONE ? SYSTEM_E_NONE : status_fold(r);
        return audit(ctx, act, "job", in->job_id, NULL);
}

static int post_retry(struct ctx *ctx, const void *in, void *out)
{
        (void)out;
        return act_on(ctx, in, job_retry, "job.retry");
}

static int delete_job(struct ctx *ctx, const void *in, void *out)
{
        (void)out;
        return act_on(ctx, in, job_drop, "job.drop");
}

/* ---- audit log ---- */

struct audit_in { int64_t before, limit; };
struct audit_out { struct audit_row *items; size_t n; int64_t next; };
static const struct json_field audit_in_fields[] = {
        JSON_KEY(struct audit_in, before, 0, "audit_id of the last row seen"),
        JSON_INT(struct audit_in, limit, 0, 1, 200, "rows; default 50"),
};
static const struct json_desc audit_in_desc = JSON_DESC("AuditIn", struct audit_in, audit_in_fields);
static const struct json_field audit_row_fields[] = {
        JSON_KEY(struct audit_row, audit_id, JSON_REQUIRED, "the row"),
        JSON_INT(struct audit_row, at, JSON_REQUIRED, 0, 0, "ms"),
        JSON_STR(struct audit_row, actor, JSON_REQUIRED, 0, 0, "who"),
        JSON_STR(struct audit_row, act, JSON_REQUIRED, 0, 0, "what was done"),
        JSON_STR(struct audit_row, object, 0, 0, 0, "kind of object"),
        JSON_KEY(struct audit_row, object_id, 0, "the object"),
        JSON_RAW(struct audit_row, detail, 0, "more, as JSON"),
        JSON_STR(struct audit_row, reason, 0, 0, 0, "of an operator who acted for the merchant; null: one of the house"),
};
static const struct json_desc audit_row_desc = JSON_DESC("AuditRow", struct audit_row, audit_row_fields);
static const struct json_field audit_out_fields[] = {
        JSON_LIST(struct audit_out, items, n, JSON_REQUIRED, 0, &audit_row_desc, "newest first"),
        JSON_KEY(struct audit_out, next, 0, "`before` of the next page; null at the end"),
};
static const struct json_desc audit_out_desc = JSON_DESC("AuditPage", struct audit_out, audit_out_fields);

static int get_audit(struct ctx *ctx, const void *in_, void *out_)
{
        const struct audit_in *in = in_;
        struct audit_out *out = out_;
        int64_t limit = in->limit ? in->limit : 50;
        int r = audit_list(ctx, in->before, limit, &out->items, &out->n);

        if (!r && out->n == (size_t)limit)
                out->next = out->items[out->n - 1].audit_id;
        return r;
}

/* ---- the doctor ---- */

static int get_doctor(struct ctx *ctx, const void *in, void *out)
{
        int r = doctor_report(ctx, out);

        (void)in;
        if (!r)
                ((struct doctor_report *)out)->looking = doctor_looks(ctx->app->doctor);
        return r;
}

static int post_doctor(struct ctx *ctx, const void *in, void *out)
{
        (void)in, (void)out;
        doctor_ask(ctx->app->doctor, ctx->merchant);
        return 0;
}

/* ---- the demo's buttons ---- */

static int post_live(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        return demo_live(ctx, out) ? SYSTEM_E_DEMO : 0;
}

static int get_demo(struct ctx *ctx, const void *in, void *out)
{
        (void)in;
        return demo_state(ctx, out) ? SYSTEM_E_DEMO : 0;
}

static int post_plug(struct ctx *ctx, const void *in, void *out)
{
        (void)in, (void)out;
        return demo_plug(ctx);
}

static const struct route routes[] = {
        {"GET", "/api/audit", get_audit, NULL, &audit_in_desc, &audit_out_desc, "system.audit", .summary = "the audit log"},
        {"POST", "/api/demo/live", post_live, NULL, NULL, &demo_text_desc, NULL, ROUTE_DEMO | ROUTE_REMOTE,
         .problems = problems, .summary = "starts a live broadcast at the simulator"},
        {"POST", "/api/demo/plug", post_plug, NULL, NULL, NULL, NULL, ROUTE_DEMO | ROUTE_NO_DB, 202,
         .summary = "kills this server at once and starts it again"},
        {"GET", "/api/demo/state", get_demo, NULL, NULL, &demo_state_desc, NULL, ROUTE_DEMO | ROUTE_REMOTE,
         .problems = problems, .summary = "live broadcast, and what the last kill lost"},
        {"GET", "/api/doctor", get_doctor, NULL, NULL, &doctor_report_desc, "system.doctor",
         .summary = "what the doctor found last, the worst first"},
        {"POST", "/api/doctor", post_doctor, NULL, NULL, NULL, "system.doctor", ROUTE_NO_DB, 202,
         .summary = "has the doctor look now; the console is told when it has"},
        {"DELETE", "/api/failures/{stream}/{seq}", delete_failure, NULL, &entry_in_desc, NULL, "system.repair", ROUTE_WRITE, 204,
         problems, "takes a kept callback off the list"},
        {"POST", "/api/failures/{stream}/{seq}/replay", post_replay, NULL, &entry_in_desc, NULL, "system.repair", ROUTE_WRITE,
         204, problems, "hands a kept callback to its domain once more"},
        {"POST", "/api/golive/{account_id}/rehearse", rehearsal_start, NULL, &rehearsal_in_desc, NULL, "golive.step", 0, 202,
         .problems = rehearsal_problems, .summary = "rehearses an evening of consults beside this server"},
        {"GET", "/api/health-page", get_health, NULL, NULL, &health_desc, NULL, .summary = "how the intake and the queues are doing"},
        {"GET", "/api/jobs/dead", get_dead_jobs, NULL, NULL, &dead_jobs_desc, NULL, .summary = "jobs that were given up"},
        {"DELETE", "/api/jobs/{job_id}", delete_job, NULL, &job_in_desc, NULL, "system.repair", ROUTE_WRITE, 204, problems,
         "drops a job that was given up"},
        {"POST", "/api/jobs/{job_id}/retry", post_retry, NULL, &job_in_desc, NULL, "system.repair", ROUTE_WRITE, 204, problems,
         "tries a job that was given up once more"},
};

static const struct permission permissions[] = {
        {"system.audit", ROLE_OWNER | ROLE_SUPERVISOR, "read the audit log"},
        {"system.doctor", ROLE_OWNER | ROLE_SUPERVISOR, "see what the doctor found, and have it look"},
        {"system.repair", ROLE_OWNER | ROLE_SUPERVISOR, "replay callbacks, retry and drop jobs"},
};

/* Each domain starts what must always run for an account: its pollers. Enqueueing twice is one job. */
int system_start_account(struct ctx *ctx, const struct shops_account *account)
{
        int (*const starts[])(struct ctx *, const struct shops_account *) = {catalogue_start, backfill_start, aftersales_start,
                                                                            inbox_start};
        int r = 0;

        for (size_t i = 0; !r && i < countof(starts); i++)
                r = starts[i](ctx, account);
        return r;
}

/* From its first proof on, an account is polled like the others. */
static int on_connected(struct ctx *ctx, const void *payload)
{
        const struct shops_event *event = payload;
        struct shops_account account;
        int r = shops_account_get(ctx, event->account_id, &account);

        return r ? status_fold(r) : system_start_account(ctx, &account);
}

static const struct listener listeners[] = {{&shops_account_connected, true, on_connected, "system.on_account_connected"}};

static struct metric *const metrics[] = {&metric_callbacks, &metric_callbacks_refused, &metric_callbacks_old,
                                         &metric_callbacks_unknown};

const struct domain system_domain = {
        .name = "system",
        .routes = routes,
        .n_routes = countof(routes),
        .checks = system_checks,
        .n_checks = countof(system_checks),
        .listeners = listeners,
        .n_listeners = countof(listeners),
        .permissions = permissions,
        .n_permissions = countof(permissions),
        .metrics = metrics,
        .n_metrics = countof(metrics),
};
