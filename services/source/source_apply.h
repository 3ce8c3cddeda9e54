/*
 * The projection of source: what each recorded verb writes. Replay runs the same code, so that these functions read nothing
 * but the record and the entry's time and number. The vault is no part of the record (vault_verbs.c).
 */
#pragma once
#include "service/service.h"

/* Each queues the writes of one entry and returns 0 or a fault. Whether an entry is late (R15) is judged by its own time. */

/** apply_donor_register(c, e): a donor by code. */
int apply_donor_register(struct call *c, struct err *e);

/** apply_consent_record(c, e): one more consent; the latest counts. */
int apply_consent_record(struct call *c, struct err *e);

/** apply_consent_withdraw(c, e): what was withdrawn; the hold follows from it. */
int apply_consent_withdraw(struct call *c, struct err *e);

/** apply_str_reference(c, e): one more reference profile. */
int apply_str_reference(struct call *c, struct err *e);

/** apply_screening_record(c, e): one more screening of a person behind the donation number. */
int apply_screening_record(struct call *c, struct err *e);

/** apply_donor_test_report(c, e): a report and its results. */
int apply_donor_test_report(struct call *c, struct err *e);

/** apply_eligibility_determine(c, e): one more determination; the latest counts. */
int apply_eligibility_determine(struct call *c, struct err *e);

/** apply_rules_author(c, e): a draft of a rule set; apply_rules_approve(c, e): in effect from its day on. */
int apply_rules_author(struct call *c, struct err *e);
int apply_rules_approve(struct call *c, struct err *e);

/** apply_urgent_need(c, e): a need and its two tasks. apply_physician_notice(c, e): what the physician acknowledged. */
int apply_urgent_need(struct call *c, struct err *e);
int apply_physician_notice(struct call *c, struct err *e);

/** apply_donor_correct(c, e), apply_collection_correct(c, e): a correction beside what it corrects. */
int apply_donor_correct(struct call *c, struct err *e);
int apply_collection_correct(struct call *c, struct err *e);

/** apply_collection_record(c, e): a collection; its donation number is unique (T33). */
int apply_collection_record(struct call *c, struct err *e);

/** apply_receipt_record(c, e): the one receipt of a collection. */
int apply_receipt_record(struct call *c, struct err *e);

/** apply_vault_disclose(c, e): to whom which commitments were disclosed. The data stay where they are. */
int apply_vault_disclose(struct call *c, struct err *e);

/** apply_vault_erase(c, e): which commitments have no value behind them any more. What erases is vault_verbs.c. */
int apply_vault_erase(struct call *c, struct err *e);

/** apply_purge_propose(c, e), apply_purge_approve(c, e): the two acts of a purge. */
int apply_purge_propose(struct call *c, struct err *e);
int apply_purge_approve(struct call *c, struct err *e);
