/* What was known when something was done: batch and donor walked by the times of their entries. */
#include "support/test.h"

#include <string.h>

#include "domain/given.h"
#include "record/record.h"

static struct arena *a;
static struct given g;

static void begin(int64_t at_ms, bool is_anothers)
{
    a = arena_new(0);
    static const struct specification no_test_for_information;
    given_begin(a, &no_test_for_information, 20, at_ms, is_anothers, &g);
}

static void released_at(int64_t ms)
{
    struct batch_release released = {.conditional = 0};
    static const char *const way[] = {"batch.step", "batch.complete"};
    for (size_t i = 0; i < 2; i++)
        given_take(&g, (int64_t)i, ms - 100, way[i], "");
    given_take(&g, 2, ms, "release.release", &released);
}

static struct list later(bool expected)
{
    struct list ret = {NULL, 0};
    assert_int_equal(given_later(&g, &ret), expected);
    return ret;
}

static void fail_at(int64_t seq, int64_t ms)
{
    struct test_report growth = {.code = "sterility", .verdict = "fail"};
    given_take(&g, seq, ms, "quality.test_report", &growth);
}

CASE(R15_a_failure_that_came_later_is_named_with_its_entry)
{
    begin(2000, true);
    released_at(1000);
    assert_int_equal(later(true).count, 0);
    fail_at(7, 2001);
    given_take(&g, 8, 3000, "batch.note", NULL);
    struct list said = later(true);
    assert_int_equal(said.count, 1);
    assert_string_equal(LIST_AT(said, struct known_later, 0)->what, "batch");
    assert_string_equal(LIST_AT(said, struct known_later, 0)->state, "failed_post_release");
    assert_int_equal(LIST_AT(said, struct known_later, 0)->entry, 7);
    assert_int_equal(LIST_AT(said, struct known_later, 0)->known_at, 2001);
    arena_free(a);
}

CASE(R15_a_failure_that_was_known_then_is_no_excuse)
{
    begin(2000, true);
    released_at(1000);
    fail_at(7, 2000);
    later(false);
    arena_free(a);
    begin(2000, true);
    released_at(2001);                       /* nor a release that came after */
    fail_at(7, 2002);
    later(false);
    arena_free(a);
}

CASE(R31_what_is_known_of_the_donor_counts_by_its_time)
{
    struct eligibility_determine eligible = {.determination = "eligible"}, ineligible = {.determination = "ineligible"};
    struct consent_withdraw withdrawn = {.donor_id = "D-1"};
    begin(2000, true);
    texts_add(a, &withdrawn.scopes, "treatment");
    released_at(1000);
    given_take_donor(&g, 3, 900, "source.eligibility_determine", &eligible);
    given_take_donor(&g, 4, 2500, "source.donor_test_report", NULL);
    struct list said = later(true);
    assert_int_equal(said.count, 1);
    assert_string_equal(LIST_AT(said, struct known_later, 0)->what, "donor");
    assert_null(LIST_AT(said, struct known_later, 0)->state);
    assert_int_equal(LIST_AT(said, struct known_later, 0)->entry, 4);
    given_take_donor(&g, 5, 2600, "source.eligibility_determine", &ineligible);
    assert_int_equal(LIST_AT(later(true), struct known_later, 0)->entry, 4);
    given_take_donor(&g, 6, 2700, "source.eligibility_determine", &eligible);
    assert_int_equal(later(true).count, 0);
    given_take_donor(&g, 7, 2800, "source.consent_withdraw", &withdrawn);
    assert_string_equal(LIST_AT(later(true), struct known_later, 0)->what, "consent");
    arena_free(a);
    begin(2000, false);                      /* for the donor's own use nobody asks for eligibility, but for what is current */
    released_at(1000);
    given_take_donor(&g, 5, 900, "source.eligibility_determine", &ineligible);
    assert_int_equal(later(true).count, 0);
    arena_free(a);
    begin(2000, true);
    released_at(1000);
    given_take_donor(&g, 5, 1900, "source.eligibility_determine", &ineligible);
    later(false);
    arena_free(a);
}

