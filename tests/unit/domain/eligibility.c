#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "domain/label.h"

#define DAY INT64_C(86400000)
#define TESTS_MAX 24
#define ASSAYS 11

static struct arena *arena;
static struct eligibility_test tests[TESTS_MAX];
static struct eligibility_specimen specimen, second;
static const char *rules = "rules_us.json";
static struct eligibility_facts facts;
static struct eligibility_verdict verdict;

static int64_t at(const char *text)
{
    int64_t ms;
    assert_true(clock_from_text(text, 24, &ms));
    return ms;
}

/* a fully tested, clear donor of this tissue, by the US's rules */
static void clear_donor(enum tissue tissue, enum use use)
{
    static const char *const assays[ASSAYS] = {"anti_hiv_1_2", "hiv_1_nat", "hbsag", "anti_hbc", "hbv_nat", "anti_hcv", "hcv_nat",
        "syphilis_screen", "anti_htlv", "anti_cmv", "wnv_nat"};
    bool infant = tissue == TISSUE_CORD || tissue == TISSUE_PLACENTA;
    rules = "rules_us.json";
    facts = (struct eligibility_facts){.tissue = tissue, .use = use, .recovery_ms = at("2026-07-01T08:00:00.000Z"), .is_infant = infant,
        .is_stored = true, .screening = "no_risk", .tests = tests, .test_count = ASSAYS};
    specimen = second = (struct eligibility_specimen){.subject = infant ? "mother" : "donor", .drawn_ms = facts.recovery_ms,
        .dilution = DILUTION_NOT_SUSPECTED};
    for (size_t i = 0; i < ASSAYS; i++)
        tests[i] = (struct eligibility_test){assays[i], "non_reactive", &specimen};
}

/* one more result, of the second specimen */
static void again(const char *assay, const char *result)
{
    tests[facts.test_count++] = (struct eligibility_test){assay, result, &second};
}

static void drop(const char *assay)
{
    for (size_t i = 0; i < facts.test_count; i++)
        if (strcmp(tests[i].assay, assay) == 0)
            tests[i] = tests[--facts.test_count];
}

static void set(const char *assay, const char *result)
{
    for (size_t i = 0; i < facts.test_count; i++)
        if (strcmp(tests[i].assay, assay) == 0)
            tests[i].result = result;
}

static const struct rule_set *rule_set(const char *name)
{
    char path[400];
    size_t len;
    struct rule_set *set = NULL;
    struct err e;
    snprintf(path, sizeof path, "%s/%s", STEMMA_SEED, name);
    char *json = test_read(path, &len);
    assert_non_null(json);
    if (rule_set_parse(arena, json, len, &set, &e) != 0)
        fail_msg("%s: %s", name, e.text);
    free(json);
    return set;
}

static enum determination determine(void)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    eligibility_judge(arena, rules == NULL ? rule_set_first(arena) : rule_set(rules), &facts, &verdict);
    assert_true(verdict.reason_count > 0);
    return verdict.determination;
}

static bool says(const char *statement, bool urgent)
{
    struct label_facts label = {facts.use, &verdict, urgent, strcmp(rules, "rules_eu.json") == 0 ? JURISDICTION_EU : JURISDICTION_US};
    struct label_statements out;
    bool found = false;
    determine();
    label_judge(arena, &label, &out);
    for (size_t i = 0; i < out.count; i++) {
        assert_true(label_check_text(rule_set(rules), out.texts[i]));
        found |= strcmp(out.texts[i], statement) == 0;
    }
    assert_int_equal(out.has_biohazard_legend, verdict.has_risk);
    return found;
}

#define NOT_EVALUATED "NOT EVALUATED FOR INFECTIOUS SUBSTANCES"
#define AUTOLOGOUS "FOR AUTOLOGOUS USE ONLY"
#define RECIPIENT "WARNING: Advise recipient of communicable disease risks"
#define PATIENT "WARNING: Advise patient of communicable disease risks"

