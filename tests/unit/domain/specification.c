#include "support/test.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "domain/specification.h"

static struct arena *arena;
static struct err err;
static struct specification_verdict verdict;

static struct specification_test at(int op, const char *limit)
{
    return (struct specification_test){.code = "x", .title = "X", .unit = "%", .method = "m", .sample_point = "final", .op = op,
        .limit = limit, .gating = GATING_RELEASE, .replicates = 1};
}

static struct specification_result result_of(const char *code, const char *const *values, size_t n)
{
    return (struct specification_result){code, values, n, NULL, NULL, -1};
}

/* the verdict of one value */
static enum verdict judge_test(const struct specification_test *test, const char *value)
{
    const char *values[] = {value};
    struct specification_result r = result_of(test->code, values, 1);
    arena = arena_free(arena);
    arena = arena_new(0);
    specification_judge(arena, test, &r, &verdict);
    assert_non_null(verdict.sentence);
    return verdict.verdict;
}

static enum verdict judge(int op, const char *limit, const char *value)
{
    struct specification_test test = at(op, limit);
    return judge_test(&test, value);
}

static enum verdict judge_between(const char *low, const char *high, const char *value)
{
    struct specification_test test = at(SPEC_BETWEEN, low);
    test.limit_high = high;
    return judge_test(&test, value);
}

static int result_code(const struct specification_test *test, const char *value)
{
    const char *values[] = {value};
    struct specification_result r = result_of(test->code, values, 1);
    memset(&err, 0, sizeof err);
    return specification_result_check(test, &r, &err);
}

#define PASS(...) assert_int_equal(judge(__VA_ARGS__), VERDICT_PASS)
#define FAIL(...) assert_int_equal(judge(__VA_ARGS__), VERDICT_FAIL)
#define CANNOT(...) assert_int_equal(judge(__VA_ARGS__), VERDICT_CANNOT_EVALUATE)

CASE(T01_the_limits_text_sets_the_decimals)
{
    PASS(SPEC_AT_LEAST, "70", "69.5");
    assert_string_equal(verdict.reported, "70");
    FAIL(SPEC_AT_LEAST, "70.0", "69.5");
    PASS(SPEC_AT_LEAST, "70.0", "69.95");
    assert_string_equal(verdict.reported, "70.0");
}

CASE(T04_boundary_rows_of_the_usp_table)
{
    PASS(SPEC_AT_LEAST, "98.0", "97.96");
    FAIL(SPEC_AT_LEAST, "98.0", "97.92");
    PASS(SPEC_AT_LEAST, "98.0", "97.95");
    PASS(SPEC_AT_MOST, "101.5", "101.46");
    PASS(SPEC_AT_MOST, "101.5", "101.45");
    FAIL(SPEC_AT_MOST, "101.5", "101.55");
    FAIL(SPEC_AT_MOST, "0.02", "0.025");
    PASS(SPEC_AT_MOST, "0.02", "0.015");
}

static void first_word(const char *text, char ret[40])
{
    size_t len = strcspn(text, " ");
    assert_true(len < 40);
    memcpy(ret, text, len);
    ret[len] = '\0';
}

CASE(T04_rows_of_the_shared_rounding_data)
{
    const char *path = test_data("qc/usp_rounding.json");
    if (path == NULL)
        test_skip_without("qc/usp_rounding.json");
    json_error_t where;
    json_t *root = json_load_file(path, 0, &where), *row;
    size_t i, checked = 0;
    assert_non_null(root);
    json_array_foreach(json_object_get(root, "cases"), i, row) {
        const char *limit = json_string_value(json_object_get(row, "limit"));
        const char *value = json_string_value(json_object_get(row, "unrounded"));
        char number[40], plain[40], rounded[40];
        first_word(limit + 3, number);
        first_word(value, plain);
        first_word(json_string_value(json_object_get(row, "rounded")), rounded);
        if (strchr(value, ' ') != NULL) {    /* the lab never converts (T11): a limit is written in its result's unit, 3 ppm as 0.0003 % */
            assert_string_equal(limit, "<= 3 ppm");
            memcpy(number, "0.0003", sizeof "0.0003");
        }
        bool conforms = judge(limit[0] == '>' ? SPEC_AT_LEAST : SPEC_AT_MOST, number, plain) == VERDICT_PASS;
        assert_int_equal(conforms, json_is_true(json_object_get(row, "conforms")));
        assert_string_equal(verdict.reported, rounded);
        checked++;
    }
    json_decref(root);
    assert_int_equal(checked, 6);
}

