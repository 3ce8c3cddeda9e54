#include "domain/source_record.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "domain/correction.h"
#include "domain/correction_value.h"
#include "domain/reason.h"

#define RESULTS "results."

/* What may be corrected. Not here: what all that follows was asked by (tissue, use, subject of a registration), numbers and
 * commitments, which are identities (so is a collection's tissue, donor and seal), and what a determination or a receipt decides. */
static const struct {
    const char *act, *field;
} places[] = {
    {"source.donor_register", "recipient_code"}, {"source.donor_register", "relation"},
    {"source.consent_record", "form_version"},   {"source.consent_record", "given_at"},
    {"source.consent_withdraw", "withdrawn_at"},
    {"source.screening_record", "subject"},      {"source.screening_record", "outcome"},
    {"source.screening_record", "screened_at"},
    {"source.donor_test_report", "subject"},     {"source.donor_test_report", "specimen_at"},
    {"source.donor_test_report", "laboratory"},  {"source.donor_test_report", "weight_kg"},
    {"source.donor_test_report", "blood_ml"},    {"source.donor_test_report", "colloid_ml"},
    {"source.donor_test_report", "crystalloid_ml"},
    {"source.donor_test_report", RESULTS},
    {"source.collection_record", "site"},        {"source.collection_record", "started_at"},
    {"source.collection_record", "ended_at"},    {"source.collection_record", "volume_ml"},
    {"source.collection_record", "mass_g"},      {"source.collection_record", "length_cm"},
    {"source.collection_record", "anticoagulant"}, {"source.collection_record", "anticoagulant_ml"},
    {"source.collection_record", "container_lot"},
    {"source.receipt_record", "received_at"},    {"source.receipt_record", "courier"},
    {"source.receipt_record", "seal_intact"},    {"source.receipt_record", "container_intact"},
    {"source.receipt_record", "label_matches"},  {"source.receipt_record", "temperature_min_c"},
    {"source.receipt_record", "temperature_max_c"}, {"source.receipt_record", "reason"},
};

static bool is(const char *x, const char *y) { return x != NULL && y != NULL && strcmp(x, y) == 0; }

bool source_record_is_correction(const char *act) { return is(act, "source.donor_correct") || is(act, "source.collection_correct"); }

bool source_record_matters(const char *act)
{
    if (source_record_is_correction(act))
        return true;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (is(act, places[i].act))
            return true;
    return false;
}

bool source_record_corrects(const char *act, const char *field)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (is(act, places[i].act) && (is(places[i].field, RESULTS) ? strncmp(field, RESULTS, strlen(RESULTS)) == 0
                                                                    : strcmp(field, places[i].field) == 0))
            return true;
    return false;
}

/* the rows copied, so that what was recorded is never written to */
static int put_result(struct arena *a, struct donor_test_report *report, const struct correction_words *words, struct err *e)
{
    struct list own = {NULL, 0};
    struct donor_result *found = NULL;
    const char *assay = words->field + strlen(RESULTS);
    for (size_t i = 0; i < report->results.count; i++) {
        struct donor_result *r = record_list_add(a, &record_donor_result, &own);
        *r = *LIST_AT(report->results, const struct donor_result, i);
    }
    for (size_t i = 0; i < own.count; i++)
        if (is(LIST_AT(own, struct donor_result, i)->assay, assay))
            found = LIST_AT(own, struct donor_result, i);
    if (found == NULL)
        return err_raise(e, ERR_NOT_FOUND, "field", "R12", "%.40s is not in the report", assay);
    report->results = own;
    return correction_value_put(a, &record_donor_result, "result", words, found, e);
}

int source_record_put(struct arena *a, const char *act, void *record, const struct source_words *words, struct err *e)
{
    const struct record_type *type = verb_find(act)->in;
    const struct correction_words value = {words->field, words->old_value, words->new_value};
    if (!source_record_corrects(act, words->field))
        return correction_value_refuse(type, act, words->field, e);
    if (strncmp(words->field, RESULTS, strlen(RESULTS)) == 0)
        return put_result(a, record, &value, e);
    return correction_value_put(a, type, words->field, &value, record, e);
}

static struct source_entry *entry_at(struct source_entry *entries, size_t n, int64_t seq)
{
    for (size_t i = 0; i < n; i++)
        if (entries[i].seq == seq)
            return &entries[i];
    return NULL;
}

