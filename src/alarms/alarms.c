/* The declaration of alarms. */
#include "alarms/alarms.h"
#include "alarms/api.h"
#include "alarms/look.h"
#include "alarms/rows.h"

#include "net/route.h"

extern const char alarms_schema_sql[];
extern const size_t alarms_schema_sql_size;
static const struct schema schema = {alarms_schema_sql, &alarms_schema_sql_size};

static const struct job_kind jobs[] = {
        {.name = ALARMS_JOB_LOOK,
         .class_ = JOB_NORMAL,
         .max_tries = 0,
         .backoff_ms = 5000,
         .prepare = alarms_look_prepare,
         .zh = "查看有没有要提醒的事，每 15 秒一次", .summary = "looks for what people must be told, every 15 s"},
        {.name = ALARMS_JOB_SEND,
         .class_ = JOB_NORMAL,
         .max_tries = 0,
         .backoff_ms = 5000,
         .per_account = 2,
         .prepare = alarms_send_prepare,
         .call = alarms_send_call,
         .settle = alarms_send_settle,
         .zh = "把提醒发到企业微信", .summary = "sends an alarm as a message of the corp's app"},
};

static const struct permission permissions[] = {
        {"alarms.read", ROLE_OWNER | ROLE_SUPERVISOR | ROLE_READER, "see alarms and who is told"},
        {"alarms.manage", ROLE_OWNER | ROLE_SUPERVISOR, "set what is looked for and who is told"},
};

const struct domain alarms_domain = {
        .name = "alarms",
        .schema = &schema,
        .holds = &alarms_holds,
        .routes = alarms_routes,
        .n_routes = countof(alarms_routes),
        .jobs = jobs,
        .n_jobs = countof(jobs),
        .permissions = permissions,
        .n_permissions = countof(permissions),
};