CASE(eligibility_a_clear_donor_is_eligible)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    assert_true(verdict.is_fully_tested);
    assert_false(verdict.has_risk);
}

CASE(eligibility_every_required_assay_is_needed)
{
    for (size_t i = 0; i < ASSAYS; i++) {
        clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
        const char *assay = tests[i].assay;
        drop(assay);
        assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
        assert_string_equal(verdict.missing[0], assay);
    }
}

CASE(eligibility_htlv_and_cmv_are_for_leukocyte_rich_tissue)
{
    clear_donor(TISSUE_CORD, USE_ALLOGENEIC);
    drop("anti_htlv");
    drop("anti_cmv");
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    clear_donor(TISSUE_CORD_BLOOD, USE_ALLOGENEIC);
    drop("anti_htlv");
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
}

CASE(eligibility_west_nile_virus_has_its_season_in_the_us)
{
    clear_donor(TISSUE_CORD, USE_ALLOGENEIC);
    drop("wnv_nat");
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    facts.recovery_ms = specimen.drawn_ms = at("2026-11-03T08:00:00.000Z");
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    rules = NULL;                                 /* the first rules knew no season */
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
}

CASE(T15_T53_a_season_reaches_as_far_as_any_zone_of_the_world)
{
    clear_donor(TISSUE_CORD, USE_ALLOGENEIC);
    drop("wnv_nat");
    static const char *const inside[] = {"2026-11-01T06:59:00.000Z", "2026-05-31T12:00:00.000Z"}; /* 31 October there; 1 June there */
    for (size_t i = 0; i < 2; i++) {
        facts.recovery_ms = specimen.drawn_ms = at(inside[i]);
        assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
        struct rule_set first = *rule_set(rules);
        first.reading = 0;                        /* what was determined before there was a second reading comes out again */
        eligibility_judge(arena, &first, &facts, &verdict);
        assert_int_equal(verdict.determination, DETERMINATION_ELIGIBLE);
    }
    facts.recovery_ms = specimen.drawn_ms = at("2026-05-30T12:00:00.000Z");
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
}

CASE(eligibility_a_reactive_result_makes_ineligible)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    set("hbsag", "reactive");
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
    assert_string_equal(verdict.reactive[0], "hepatitis B virus");
    assert_true(verdict.has_risk);
}

CASE(eligibility_a_reactive_result_counts_though_others_are_missing)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    drop("hcv_nat");
    set("anti_hcv", "reactive");
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
}

CASE(T28_cmv_reactive_is_not_ineligible)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    set("anti_cmv", "reactive");
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    assert_false(verdict.has_risk);
    assert_string_equal(verdict.reactive[0], "cytomegalovirus");
}

CASE(eligibility_screening_risk_and_incomplete_screening)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    facts.screening = "risk_factor";
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
    facts.screening = "incomplete";
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    facts.screening = NULL;
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
}

CASE(T26_plasma_dilution_is_evaluated)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    specimen.dilution = DILUTION_NOT_SAID;
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    rules = NULL;
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
}

/* 80 kg: 3200 mL of plasma, 5333.3 mL of blood */
static enum determination diluted(const char *blood, const char *colloid, const char *crystalloid)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    specimen.dilution = DILUTION_SUSPECTED;
    specimen.weight_kg = "80";
    specimen.blood_ml = blood;
    specimen.colloid_ml = colloid;
    specimen.crystalloid_ml = crystalloid;
    return determine();
}

CASE(T26_a_specimen_is_diluted_above_the_volume_of_plasma_or_blood)
{
    assert_int_equal(diluted("0", "2200", "1000"), DETERMINATION_ELIGIBLE);
    assert_int_equal(diluted("0", "2200", "1000.1"), DETERMINATION_INCOMPLETE);
    assert_int_equal(diluted("2133.3", "2200", "1000"), DETERMINATION_ELIGIBLE);
    assert_int_equal(diluted("2133.4", "2200", "1000"), DETERMINATION_INCOMPLETE);
    assert_int_equal(diluted("0", "0", NULL), DETERMINATION_INCOMPLETE);
    assert_non_null(strstr(verdict.reasons[0], "plasma dilution is suspected"));
}

