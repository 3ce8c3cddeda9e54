/*
 * The handlers that main.c binds to the rows of source.verbs.def, and what several of them share.
 */
#pragma once
#include "service/service.h"

#define VERB SERVICE_DECLARE
#include "contract/source.verbs.def"
#undef VERB

/** rows_take(c, answer, type, ret, e): every row of an answer as a record of ${type}, added to ${ret}. 0 or a fault. */
int rows_take(struct call *c, size_t answer, const struct record_type *type, struct list *ret, struct err *e);

/** rows_take_most(c, answer, type, most, ret, ret_more, e): the first ${most} of them; ${ret_more} is set where there are more. */
int rows_take_most(struct call *c, size_t answer, const struct record_type *type, int most, struct list *ret, int8_t *ret_more,
                   struct err *e);
