/*
 * The projection of each verb: from a statement's record, its author, its place and time to rows. Only queues writes, reads
 * nothing and decides nothing, so that replay of the record gives the same tables. Whether a hand-over was the last is
 * looked up by its own SQL.
 */
#pragma once
#include "service/service.h"

/** apply_<verb>(c, e): queue the writes of the verb whose record is c->in. Returns 0. */
int apply_label_print(struct call *c, struct err *e);
int apply_container_store(struct call *c, struct err *e);
int apply_hand_over(struct call *c, struct err *e);
int apply_receive(struct call *c, struct err *e);