/* R14: a donor determined anew does not make good a release that did not know of the correction */
CASE(R15_a_correction_that_the_release_did_not_know_of_is_named_with_its_stream)
{
    struct eligibility_determine eligible = {.determination = "eligible"};
    struct donor_correct corrected = {.donor_id = "D-1"};
    struct batch_release released = {.conditional = 0, .evidence_seq = 3}, again = {.conditional = 0, .evidence_seq = 5};
    begin(2000, true);
    given_take(&g, 0, 800, "batch.step", "");
    given_take(&g, 1, 800, "batch.complete", "");
    given_take(&g, 2, 1000, "release.release", &released);
    given_take_donor(&g, 3, 900, "source.eligibility_determine", &eligible);
    given_take_donor(&g, 4, 2500, "source.donor_correct", &corrected);
    given_take_donor(&g, 5, 2600, "source.eligibility_determine", &eligible);
    struct list said = later(true);
    assert_int_equal(said.count, 1);
    assert_string_equal(LIST_AT(said, struct known_later, 0)->what, "release");
    assert_string_equal(LIST_AT(said, struct known_later, 0)->stream_id, "D-1");
    assert_int_equal(LIST_AT(said, struct known_later, 0)->entry, 4);
    assert_int_equal(LIST_AT(said, struct known_later, 0)->known_at, 2500);
    arena_free(a);
    begin(2500, true);                       /* it was known then */
    given_take(&g, 0, 800, "batch.step", "");
    given_take(&g, 1, 800, "batch.complete", "");
    given_take(&g, 2, 1000, "release.release", &released);
    given_take_donor(&g, 4, 2500, "source.donor_correct", &corrected);
    given_take_donor(&g, 5, 2600, "source.eligibility_determine", &eligible);
    later(false);
    arena_free(a);
    begin(2000, true);                       /* the release since knew of it */
    given_take(&g, 0, 800, "batch.step", "");
    given_take(&g, 1, 800, "batch.complete", "");
    given_take(&g, 2, 1000, "release.release", &released);
    given_take(&g, 3, 2700, "release.release", &again);
    given_take_donor(&g, 4, 2500, "source.donor_correct", &corrected);
    given_take_donor(&g, 5, 2600, "source.eligibility_determine", &eligible);
    assert_int_equal(later(true).count, 0);
    arena_free(a);
}

/* the entry is the first that bars, and the stream is that entry's: another stream's entry of that number is something else */
CASE(R15_of_corrections_in_two_streams_the_entry_and_its_stream_belong_together)
{
    struct eligibility_determine eligible = {.determination = "eligible"};
    struct donor_correct donor = {.donor_id = "D-1"};
    struct collection_correct collection = {.collection_id = "C-1"};
    struct batch_release released = {.conditional = 0, .evidence_seq = 3, .collection_seq = 2};
    begin(2000, true);
    given_take(&g, 0, 800, "batch.step", "");
    given_take(&g, 1, 800, "batch.complete", "");
    given_take(&g, 2, 1000, "release.release", &released);
    given_take_donor(&g, 7, 2500, "source.donor_correct", &donor);
    given_take_donor(&g, 8, 2550, "source.donor_correct", &donor);
    given_take_collection(&g, 4, 2600, "source.collection_correct", &collection);
    given_take_donor(&g, 9, 2700, "source.eligibility_determine", &eligible);
    struct list said = later(true);
    assert_int_equal(said.count, 1);
    assert_int_equal(LIST_AT(said, struct known_later, 0)->entry, 7);
    assert_int_equal(LIST_AT(said, struct known_later, 0)->known_at, 2500);
    assert_string_equal(LIST_AT(said, struct known_later, 0)->stream_id, "D-1");
    arena_free(a);
}

CASE(R15_excursions_that_were_known_only_later_are_named_once_each)
{
    struct given_excursion x[] = {{"E-2", 3, 2500}, {"E-1", 9, 2001}, {"E-1", 4, 2400}, {"E-1", 9, 2001}};
    struct list ret = {NULL, 0};
    a = arena_new(0);
    assert_true(given_excursions(a, x, 4, 2000, &ret));
    assert_int_equal(ret.count, 3);
    const struct known_later *k = LIST_AT(ret, struct known_later, 0);
    assert_string_equal(k->what, "excursion");
    assert_string_equal(k->unit_id, "E-1");
    assert_int_equal(k->entry, 4);
    assert_int_equal(k->known_at, 2400);
    assert_true(given_is_held(&ret));
    arena_free(a);
}

CASE(R15_an_excursion_that_was_known_then_is_no_excuse)
{
    struct given_excursion x[] = {{"E-1", 4, 2001}, {"E-1", 3, 2000}};
    struct list ret = {NULL, 0};
    a = arena_new(0);
    assert_false(given_excursions(a, x, 2, 2000, &ret));
    assert_int_equal(ret.count, 0);
    assert_false(given_is_held(&ret));
    assert_true(given_excursions(a, x, 0, 2000, &ret));
    arena_free(a);
}