CASE(T28_a_treponemal_test_overrules_the_screen)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    set("syphilis_screen", "reactive");
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
    again("syphilis_treponemal", "non_reactive");
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    tests[facts.test_count - 1].result = "reactive";
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
    tests[facts.test_count - 1].result = "non_reactive";
    second.subject = "mother";                    /* of somebody else */
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
}

/* a donor by the EU's rules, without nucleic acid tests */
static void eu_donor(enum use use)
{
    clear_donor(TISSUE_ADIPOSE, use);
    rules = "rules_eu.json";
    drop("hiv_1_nat");
    drop("hbv_nat");
    drop("hcv_nat");
}

CASE(eligibility_the_eu_repeats_after_180_days_what_no_nat_answers)
{
    static const char *const repeated[] = {"anti_hiv_1_2", "hbsag", "anti_hbc", "anti_hcv"};
    eu_donor(USE_ALLOGENEIC);
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    assert_string_equal(verdict.missing[0], "anti_hiv_1_2 after 180 days");
    second.drawn_ms = facts.recovery_ms + 180 * DAY;
    for (size_t i = 0; i < 4; i++)
        again(repeated[i], "non_reactive");
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    second.drawn_ms -= 1;
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    second.drawn_ms += 1;
    tests[facts.test_count - 1].result = "reactive";
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
}

CASE(eligibility_nat_waives_the_repeat)
{
    clear_donor(TISSUE_ADIPOSE, USE_ALLOGENEIC);
    rules = "rules_eu.json";
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    set("hcv_nat", "pending");
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    facts.is_stored = false;
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
}

CASE(T25_the_eu_tests_ones_own_stored_cells_too)
{
    eu_donor(USE_AUTOLOGOUS);
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);           /* no repeat for one's own */
    drop("anti_hcv");
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    facts.is_stored = false;
    assert_int_equal(determine(), DETERMINATION_NOT_REQUIRED);
}

CASE(eligibility_the_eu_takes_no_specimen_of_the_week_before)
{
    clear_donor(TISSUE_ADIPOSE, USE_ALLOGENEIC);
    rules = "rules_eu.json";
    specimen.drawn_ms -= 2 * DAY;
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    rules = "rules_eu.json";
    specimen.drawn_ms -= 30 * DAY;
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
}

CASE(R08_a_reactive_result_counts_where_the_rules_do_not_ask_for_it)
{
    clear_donor(TISSUE_ADIPOSE, USE_ALLOGENEIC);
    rules = "rules_eu.json";
    drop("wnv_nat");
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    again("wnv_nat", "reactive");
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
}

CASE(label_of_the_eu_names_hazard_and_intended_recipient)
{
    clear_donor(TISSUE_ADIPOSE, USE_RELATIVE);
    rules = "rules_eu.json";
    assert_true(says("FOR USE BY INTENDED RECIPIENT ONLY", false));
    assert_false(says("BIOLOGICAL HAZARD", false));
    set("hbsag", "reactive");
    assert_true(says("BIOLOGICAL HAZARD", false));
    rules = "rules_us.json";
    assert_false(says("BIOLOGICAL HAZARD", false));
    assert_false(says("FOR USE BY INTENDED RECIPIENT ONLY", false));
}

static enum determination shifted(enum tissue tissue, int64_t by_ms)
{
    clear_donor(tissue, USE_ALLOGENEIC);
    specimen.drawn_ms += by_ms;
    return determine();
}

CASE(T26_the_window_is_seven_days_either_side)
{
    assert_int_equal(shifted(TISSUE_ADIPOSE, -7 * DAY), DETERMINATION_ELIGIBLE);
    assert_int_equal(shifted(TISSUE_ADIPOSE, 7 * DAY), DETERMINATION_ELIGIBLE);
    assert_int_equal(shifted(TISSUE_ADIPOSE, -7 * DAY - 1), DETERMINATION_INCOMPLETE);
    assert_int_equal(shifted(TISSUE_ADIPOSE, 7 * DAY + 1), DETERMINATION_INCOMPLETE);
}

