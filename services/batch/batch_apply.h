/*
 * The projection of each verb: from a statement's record, its author, its place and time to rows. Only queues writes, reads
 * nothing and decides nothing, so that replay of the record gives the same tables. What a row needs from elsewhere (a
 * donation number, which steps are verified) is looked up by its own SQL.
 */
#pragma once
#include "service/service.h"

/* Each queues the writes of the verb whose record is c->in, and returns 0 or a fault. */

/** apply_procedure_author(c, e): a draft, with the steps that a second person verifies. */
int apply_procedure_author(struct call *c, struct err *e);
/** apply_procedure_approve(c, e): this version in force, the one before superseded. */
int apply_procedure_approve(struct call *c, struct err *e);
/** apply_material_receive(c, e): a lot in quarantine. */
int apply_material_receive(struct call *c, struct err *e);
/** apply_material_release(c, e): the lot released. */
int apply_material_release(struct call *c, struct err *e);
/** apply_material_open(c, e): a vial of the lot. apply_vial_correct: when it was opened. apply_vial_discard: what is left of it goes from the lot;
 *  a time is refused by the database where a use would lie outside. */
int apply_material_open(struct call *c, struct err *e);
int apply_vial_correct(struct call *c, struct err *e);
int apply_vial_discard(struct call *c, struct err *e);
/** apply_equipment_register(c, e): a piece of equipment. */
int apply_equipment_register(struct call *c, struct err *e);
/** apply_equipment_calibrate(c, e): a calibration, passed or failed. */
int apply_equipment_calibrate(struct call *c, struct err *e);
/** apply_equipment_qualify(c, e): a qualification, passed or failed. apply_equipment_clean: a cleaning. apply_equipment_tag_out, apply_equipment_tag_in: out
 *  of service from the entry's time on, and back. */
int apply_equipment_qualify(struct call *c, struct err *e);
int apply_equipment_clean(struct call *c, struct err *e);
int apply_equipment_tag_out(struct call *c, struct err *e);
int apply_equipment_tag_in(struct call *c, struct err *e);
/** apply_open(c, e): a batch, with what it takes from donor, collection and procedure. */
int apply_open(struct call *c, struct err *e);
/** apply_step(c, e): the step with its record, its materials taken from their lots, its equipment. */
int apply_step(struct call *c, struct err *e);
/** apply_step_verify(c, e): the second person on the step. */
int apply_step_verify(struct call *c, struct err *e);
/** apply_line_clear(c, e): a place cleared for the batch; refused by the database where another came there at the same time. */
int apply_line_clear(struct call *c, struct err *e);
/** apply_line_verify(c, e): the second person on the clearance. */
int apply_line_verify(struct call *c, struct err *e);
/** apply_correct(c, e): the correction beside what it corrects, the signatures that lapse, the batch held if released. */
int apply_correct(struct call *c, struct err *e);
/** apply_void(c, e): the void beside what it strikes out. */
int apply_void(struct call *c, struct err *e);
/** apply_reading(c, e): one row: the short path. */
int apply_reading(struct call *c, struct err *e);
/** apply_note(c, e): who wrote it; the text is in the statement. */
int apply_note(struct call *c, struct err *e);
/** apply_fill(c, e): containers, and the volumes that balance. */
int apply_fill(struct call *c, struct err *e);
/** apply_fill_correct(c, e): the correction beside the fill, the signatures that lapse, the batch held if released. */
int apply_fill_correct(struct call *c, struct err *e);
/** apply_complete(c, e): the batch goes to test. */
int apply_complete(struct call *c, struct err *e);
