/* Projections of quality's statements; the same code runs when they are replayed. Writes are queued, nothing is read. */
#pragma once
#include "service/service.h"

/** apply_specification_author(c, e), apply_specification_approve(c, e), apply_test_report(c, e),
 *  apply_test_review(c, e), apply_test_correct(c, e), apply_hold_end(c, e), apply_oos_investigate(c, e), apply_oos_close(c, e),
 *  apply_deviation_open(c, e), apply_deviation_close(c, e), apply_sterility_read(c, e), apply_task_done(c, e),
 *  apply_file_import(c, e): queue the writes of the statement in
 *  ${c}. Returns 0 or a fault. */
int apply_specification_author(struct call *c, struct err *e);
int apply_specification_approve(struct call *c, struct err *e);
int apply_test_report(struct call *c, struct err *e);
int apply_test_review(struct call *c, struct err *e);
int apply_test_correct(struct call *c, struct err *e);
int apply_hold_end(struct call *c, struct err *e);
int apply_oos_investigate(struct call *c, struct err *e);
int apply_oos_close(struct call *c, struct err *e);
int apply_deviation_open(struct call *c, struct err *e);
int apply_deviation_close(struct call *c, struct err *e);
int apply_file_import(struct call *c, struct err *e);
int apply_sterility_read(struct call *c, struct err *e);
int apply_task_done(struct call *c, struct err *e);