CASE(T26_marrow_has_thirty_days_before_only)
{
    assert_int_equal(shifted(TISSUE_MARROW, -30 * DAY), DETERMINATION_ELIGIBLE);
    assert_int_equal(shifted(TISSUE_MARROW, -30 * DAY - 1), DETERMINATION_INCOMPLETE);
    assert_int_equal(shifted(TISSUE_MARROW, 7 * DAY), DETERMINATION_ELIGIBLE);
    assert_int_equal(shifted(TISSUE_MARROW, 8 * DAY), DETERMINATION_INCOMPLETE);
}

CASE(T26_an_infant_donor_needs_the_mothers_specimen)
{
    clear_donor(TISSUE_CORD, USE_ALLOGENEIC);
    specimen.subject = "infant";
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    set("hbsag", "reactive");
    assert_int_equal(determine(), DETERMINATION_INELIGIBLE);
}

CASE(T25_autologous_needs_no_determination)
{
    clear_donor(TISSUE_MARROW, USE_AUTOLOGOUS);
    facts.test_count = 0;
    facts.screening = NULL;
    assert_int_equal(determine(), DETERMINATION_NOT_REQUIRED);
    assert_false(verdict.is_fully_tested);
}

CASE(eligibility_pending_and_not_done_are_not_negative)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    set("hcv_nat", "pending");
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    set("hcv_nat", "not_done");
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
}

CASE(label_of_untested_autologous_cells_has_two_statements)
{
    clear_donor(TISSUE_MARROW, USE_AUTOLOGOUS);
    facts.test_count = 0;
    assert_true(says(AUTOLOGOUS, false));
    assert_true(says(NOT_EVALUATED, false));
    assert_false(says(RECIPIENT, false));
}

CASE(label_of_tested_autologous_cells)
{
    clear_donor(TISSUE_MARROW, USE_AUTOLOGOUS);
    assert_true(says(AUTOLOGOUS, false));
    assert_false(says(NOT_EVALUATED, false));
}

CASE(label_of_reactive_autologous_cells_keeps_legend_and_agent_T25)
{
    clear_donor(TISSUE_MARROW, USE_AUTOLOGOUS);
    set("hbsag", "reactive");
    assert_true(says("WARNING: Reactive test results for hepatitis B virus", false));
    assert_true(verdict.has_risk);
}

CASE(label_of_an_eligible_donor_says_nothing)
{
    clear_donor(TISSUE_CORD, USE_ALLOGENEIC);
    struct label_facts label = {facts.use, &verdict, false, JURISDICTION_US};
    struct label_statements out;
    determine();
    label_judge(arena, &label, &out);
    assert_int_equal(out.count, 0);
}

CASE(T27_recipient_and_patient_wording_follow_their_sections)
{
    clear_donor(TISSUE_CORD, USE_ALLOGENEIC);
    drop("hcv_nat");
    assert_true(says(RECIPIENT, false));
    assert_false(says(PATIENT, false));
    assert_true(says(PATIENT, true));
    assert_true(says(NOT_EVALUATED, true));
    set("hbsag", "reactive");
    assert_true(says(PATIENT, false));
}

CASE(R07_label_texts_are_only_ours)
{
    clear_donor(TISSUE_MARROW, USE_AUTOLOGOUS);
    determine();
    const struct rule_set *set = rule_set(rules);
    assert_true(label_check_text(set, AUTOLOGOUS));
    assert_true(label_check_text(set, "WARNING: Reactive test results for HTLV"));
    assert_false(label_check_text(set, "For autologous use only"));
    assert_false(label_check_text(set, "WARNING: Reactive test results for "));
    assert_false(label_check_text(set, "WARNING: Reactive test results for measles"));
}
