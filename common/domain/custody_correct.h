/*
 * What follows from a correction of a hand-over, a receipt, a return or an administration (R12, R14; docs/decisions/0036): the dose comes
 * out anew (T20), what it shows of the administration is said, not refused, for it happened; and what QA decided on a return that was
 * written down wrongly stands as unsigned until decided anew (PI 041). From the statements alone, by one code for the service, which reads
 * the streams from the ledger, and for the verifier, which reads them from the dossier. Pure: reads no table and no clock.
 */
#pragma once
#include "domain/given.h"
#include "domain/specification.h"
#include "contract/contract.h"

/** A statement. ${time_ms}: the ledger's; ${at_ms}: the actor's. ${record}: of the verb ${act}; NULL where nothing of it matters here. */
struct custody_said {
    int64_t seq, time_ms, at_ms;
    const char *act, *actor;
    void *record;
};

/** The batch's stream before the correction, the donor's and the collection's; and the excursions that reached its containers, until QA
 *  decided (INT64_MAX: it has not), which stand in the streams of units. */
struct custody_history {
    const struct specification *specification;
    const struct custody_said *batch, *donor, *collection;
    size_t batch_count, donor_count, collection_count;
    const struct given_hold *excursion;
    size_t excursion_count;
};

/** custody_said_matters(act): an entry of ${act} is read for a correction; all others need no record. */
bool custody_said_matters(const char *act);

/** custody_correct_fill(a, h, in, e): put ${in} into the entry that it corrects, as that stands, and fill all that it computes. ERR_NOT_FOUND:
 *  there is no such entry, of a dose no such fill; ERR_TIME_REFUSED (R15): it ends before it starts, or behind the entry's own time. */
int custody_correct_fill(struct arena *a, const struct custody_history *h, struct custody_correct *in, struct err *e);

/** custody_decision_lapsed(h, containers, ret_seq, e): the entry of the newest decision on ${containers} that stands as unsigned; -1: none does on
 *  any of them. ERR_CUSTODY_REFUSED (R14) where all that do were on other containers as well, or on fewer: what is signed anew is what was signed.
 *  custody_decision_corrector(h, seq): who made the last correction that left the decision of entry ${seq} unsigned; NULL: nobody. */
int custody_decision_lapsed(const struct custody_history *h, const struct list *containers, int64_t *ret_seq, struct err *e);
const char *custody_decision_corrector(const struct custody_history *h, int64_t seq);
