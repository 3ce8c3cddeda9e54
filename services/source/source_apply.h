/*
 * The projection of source: what each recorded verb writes. Replay runs the same code, so that these functions read nothing
 * but the record and the entry's time and number. The vault is no part of the record (vault_verbs.c).
 */
#pragma once
#include "service/service.h"

/** apply_*(c, e): queue the writes of one entry; 0 or a fault. */
int apply_donor_register(struct call *c, struct err *e);
int apply_consent_record(struct call *c, struct err *e);
int apply_screening_record(struct call *c, struct err *e);
int apply_donor_test_report(struct call *c, struct err *e);
int apply_eligibility_determine(struct call *c, struct err *e);
int apply_collection_record(struct call *c, struct err *e);
int apply_receipt_record(struct call *c, struct err *e);
