#include "store/holding.h"

static const struct holding tables[] = {
        {"store_blob", "图片、语音与文件", "pictures, voices and files", .hidden = "hash"},
        {"store_audit", "操作记录", "who did what"},
        {"store_check", "体检结果", "what the doctor found last"},
        {"store_ledger_failed", "未能处理的回调", "callbacks that could not be applied"},
        {"store_ledger_note", "被拒回调的计数", "callbacks counted, not kept"},
        {"store_job", "待办任务", "jobs", .hidden = "*"},
        {"store_job_ask", "待办任务的请求", "jobs that were asked for", .hidden = "*"},
        {"store_share", "任务配额", "share of the job threads"},
        {"store_search_todo", "待建索引", "documents to index", .hidden = "*"},
        {"store_erasure", .exempt = "the proof outlives what it proves"},
        {"store_ledger_progress", .exempt = "how far a stream is applied: of the installation"},
        {"store_process", .exempt = "the servers on this database"},
        {"store_crash", .exempt = "what crashed the program: numbers of entries and jobs"},
        {"store_turn", .exempt = "a lock: no rows ever"},
        {"store_migration", .exempt = "which schema this is"},
};
const struct holder store_holds = {tables, countof(tables), NULL};
