/* Private to platform: shapes that several files of the shop share. */
#ifndef PLATFORM_SHOP_IMPL_H
#define PLATFORM_SHOP_IMPL_H

#include "platform/shop.h"
#include "platform/wx_impl.h"

extern const struct json_desc shop_receiver_desc;

/* A page of ids under any of its names. */
struct shop_ids_wire {
        const char *const *order_id_list, *const *orders, *const *after_sale_order_id_list;
        size_t n_order_id_list, n_orders, n_after_sale;
        bool has_more;
        const char *next_key;
};
extern const struct json_desc shop_order_ids_desc, shop_case_ids_desc;
void shop_ids_take(const struct shop_ids_wire *, struct shop_ids *);

struct shop_range {
        int64_t start_time, end_time;
};

#endif
