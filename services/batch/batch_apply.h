/*
 * The projection of each verb: from a statement's record, its author, its place and time to rows. Only queues writes, reads
 * nothing and decides nothing, so that replay of the record gives the same tables. What a row needs from elsewhere (a
 * donation number, which steps are verified) is looked up by its own SQL.
 */
#pragma once
#include "service/service.h"

/** apply_<verb>(c, e): queue the writes of the verb whose record is c->in. Returns 0. */
int apply_procedure_author(struct call *c, struct err *e);
int apply_procedure_approve(struct call *c, struct err *e);
int apply_material_receive(struct call *c, struct err *e);
int apply_material_release(struct call *c, struct err *e);
int apply_equipment_register(struct call *c, struct err *e);
int apply_equipment_calibrate(struct call *c, struct err *e);
int apply_open(struct call *c, struct err *e);
int apply_step(struct call *c, struct err *e);
int apply_step_verify(struct call *c, struct err *e);
int apply_reading(struct call *c, struct err *e);
int apply_note(struct call *c, struct err *e);
int apply_fill(struct call *c, struct err *e);
int apply_complete(struct call *c, struct err *e);
