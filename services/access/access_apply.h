/*
 * The projection of access: what each recorded verb writes. Replay runs the same code, so that these functions read
 * nothing but the record and the entry's time and number. Sessions are no part of the record (access_verbs.c).
 */
#pragma once
#include "service/service.h"

/** apply_*(c, e): queue the writes of one entry; 0 or a fault. */
int apply_person_found(struct call *c, struct err *e);
int apply_person_enrol(struct call *c, struct err *e);
int apply_key_register(struct call *c, struct err *e);
int apply_person_close(struct call *c, struct err *e);
int apply_training_record(struct call *c, struct err *e);
int apply_terminal_enrol(struct call *c, struct err *e);
