/*
 * What a body may look like, one word a field, as the endpoint's table row says it:
 *
 *     "order_id:d! page_size:n! status:n create_time_range.start_time:n delivery_list[].product_infos[].product_cnt:n"
 *
 *   d id (text or number)   n whole number   s text   b true or false   o object   l list   ! must be there
 *
 * Fields that the form does not name are let through, as the platform does. A field of another type is what the platform
 * answers to a body that it cannot read.
 */
#ifndef SIM_FORM_H
#define SIM_FORM_H

struct request;

int form_check(struct request *, const char *form); /* 0, or errcode with the rule */

#endif
