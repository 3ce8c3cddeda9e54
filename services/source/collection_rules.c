/* What may be said of a collection and of its receipt. */
#include <string.h>

#include "base/clock.h"
#include "domain/collection_record.h"
#include "domain/identifier.h"
#include "domain/reason.h"
#include "source_rules.h"

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
        code = collection_amounts_check(in, e);
    return code != 0 ? code : source_consent_needed(facts, in->started_at, e);
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
        code = collection_receipt_check(in, facts->donation_number, facts->seal_number, e);
    if (code == 0 && source_is_late(in->received_at, now_ms, limits) && !reason_is_valid(in->reason))
        code = err_raise(e, ERR_REASON_MISSING, "reason", "R15", "this is a late entry: say why");
    return code;
}
