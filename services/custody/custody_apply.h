/*
 * The projection of each verb: from a statement's record, its author, its place and time to rows. Only queues writes, reads
 * nothing and decides nothing, so that replay of the record gives the same tables. Whether a hand-over was the last is
 * looked up by its own SQL.
 */
#pragma once
#include "service/service.h"

/* Each queues the writes of the verb whose record is c->in, and returns 0 or a fault. */

/** apply_label_print(c, e): one copy of a label. */
int apply_label_print(struct call *c, struct err *e);

/** apply_label_apply(c, e): a copy on its container, and the one that it replaces taken off. apply_label_end, apply_label_witness: what became of one. */
int apply_label_apply(struct call *c, struct err *e);
int apply_label_end(struct call *c, struct err *e);
int apply_label_witness(struct call *c, struct err *e);
/** apply_container_store(c, e): the container at its position, away from the one before. */
int apply_container_store(struct call *c, struct err *e);
/** apply_hand_over(c, e): a transfer with its containers; their places are free; the batch moves when all have left. */
int apply_hand_over(struct call *c, struct err *e);
/** apply_custody_correct(c, e): the correction beside what it corrects. */
int apply_custody_correct(struct call *c, struct err *e);
/** apply_receive(c, e): the transfer received; the batch moves when all have arrived. */
int apply_receive(struct call *c, struct err *e);
/** apply_container_destroy(c, e), apply_destroy_witness: containers under destruction; their end when the witness signs too;
 *  apply_destroy_cancel: each back to where it stood. */
int apply_container_destroy(struct call *c, struct err *e);
int apply_destroy_witness(struct call *c, struct err *e);
int apply_destroy_cancel(struct call *c, struct err *e);
/** apply_container_loss(c, e): their end, and the deviation that it opens. */
int apply_container_loss(struct call *c, struct err *e);
/** apply_return_give(c, e), apply_return_receive: given back, and in quarantine; apply_container_decide: as QA decides. */
int apply_return_give(struct call *c, struct err *e);
int apply_return_receive(struct call *c, struct err *e);
int apply_container_decide(struct call *c, struct err *e);
/** apply_administer(c, e): the dose, container by container, and their end. */
int apply_administer(struct call *c, struct err *e);
/** apply_recall(c, e): a recall, in earnest or tried; in earnest what is not gone is held. */
int apply_recall(struct call *c, struct err *e);
/** apply_unit_qualify(c, e): what a unit keeps from now on. */
int apply_unit_qualify(struct call *c, struct err *e);
/** apply_unit_readings(c, e): what a series of readings came to. */
int apply_unit_readings(struct call *c, struct err *e);
/** apply_ship_pack(c, e), apply_ship_unpack: containers into their shipper, and out of it again; apply_ship_receive: received as a hand-over is, and
 *  where something did not fit the deviation that it opens. */
int apply_ship_pack(struct call *c, struct err *e);
int apply_ship_unpack(struct call *c, struct err *e);
int apply_ship_receive(struct call *c, struct err *e);
/** apply_pool(c, e): a new container, and the end of those that went into it; apply_pool_verify: who saw it. */
int apply_pool(struct call *c, struct err *e);
int apply_pool_verify(struct call *c, struct err *e);
/** apply_sample_take(c, e): a sample, and its container's event; apply_sample_send, apply_sample_receive, apply_sample_end: where it is since. */
int apply_sample_take(struct call *c, struct err *e);
int apply_sample_send(struct call *c, struct err *e);
int apply_sample_receive(struct call *c, struct err *e);
int apply_sample_end(struct call *c, struct err *e);
