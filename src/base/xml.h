/*
 * XML of the platform's callbacks: flat or nearly flat documents. Read as leaves, like json_leaves():
 * <xml><Event>x</Event><order_info><order_id>1</order_id></order_info></xml> gives "Event" -> "x",
 * "order_info.order_id" -> "1" (the root's name is left out; repeated elements get ".1", ".2" from the second on).
 *
 * Refused: DOCTYPE and so every entity declaration, more than 16 levels, 2,000 elements, 1 MiB.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/json.h"

enum {
        XML_E_SYNTAX = 1,  /* not well-formed, or not UTF-8 */
        XML_E_DOCTYPE = 2, /* carries a DOCTYPE */
        XML_E_SIZE = 3,    /* too deep, too many elements, too large */
};

int xml_leaves(struct arena *, struct bytes text, struct json_leaf **out, size_t *n) MUST;

/* Appends text with & < > escaped, or as CDATA (a "]]>" inside is split). */
void xml_escape(struct text *, const char *);
void xml_cdata(struct text *, const char *);

#endif
