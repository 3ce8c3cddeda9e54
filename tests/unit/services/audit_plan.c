/* The plan's authorities: whose time-stamps another's renewed, token after token. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "audit_plan.h"

#define DAY ((int64_t)86400000)

static struct plan_authority all[4];
static size_t count;

static void token(const char *authority, int64_t day, int64_t end_day)
{
    struct tsp_facts facts = {.authority = authority, .time_ms = day * DAY};
    snprintf(facts.certificate, sizeof facts.certificate, "%s", authority);
    audit_plan_token(all, &count, &facts, end_day * DAY);
}

static void begin(void)
{
    memset(all, 0, sizeof all);
    count = 0;
}

CASE(L27_plan_knows_an_authority_once_from_its_first_token)
{
    begin();
    token("one", 1, 100);
    token("one", 2, 100);
    assert_int_equal(count, 1);
    assert_int_equal(all[0].first_ms, DAY);
    assert_false(all[0].is_renewed);
}

CASE(L27_plan_renewed_by_a_later_token_that_lasts_longer)
{
    begin();
    token("one", 1, 100);
    token("two", 50, 400);
    assert_true(all[0].is_renewed);
    assert_false(all[1].is_renewed);
}

CASE(L27_plan_not_renewed_by_a_token_that_ends_before)
{
    begin();
    token("one", 1, 100);
    token("two", 50, 90);
    assert_false(all[0].is_renewed);
    assert_false(all[1].is_renewed);
}

CASE(L27_plan_not_renewed_by_a_token_that_came_too_late)
{
    begin();
    token("one", 1, 100);
    token("two", 101, 400);
    assert_false(all[0].is_renewed);
}

/* who stamps again has something of its own to renew again */
CASE(L27_plan_renewed_no_more_when_it_stamps_again)
{
    begin();
    token("one", 1, 100);
    token("two", 50, 400);
    token("one", 60, 100);
    assert_false(all[0].is_renewed);
    token("two", 70, 400);
    assert_true(all[0].is_renewed);
}

CASE(L27_plan_renewed_in_a_row_by_one_token)
{
    begin();
    token("one", 1, 100);
    token("two", 2, 200);
    token("three", 3, 300);
    assert_true(all[0].is_renewed);
    assert_true(all[1].is_renewed);
    assert_false(all[2].is_renewed);
    assert_int_equal(count, 3);
}
