/* Projections of release's statements; the same code runs when they are replayed. */
#pragma once
#include "service/service.h"

/** release_apply_review(c, e), release_apply_release, release_apply_certify, release_apply_reject,
 *  release_apply_except_request, release_apply_except_evaluate, release_apply_except_accept, release_apply_except_notify: queue the
 *  writes of the statement in ${c}. */
int release_apply_review(struct call *c, struct err *e);
int release_apply_release(struct call *c, struct err *e);
int release_apply_certify(struct call *c, struct err *e);
int release_apply_reject(struct call *c, struct err *e);
int release_apply_except_request(struct call *c, struct err *e);
int release_apply_except_evaluate(struct call *c, struct err *e);
int release_apply_except_accept(struct call *c, struct err *e);
int release_apply_except_notify(struct call *c, struct err *e);
