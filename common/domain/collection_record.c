#include "domain/collection_record.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "domain/correction.h"
#include "domain/reason.h"
#include "domain/transit.h"

/* hard limits: what is outside is a slip of unit or point (domain.md §1.1); cord blood: the largest collection bag */
static const struct amount_limit {
    const char *tissue, *field, *min, *max;
} LIMITS[] = {
    {"marrow", "volume_ml", "0.5", "1500"}, {"adipose", "volume_ml", "1", "3000"}, {"adipose", "mass_g", "1", "3000"},
    {"umbilical_cord", "length_cm", "1", "120"}, {"cord_blood", "volume_ml", "1", "500"}, {"placenta", "mass_g", "1", "2500"},
};
#define TEMPERATURE_MIN_C "-200"   /* below liquid nitrogen, above any bench: a slip */
#define TEMPERATURE_MAX_C "60"

static bool is(const char *x, const char *y) { return x != NULL && y != NULL && strcmp(x, y) == 0; }

static bool at_most(const char *x, const char *y)
{
    CLEANUP(number_done) struct number a;
    CLEANUP(number_done) struct number b;
    number_init(&a);
    number_init(&b);
    return number_from_decimal(&a, x) && number_from_decimal(&b, y) && number_compare(&a, &b) <= 0;
}

static int anticoagulant_check(const struct collection_record *in, struct err *e)
{
    if (in->anticoagulant_ml != NULL && in->anticoagulant == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "anticoagulant", "T12", "which one, and its lot");
    if (in->anticoagulant_ml != NULL && (!at_most("0", in->anticoagulant_ml) || !at_most(in->anticoagulant_ml, "1500")))
        return err_raise(e, ERR_LIMIT_HARD, "anticoagulant_ml", "T12", "%s is not within 0 and 1500", in->anticoagulant_ml);
    return 0;
}

/* amounts by name; what is given must be within the tissue's limit, and its own unit must be among them */
int collection_amounts_check(const struct collection_record *in, struct err *e)
{
    const struct { const char *field, *value; } given[] = {
        {"volume_ml", in->volume_ml}, {"mass_g", in->mass_g}, {"length_cm", in->length_cm}};
    bool measured = false;
    const char *wanted = "volume_ml";
    for (size_t l = 0; l < sizeof LIMITS / sizeof LIMITS[0]; l++) {
        if (strcmp(LIMITS[l].tissue, in->tissue) != 0)
            continue;
        wanted = LIMITS[l].field;
        for (size_t g = 0; g < 3; g++) {
            if (strcmp(given[g].field, wanted) != 0 || given[g].value == NULL)
                continue;
            measured = true;
            if (!at_most(LIMITS[l].min, given[g].value) || !at_most(given[g].value, LIMITS[l].max))
                return err_raise(e, ERR_LIMIT_HARD, wanted, "R22", "%s is not within %s and %s", given[g].value,
                                 LIMITS[l].min, LIMITS[l].max);
        }
    }
    for (size_t g = 0; g < 3; g++)
        if (given[g].value != NULL && at_most(given[g].value, "0"))
            return err_raise(e, ERR_LIMIT_HARD, given[g].field, "R22", "%s is not above 0", given[g].value);
    return measured ? anticoagulant_check(in, e) : err_raise(e, ERR_FIELD_MISSING, wanted, "R22", "%s is measured so", in->tissue);
}

const char *collection_mismatch(const struct receipt_record *in, const char *donation_number, const char *seal_number)
{
    if (strcmp(in->donation_number, donation_number) != 0)
        return "the donation number on the container";
    if (strcmp(in->seal_number, seal_number) != 0)
        return "the seal's number";
    if (in->seal_intact != 1)
        return "the seal, which is broken";
    if (in->container_intact != 1)
        return "the container, which is damaged";
    return in->label_matches == 1 ? NULL : "the label";
}

static int temperatures_check(const struct receipt_record *in, struct err *e)
{
    if (!at_most(TEMPERATURE_MIN_C, in->temperature_min_c))
        return err_raise(e, ERR_LIMIT_HARD, "temperature_min_c", "R22", "%s is below %s", in->temperature_min_c,
                         TEMPERATURE_MIN_C);
    if (!at_most(in->temperature_max_c, TEMPERATURE_MAX_C))
        return err_raise(e, ERR_LIMIT_HARD, "temperature_max_c", "R22", "%s is above %s", in->temperature_max_c,
                         TEMPERATURE_MAX_C);
    if (!at_most(in->temperature_min_c, in->temperature_max_c))
        return err_raise(e, ERR_FIELD_RANGE, "temperature_max_c", "R22", "the highest is below the lowest");
    return 0;
}

