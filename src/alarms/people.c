/* Who is told. */
#include "alarms/kinds.h"
#include "alarms/decide.h"
#include "alarms/look.h"
#include "alarms/rows.h"

#include "shops/shops.h"
#include "staff/staff.h"
#include "store/audit.h"

#include <string.h>

#define DAY_MINUTES 1440

struct told {
        const char *userid, *kinds;
        int64_t quiet_from, quiet_to;
};
static const struct json_field told_fields[] = {
        JSON_STR(struct told, userid, JSON_REQUIRED, 0, 0, "the member"),
        JSON_STR(struct told, kinds, JSON_OMIT, 0, 0, "what he hears of"),
        JSON_INT(struct told, quiet_from, 0, 0, 0, "minute"),
        JSON_INT(struct told, quiet_to, 0, 0, 0, "minute"),
};
static const struct json_desc told_desc = JSON_DESC("AlarmRecipientChange", struct told, told_fields);

static int note(struct ctx *ctx, const char *act, int64_t account_id, const struct told *told)
{
        ctx_notice(ctx, "alarms", "changed", account_id, 0, NULL);
        return status_fold(audit(ctx, act, "account", account_id, json_write(ctx->arena, &told_desc, told)));
}

/* The userid as the platform spells it, and how he is called. */
static int find_member(struct ctx *ctx, int64_t account_id, const char *userid, struct staff_member *found)
{
        struct staff_member *members;
        size_t n;
        int r = staff_members(ctx, account_id, &members, &n);

        for (size_t i = 0; !r && i < n; i++) {
                if (strcasecmp(members[i].userid, userid))
                        continue;
                *found = members[i];
                return 0;
        }
        return r ? status_fold(r) : ALARMS_E_MEMBER;
}

int alarms_recipients(struct ctx *ctx, struct alarms_recipient **list, size_t *n)
{
        struct staff_member *members = NULL;
        size_t n_members = 0;
        int64_t account_id = 0;
        int r = status_fold(db_all(ctx, &alarms_q_recipients, list, n, DB_I(ctx->merchant)));

        for (size_t i = 0; !r && i < *n; i++) {
                struct alarms_recipient *one = &(*list)[i];

                if (one->account_id != account_id)
                        r = status_fold(staff_members(ctx, one->account_id, &members, &n_members));
                account_id = one->account_id;
                one->name = one->userid;
                for (size_t k = 0; !r && k < n_members; k++) {
                        if (strcasecmp(members[k].userid, one->userid))
                                continue;
                        one->name = members[k].name;
                        one->reachable = members[k].active;
                }
        }
        return r;
}

static bool kinds_known(struct arena *a, const char *kinds)
{
        for (const char *k = kinds; *k;) {
                size_t n = strcspn(k, " ");

                if (!alarms_kind(arena_strndup(a, k, n)))
                        return false;
                k += n + strspn(k + n, " ");
        }
        return true;
}

int alarms_set_recipient(struct ctx *ctx, const struct alarms_recipient *new)
{
        const struct told told = {new->userid, new->kinds, new->quiet_from, new->quiet_to};
        struct staff_member member = {0};
        int r = find_member(ctx, new->account_id, new->userid, &member);

        if (r)
                return r;
        if (!member.active)
                return ALARMS_E_MEMBER;
        if (!kinds_known(ctx->arena, new->kinds))
                return ALARMS_E_NONE;
        if (new->quiet_from < 0 || new->quiet_from >= DAY_MINUTES || new->quiet_to < 0 || new->quiet_to >= DAY_MINUTES)
                return ALARMS_E_BAD;
        r = status_fold(db_exec(ctx, &alarms_q_recipient_set, DB_I(ctx->merchant), DB_I(new->account_id), DB_T(member.userid),
                                DB_T(new->kinds), DB_I(new->quiet_from), DB_I(new->quiet_to)));
        if (!r)
                r = alarms_start(ctx);
        return r ? r : note(ctx, "alarms.tell", new->account_id, &told);
}

int alarms_drop_recipient(struct ctx *ctx, int64_t account_id, const char *userid)
{
        int r = status_fold(db_exec(ctx, &alarms_q_recipient_drop, DB_I(ctx->merchant), DB_I(account_id), DB_T(userid)));

        if (!r && !db_changed(ctx))
                return ALARMS_E_NONE;
        if (!r)
                r = status_fold(db_exec(ctx, &alarms_q_told_forget, DB_I(ctx->merchant), DB_I(account_id), DB_T(userid)));
        return r ? r : note(ctx, "alarms.tell_no_more", account_id, &(struct told){.userid = userid});
}

int alarms_test(struct ctx *ctx, int64_t account_id, const char *userid, int64_t *message_id)
{
        struct alarms_recipient who;
        struct shops_account account;
        bool may = false;
        int r = db_one(ctx, &alarms_q_recipient, &who, DB_I(ctx->merchant), DB_I(account_id), DB_T(userid));

        if (r)
                return r == DB_E_NONE ? ALARMS_E_NONE : status_fold(r);
        r = shops_account_get(ctx, account_id, &account);
        if (r)
                return r == SHOPS_E_NONE ? ALARMS_E_NONE : r;
        if (text_empty(account.agent_id))
                return ALARMS_E_AGENT;
        if (account.read_only)
                return ALARMS_E_READ_ONLY;
        r = alarms_may_write(ctx, &who, &may);
        if (r || !may)
                return r ? r : ALARMS_E_BUSY;
        r = alarms_write(ctx, &who, "这是一条测试消息：收到它，就说明提醒能送到你这里。", message_id);
        return r ? r : note(ctx, "alarms.test", account_id, &(struct told){.userid = userid});
}

/* ---- what is shown ---- */

int alarms_list(struct ctx *ctx, int64_t limit, struct alarms_alarm **list, size_t *n)
{
        return status_fold(db_all(ctx, &alarms_q_list, list, n, DB_I(ctx->merchant), DB_I(limit)));
}

int alarms_messages(struct ctx *ctx, int64_t limit, struct alarms_message **list, size_t *n)
{
        return status_fold(db_all(ctx, &alarms_q_messages, list, n, DB_I(ctx->merchant), DB_I(limit)));
}