CASE(T02_ph_eur_rounds_to_significant_figures)
{
    struct specification_test test = at(SPEC_AT_MOST, "102.0");
    test.rounding = ROUND_PH_EUR;
    assert_int_equal(judge_test(&test, "98.28568"), VERDICT_PASS);
    assert_string_equal(verdict.reported, "98.29");
    test.rounding = ROUND_USP;
    judge_test(&test, "98.28568");
    assert_string_equal(verdict.reported, "98.3");
}

CASE(T05_a_censored_value_passes_where_its_limit_of_detection_does)
{
    PASS(SPEC_AT_MOST, "0.5", "<0.05");
    assert_string_equal(verdict.reported, "<0.05");
    PASS(SPEC_AT_MOST, "0.5", "<0.5");
    CANNOT(SPEC_AT_MOST, "0.5", "<1");
    PASS(SPEC_BELOW, "0.5", "<0.5");
    CANNOT(SPEC_BELOW, "0.5", "<0.51");
}

CASE(T05_a_censored_value_may_fail)
{
    FAIL(SPEC_AT_LEAST, "90", "<89");
    CANNOT(SPEC_AT_LEAST, "90", "<90");
    CANNOT(SPEC_AT_LEAST, "90", "<95");
    FAIL(SPEC_AT_MOST, "2", ">5");
    CANNOT(SPEC_AT_MOST, "2", ">2");
    CANNOT(SPEC_AT_MOST, "2", ">1");
    FAIL(SPEC_ABOVE, "90", "<90");
}

CASE(T05_above_the_range_passes_a_lower_limit)
{
    PASS(SPEC_AT_LEAST, "95", ">99");
    PASS(SPEC_AT_LEAST, "95", ">95");
    CANNOT(SPEC_AT_LEAST, "95", ">90");
}

CASE(T05_censored_between_never_passes)
{
    assert_int_equal(judge_between("10", "20", "<15"), VERDICT_CANNOT_EVALUATE);
    assert_int_equal(judge_between("10", "20", "<9"), VERDICT_FAIL);
    assert_int_equal(judge_between("10", "20", ">21"), VERDICT_FAIL);
    assert_int_equal(judge_between("10", "20", ">15"), VERDICT_CANNOT_EVALUATE);
}

CASE(T01_between_is_inclusive_on_both_sides)
{
    assert_int_equal(judge_between("10", "20", "9.5"), VERDICT_PASS);
    assert_int_equal(judge_between("10", "20", "9.49"), VERDICT_FAIL);
    assert_int_equal(judge_between("10", "20", "20.4"), VERDICT_PASS);
    assert_int_equal(judge_between("10", "20", "20.5"), VERDICT_FAIL);
}

CASE(T01_strict_limits_exclude_the_limit)
{
    FAIL(SPEC_ABOVE, "80", "80.4");
    PASS(SPEC_ABOVE, "80", "80.5");
    FAIL(SPEC_BELOW, "12.5", "12.45");
    PASS(SPEC_BELOW, "12.5", "12.44");
}

CASE(T40_absences_are_typed_and_never_pass)
{
    static const char *const words[] = {"n/a", "not done", "pending", "error"};
    for (size_t i = 0; i < 4; i++) {
        CANNOT(SPEC_AT_MOST, "2", words[i]);
        assert_int_equal(verdict.is_pending, strcmp(words[i], "pending") == 0);
        CANNOT(SPEC_NEGATIVE, NULL, words[i]);
    }
    PASS(SPEC_AT_MOST, "2", "0");
}

