/* Named queries of catalogue. Private. */
#ifndef CATALOGUE_ROWS_H
#define CATALOGUE_ROWS_H

#include "catalogue/catalogue.h"

struct catalogue_id_row {
        const char *id;
};
struct catalogue_bare_row {
        const char *title; /* of the newest */
        int64_t n;
};

extern const struct query catalogue_q_product_see, catalogue_q_sku_see, catalogue_q_product_get, catalogue_q_find;
extern const struct query catalogue_q_product_keep, catalogue_q_sku_keep, catalogue_q_sku_sweep, catalogue_q_product_any,
        catalogue_q_product_list, catalogue_q_skus, catalogue_q_bare, catalogue_q_read;
extern const struct query catalogue_q_address_save, catalogue_q_address_sweep, catalogue_q_addresses;
extern const struct query catalogue_q_address_get;

extern const struct holder catalogue_holds; /* holdings.c */
/* Pattern of `like` that finds `part` anywhere, whatever signs are in it. */
const char *catalogue_pattern(struct arena *, const char *part);
/* The id as a number, to sort by; 0 when it is none. */
int64_t catalogue_number(const char *product_id);

#endif