/* what a correction says; false: it is none */
static bool words_of(const struct source_entry *entry, struct source_words *ret)
{
    if (is(entry->act, "source.donor_correct")) {
        const struct donor_correct *in = entry->record;
        *ret = (struct source_words){in->corrects, in->field, in->old_value, in->new_value};
        return true;
    }
    if (!is(entry->act, "source.collection_correct"))
        return false;
    const struct collection_correct *in = entry->record;
    *ret = (struct source_words){in->corrects, in->field, in->old_value, in->new_value};
    return true;
}

int source_record_stand(struct arena *a, struct source_entry *entries, size_t n, struct err *e)
{
    int code = 0;
    for (size_t i = 0; i < n && code == 0; i++) {
        struct source_words words;
        if (!words_of(&entries[i], &words))
            continue;
        const struct source_entry *entry = entry_at(entries, i, words.corrects);
        code = entry == NULL ? err_raise(e, ERR_NOT_FOUND, "corrects", "R12", "there is no entry %" PRId64, words.corrects)
                             : source_record_put(a, entry->act, entry->record, &words, e);
    }
    return code;
}

int source_subject_fits(const char *registered, const char *subject, struct err *e)
{
    bool two = is(registered, "mother_and_infant");
    return two != is(subject, "donor") ? 0
        : err_raise(e, ERR_FIELD_RANGE, "subject", "T26", "behind this number stand%s, not %s", two ? " mother and infant" : "s one donor", subject);
}

int source_dilution_check(const struct donor_test_report *in, struct err *e)
{
    const struct { const char *field, *value; } given[] = {{"weight_kg", in->weight_kg}, {"blood_ml", in->blood_ml},
        {"colloid_ml", in->colloid_ml}, {"crystalloid_ml", in->crystalloid_ml}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        if (in->dilution_suspected == 1 && given[i].value == NULL)
            return err_raise(e, ERR_FIELD_MISSING, given[i].field, "T26", "where plasma dilution is suspected it is evaluated");
        if (in->dilution_suspected != 1 && given[i].value != NULL)
            return err_raise(e, ERR_FIELD_RANGE, given[i].field, "T26", "only where plasma dilution is suspected");
        if (given[i].value != NULL && (given[i].value[0] == '-' || (i == 0 && is(given[i].value, "0"))))
            return err_raise(e, ERR_FIELD_RANGE, given[i].field, "T26", "%s is no quantity", given[i].value);
    }
    return 0;
}

/* what happened had happened when it was recorded (R15) */
int source_entry_time(const char *field, int64_t at_ms, const struct source_entry *entry, struct err *e)
{
    char recorded[CLOCK_TEXT];
    if (at_ms <= entry->time_ms)
        return 0;
    clock_to_text(entry->time_ms, recorded);
    return err_raise(e, ERR_TIME_REFUSED, field, "R15", "it was recorded at %s already", recorded);
}

/* ---- the rules of each entry, judged again */

struct judging {
    const struct source_entry *entries;
    size_t count;
    const struct source_entry *entry;      /* the corrected one */
    const char *registered;                /* who stands behind the number */
    const struct source_collected *collected;
    size_t collected_count;
};

static int judge_nothing(const struct judging *j, struct err *e)
{
    (void)j;
    (void)e;
    return 0;
}

static int judge_screening(const struct judging *j, struct err *e)
{
    const struct screening_record *in = j->entry->record;
    int code = source_subject_fits(j->registered, in->subject, e);
    return code != 0 ? code : source_entry_time("screened_at", in->screened_at, j->entry, e);
}

static int judge_tests(const struct judging *j, struct err *e)
{
    const struct donor_test_report *in = j->entry->record;
    int code = source_subject_fits(j->registered, in->subject, e);
    code = code != 0 ? code : source_dilution_check(in, e);
    return code != 0 ? code : source_entry_time("specimen_at", in->specimen_at, j->entry, e);
}

/* the consent that stood when something was recorded; NULL: none */
static const struct source_entry *consent_at(const struct judging *j, int64_t time_ms)
{
    const struct source_entry *last = NULL;
    for (size_t i = 0; i < j->count; i++)
        if (is(j->entries[i].act, "source.consent_record") && j->entries[i].time_ms <= time_ms)
            last = &j->entries[i];
    return last;
}

