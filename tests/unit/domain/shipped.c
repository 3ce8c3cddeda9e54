/*
 * The shipped procedures that the demo's story does not walk, from receipt to labels over the values of tests/support/scenario (which the
 * integration tier carries through the running house), and what each of them must refuse.
 */
#include "support/test.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "domain/procedure.h"
#include "domain/specification.h"

#define VALUES_MAX 300
#define AT_MS INT64_C(1795348800000)

static struct arena *arena;
static struct err err;
static struct procedure *doc;
static struct procedure_value values[VALUES_MAX];
static size_t count;

static char *seed(const char *kind, const char *name, size_t *ret_len)
{
    char *json = test_read(arena_printf(arena, "%s/%s_%s.json", STEMMA_SEED, kind, name), ret_len);
    assert_non_null(json);
    return json;
}

/* "@-45": 45 minutes before */
static const char *value_of(const char *text)
{
    char time[CLOCK_TEXT];
    if (text[0] != '@')
        return arena_text(arena, text);
    clock_to_text(AT_MS + strtoll(text + 1, NULL, 10) * 60000, time);
    return arena_text(arena, time);
}

static void take(json_t *step)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(step, "values"), name, value) {
        assert_true(count < VALUES_MAX);
        values[count++] = (struct procedure_value){(int)json_integer_value(json_object_get(step, "step")), arena_text(arena, name),
                                                   value_of(json_string_value(value)), NULL};
    }
}

/* document and values of a shipped procedure */
static void load(const char *name)
{
    size_t len, i;
    json_t *step;
    arena = arena_free(arena);
    arena = arena_new(0);
    memset(&err, 0, sizeof err);
    count = 0;
    char *json = seed("procedure", name, &len);
    if (procedure_parse(arena, json, len, &doc, &err) != 0)
        fail_msg("%s: %s %s", name, err.field, err.text);
    free(json);
    json_t *scenario = json_load_file(arena_printf(arena, "%s/%s.json", STEMMA_SCENARIO, name), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(scenario);
    json_array_foreach(json_object_get(scenario, "steps"), i, step)
        take(step);
    json_decref(scenario);
}

static void enter(int step, const char *name, const char *value)
{
    for (size_t i = 0; i < count; i++)
        if (values[i].step_no == step && strcmp(values[i].name, name) == 0) {
            values[i].value = value_of(value);
            return;
        }
    fail_msg("step %d has no %s", step, name);
}

static int perform(int step, const char *reason, struct procedure_outcome *out)
{
    const struct procedure_entry entry = {doc, step, values, count, reason};
    memset(&err, 0, sizeof err);
    return procedure_step_perform(arena, &entry, out, &err);
}

static const char *result(int step, const char *name)
{
    struct procedure_outcome out;
    if (perform(step, NULL, &out) != 0)
        fail_msg("step %d: %s: %s", step, err.field, err.text);
    for (size_t i = 0; i < out.result_count; i++)
        if (strcmp(out.results[i].name, name) == 0)
            return out.results[i].value != NULL ? out.results[i].value : out.results[i].reason;
    return "no such result";
}

static void assert_entered(int step, const char *name, const char *value, int refusal, const char *field)
{
    struct procedure_outcome out;
    enter(step, name, value);
    int code = perform(step, refusal == ERR_LIMIT_WARN ? NULL : "a reason that is long enough", &out);
    if (code != refusal || strcmp(err.field, field) != 0)
        fail_msg("%s = %s of step %d: %s %s: %s", name, value, step, err_row(code)->code, err.field, err.text);
}

static void runs_whole(const char *name)
{
    struct procedure_outcome out;
    load(name);
    for (int no = 1; no <= (int)doc->steps.count; no++) {
        if (perform(no, NULL, &out) != 0)
            fail_msg("%s step %d: %s: %s", name, no, err.field, err.text);
        if (out.warning_count > 0)
            fail_msg("%s step %d: %s", name, no, out.warnings[0]);
        for (size_t i = 0; i < out.result_count; i++)
            if (out.results[i].value == NULL)
                fail_msg("%s step %d: %s: %s", name, no, out.results[i].name, out.results[i].reason);
    }
}

CASE(R22_R24_R33_shipped_procedures_run_whole_without_a_warning)
{
    runs_whole("svf");
    assert_true(procedure_takes(doc, "adipose", "autologous"));
    assert_true(doc->shelf_life_h != NULL && doc->shelf_life_months == 0);
    runs_whole("bmmsc");
    assert_true(procedure_takes(doc, "marrow", "allogeneic"));
    assert_int_equal(doc->shelf_life_months, 24);
    runs_whole("plmsc");
    assert_true(procedure_takes(doc, "placenta", "allogeneic"));
}

static const struct { const char *name; int isolation, wash, fill; } walk[] = {{"svf", 4, 4, 6}, {"bmmsc", 2, 7, 9}, {"plmsc", 3, 6, 8}};

CASE(T13_shown_force_that_radius_and_speed_do_not_make_is_refused)
{
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++) {
        load(walk[i].name);
        assert_entered(walk[i].isolation, "set_xg", "450", ERR_LIMIT_HARD, "rcf_difference_percent");
        load(walk[i].name);
        assert_entered(walk[i].wash, "speed_rpm", "2500", ERR_LIMIT_HARD, "rcf_difference_percent");
    }
}

