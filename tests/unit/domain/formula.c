#include "support/test.h"

#include <string.h>

#include "domain/formula.h"

static const struct {
    const char *name, *value, *unit;
} VALUES[] = {
    {"n_live", "185", "cells"}, {"n_dead", "15", "cells"}, {"squares", "4", "1"}, {"factor", "2", "1"},
    {"volume_ml", "10", "mL"}, {"waste_ul", "500", "uL"}, {"zero", "0", "1"}, {"minus", "-4", "1"}, {"area_cm2", "4", "cm2"},
    {"step3.volume_ml", "8", "mL"}, {"big", "123456789012345678901234567890", "1"},
};

static const char *value_find(void *context, const char *name, struct number *ret)
{
    (void)context;
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++)
        if (strcmp(VALUES[i].name, name) == 0)
            return number_from_decimal(ret, VALUES[i].value) ? NULL : "bad";
    return "no value yet";
}

static const char *unit_find(void *context, const char *name)
{
    (void)context;
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++)
        if (strcmp(VALUES[i].name, name) == 0)
            return VALUES[i].unit;
    return NULL;
}

static struct arena *arena;

/* the value, or the reason in < > */
static const char *value_of(const char *text, int decimals)
{
    struct err e = {0};
    struct formula *f;
    struct formula_result result;
    struct formula_scope scope = {value_find, NULL};
    arena = arena_free(arena);
    arena = arena_new(0);
    if (formula_parse(arena, text, &f, &e) != 0)
        return arena_printf(arena, "refused: %s", e.text);
    formula_evaluate(arena, f, &scope, decimals, &result);
    return result.value != NULL ? result.value : arena_printf(arena, "<%s>", result.reason);
}

static void assert_value(const char *text, int decimals, const char *expected)
{
    assert_string_equal(value_of(text, decimals), expected);
    arena = arena_free(arena);
}

static void assert_refused(const char *text)
{
    assert_int_equal(strncmp(value_of(text, 0), "refused", 7), 0);
    arena = arena_free(arena);
}

/* 0 or the refusal of the unit check; text may not be refused by the reader */
static int unit_code(const char *text, const char *unit)
{
    struct err e = {0};
    struct formula *f;
    struct formula_units units = {unit_find, NULL};
    struct arena *a = arena_new(0);
    assert_int_equal(formula_parse(a, text, &f, &e), 0);
    int code = formula_unit_check(f, &units, unit, &e);
    arena_free(a);
    return code;
}

CASE(formula_precedence_is_that_of_arithmetic)
{
    assert_value("1 + 2 * 3", 0, "7");
    assert_value("(1 + 2) * 3", 0, "9");
    assert_value("10 - 3 - 2", 0, "5");
    assert_value("100 / 10 / 5", 0, "2");
    assert_value("-2^2", 0, "-4");
    assert_value("2^-2", 2, "0.25");
    assert_value("--3", 0, "3");
    assert_value("2 * -3", 0, "-6");
}

CASE(formula_functions)
{
    assert_value("min(3, 1, 2)", 0, "1");
    assert_value("max(3, 7, 2)", 0, "7");
    assert_value("sum(0.1, 0.2)", 1, "0.3");
    assert_value("mean(1, 2)", 1, "1.5");
    assert_value("sqrt(2)", 6, "1.414214");
    assert_value("sqrt(2.25)", 2, "1.50");
    assert_value("log2(8)", 0, "3");
    assert_value("ceil(1.45757)", 0, "2");
    assert_value("ceil(2)", 0, "2");
}

CASE(T10_standard_deviation_is_of_a_sample)
{
    assert_value("sd(1, 2, 3, 4)", 4, "1.2910");
    assert_value("sd(10000001, 10000003, 10000002)", 6, "1.000000");
    assert_value("sd(5)", 2, "<a standard deviation needs two values or more>");
}

CASE(T09_log2_of_zero_or_less_cannot_be_evaluated)
{
    assert_value("log2(zero)", 2, "<log2 of zero or less>");
    assert_value("log2(minus)", 2, "<log2 of zero or less>");
    assert_value("sqrt(minus)", 2, "<square root of less than zero>");
}

CASE(formula_division_by_zero_cannot_be_evaluated)
{
    assert_value("1 / zero", 2, "<division by zero>");
    assert_value("zero^-1", 2, "<division by zero>");
    assert_value("1 / (volume_ml - 10)", 2, "<division by zero>");
}

CASE(R28_an_absent_value_cannot_be_evaluated)
{
    assert_value("volume_ml + unknown_ml", 2, "<no value yet>");
}

CASE(T03_nothing_is_rounded_on_the_way)
{
    assert_value("1 / 3 * 3", 20, "1.00000000000000000000");
    assert_value("(0.1 + 0.2 - 0.3) * big", 0, "0");
    assert_value("2 / 3", 2, "0.67");
    assert_value("0.125", 2, "0.13");
    assert_value("-0.125", 2, "-0.13");
}

