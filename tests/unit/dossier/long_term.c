/* As time passes (ledger.md §2.7): time-stamps that end and are renewed, suites believed for their dates alone. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "support/dossier_fixture.h"

#define RECORD "stemma/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z\n"
#define TOKEN "token/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z\n"

static void judged(enum spoil spoil, const char *suites, const char *as_of, const char *start, const char *why)
{
    struct fixture *f = fixture_new(spoil);
    f->suites = suites;
    if (as_of != NULL)
        assert_true(clock_from_text(as_of, CLOCK_TEXT - 1, &f->as_of_ms));
    const char *faults = fixture_judge(f, fixture_file(f));
    if (start[0] == '\0' ? faults[0] != '\0' : strncmp(faults, start, strlen(start)) != 0 || strstr(faults, why) == NULL)
        fail_msg("faults: %s", faults);
    fixture_free(f);
}

CASE(L27_rule_10_time_stamp_that_ended_and_was_renewed) { judged(LONG_RENEWED, NULL, NULL, "", ""); }
CASE(L27_rule_10_time_stamp_that_ended_unrenewed) { judged(LONG_UNRENEWED, NULL, NULL, "SYS 1 10: ", "no other renewed it"); }
CASE(L27_rule_10_renewed_after_it_had_ended) { judged(LONG_RENEWED_LATE, NULL, NULL, "SYS 1 10: ", "no other renewed it"); }
CASE(L27_rule_10_renewal_over_a_tree_without_the_token) { judged(LONG_RENEWED_BESIDE, NULL, NULL, "SYS 1 10: ", "no other renewed it"); }

CASE(L27_rule_03_as_of_a_day_within_the_certificate) { judged(SPOIL_NONE, NULL, "2027-03-01T00:00:00.000Z", "", ""); }
CASE(L27_rule_03_as_of_a_day_after_the_certificate)
{
    judged(SPOIL_NONE, NULL, "2027-03-03T00:00:00.000Z", "- - 3: ", "nothing renewed it until 2027-03-03");
}

/* the fixture's acts are of 2 March 2026, 08:00 to 08:01 */
CASE(suite_within_its_dates) { judged(SPOIL_NONE, RECORD TOKEN, NULL, "", ""); }
CASE(suite_that_is_not_listed) { judged(SPOIL_NONE, TOKEN, NULL, "- - 3: ", "stemma/1 is not accepted"); }
CASE(suite_of_tokens_that_is_not_listed) { judged(SPOIL_NONE, RECORD, NULL, "- - 3: ", "token/1 is not accepted"); }
CASE(suite_that_had_ended_before)
{
    judged(SPOIL_NONE, "stemma/1 2026-01-01T00:00:00.000Z 2026-03-02T07:59:59.999Z\n" TOKEN, NULL, "- - 3: ", "stemma/1");
}
CASE(suite_that_begins_only_later)
{
    judged(SPOIL_NONE, "stemma/1 2026-03-03T00:00:00.000Z 2035-12-31T23:59:59.999Z\n" TOKEN, NULL, "- - 3: ", "stemma/1");
}
CASE(suite_that_begins_between_two_entries)
{
    judged(SPOIL_NONE, "stemma/1 2026-03-02T08:00:06.000Z 2035-12-31T23:59:59.999Z\n" TOKEN, NULL, "B-1 0 5: ", "stemma/1");
}
CASE(suite_of_tokens_that_begins_between_two)
{
    judged(LONG_RENEWED, RECORD "token/1 2026-03-05T00:00:00.000Z 2035-12-31T23:59:59.999Z\n", NULL, "SYS 1 10: ", "token/1");
}
CASE(suite_of_tokens_that_ends_as_a_certificate_does)
{
    judged(SPOIL_NONE, RECORD "token/1 2026-01-01T00:00:00.000Z 2026-06-30T23:59:59.999Z\n", "2026-07-01T00:00:00.000Z", "- - 3: ",
           "ended at 2026-06-30");
}

static int read_list(const char *text, struct suites *ret)
{
    struct err e;
    return suites_read(text, ret, &e);
}

CASE(suites_built_in_list_has_the_three)
{
    struct suites s;
    assert_int_equal(read_list(NULL, &s), 0);
    assert_int_equal(s.count, 3);
    assert_true(suites_end(&s, SUITE_RECORD) != TIME_ABSENT && suites_end(&s, SUITE_TOKEN) != TIME_ABSENT);
    assert_true(suites_end(&s, SUITE_REHASH) > suites_end(&s, SUITE_RECORD));
    assert_true(suites_end(&s, "stemma/2") == TIME_ABSENT);
}

CASE(suites_last_and_first_moment_belong_to_it)
{
    struct suites s;
    assert_int_equal(read_list(RECORD, &s), 0);
    assert_true(suites_accept(&s, SUITE_RECORD, s.row[0].from_ms) && suites_accept(&s, SUITE_RECORD, s.row[0].until_ms));
    assert_false(suites_accept(&s, SUITE_RECORD, s.row[0].from_ms - 1) || suites_accept(&s, SUITE_RECORD, s.row[0].until_ms + 1));
}

CASE(suites_malformed_lists_are_refused)
{
    static const char *const lists[] = {
        RECORD RECORD, "stemma/1\n", "stemma/1 2026-01-01 2035-12-31\n", "stemma/1  2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z\n",
        "stemma/1 2035-12-31T23:59:59.999Z 2026-01-01T00:00:00.000Z\n", "stemma/1 2026-01-01T00:00:00.000Z 2035-02-30T00:00:00.000Z\n",
        "stemma/1 2026-01-01T00:00:00.000Z 2035-12-31T23:59:59.999Z",
    };
    struct suites s;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        assert_int_equal(read_list(lists[i], &s), ERR_DOSSIER_REFUSED);
}
