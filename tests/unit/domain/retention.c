#include "domain/retention.h"
#include "support/test.h"

static int64_t at(const char *text)
{
    int64_t ms;
    assert_true(clock_from_text(text, 24, &ms));
    return ms;
}

CASE(S3_6_retention_counts_calendar_years)
{
    assert_true(retention_add_years(at("2026-11-21T10:00:00.000Z"), 30) == at("2056-11-21T10:00:00.000Z"));
    assert_true(retention_add_years(at("2028-02-29T10:00:00.000Z"), 4) == at("2032-02-29T10:00:00.000Z"));
    assert_true(retention_add_years(at("2028-02-29T10:00:00.000Z"), 10) == at("2038-03-01T10:00:00.000Z"));
    assert_true(retention_add_years(at("9998-01-01T00:00:00.000Z"), 30) == at("9999-01-01T00:00:00.000Z"));
}

CASE(S3_6_retention_is_the_latest_of_all_rules)
{
    const struct retention_years years = {RETENTION_RECORD_YEARS, RETENTION_USE_YEARS};
    struct retention_facts facts = {at("2026-01-01T00:00:00.000Z"), TIME_ABSENT};
    assert_true(retention_until_ms(&facts, &years) == at("2036-01-01T00:00:00.000Z"));
    facts.used_ms = at("2027-06-01T00:00:00.000Z");
    assert_true(retention_until_ms(&facts, &years) == at("2057-06-01T00:00:00.000Z"));
    facts.recorded_ms = at("2050-01-01T00:00:00.000Z");
    assert_true(retention_until_ms(&facts, &years) == at("2060-01-01T00:00:00.000Z"));
}
