/*
 * Corrections of what was recorded of a donor or a collection (R12; docs/decisions/0029, 0036). What was recorded
 * stays as it is; here is what stands in its place, whether the rules that judged it first judge it still, and which signatures
 * stand as unsigned until reviewed (R14, PI 041). One code for the service, which reads the stream from the ledger, and for the
 * verifier, which reads it from the dossier. Pure: reads no table and no clock. Refuses to correct what is an identity.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"

/** An entry of a donor's or a collection's stream. ${record}: of the verb ${act}, NULL where nothing of it matters here. */
struct source_entry {
    int64_t seq, time_ms;             /* the ledger's */
    const char *act, *actor;
    void *record;
};

/** What a correction of either kind says. */
struct source_words {
    int64_t corrects;
    const char *field, *old_value, *new_value;
};

/** A collection of the donor's: when it was recorded, and when it began as it stands. */
struct source_collected {
    int64_t recorded_ms, started_ms;
};

/** source_record_is_correction(act): an entry of ${act} corrects a donor or a collection. */
bool source_record_is_correction(const char *act);

/** source_record_matters(act): an entry of ${act} is read for corrections; all others need no record. */
bool source_record_matters(const char *act);

/** source_record_corrects(act, field): ${field} of an entry of ${act} may be corrected; of a report's results `results.ASSAY`. */
bool source_record_corrects(const char *act, const char *field);

/** source_record_put(a, act, record, words, e): the new value into ${record}. ERR_FIELD_UNKNOWN for what is not corrected,
 *  ERR_HEAD_STALE for an old value that does not stand, ERR_FIELD_RANGE for a new one that stands already, ERR_FIELD_TYPE. */
int source_record_put(struct arena *a, const char *act, void *record, const struct source_words *words, struct err *e);

/** source_record_stand(a, entries, n, e): every correction among ${entries}, ascending by seq, put into the entry that it names. */
int source_record_stand(struct arena *a, struct source_entry *entries, size_t n, struct err *e);

/** source_entries_put(a, entries, n, words, reason, ret, e): a reason (R13), the entry that is meant, in ${ret}, and the new value in it. */
int source_entries_put(struct arena *a, struct source_entry *entries, size_t n, const struct source_words *words, const char *reason,
                       struct source_entry **ret, struct err *e);

/** source_entry_time(field, at_ms, entry, e): what happened had happened when ${entry} recorded it (R15). */
int source_entry_time(const char *field, int64_t at_ms, const struct source_entry *entry, struct err *e);

/** donor_correct_fill(a, entries, n, collected, k, in, e): ${entries}: the donor's stream before ${in}, corrections put in. Puts
 *  ${in} too, judges the value by the rules of its own time (T26, R15, 1.1), and fills what is computed: what was corrected, and
 *  which of the donor's signatures lapse: the last determination, the last notice. */
int donor_correct_fill(struct arena *a, struct source_entry *entries, size_t n, const struct source_collected *collected, size_t k,
                       struct donor_correct *in, struct err *e);

/** donor_correctors_check(entries, n, person, e): ${person} corrected nothing of the donor since the last determination: nobody signs
 *  anew what they corrected. ERR_DUTIES_SEGREGATED. */
int donor_correctors_check(const struct source_entry *entries, size_t n, const char *person, struct err *e);

/** source_dilution_check(in, e): volumes and mass belong to a suspicion of diluted plasma, and are quantities (1271.80(d)(2)). */
int source_dilution_check(const struct donor_test_report *in, struct err *e);

/** source_subject_fits(registered, subject, e): whose screening or specimen: donor, or mother and infant, by what stands behind the
 *  number (T26). */
int source_subject_fits(const char *registered, const char *subject, struct err *e);