CASE(T12_the_anticoagulant_is_inside_the_balance_of_the_marrow)
{
    load("bmmsc");
    assert_entered(1, "anticoagulant_ml", "3.0", 0, "");
    assert_string_equal(result(1, "heparin_u_ml"), "30.0");
    assert_string_equal(result(1, "marrow_ml_kg"), "0.40");
    assert_entered(2, "samples_ml", "1.0", 0, "");
    enter(1, "anticoagulant_ml", "8.0");
    assert_entered(2, "samples_ml", "1.0", ERR_BALANCE_OPEN, "marrow");
}

CASE(R22_tumescent_fluid_and_enzyme_are_recorded_and_judged)
{
    static const char *const asked[] = {"tumescent_fluid", "tumescent_ml", "lipoaspirate_ml"};
    load("svf");
    assert_string_equal(result(2, "fat_density"), "0.92");
    assert_string_equal(result(3, "enzyme_percent"), "0.100");
    assert_string_equal(result(3, "activity_u_ml"), "200.00");
    assert_string_equal(result(4, "yield_per_g"), "1037549");
    assert_entered(3, "enzyme_mg", "400.0", ERR_LIMIT_WARN, "enzyme_percent");
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        load("svf");
        assert_entered(1, asked[i], "not done", 0, "");
        const struct procedure_step *s = procedure_step(doc, 1);
        for (size_t k = 0; k < count; k++)
            if (strcmp(values[k].name, asked[i]) == 0)
                values[k] = values[--count];
        assert_int_equal(procedure_step_check(s, values, count, "a reason that is long enough", &err), ERR_FIELD_MISSING);
        assert_string_equal(err.field, asked[i]);
    }
}

CASE(R22_digestion_is_timed_by_its_two_times)
{
    load("svf");
    assert_string_equal(result(3, "digest_min"), "40.0");
    assert_entered(3, "digest_start_at", "@-80", ERR_LIMIT_WARN, "digest_min");
    assert_entered(3, "digest_start_at", "@-9", ERR_LIMIT_HARD, "digest_min");
}

CASE(T09_doublings_of_passage_0_are_an_estimate_and_count)
{
    load("bmmsc");
    assert_string_equal(result(4, "estimated_doublings"), "13.02");
    assert_string_equal(result(5, "cumulative_doublings"), "16.02");
    assert_string_equal(result(6, "cumulative_doublings"), "19.02");
    enter(4, "colony_percent", "0.0001");
    assert_entered(4, "cells_seeded", "48000000", 0, "");
    assert_entered(6, "cells_seeded", "60000000", ERR_LIMIT_WARN, "cumulative_doublings");
    load("plmsc");
    assert_string_equal(result(5, "cumulative_doublings"), "5.38");
    assert_string_equal(result(3, "outgrowth_d"), "12.0");
}

CASE(T14_the_dose_of_dmso_is_computed_per_container)
{
    load("bmmsc");
    assert_string_equal(result(8, "dmso_percent"), "10.0");
    assert_string_equal(result(8, "dmso_g"), "8.80");
    assert_string_equal(result(9, "dmso_container_g"), "2.53");
    assert_string_equal(result(9, "smallest_recipient_kg"), "2.5");
}

CASE(custody_FREEZE_minutes_in_dmso_and_the_warmest_tank)
{
    load("plmsc");
    assert_string_equal(result(9, "in_dmso_min"), "15.0");
    assert_string_equal(result(9, "freeze_min"), "65.0");
    assert_string_equal(result(10, "transfer_min"), "5.0");
    assert_entered(10, "tank_degc", "-140", ERR_LIMIT_WARN, "tank_degc");
    assert_entered(10, "tank_degc", "-130", ERR_LIMIT_HARD, "tank_degc");
    enter(10, "tank_degc", "-180");
    assert_entered(10, "containers_stored", "1", ERR_BALANCE_OPEN, "containers");
    assert_entered(10, "containers_lost", "1", 0, "");
}

CASE(R33_what_is_filled_balances_with_what_was_formulated)
{
    for (size_t i = 0; i < sizeof walk / sizeof walk[0]; i++) {
        load(walk[i].name);
        assert_entered(walk[i].fill, "containers", "1", ERR_BALANCE_OPEN, "volume");
        assert_entered(walk[i].fill - 1, "cells_ml", "10.0", ERR_BALANCE_OPEN, "suspension");
    }
}

