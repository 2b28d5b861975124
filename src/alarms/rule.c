/* Rules: what is looked for, and from which threshold on. */
#include "alarms/kinds.h"
#include "alarms/rows.h"

#include "store/audit.h"

int alarms_rules(struct ctx *ctx, struct alarms_rule **rules, size_t *n)
{
        struct alarms_rule_row *rows;
        size_t n_rows;
        int r = status_fold(db_all(ctx, &alarms_q_rules, &rows, &n_rows, DB_I(ctx->merchant)));

        if (r)
                return r;
        *n = countof(alarms_kinds);
        *rules = arena_array(ctx->arena, struct alarms_rule, *n);
        for (size_t i = 0; i < *n; i++) {
                const struct alarms_kind *k = &alarms_kinds[i];

                (*rules)[i] = (struct alarms_rule){k->name, k->zh, k->en, k->unit, 1, k->threshold, k->least, k->most};
                for (size_t j = 0; j < n_rows; j++) {
                        if (!text_eq(rows[j].kind, k->name))
                                continue;
                        (*rules)[i].enabled = rows[j].enabled;
                        (*rules)[i].threshold = rows[j].threshold;
                }
        }
        return 0;
}

struct change {
        const char *kind;
        bool enabled;
        int64_t threshold;
};
static const struct json_field change_fields[] = {
        JSON_STR(struct change, kind, JSON_REQUIRED, 0, 0, "which"),
        JSON_BOOL(struct change, enabled, JSON_REQUIRED, "looked for"),
        JSON_INT(struct change, threshold, JSON_REQUIRED, 0, 0, "in the kind's unit"),
};
static const struct json_desc change_desc = JSON_DESC("AlarmRuleChange", struct change, change_fields);

int alarms_set_rule(struct ctx *ctx, const char *kind, bool enabled, int64_t threshold)
{
        const struct alarms_kind *k = alarms_kind(kind);
        const struct change change = {kind, enabled, threshold};

        if (!k)
                return ALARMS_E_NONE;
        if (threshold < k->least || threshold > k->most)
                return ALARMS_E_THRESHOLD;
        int r = status_fold(db_exec(ctx, &alarms_q_rule_set, DB_I(ctx->merchant), DB_T(kind), DB_I(enabled), DB_I(threshold)));
        if (r)
                return r;
        ctx_notice(ctx, "alarms", "changed", 0, 0, NULL);
        return status_fold(audit(ctx, "alarms.rule", "merchant", ctx->merchant, json_write(ctx->arena, &change_desc, &change)));
}
