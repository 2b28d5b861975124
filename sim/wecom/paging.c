/* Pages of lists: an opaque cursor and a limit. */
#include "sim/cursor.h"
#include "sim/wecom/wecom.h"

int page_begin(struct request *rq, const char *list, int64_t normal, int64_t most, struct page *page)
{
        int64_t limit = rq_int(rq, "limit", normal);
        const char *cursor = rq_str(rq, "cursor");

        *page = (struct page){.list = list, .limit = limit ? (size_t)limit : (size_t)normal};
        if (limit < 0 || limit > most)
                return refuse(rq, 40058, "limit 应为 1..%lld", (long long)most);
        if (!text_empty(cursor) && cursor_key_read(rq->sim, rq->arena, list, cursor, &page->at))
                return refuse(rq, 50100, "cursor 不是这个列表给出的");
        return 0;
}

void page_end(struct request *rq, const struct page *page, size_t n)
{
        out_str(&rq->out, "next_cursor",
                page->at < n ? cursor_key_make(rq->sim, rq->arena, page->list, page->at) : "");
}