int collection_receipt_check(const struct receipt_record *in, const char *donation_number, const char *seal_number, struct err *e)
{
    const char *mismatch = collection_mismatch(in, donation_number, seal_number);
    bool accepted = strcmp(in->decision, "accepted") == 0;
    int code = temperatures_check(in, e);
    if (code != 0)
        return code;
    if (accepted && mismatch != NULL)
        return err_raise(e, ERR_STATE_FORBIDS, "decision", "R04", "%s does not match: quarantine or reject it", mismatch);
    return accepted ? 0 : reason_check("reason", in->reason, e);
}

/* ---- corrections */

static const struct source_entry *last_of(const struct source_entry *entries, size_t n, const char *act)
{
    const struct source_entry *last = NULL;
    for (size_t i = 0; i < n; i++)
        if (is(entries[i].act, act))
            last = &entries[i];
    return last;
}

const void *collection_last(const struct source_entry *entries, size_t n, const char *act)
{
    const struct source_entry *last = last_of(entries, n, act);
    return last != NULL ? last->record : NULL;
}

static int judge_collected(const struct source_entry *entry, int64_t consent_ms, struct err *e)
{
    const struct collection_record *in = entry->record;
    if (in->started_at > in->ended_at)
        return err_raise(e, ERR_TIME_REFUSED, "new_value", "R15", "then it ended before it started");
    if (consent_ms != TIME_ABSENT && consent_ms > in->started_at)
        return err_raise(e, ERR_CONSENT_MISSING, "new_value", "1.1", "then consent was given after the collection began");
    int code = source_entry_time("ended_at", in->ended_at, entry, e);
    return code != 0 ? code : collection_amounts_check(in, e);
}

/* the two entries beside each other: what is received was collected by then */
static int judge_received(const struct collection_record *collected, const struct source_entry *receipt, struct err *e)
{
    const struct receipt_record *in = receipt->record;
    if (collected == NULL)
        return err_raise(e, ERR_NOT_FOUND, "corrects", "R12", "no collection is recorded before it");
    if (in->received_at < collected->ended_at)
        return err_raise(e, ERR_TIME_REFUSED, "new_value", "R15", "then it was received before the collection ended");
    int code = source_entry_time("received_at", in->received_at, receipt, e);
    return code != 0 ? code : collection_receipt_check(in, collected->donation_number, collected->seal_number, e);
}

int collection_correct_fill(struct arena *a, struct source_entry *entries, size_t n, int64_t consent_ms, struct collection_correct *in,
                            struct err *e)
{
    const struct source_words words = {in->corrects, in->field, in->old_value, in->new_value};
    struct source_entry *entry;
    int code = source_entries_put(a, entries, n, &words, in->reason, &entry, e);
    if (code != 0)
        return code;
    const struct collection_record *collected = collection_last(entries, n, "source.collection_record");
    const struct source_entry *receipt = last_of(entries, n, "source.receipt_record");
    if (is(entry->act, "source.collection_record"))
        code = judge_collected(entry, consent_ms, e);
    if (code == 0 && receipt != NULL)
        code = judge_received(collected, receipt, e);
    if (code != 0)
        return code;
    in->act = entry->act;
    if (receipt == NULL)
        return 0;
    in->transit_h = transit_hours(a, collected->ended_at, ((const struct receipt_record *)receipt->record)->received_at);
    *(struct lapsed_act *)record_list_add(a, &record_lapsed_act, &in->lapsed) = (struct lapsed_act){receipt->seq, receipt->act, INTEGER_ABSENT};
    return 0;
}

int64_t collection_known(const struct source_entry *entries, size_t n)
{
    const struct source_entry *last = last_of(entries, n, "source.collection_correct");
    return last != NULL ? last->seq : INTEGER_ABSENT;
}

int collection_reviewer_check(const struct source_entry *entries, size_t n, int64_t known, const char *person, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (is(entries[i].act, "source.collection_correct") && entries[i].seq > known && is(entries[i].actor, person))
            return err_raise(e, ERR_DUTIES_SEGREGATED, "person", "R10", "%s corrected the collection (entry %" PRId64 "): another person reviews",
                             person, entries[i].seq);
    return 0;
}