/* nothing is withdrawn before it was given, by the consent that stood when the withdrawal was recorded */
static int judge_withdrawals(const struct judging *j, struct err *e)
{
    for (size_t i = 0; i < j->count; i++) {
        const struct source_entry *x = &j->entries[i];
        if (!is(x->act, "source.consent_withdraw"))
            continue;
        const struct source_entry *given = consent_at(j, x->time_ms);
        if ((x == j->entry || given == j->entry) && given != NULL &&
            ((const struct consent_withdraw *)x->record)->withdrawn_at < ((const struct consent_record *)given->record)->given_at)
            return err_raise(e, ERR_TIME_REFUSED, x == j->entry ? "withdrawn_at" : "given_at", "R15",
                             "then it was withdrawn before it was given (entry %" PRId64 ")", x == j->entry ? given->seq : x->seq);
    }
    return 0;
}

static int judge_consent(const struct judging *j, struct err *e)
{
    const struct consent_record *in = j->entry->record;
    int code = source_entry_time("given_at", in->given_at, j->entry, e);
    for (size_t i = 0; i < j->collected_count && code == 0; i++)
        if (consent_at(j, j->collected[i].recorded_ms) == j->entry && in->given_at > j->collected[i].started_ms)
            code = err_raise(e, ERR_CONSENT_MISSING, "given_at", "1.1", "then consent was given after the collection began");
    return code != 0 ? code : judge_withdrawals(j, e);
}

static int judge_withdrawal(const struct judging *j, struct err *e)
{
    int code = source_entry_time("withdrawn_at", ((const struct consent_withdraw *)j->entry->record)->withdrawn_at, j->entry, e);
    return code != 0 ? code : judge_withdrawals(j, e);
}

static const struct {
    const char *act;
    int (*judge)(const struct judging *j, struct err *e);
} rules[] = {
    {"source.donor_register", judge_nothing},   {"source.consent_record", judge_consent},
    {"source.consent_withdraw", judge_withdrawal}, {"source.screening_record", judge_screening},
    {"source.donor_test_report", judge_tests},
};

static int judge(const struct judging *j, struct err *e)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (is(j->entry->act, rules[i].act))
            return rules[i].judge(j, e);
    return 0;
}

int source_entries_put(struct arena *a, struct source_entry *entries, size_t n, const struct source_words *words, const char *reason,
                       struct source_entry **ret, struct err *e)
{
    int code = reason_check("reason", reason, e);
    *ret = entry_at(entries, n, words->corrects);
    if (code == 0 && *ret == NULL)
        code = err_raise(e, ERR_NOT_FOUND, "corrects", "R12", "there is no entry %" PRId64 " before it", words->corrects);
    return code != 0 ? code : source_record_put(a, (*ret)->act, (*ret)->record, words, e);
}

int donor_correct_fill(struct arena *a, struct source_entry *entries, size_t n, const struct source_collected *collected, size_t k,
                       struct donor_correct *in, struct err *e)
{
    struct correction_act *acts = ARENA_ARRAY(a, struct correction_act, n + 1);
    const struct source_words words = {in->corrects, in->field, in->old_value, in->new_value};
    struct source_entry *entry;
    int code = source_entries_put(a, entries, n, &words, in->reason, &entry, e);
    if (code != 0)
        return code;
    struct judging j = {entries, n, entry, NULL, collected, k};
    for (size_t i = 0; i < n; i++) {
        acts[i] = (struct correction_act){.seq = entries[i].seq, .act = entries[i].act, .actor = entries[i].actor};
        if (is(entries[i].act, "source.donor_register"))
            j.registered = ((const struct donor_register *)entries[i].record)->subject;
    }
    code = judge(&j, e);
    in->act = entry->act;
    correction_lapse_donor(a, acts, n, in->corrects, &in->lapsed);
    return code;
}

int donor_correctors_check(const struct source_entry *entries, size_t n, const char *person, struct err *e)
{
    for (size_t i = n; i-- > 0 && !is(entries[i].act, "source.eligibility_determine");)
        if (is(entries[i].act, "source.donor_correct") && is(entries[i].actor, person))
            return err_raise(e, ERR_DUTIES_SEGREGATED, "person", "R10", "%s made the correction of entry %" PRId64 ": another person determines",
                             person, entries[i].seq);
    return 0;
}
