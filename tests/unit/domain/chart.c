#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/chart.h"

static const struct chart_target percent = {"", "100", "5"};

/* the rule that speaks at the last of ${n} values of one level, about 100 with 5 as its standard deviation */
static const char *last_rule(const char *const *values, size_t n)
{
    struct arena *a = arena_new(0);
    struct chart_value *v = ARENA_ARRAY(a, struct chart_value, n);
    struct chart_flag *flag;
    char run[24];
    for (size_t i = 0; i < n; i++) {
        snprintf(run, sizeof run, "%zu", i);
        v[i] = (struct chart_value){arena_text(a, run), "", values[i]};
    }
    chart_judge(a, &percent, 1, v, n, &flag);
    static char rule[8];
    snprintf(rule, sizeof rule, "%s", flag[n - 1].rule != NULL ? flag[n - 1].rule : "-");
    assert_int_equal(flag[n - 1].state, flag[n - 1].rule == NULL ? CHART_IN_CONTROL :
                     strcmp(rule, "1_2s") == 0 ? CHART_WARNING : CHART_OUT_OF_CONTROL);
    arena_free(a);
    return rule;
}
#define LAST(...) last_rule((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

CASE(chart_westgard_each_rule_and_its_neighbour)
{
    assert_string_equal(LAST("110"), "-");                   /* equal to a limit is not beyond it */
    assert_string_equal(LAST("110.01"), "1_2s");
    assert_string_equal(LAST("115"), "1_2s");
    assert_string_equal(LAST("115.01"), "1_3s");
    assert_string_equal(LAST("84.99"), "1_3s");
    assert_string_equal(LAST("111", "111"), "2_2s");
    assert_string_equal(LAST("111", "89"), "1_2s");          /* two runs, opposite sides: R_4s looks within one run */
    assert_string_equal(LAST("106", "106", "106"), "-");
    assert_string_equal(LAST("106", "106", "106", "106"), "4_1s");
    assert_string_equal(LAST("106", "106", "105", "106"), "-");
    assert_string_equal(LAST("101", "101", "101", "101", "101", "101", "101", "101", "101"), "-");
    assert_string_equal(LAST("101", "101", "101", "101", "101", "101", "101", "101", "101", "101"), "10_x");
    assert_string_equal(LAST("99", "99", "99", "99", "99", "99", "99", "99", "99", "99"), "10_x");
    assert_string_equal(LAST("101", "101", "101", "101", "100", "101", "101", "101", "101", "101"), "-");
}

CASE(T05_chart_a_value_that_is_no_number_breaks_the_sequence)
{
    assert_string_equal(LAST("106", "106", "<0.5", "106", "106"), "-");
    assert_string_equal(LAST("111", "pending", "111"), "1_2s");
    assert_string_equal(LAST("pending"), "-");
}

CASE(chart_r_4s_within_one_run)
{
    struct arena *a = arena_new(0);
    const struct chart_target targets[] = {{"L1", "100", "5"}, {"L2", "200", "10"}};
    const struct chart_value values[] = {{"1", "L1", "111"}, {"1", "L2", "178"}, {"2", "L1", "100"}, {"2", "L2", "200"}};
    struct chart_flag *flag;
    chart_judge(a, targets, 2, values, 4, &flag);
    assert_string_equal(flag[0].rule, "R_4s");
    assert_string_equal(flag[1].rule, "R_4s");
    assert_string_equal(flag[0].z, "2.20");
    assert_string_equal(flag[1].z, "-2.20");
    assert_null(flag[2].rule);
    assert_null(flag[3].rule);
    arena_free(a);
}

/* "L1=100/5 L2=200/10" */
static size_t targets_of(struct arena *a, const char *text, struct chart_target *ret)
{
    size_t n = 0;
    char *rest = arena_text(a, text), *save = NULL;
    for (char *one = strtok_r(rest, " ", &save); one != NULL; one = strtok_r(NULL, " ", &save)) {
        char *mean = strchr(one, '='), *sd = strchr(one, '/');
        *mean++ = *sd++ = '\0';
        ret[n++] = (struct chart_target){one, mean, sd};
    }
    return n;
}

static const char *number_text(struct arena *a, const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    const char *kept = arena_text(a, text);
    free(text);
    return kept;
}

static const char *const states[] = {"PASS", "WARNING", "REJECT"};

