/*
 * What may be said of a collection and of its receipt (domain.md §1.1; R04, R15, R22, T12), and what follows where a value of them is
 * corrected (R12, R14; docs/decisions/0036): the rules that judged it first judge it again, the time on the way comes out anew, and the
 * receipt stands as unsigned until the record of a batch of it is reviewed (PI 041). One code for the service and for the verifier.
 * Pure: reads no table and no clock. Refuses to correct what is an identity: donor, donation number, tissue, seal.
 */
#pragma once
#include "domain/source_record.h"

/** collection_amounts_check(in, e): an amount in the tissue's unit, within its hard limits, and of the anticoagulant which one. */
int collection_amounts_check(const struct collection_record *in, struct err *e);

/** collection_mismatch(in, donation_number, seal_number): what of the receipt ${in} does not match, in words; NULL: all does (R04). */
const char *collection_mismatch(const struct receipt_record *in, const char *donation_number, const char *seal_number);

/** collection_receipt_check(in, donation_number, seal_number, e): temperatures in order and possible; what does not match is never
 *  accepted; quarantine and rejection have a reason (R13). */
int collection_receipt_check(const struct receipt_record *in, const char *donation_number, const char *seal_number, struct err *e);

/** collection_correct_fill(a, entries, n, consent_ms, in, e): ${entries}: the collection's stream before ${in}, corrections put in;
 *  ${consent_ms}: when the consent was given that stood when the collection was recorded, TIME_ABSENT: none is known. Puts ${in} too,
 *  judges the value, and fills what is computed. */
int collection_correct_fill(struct arena *a, struct source_entry *entries, size_t n, int64_t consent_ms, struct collection_correct *in,
                            struct err *e);

/** collection_last(entries, n, act): the record of the last entry of ${act}, as it stands; NULL: none. */
const void *collection_last(const struct source_entry *entries, size_t n, const char *act);

/** collection_known(entries, n): the last correction among ${entries}, by its seq; INTEGER_ABSENT: none.
 *  collection_reviewer_check(entries, n, known, person, e): ${person} made no correction behind entry ${known}, which a review before knew
 *  (INTEGER_ABSENT: none did): nobody reviews what they corrected. ERR_DUTIES_SEGREGATED (R10). */
int64_t collection_known(const struct source_entry *entries, size_t n);
int collection_reviewer_check(const struct source_entry *entries, size_t n, int64_t known, const char *person, struct err *e);