CASE(formula_cost_is_bounded)
{
    assert_value("(((big^12)^12)^12)^12", 0, "<the number grows beyond what a formula may hold>");
    char deep[FORMULA_TEXT_MAX] = {0};
    memset(deep, '(', 40);
    deep[40] = '1';
    memset(deep + 41, ')', 40);
    assert_refused(deep);
    char longer[FORMULA_TEXT_MAX + 10];
    memset(longer, '1', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_refused(longer);
    char wide[FORMULA_TEXT_MAX + 1] = "1";
    for (int i = 1; i + 1 < FORMULA_TEXT_MAX; i += 2) {
        wide[i] = '+';
        wide[i + 1] = '1';
    }
    assert_refused(wide);
}

CASE(formula_refuses_what_is_not_a_formula)
{
    static const char *const bad[] = {"", "1 +", "* 2", "(1", "1)", "1 2", "x y", "1..2", ".5", "01", "1e3", "1,5", "2^x",
        "2^1.5", "2^13", "foo(1)", "sqrt()", "sqrt(1, 2)", "log2", "Volume", "step0.x", "step3.", "step3.x.y", "a.b", "1[mL",
        "1[furlong]", "x; y", "x = 1", "min", "\"a\"", "1 % 2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(bad[i]);
}

CASE(formula_lists_its_names_once)
{
    struct err e = {0};
    struct formula *f;
    size_t count;
    struct arena *a = arena_new(0);
    assert_int_equal(formula_parse(a, "n_live / (n_live + n_dead) * step3.volume_ml", &f, &e), 0);
    const char *const *names = formula_names(f, &count);
    assert_int_equal(count, 3);
    assert_string_equal(names[0], "n_live");
    assert_string_equal(names[2], "step3.volume_ml");
    arena_free(a);
}

CASE(T11_units_of_sums_must_be_alike)
{
    assert_int_equal(unit_code("volume_ml + step3.volume_ml", "mL"), 0);
    assert_int_equal(unit_code("volume_ml + waste_ul", "mL"), ERR_DOCUMENT_REFUSED);
    assert_int_equal(unit_code("volume_ml + 1", "mL"), ERR_DOCUMENT_REFUSED);
    assert_int_equal(unit_code("volume_ml + 1[mL]", "mL"), 0);
    assert_int_equal(unit_code("volume_ml + waste_ul / 1000[uL/mL]", "mL"), 0);
}

CASE(T11_the_whole_has_the_stated_unit)
{
    assert_int_equal(unit_code("n_live / squares * factor * 10000[1/mL]", "cells/mL"), 0);
    assert_int_equal(unit_code("n_live / squares * factor * 10000", "cells/mL"), ERR_DOCUMENT_REFUSED);
    assert_int_equal(unit_code("n_live / waste_ul", "cells/mL"), ERR_DOCUMENT_REFUSED);
    assert_int_equal(unit_code("100[%] * n_live / (n_live + n_dead)", "%"), 0);
    assert_int_equal(unit_code("100 * n_live / (n_live + n_dead)", "%"), ERR_DOCUMENT_REFUSED);
}

CASE(T11_functions_check_units)
{
    assert_int_equal(unit_code("log2(n_live / n_dead)", "1"), 0);
    assert_int_equal(unit_code("log2(volume_ml)", "1"), ERR_DOCUMENT_REFUSED);
    assert_int_equal(unit_code("sqrt(area_cm2)", "cm"), 0);
    assert_int_equal(unit_code("sqrt(volume_ml)", "cm"), ERR_DOCUMENT_REFUSED);
    assert_int_equal(unit_code("mean(n_live, n_dead)", "cells"), 0);
    assert_int_equal(unit_code("mean(n_live, volume_ml)", "cells"), ERR_DOCUMENT_REFUSED);
    assert_int_equal(unit_code("area_cm2^2 / area_cm2", "cm2"), 0);
    assert_int_equal(unit_code("nobody", "1"), ERR_DOCUMENT_REFUSED);
}

CASE(T11_units_are_a_closed_table)
{
    struct unit u, v;
    assert_true(unit_parse("EU/kg/h", &u));
    assert_true(unit_parse("cells/cm2", &u));
    assert_true(unit_parse("\xc2\xb5L", &u) && unit_parse("uL", &v) && unit_same(&u, &v));
    assert_true(unit_parse("mL", &u) && unit_parse("cm3", &v) && unit_same(&u, &v));
    assert_false(unit_parse("ml", &u));
    assert_false(unit_parse("cells/", &u));
    assert_false(unit_parse("", &u));
    assert_false(unit_parse("cm1", &u));
    assert_false(unit_parse(NULL, &u));
}
