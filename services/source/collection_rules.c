/* What may be said of a collection and of its receipt. */
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "domain/identifier.h"
#include "domain/reason.h"
#include "source_rules.h"

/* hard limits: what is outside is a slip of unit or point (domain.md §1.1); cord blood: the largest collection bag */
static const struct amount_limit {
    const char *tissue, *field, *min, *max;
} LIMITS[] = {
    {"marrow", "volume_ml", "0.5", "1500"}, {"adipose", "volume_ml", "1", "3000"}, {"adipose", "mass_g", "1", "3000"},
    {"umbilical_cord", "length_cm", "1", "120"}, {"cord_blood", "volume_ml", "1", "500"}, {"placenta", "mass_g", "1", "2500"},
};
#define TEMPERATURE_MIN_C "-200"   /* below liquid nitrogen, above any bench: a slip */
#define TEMPERATURE_MAX_C "60"

static bool at_most(const char *x, const char *y)
{
    CLEANUP(number_done) struct number a;
    CLEANUP(number_done) struct number b;
    number_init(&a);
    number_init(&b);
    return number_from_decimal(&a, x) && number_from_decimal(&b, y) && number_compare(&a, &b) <= 0;
}

int source_number_check(const char *donation_number, const char *check_character, struct err *e)
{
    if (!din_is_valid(donation_number))
        return err_raise(e, ERR_IDENTIFIER_REFUSED, "donation_number", "T33",
                         "a donation number is 13 characters: facility, year, six digits; flags are not part of it");
    char k = mod37_char(mod37_value(donation_number, DIN_LEN));
    if (check_character[0] != k || check_character[1] != '\0')
        return err_raise(e, ERR_IDENTIFIER_REFUSED, "check_character", "R03", "%s does not fit %s", check_character,
                         donation_number);
    return 0;
}

/* amounts by name; what is given must be within the tissue's limit, and its own unit must be among them */
static int amounts_check(const struct collection_record *in, struct err *e)
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
    return measured ? 0 : err_raise(e, ERR_FIELD_MISSING, wanted, "R22", "%s is measured so", in->tissue);
}

static int anticoagulant_check(const struct collection_record *in, struct err *e)
{
    if (in->anticoagulant_ml != NULL && in->anticoagulant == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "anticoagulant", "T12", "which one, and its lot");
    if (in->anticoagulant_ml != NULL && (!at_most("0", in->anticoagulant_ml) || !at_most(in->anticoagulant_ml, "1500")))
        return err_raise(e, ERR_LIMIT_HARD, "anticoagulant_ml", "T12", "%s is not within 0 and 1500", in->anticoagulant_ml);
    return 0;
}

int source_collection_check(const struct collection_record *in, const struct donor_facts *facts, int64_t now_ms,
                            const struct source_limits *limits, struct err *e)
{
    int code = source_donor_known(facts, in->donor_id, e);
    if (code == 0 && strcmp(in->tissue, facts->tissue) != 0)
        code = err_raise(e, ERR_DONOR_REFUSED, "tissue", "R04", "the donor gives %s", facts->tissue);
    if (code == 0)
        code = source_number_check(in->donation_number, in->check_character, e);
    if (code == 0 && in->started_at > in->ended_at)
        code = err_raise(e, ERR_TIME_REFUSED, "ended_at", "R15", "it ended before it started");
    if (code == 0)
        code = source_time_check("ended_at", in->ended_at, now_ms, limits, e);
    if (code == 0)
        code = amounts_check(in, e);
    if (code == 0)
        code = anticoagulant_check(in, e);
    return code != 0 ? code : source_consent_needed(facts, in->started_at, e);
}

const char *source_receipt_mismatch(const struct receipt_record *in, const struct collection_facts *facts)
{
    if (strcmp(in->donation_number, facts->donation_number) != 0)
        return "the donation number on the container";
    if (strcmp(in->seal_number, facts->seal_number) != 0)
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

static int decision_check(const struct receipt_record *in, const struct collection_facts *facts, bool late, struct err *e)
{
    const char *mismatch = source_receipt_mismatch(in, facts);
    bool accepted = strcmp(in->decision, "accepted") == 0;
    if (accepted && mismatch != NULL)
        return err_raise(e, ERR_STATE_FORBIDS, "decision", "R04", "%s does not match: quarantine or reject it", mismatch);
    if (!accepted)
        return reason_check("reason", in->reason, e);
    if (late && !reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "R15", "this is a late entry: say why");
    return 0;
}

int source_receipt_check(const struct receipt_record *in, const struct collection_facts *facts, int64_t now_ms,
                         const struct source_limits *limits, struct err *e)
{
    if (facts->donation_number == NULL)
        return err_raise(e, ERR_NOT_FOUND, "collection_id", NULL, "there is no collection %s", in->collection_id);
    if (facts->is_received)
        return err_raise(e, ERR_EXISTS, "collection_id", "1271.265", "%s is received already", in->collection_id);
    if (in->received_at < facts->ended_ms)
        return err_raise(e, ERR_TIME_REFUSED, "received_at", "R15", "received before the collection ended");
    int code = source_time_check("received_at", in->received_at, now_ms, limits, e);
    if (code == 0)
        code = temperatures_check(in, e);
    return code != 0 ? code : decision_check(in, facts, source_is_late(in->received_at, now_ms, limits), e);
}