static const struct specification *specification(const char *name)
{
    struct specification *s = NULL;
    size_t len;
    arena = arena_free(arena);
    arena = arena_new(0);
    char *json = seed("specification", name, &len);
    if (specification_parse(arena, json, len, &s, &err) != 0)
        fail_msg("%s: %s %s", name, err.field, err.text);
    free(json);
    return s;
}

static enum test_state state_in(const struct specification *s, const struct specification_result *results, size_t n, const char *code)
{
    struct specification_outcome out;
    specification_outcome(arena, s, results, n, &out);
    for (size_t i = 0; i < out.line_count; i++)
        if (strcmp(out.lines[i].test->code, code) == 0)
            return out.lines[i].state;
    fail_msg("there is no test %s", code);
    return TEST_MISSING;
}

CASE(T23_one_marker_of_a_slot_is_enough_and_none_may_fail)
{
    static const char *const low[] = {"0.3"}, *const high[] = {"4.1"};
    static const char *const names[] = {"bmmsc", "plmsc"};
    for (size_t i = 0; i < 2; i++) {
        const struct specification *s = specification(names[i]);
        const struct specification_result one[] = {{"cd11b", low, 1, NULL, NULL, -1}, {"cd79a", low, 1, NULL, NULL, -1}};
        const struct specification_result bad[] = {{"cd11b", high, 1, NULL, NULL, -1}, {"cd14", low, 1, NULL, NULL, -1}};
        assert_int_equal(state_in(s, one, 2, "cd14"), TEST_COVERED);
        assert_int_equal(state_in(s, one, 2, "cd19"), TEST_COVERED);
        assert_int_equal(state_in(s, one, 2, "cd34"), TEST_MISSING);
        assert_int_equal(state_in(s, bad, 2, "cd11b"), TEST_FAIL);
    }
}

CASE(T24_stromal_vascular_fraction_is_not_held_to_culture_markers)
{
    static const char *const cd34[] = {"46"};
    const struct specification *s = specification("svf");
    const struct specification_result found[] = {{"cd34", cd34, 1, NULL, NULL, -1}};
    assert_null(specification_test(s, "cd73"));
    assert_int_equal(state_in(s, found, 1, "cd34"), TEST_PASS);
    assert_string_equal(specification_test(s, "sterility")->surrogate, "gram");
    assert_int_equal(specification_test(s, "sterility")->final_day, 14);
}

CASE(T31_T32_expanded_cells_are_released_by_profiles)
{
    static const char *const names[] = {"bmmsc", "plmsc"};
    for (size_t i = 0; i < 2; i++) {
        const struct specification_test *t = specification_test(specification(names[i]), "identity");
        assert_int_equal(t->loci, 8);
        assert_int_equal(t->gating, GATING_RELEASE);
        assert_false(t->pending_allowed);
    }
}

/* the place would be held for days, and the batch that worked there meanwhile would shut out the step's record */
CASE(R05_no_step_that_lasts_days_asks_for_a_place_of_its_own)
{
    static const char *const names[] = {"bmmsc", "plmsc", "svf"};
    size_t cultures = 0;
    for (size_t i = 0; i < 3; i++) {
        load(names[i]);
        for (size_t n = 0; n < doc->steps.count; n++) {
            const struct procedure_step *s = (const struct procedure_step *)doc->steps.items + n;
            const struct procedure_field *f = s->fields.items;
            bool lasts = false;
            for (size_t k = 0; k < s->fields.count; k++)
                lasts |= strcmp(f[k].name, "culture_h") == 0;
            for (size_t k = 0; lasts && k < s->equipment.count; k++)
                assert_int_equal(((const struct procedure_class *)s->equipment.items)[k].line_clearance, CLEARANCE_NONE);
            cultures += lasts;
        }
    }
    assert_int_equal(cultures, 5);
}

/* 5 EU/kg, not intrathecal, to the lightest recipient of 50 kg, of all that may be filled */
CASE(T20_endotoxin_limit_of_fat_cells_holds_for_all_that_is_filled)
{
    struct procedure_outcome out;
    CLEANUP(number_done) struct number limit = {0};
    CLEANUP(number_done) struct number most = {0};
    number_init(&limit);
    number_init(&most);
    assert_true(number_from_decimal(&limit, specification_test(specification("svf"), "endotoxin")->limit));
    load("svf");
    const struct procedure_computed *filled = NULL, *c = ((const struct procedure_step *)doc->steps.items)[5].computed.items;
    for (size_t i = 0; filled == NULL; i++)
        filled = strcmp(c[i].name, "filled_ml") == 0 ? &c[i] : NULL;
    assert_true(number_from_decimal(&most, filled->hard_max));
    mpq_mul(limit.q, limit.q, most.q);
    assert_true(mpq_cmp_si(limit.q, 5 * 50, 1) <= 0);
    enter(6, "containers", "6");
    assert_int_equal(perform(6, "a reason that is long enough", &out), ERR_LIMIT_HARD);
    assert_string_equal(err.field, "filled_ml");
}
