/* A case stays for the books, without who opened it and what she wrote. */
#include "store/holding.h"

#include "aftersales/find.h"

#define HER_CASES "case_id in (select c.case_id from aftersales_case c where c.merchant_id = $1 and c.identity_id in (:list $2))"

static const struct holding tables[] = {
        {"aftersales_move", "售后经过", "steps of cases", .hers = HER_CASES, .end = HOLDING_KEPT},
        {"aftersales_object", "售后全文（平台原文）", "cases as the platform told them", .hers = HER_CASES, .opened = "object",
         .open = aftersales_object},
        {"aftersales_reason", "拒绝理由表", "the platform's list of refusals"},
        {"aftersales_asked", "等待读取的售后单", "cases that are still to be fetched"},
        {"aftersales_case", "售后单", "cases", .hers = "identity_id in (:list $2)", .end = HOLDING_BLANKED,
         .blank = "identity_id = 0, reason_text = null, decision_note = null"},
};
const struct holder aftersales_holds = {tables, countof(tables), NULL};
