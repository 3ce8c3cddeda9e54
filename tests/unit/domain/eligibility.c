#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "domain/label.h"

#define DAY INT64_C(86400000)
#define TESTS_MAX 12

static struct arena *arena;
static struct eligibility_test tests[TESTS_MAX];
static struct eligibility_facts facts;
static struct eligibility_verdict verdict;

static int64_t at(const char *text)
{
    int64_t ms;
    assert_true(clock_from_text(text, 24, &ms));
    return ms;
}

/* a fully tested, clear donor of this tissue */
static void clear_donor(enum tissue tissue, enum use use)
{
    static const char *const assays[] = {"anti_hiv_1_2", "hiv_1_nat", "hbsag", "anti_hbc", "anti_hcv", "hcv_nat", "syphilis_screen",
        "anti_htlv", "anti_cmv", "wnv_nat"};
    bool infant = tissue == TISSUE_CORD || tissue == TISSUE_PLACENTA;
    facts = (struct eligibility_facts){.tissue = tissue, .use = use, .recovery_ms = at("2026-07-01T08:00:00.000Z"), .is_infant = infant,
        .is_us_site = true, .screening = "no_risk", .tests = tests, .test_count = 10};
    for (size_t i = 0; i < 10; i++)
        tests[i] = (struct eligibility_test){assays[i], "non_reactive", infant ? "mother" : "donor", facts.recovery_ms};
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

static enum determination determine(void)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    eligibility_judge(arena, &facts, &verdict);
    assert_true(verdict.reason_count > 0);
    return verdict.determination;
}

static bool says(const char *statement, bool urgent)
{
    struct label_facts label = {facts.use, &verdict, urgent};
    struct label_statements out;
    bool found = false;
    determine();
    label_judge(arena, &label, &out);
    for (size_t i = 0; i < out.count; i++) {
        assert_true(label_check_text(out.texts[i]));
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
    static const char *const assays[] = {"anti_hiv_1_2", "hiv_1_nat", "hbsag", "anti_hbc", "anti_hcv", "hcv_nat", "syphilis_screen",
        "anti_htlv", "anti_cmv", "wnv_nat"};
    for (size_t i = 0; i < 10; i++) {
        clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
        drop(assays[i]);
        assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
        assert_string_equal(verdict.missing[0], assays[i]);
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
    facts.recovery_ms = at("2026-11-01T08:00:00.000Z");
    for (size_t i = 0; i < facts.test_count; i++)
        tests[i].specimen_ms = facts.recovery_ms;
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
    facts.is_us_site = false;
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
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

CASE(eligibility_plasma_dilution_must_be_acceptable)
{
    clear_donor(TISSUE_MARROW, USE_ALLOGENEIC);
    facts.plasma_dilution = "unacceptable";
    assert_int_equal(determine(), DETERMINATION_INCOMPLETE);
    facts.plasma_dilution = "acceptable";
    assert_int_equal(determine(), DETERMINATION_ELIGIBLE);
}

static enum determination shifted(enum tissue tissue, int64_t by_ms)
{
    clear_donor(tissue, USE_ALLOGENEIC);
    for (size_t i = 0; i < facts.test_count; i++)
        tests[i].specimen_ms += by_ms;
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
    for (size_t i = 0; i < facts.test_count; i++)
        tests[i].subject = "infant";
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
    struct label_facts label = {facts.use, &verdict, false};
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
    assert_true(label_check_text(AUTOLOGOUS));
    assert_false(label_check_text("For autologous use only"));
    assert_false(label_check_text("WARNING: Reactive test results for "));
    assert_false(label_check_text("WARNING: Reactive test results for measles"));
}
