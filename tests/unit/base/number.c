#include "support/test.h"

#include <string.h>

#include "base/number.h"

static const char *usp(struct arena *a, const char *value, const char *limit)
{
    struct number n;
    number_init(&n);
    assert_true(number_from_decimal(&n, value));
    char *text = number_round_like(a, &n, limit, ROUND_USP);
    number_done(&n);
    return text;
}

CASE(decimals_have_one_form)
{
    static const char *const good[] = {"0", "0.0", "-0.5", "10", "123456789012345678901234567890.5"};
    static const char *const bad[] = {"", "-0", "-0.0", "00", "01", "1.", ".5", "+1", "1e3", "1,5", " 1", "0x1", "--1", "1.5 "};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(decimal_is_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(decimal_is_valid(bad[i]));
}

CASE(T01_usp_rounds_half_up_at_the_limits_decimals)
{
    static const char *const rows[][3] = {{"70.5", "70", "71"}, {"2.5", "2", "3"}, {"0.25", "0.1", "0.3"},
        {"97.85", "98.0", "97.9"}, {"69.5", "70", "70"}, {"69.5", "70.0", "69.5"}, {"69.95", "70.0", "70.0"}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(usp(a, rows[i][0], rows[i][1]), rows[i][2]);
    arena_free(a);
}

CASE(T04_boundary_rows_of_the_usp_table)
{
    static const char *const rows[][3] = {{"97.96", "98.0", "98.0"}, {"97.92", "98.0", "97.9"}, {"97.95", "98.0", "98.0"},
        {"101.46", "101.5", "101.5"}, {"101.45", "101.5", "101.5"}, {"101.55", "101.5", "101.6"},
        {"0.025", "0.02", "0.03"}, {"0.015", "0.02", "0.02"}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(usp(a, rows[i][0], rows[i][1]), rows[i][2]);
    arena_free(a);
}

CASE(T02_ph_eur_rounds_to_the_limits_significant_digits)
{
    struct arena *a = arena_new(0);
    struct number n;
    number_init(&n);
    number_from_decimal(&n, "98.28568");
    assert_string_equal(number_round_like(a, &n, "100.0", ROUND_PH_EUR), "98.29");
    assert_string_equal(number_round_like(a, &n, "100.0", ROUND_USP), "98.3");
    number_from_decimal(&n, "9.96");
    assert_string_equal(number_to_significant(a, &n, 2), "10");
    number_from_decimal(&n, "0.004567");
    assert_string_equal(number_to_significant(a, &n, 2), "0.0046");
    number_from_decimal(&n, "-123456");
    assert_string_equal(number_to_significant(a, &n, 2), "-120000");
    number_done(&n);
    arena_free(a);
}

CASE(rounding_never_writes_minus_zero)
{
    struct arena *a = arena_new(0);
    struct number n;
    number_init(&n);
    number_from_decimal(&n, "-0.004");
    assert_string_equal(number_to_decimal(a, &n, 2), "0.00");
    number_from_decimal(&n, "-0.005");
    assert_string_equal(number_to_decimal(a, &n, 2), "-0.01");
    number_done(&n);
    arena_free(a);
}

CASE(T09_log2_of_zero_and_below_is_undefined)
{
    struct arena *a = arena_new(0);
    struct number n;
    number_init(&n);
    number_from_decimal(&n, "48");          /* 1.2e8 / 2.5e6 = 48 -> 5.58 doublings (domain 1.8) */
    assert_true(number_log2(&n));
    assert_string_equal(number_to_decimal(a, &n, 2), "5.58");
    number_from_decimal(&n, "1024");
    assert_true(number_log2(&n));
    assert_string_equal(number_to_decimal(a, &n, 10), "10.0000000000");
    number_from_decimal(&n, "0");
    assert_false(number_log2(&n));
    number_from_decimal(&n, "-1");
    assert_false(number_log2(&n));
    assert_false(number_sqrt(&n));
    number_from_decimal(&n, "6.25");
    assert_true(number_sqrt(&n));
    assert_string_equal(number_to_decimal(a, &n, 3), "2.500");
    number_done(&n);
    arena_free(a);
}
