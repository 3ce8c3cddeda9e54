/* What two clocks prove of each other, and what is done about it (R16). */
#include "service/clock_rules.h"

#include "support/test.h"

static const struct clock_limits lab = {1000, 5000};

CASE(R16_another_clock_inside_the_exchange_proves_nothing)
{
    assert_int_equal(clock_least_ahead(1000, 1000, 1000, 1), 0);
    assert_int_equal(clock_least_ahead(1000, 1009, 1004, 1), 0);
    assert_int_equal(clock_least_ahead(1000, 1009, 1009, 1), 0);
}

CASE(R16_outside_it_the_least_counts)
{
    assert_int_equal(clock_least_ahead(10000, 10009, 9000, 1), 1000);
    assert_int_equal(clock_least_ahead(10000, 10009, 11009, 1), -1000);
}

/* A machine so busy that the answer took eight seconds: nothing is proved of a clock seven seconds off. */
CASE(R16_slow_answer_raises_no_alarm)
{
    assert_int_equal(clock_least_ahead(10000, 18000, 17000, 1), 0);
    assert_int_equal(clock_least_ahead(10000, 18000, 3000, 1), 7000);
}

CASE(R16_whole_seconds_are_given_their_second)
{
    assert_int_equal(clock_least_ahead(10999, 11010, 10000, 1000), 0);
    assert_int_equal(clock_least_ahead(11000, 11010, 10000, 1000), 1);
    assert_int_equal(clock_least_ahead(10990, 10999, 11000, 1000), -1);
}

CASE(R16_a_second_is_said_five_record_nothing)
{
    assert_int_equal(clock_judge(0, &lab), CLOCK_RIGHT);
    assert_int_equal(clock_judge(1000, &lab), CLOCK_RIGHT);
    assert_int_equal(clock_judge(1001, &lab), CLOCK_OFF);
    assert_int_equal(clock_judge(-1001, &lab), CLOCK_OFF);
    assert_int_equal(clock_judge(5000, &lab), CLOCK_OFF);
    assert_int_equal(clock_judge(5001, &lab), CLOCK_WRONG);
    assert_int_equal(clock_judge(-5001, &lab), CLOCK_WRONG);
}

CASE(R16_errors_of_both_clocks_add_up)
{
    assert_int_equal(clock_worst(0, 0), 0);
    assert_int_equal(clock_worst(3000, 3000), 6000);
    assert_int_equal(clock_worst(-3000, -3000), -6000);
    assert_int_equal(clock_worst(0, -7000), -7000);
    assert_int_equal(clock_worst(6000, 0), 6000);
}

/* As wrong as the database's, the other way: it agrees with the world, but dates entries that the database orders. */
CASE(R16_errors_that_cancel_are_still_errors)
{
    assert_int_equal(clock_worst(6000, -6000), 6000);
    assert_int_equal(clock_worst(-2000, 6000), 6000);
}

CASE(R16_a_clock_set_back_a_tenth_of_a_second_is_seen)
{
    assert_int_equal(clock_step(5000, 5000), 0);
    assert_int_equal(clock_step(5000, 4901), 0);
    assert_int_equal(clock_step(5000, 4900), -100);
    assert_int_equal(clock_step(5000, -3595000), -3600000);
}

CASE(R16_a_clock_set_ahead_a_second_is_seen)
{
    assert_int_equal(clock_step(5000, 5999), 0);
    assert_int_equal(clock_step(5000, 6000), 1000);
}

CASE(R16_a_clock_that_no_time_service_keeps_records_nothing_where_it_is_asked)
{
    assert_true(clock_is_kept(false, 16000000, 0));
    assert_true(clock_is_kept(true, 250000, 250));
    assert_false(clock_is_kept(true, 250001, 250));
    assert_false(clock_is_kept(false, 0, 250));
}
