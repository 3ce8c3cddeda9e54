/*
 * The projection of access: what each recorded verb writes. Replay runs the same code, so that these functions read
 * nothing but the record and the entry's time and number. Sessions are no part of the record (access_verbs.c).
 */
#pragma once
#include "service/service.h"

/* Each queues the writes of one entry and returns 0 or a fault. */

/** apply_person_found(c, e): the founder with the certificate, and the first terminal. */
int apply_person_found(struct call *c, struct err *e);

/** apply_person_enrol(c, e): a person, still without a certificate. */
int apply_person_enrol(struct call *c, struct err *e);

/** apply_key_register(c, e): the person's certificate; the former one is kept, open sessions end (21 CFR 11.300(c)). */
int apply_key_register(struct call *c, struct err *e);

/** apply_key_renew(c, e), apply_key_revoke(c, e): the person's certificate ends, open sessions too; the row stays. */
int apply_key_renew(struct call *c, struct err *e);
int apply_key_revoke(struct call *c, struct err *e);

/** apply_person_close(c, e): the account is closed, certificate and open sessions end; the row stays. */
int apply_person_close(struct call *c, struct err *e);

/** apply_account_review(c, e): one more review of an account; the last one counts. */
int apply_account_review(struct call *c, struct err *e);

/** apply_training_record(c, e): one more record of training; the latest of a document's version counts. */
int apply_training_record(struct call *c, struct err *e);

/** apply_terminal_enrol(c, e): a terminal under its public key. */
int apply_terminal_enrol(struct call *c, struct err *e);