/* what is said of a run, "REJECT 1-3s, L1 only": the worst of its values has this state and this rule, and other levels nothing */
static void check_run(const struct chart_value *v, const struct chart_flag *f, size_t n, const char *run, const char *expected)
{
    char state[8] = "", rule[8] = "", only[8] = "";
    struct chart_flag worst = {CHART_IN_CONTROL, NULL, NULL};
    int words = sscanf(expected, "%7s %7[^,], %7s only", state, rule, only);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(v[i].run, run) != 0)
            continue;
        if (f[i].state >= worst.state)
            worst = f[i];
        if (words == 3 && strcmp(v[i].level, only) != 0)
            assert_int_equal(f[i].state, CHART_IN_CONTROL);
    }
    assert_string_equal(states[worst.state], state);
    if (words == 1)
        return;
    rule[strcspn(rule, "-")] = '_';
    assert_string_equal(worst.rule, rule);
}

static void check_case(const json_t *c)
{
    struct arena *a = arena_new(0);
    struct chart_target targets[4];
    struct chart_flag *flag;
    size_t count = targets_of(a, json_string_value(json_object_get(c, "targets")), targets), i;
    json_t *rows = json_object_get(c, "values"), *row, *expected;
    size_t n = json_array_size(rows);
    struct chart_value *v = ARENA_ARRAY(a, struct chart_value, n + 1);
    json_array_foreach(rows, i, row)
        v[i] = (struct chart_value){json_string_value(json_array_get(row, 0)), json_string_value(json_array_get(row, 1)),
                                    number_text(a, json_array_get(row, 2))};
    chart_judge(a, targets, count, v, n, &flag);
    const char *run;
    json_object_foreach(json_object_get(c, "expect"), run, expected)
        check_run(v, flag, n, run, json_string_value(expected));
    arena_free(a);
}

CASE(chart_westgard_cases_checked_by_hand_elsewhere)
{
    const char *path = test_data("qc/westgard_cases.json");
    if (path == NULL)
        test_skip_without("qc/westgard_cases.json");
    json_error_t where;
    json_t *root = json_load_file(path, 0, &where), *row;
    size_t i;
    assert_non_null(root);
    assert_true(json_array_size(json_object_get(root, "cases")) >= 5);
    json_array_foreach(json_object_get(root, "cases"), i, row)
        check_case(row);
    json_decref(root);
}

/* NIST StRD NumAcc1 to 4: mean and standard deviation are known exactly, and binary arithmetic loses them. */
CASE(T03_chart_nist_mean_and_sd_are_exact)
{
    static const struct { const char *first, *up, *down; size_t pairs; const char *mean, *sd; } rows[] = {
        {"10000002", "10000001", "10000003", 1, "10000002.0", "1.0"}, {"1.2", "1.1", "1.3", 500, "1.2", "0.1"},
        {"1000000.2", "1000000.1", "1000000.3", 500, "1000000.2", "0.1"}, {"10000000.2", "10000000.1", "10000000.3", 500, "10000000.2", "0.1"}};
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = 2 * rows[i].pairs + 1;
        const char **values = ARENA_ARRAY(a, const char *, n), *mean, *sd;
        values[0] = rows[i].first;
        for (size_t k = 1; k < n; k++)
            values[k] = k % 2 == 1 ? rows[i].up : rows[i].down;
        assert_true(chart_levey_jennings(a, values, n, 1, &mean, &sd));
        assert_string_equal(mean, rows[i].mean);
        assert_string_equal(sd, rows[i].sd);
    }
    arena_free(a);
}

/* The published constants: d2 of two is 1.12838, and 3/d2 = 2.6587 mean moving ranges are three standard deviations. */
CASE(chart_shewhart_limits_are_2_66_moving_ranges)
{
    struct arena *a = arena_new(0);
    const char *const values[] = {"10", "12", "11", "13"}, *mean, *sd;
    assert_true(chart_shewhart(a, values, 4, 4, &mean, &sd));              /* ranges 2, 1, 2: mean 5/3 */
    assert_string_equal(mean, "11.5000");
    assert_string_equal(sd, "1.4770");
    assert_string_equal(chart_limit(a, mean, sd, 3, 3), "15.931");         /* 11.5 + 2.6587 * 5/3 = 15.9312 */
    assert_string_equal(chart_limit(a, mean, sd, -3, 3), "7.069");
    arena_free(a);
}

CASE(T10_chart_has_no_limits_from_one_value_or_no_spread)
{
    struct arena *a = arena_new(0);
    const char *const same[] = {"97", "97", "97"}, *const word[] = {"97", "negative"}, *mean, *sd;
    assert_false(chart_levey_jennings(a, same, 1, 1, &mean, &sd));
    assert_false(chart_levey_jennings(a, same, 3, 1, &mean, &sd));
    assert_false(chart_shewhart(a, same, 3, 1, &mean, &sd));
    assert_false(chart_levey_jennings(a, word, 2, 1, &mean, &sd));
    arena_free(a);
}
