/* The rules of the vault: what may go, when, by how many people. */
#include <string.h>

#include "record/record.h"
#include "source_rules.h"
#include "support/test.h"

#define NOON INT64_C(1780000000000)
#define YEAR (INT64_C(366) * 86400000)

static const struct retention_years years = {RETENTION_RECORD_YEARS, RETENTION_USE_YEARS};
static struct err e;

static struct vault_facts old_donor(void)
{
    return (struct vault_facts){true, {NOON - 40 * YEAR, NOON - 35 * YEAR}, 0, 2};
}

CASE(S3_6_purge_waits_for_the_end_of_retention)
{
    struct vault_facts facts = old_donor();
    assert_int_equal(source_purge_check(&facts, &years, NOON, &e), 0);
    facts.retention.used_ms = NOON - 29 * YEAR;
    assert_int_equal(source_purge_check(&facts, &years, NOON, &e), ERR_STATE_FORBIDS);
    assert_string_equal(e.rule, "3.6");
    assert_non_null(strstr(e.text, "retention ends at 20"));
}

CASE(S3_6_purge_waits_for_every_batch)
{
    struct vault_facts facts = old_donor();
    facts.unfinished = 1;
    assert_int_equal(source_purge_check(&facts, &years, NOON, &e), ERR_STATE_FORBIDS);
    assert_non_null(strstr(e.text, "1 batches"));
}

CASE(S3_6_purge_of_nothing_is_refused)
{
    struct vault_facts facts = old_donor();
    facts.held = 0;
    assert_int_equal(source_purge_check(&facts, &years, NOON, &e), ERR_NOT_FOUND);
    facts.known = false;
    assert_int_equal(source_purge_check(&facts, &years, NOON, &e), ERR_NOT_FOUND);
}

CASE(S3_6_what_came_after_the_proposal_stops_a_purge)
{
    struct vault_facts facts = old_donor();
    facts.retention.recorded_ms = NOON;                 /* the proposal itself */
    assert_int_equal(source_purge_still_check(&facts, &years, 7, 7, NOON, &e), 0);
    assert_int_equal(source_purge_still_check(&facts, &years, 7, 8, NOON, &e), ERR_STATE_FORBIDS);
    assert_non_null(strstr(e.text, "entry 8"));
    facts.retention.used_ms = NOON - 29 * YEAR;
    assert_int_equal(source_purge_still_check(&facts, &years, 7, 7, NOON, &e), ERR_STATE_FORBIDS);
    assert_non_null(strstr(e.text, "retention ends at 20"));
    facts = old_donor();
    facts.unfinished = 1;
    assert_int_equal(source_purge_still_check(&facts, &years, 7, 7, NOON, &e), ERR_STATE_FORBIDS);
    assert_non_null(strstr(e.text, "1 batches"));
    facts = old_donor();
    facts.retention.used_ms = TIME_ABSENT;
    assert_int_equal(source_purge_still_check(&facts, &years, 7, 7, NOON, &e), 0);
}

CASE(S3_6_purge_needs_two_people)
{
    assert_int_equal(source_purge_approver_check("U-ELENA", NULL, "U-PETER", &e), 0);
    assert_int_equal(source_purge_approver_check("U-ELENA", NULL, "U-ELENA", &e), ERR_DUTIES_SEGREGATED);
    assert_int_equal(source_purge_approver_check(NULL, NULL, "U-PETER", &e), ERR_NOT_FOUND);
    assert_int_equal(source_purge_approver_check("U-ELENA", "U-PETER", "U-INES", &e), ERR_STATE_FORBIDS);
}

CASE(T38_a_commitment_is_named_once)
{
    struct arena *a = arena_new(0);
    struct list list = {0};
    for (int i = 0; i < 2; i++) {
        struct commitment *c = record_list_add(a, &record_commitment, &list);
        c->name = "mother_name";
        c->commitment = i == 0 ? "aa" : "bb";
    }
    assert_int_equal(source_commitments_check(&list, &e), 0);
    LIST_AT(list, struct commitment, 1)->commitment = "aa";
    assert_int_equal(source_commitments_check(&list, &e), ERR_FIELD_RANGE);
    LIST_AT(list, struct commitment, 1)->name = "Mother";
    assert_int_equal(source_commitments_check(&list, &e), ERR_FIELD_TYPE);
    arena_free(a);
}

CASE(R13_a_reason_has_ten_characters)
{
    assert_int_equal(source_reason_check("reason", "asked for", &e), ERR_REASON_MISSING);
    assert_string_equal(e.field, "reason");
    assert_int_equal(source_reason_check("reason", "asked for it", &e), 0);
}