CASE(R28_what_is_no_result_is_refused)
{
    struct specification_test number = at(SPEC_AT_MOST, "2"), word = at(SPEC_NEGATIVE, NULL), text = at(SPEC_REPORT, NULL);
    static const char *const bad[] = {"", " 1", "1 ", "negative", "1.", "<", "<<1", "< 1", "1e3", "about 2", "1\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(result_code(&number, bad[i]), ERR_RESULT_REFUSED);
    assert_int_equal(result_code(&word, "0"), ERR_RESULT_REFUSED);
    assert_int_equal(result_code(&word, "neg"), ERR_RESULT_REFUSED);
    assert_int_equal(result_code(&word, "no growth"), 0);
    assert_int_equal(result_code(&text, "46,XY,16qh+"), 0);
}

CASE(T11_a_decimal_comma_is_refused)
{
    struct specification_test number = at(SPEC_AT_MOST, "2");
    assert_int_equal(result_code(&number, "0,5"), ERR_RESULT_REFUSED);
    assert_int_equal(result_code(&number, "<0,05"), ERR_RESULT_REFUSED);
}

CASE(T21_no_growth_is_not_final_before_its_day)
{
    struct specification_test test = at(SPEC_NEGATIVE, NULL);
    const char *values[] = {"no growth"};
    struct specification_result r = {"x", values, 1, NULL, NULL, 7};
    struct arena *a = arena_new(0);
    test.final_day = 14;
    specification_judge(a, &test, &r, &verdict);
    assert_int_equal(verdict.verdict, VERDICT_CANNOT_EVALUATE);
    r.read_day = 14;
    specification_judge(a, &test, &r, &verdict);
    assert_int_equal(verdict.verdict, VERDICT_PASS);
    r.read_day = 2;
    values[0] = "growth";
    specification_judge(a, &test, &r, &verdict);
    assert_int_equal(verdict.verdict, VERDICT_FAIL);
    arena_free(a);
}

CASE(T07_another_sample_point_or_method_cannot_be_evaluated)
{
    struct specification_test test = at(SPEC_AT_LEAST, "90");
    const char *values[] = {"97"};
    struct specification_result r = {"x", values, 1, "harvest", NULL, -1};
    struct arena *a = arena_new(0);
    specification_judge(a, &test, &r, &verdict);
    assert_int_equal(verdict.verdict, VERDICT_CANNOT_EVALUATE);
    r.sample_point = "final";
    r.method = "another";
    specification_judge(a, &test, &r, &verdict);
    assert_int_equal(verdict.verdict, VERDICT_CANNOT_EVALUATE);
    r.method = "m";
    specification_judge(a, &test, &r, &verdict);
    assert_int_equal(verdict.verdict, VERDICT_PASS);
    arena_free(a);
}

static enum verdict judge_three(const char *x, const char *y, const char *z)
{
    struct specification_test test = at(SPEC_AT_LEAST, "90");
    const char *values[] = {x, y, z};
    struct specification_result r = result_of("x", values, 3);
    arena = arena_free(arena);
    arena = arena_new(0);
    test.replicates = 3;
    specification_judge(arena, &test, &r, &verdict);
    return verdict.verdict;
}

CASE(R25_a_mean_does_not_hide_a_failing_replicate)
{
    assert_int_equal(judge_three("92", "91", "93"), VERDICT_PASS);
    assert_string_equal(verdict.reported, "92");
    assert_int_equal(judge_three("97", "88", "96"), VERDICT_FAIL);
    assert_int_equal(judge_three("87", "88", "91"), VERDICT_FAIL);
    assert_int_equal(judge_three("<87", "88", "91"), VERDICT_CANNOT_EVALUATE);
}

CASE(R25_the_number_of_replicates_is_the_documents)
{
    struct specification_test test = at(SPEC_AT_LEAST, "90");
    test.replicates = 2;
    assert_int_equal(result_code(&test, "95"), ERR_RESULT_REFUSED);
    assert_int_equal(result_code(&test, "pending"), 0);
}

static const char DOCUMENT[] =
    "{\"id\":\"Q-TEST\",\"version\":2,\"title\":\"T\",\"product\":\"T\",\"tests\":["
    "{\"code\":\"viability\",\"title\":\"Viability\",\"unit\":\"%\",\"op\":\">=\",\"limit\":\"90\",\"gating\":\"release\",\"method\":\"m\","
    "\"sample_point\":\"final\",\"replicates\":1,\"pending_allowed\":false},"
    "{\"code\":\"cd14\",\"title\":\"CD14\",\"unit\":\"%\",\"op\":\"<=\",\"limit\":\"2\",\"gating\":\"release\",\"method\":\"m\","
    "\"sample_point\":\"final\",\"replicates\":1,\"pending_allowed\":false,\"slot\":\"myeloid\"},"
    "{\"code\":\"cd11b\",\"title\":\"CD11b\",\"unit\":\"%\",\"op\":\"<=\",\"limit\":\"2\",\"gating\":\"release\",\"method\":\"m\","
    "\"sample_point\":\"final\",\"replicates\":1,\"pending_allowed\":false,\"slot\":\"myeloid\"},"
    "{\"code\":\"gram\",\"title\":\"Gram\",\"op\":\"negative\",\"gating\":\"release\",\"method\":\"m\",\"sample_point\":\"final\","
    "\"replicates\":1,\"pending_allowed\":false},"
    "{\"code\":\"sterility\",\"title\":\"Sterility\",\"op\":\"negative\",\"gating\":\"release\",\"method\":\"m\",\"sample_point\":\"final\","
    "\"replicates\":1,\"pending_allowed\":true,\"surrogate\":\"gram\",\"final_day\":14},"
    "{\"code\":\"karyotype\",\"title\":\"Karyotype\",\"op\":\"report\",\"gating\":\"info\",\"method\":\"m\",\"sample_point\":\"bank\","
    "\"replicates\":1,\"pending_allowed\":true}]}";

static struct specification *document(void)
{
    struct specification *s = NULL;
    memset(&err, 0, sizeof err);
    arena = arena_free(arena);
    arena = arena_new(0);
    int code = specification_parse(arena, DOCUMENT, strlen(DOCUMENT), &s, &err);
    if (code != 0)
        print_message("%s\n", err.text);
    assert_int_equal(code, 0);
    return s;
}

/* results in the order viability, cd14, cd11b, gram, sterility; NULL: no result */
static enum verdict outcome_of(const char *viability, const char *cd14, const char *cd11b, const char *gram, const char *sterility,
    struct specification_outcome *ret)
{
    const char *const codes[] = {"viability", "cd14", "cd11b", "gram", "sterility"};
    const char *values[] = {viability, cd14, cd11b, gram, sterility};
    struct specification_result results[5];
    size_t n = 0;
    const struct specification *s = document();
    for (size_t i = 0; i < 5; i++)
        if (values[i] != NULL)
            results[n++] = result_of(codes[i], &values[i], 1);
    specification_outcome(arena, s, results, n, ret);
    return ret->verdict;
}

CASE(outcome_all_release_tests_pass)
{
    struct specification_outcome o;
    assert_int_equal(outcome_of("97", "1.0", "0.5", "negative", "no growth", &o), VERDICT_PASS);
    assert_int_equal(o.missing + o.pending + o.failed + o.cannot, 0);
    assert_int_equal(o.lines[5].state, TEST_MISSING);
    assert_false(o.lines[5].blocks);
}

CASE(outcome_a_failing_test_fails_the_batch)
{
    struct specification_outcome o;
    assert_int_equal(outcome_of("89", "1.0", "0.5", "negative", "no growth", &o), VERDICT_FAIL);
    assert_true(o.lines[0].blocks);
    assert_non_null(strstr(o.lines[0].sentence, "89"));
}

CASE(outcome_a_missing_test_blocks)
{
    struct specification_outcome o;
    assert_int_equal(outcome_of(NULL, "1.0", "0.5", "negative", "no growth", &o), VERDICT_CANNOT_EVALUATE);
    assert_int_equal(o.missing, 1);
}

CASE(T23_one_marker_of_an_either_or_slot_is_enough)
{
    struct specification_outcome o;
    assert_int_equal(outcome_of("97", "1.0", NULL, "negative", "no growth", &o), VERDICT_PASS);
    assert_int_equal(o.lines[2].state, TEST_COVERED);
    assert_int_equal(outcome_of("97", "n/a", "1.0", "negative", "no growth", &o), VERDICT_PASS);
}

CASE(T23_accepting_none_of_a_slot_passes_nothing)
{
    struct specification_outcome o;
    assert_int_equal(outcome_of("97", NULL, NULL, "negative", "no growth", &o), VERDICT_CANNOT_EVALUATE);
    assert_int_equal(outcome_of("97", "1.0", "5", "negative", "no growth", &o), VERDICT_FAIL);
    assert_int_equal(outcome_of("97", "1.0", "<5", "negative", "no growth", &o), VERDICT_CANNOT_EVALUATE);
}

CASE(R29_pending_passes_only_where_allowed_and_its_surrogate_passed)
{
    struct specification_outcome o;
    assert_int_equal(outcome_of("97", "1", "1", "negative", "pending", &o), VERDICT_PASS);
    assert_int_equal(o.pending, 1);
    assert_int_equal(outcome_of("97", "1", "1", NULL, "pending", &o), VERDICT_CANNOT_EVALUATE);
    assert_int_equal(outcome_of("97", "1", "1", "pending", "no growth", &o), VERDICT_CANNOT_EVALUATE);
    assert_int_equal(outcome_of("pending", "1", "1", "negative", "pending", &o), VERDICT_CANNOT_EVALUATE);
    assert_int_equal(outcome_of("97", "1", "1", "negative", NULL, &o), VERDICT_CANNOT_EVALUATE);
}

CASE(R25_two_standing_results_of_one_test_cannot_be_evaluated)
{
    const struct specification *s = document();
    const char *first[] = {"89"}, *second[] = {"97"};
    struct specification_result results[] = {result_of("viability", first, 1), result_of("viability", second, 1)};
    struct specification_outcome o;
    specification_outcome(arena, s, results, 2, &o);
    assert_int_equal(o.lines[0].state, TEST_CANNOT_EVALUATE);
}

static void assert_spoiled(const char *from, const char *to)
{
    char json[sizeof DOCUMENT + 400];
    struct specification *s;
    const char *place = strstr(DOCUMENT, from);
    assert_non_null(place);
    snprintf(json, sizeof json, "%.*s%s%s", (int)(place - DOCUMENT), DOCUMENT, to, place + strlen(from));
    arena = arena_free(arena);
    arena = arena_new(0);
    int code = specification_parse(arena, json, strlen(json), &s, &err);
    if (code != ERR_DOCUMENT_REFUSED)
        print_message("accepted: %s -> %s\n", from, to);
    assert_int_equal(code, ERR_DOCUMENT_REFUSED);
}

CASE(specification_refuses_what_is_not_sound)
{
    assert_spoiled("\"op\":\">=\"", "\"op\":\"=>\"");
    assert_spoiled("\"limit\":\"90\"", "\"limit\":\"ninety\"");
    assert_spoiled("\"limit\":\"90\"", "\"limit\":90");
    assert_spoiled("\"limit\":\"90\",", "");
    assert_spoiled("\"op\":\">=\"", "\"op\":\"between\"");
    assert_spoiled("\"unit\":\"%\",\"op\":\">=\"", "\"op\":\">=\"");
    assert_spoiled("\"code\":\"cd14\"", "\"code\":\"viability\"");
    assert_spoiled("\"surrogate\":\"gram\"", "\"surrogate\":\"pcr\"");
    assert_spoiled("\"surrogate\":\"gram\"", "\"surrogate\":\"sterility\"");
    assert_spoiled("\"gating\":\"info\"", "\"gating\":\"release\"");
    assert_spoiled("Q-TEST", "P-TEST");
    assert_spoiled("\"replicates\":1", "\"replicates\":0");
}
