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
