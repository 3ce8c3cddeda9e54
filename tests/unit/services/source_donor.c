#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "domain/donor.h"
#include "record/record.h"
#include "source_rules.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define RECOVERY (1000 * DAY)

static struct err e;
static const struct source_limits limits = {15 * 60 * 1000, 5000};
static const char *const all_assays[] = {"anti_hiv_1_2", "hiv_1_nat", "hbsag", "anti_hbc", "anti_hcv", "hcv_nat",
                                         "syphilis_screen", "anti_htlv", "anti_cmv", "wnv_nat"};

static struct donor_register cord(void)
{
    return (struct donor_register){.donor_id = "D-1", .tissue = "umbilical_cord", .use = "allogeneic",
                                   .subject = "mother_and_infant"};
}

CASE(T26_behind_a_birth_stand_mother_and_infant)
{
    struct donor_register in = cord();
    assert_int_equal(source_donor_check(&in, &e), 0);
    in.subject = "donor";
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_RANGE);
    assert_string_equal(e.rule, "T26");
    in.tissue = "cord_blood";
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_RANGE);
    in.tissue = "placenta";
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_RANGE);
}

CASE(T26_behind_marrow_and_fat_stands_one_donor)
{
    struct donor_register in = cord();
    in.tissue = "marrow";
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_RANGE);
    in.subject = "donor";
    assert_int_equal(source_donor_check(&in, &e), 0);
}

CASE(R04_autologous_and_directed_use_name_the_recipient)
{
    struct donor_register in = {.donor_id = "D-1", .tissue = "marrow", .use = "autologous", .subject = "donor"};
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_MISSING);
    assert_string_equal(e.field, "recipient_code");
    in.recipient_code = "R-17";
    assert_int_equal(source_donor_check(&in, &e), 0);
    in.use = "directed";
    in.recipient_code = NULL;
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_MISSING);
}

CASE(T25_a_relative_is_of_a_degree_and_for_a_recipient)
{
    struct donor_register in = {.donor_id = "D-1", .tissue = "marrow", .use = "related", .subject = "donor", .recipient_code = "R-1"};
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_MISSING);
    assert_string_equal(e.field, "relation");
    in.relation = "first_degree";
    assert_int_equal(source_donor_check(&in, &e), 0);
    in.recipient_code = NULL;
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_MISSING);
    in.recipient_code = "R-1";
    in.use = "directed";
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_RANGE);
}

CASE(T26_volumes_are_given_where_dilution_is_suspected)
{
    struct donor_test_report in = {.donor_id = "D-1", .dilution_suspected = 1};
    assert_int_equal(source_tests_check(&in, &e), ERR_FIELD_MISSING);
    in.weight_kg = "80";
    in.blood_ml = in.colloid_ml = in.crystalloid_ml = "0";
    assert_int_equal(source_tests_check(&in, &e), 0);
    in.weight_kg = "0";
    assert_int_equal(source_tests_check(&in, &e), ERR_FIELD_RANGE);
    in.weight_kg = "80";
    in.dilution_suspected = 0;
    assert_int_equal(source_tests_check(&in, &e), ERR_FIELD_RANGE);
}

CASE(T51_a_determination_names_the_rules_in_effect)
{
    struct eligibility_determine in;
    struct rules_choice f = {2, NULL};
    record_init(&record_eligibility_determine, &in);
    assert_int_equal(source_rules_choose(&in, &f, &e), ERR_FIELD_MISSING);
    in.rules_id = "L-US";
    assert_int_equal(source_rules_choose(&in, &f, &e), 0);
    in.rules_version = 2;
    assert_int_equal(source_rules_choose(&in, &f, &e), 0);
    in.rules_version = 1;
    assert_int_equal(source_rules_choose(&in, &f, &e), ERR_STATE_FORBIDS);
    in.rules_version = 2;
    f.last_rules_id = "L-EU";
    assert_int_equal(source_rules_choose(&in, &f, &e), ERR_REASON_MISSING);
    in.reason = "the product goes to the other market now";
    assert_int_equal(source_rules_choose(&in, &f, &e), 0);
    f.in_effect = INTEGER_ABSENT;
    assert_int_equal(source_rules_choose(&in, &f, &e), ERR_NOT_FOUND);
}

/* the shipped EU rules with one text replaced, authored */
static int author_eu(struct arena *a, const char *old, const char *new)
{
    size_t len;
    char *json = test_read(STEMMA_SEED "/rules_eu.json", &len), *at = strstr(json, old);
    assert_non_null(at);
    struct rules_author in = {"L-EU", 1, arena_printf(a, "%.*s%s%s", (int)(at - json), json, new, at + strlen(old))};
    free(json);
    return source_rules_author_check(&in, 0, a, &e);
}

CASE(R08_a_rule_set_has_a_row_for_every_assay)
{
    struct arena *a = arena_new(0);
    assert_int_equal(author_eu(a, "L-EU", "L-EU"), 0);
    assert_int_equal(author_eu(a, ",\n    {\"assay\": \"wnv_nat\", \"agents\": [\"wnv\"], \"disease\": \"West Nile virus\", \"source\":"
                                  " \"2006/17/EC annex II 1.5: by travel and exposure\", \"tissues\": []}", ""), ERR_DOCUMENT_REFUSED);
    assert_string_equal(e.field, "assays");
    assert_string_equal(e.rule, "R08");
    assert_int_equal(author_eu(a, "  \"reading\": 2,\n", ""), ERR_DOCUMENT_REFUSED);
    assert_string_equal(e.field, "reading");
    arena_free(a);
}

CASE(T51_rules_are_approved_by_another_and_do_not_work_backwards)
{
    struct rules_approve in = {.rules_id = "L-US", .version = 2, .effective_at = 10 * DAY};
    struct rules_facts f = {"U-CLARA", TIME_ABSENT, 5 * DAY};
    assert_int_equal(source_rules_approve_check(&in, &f, "U-ELENA", 10 * DAY, &limits, &e), 0);
    assert_int_equal(source_rules_approve_check(&in, &f, "U-CLARA", 10 * DAY, &limits, &e), ERR_DUTIES_SEGREGATED);
    assert_int_equal(source_rules_approve_check(&in, &f, "U-ELENA", 11 * DAY, &limits, &e), ERR_TIME_REFUSED);
    f.last_effective_ms = 20 * DAY;
    assert_int_equal(source_rules_approve_check(&in, &f, "U-ELENA", 10 * DAY, &limits, &e), ERR_FIELD_RANGE);
    f.effective_ms = 10 * DAY;
    assert_int_equal(source_rules_approve_check(&in, &f, "U-ELENA", 10 * DAY, &limits, &e), ERR_STATE_FORBIDS);
    f.author_id = NULL;
    assert_int_equal(source_rules_approve_check(&in, &f, "U-ELENA", 10 * DAY, &limits, &e), ERR_NOT_FOUND);
}

CASE(T38_a_commitment_has_a_plain_name_once)
{
    struct arena *a = arena_new(0);
    struct donor_register in = cord();
    struct commitment *c = record_list_add(a, &record_commitment, &in.commitments);
    c->name = "mother_name";
    assert_int_equal(source_donor_check(&in, &e), 0);
    c = record_list_add(a, &record_commitment, &in.commitments);
    c->name = "mother_name";
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_RANGE);
    c->name = "Mother";
    assert_int_equal(source_donor_check(&in, &e), ERR_FIELD_TYPE);
    arena_free(a);
}

CASE(T26_a_specimen_is_of_somebody_behind_the_number)
{
    struct donor_facts one = {.tissue = "marrow", .use = "allogeneic", .subject = "donor"};
    struct donor_facts two = {.tissue = "placenta", .use = "allogeneic", .subject = "mother_and_infant"};
    assert_int_equal(source_subject_check(&one, "donor", &e), 0);
    assert_int_equal(source_subject_check(&one, "mother", &e), ERR_FIELD_RANGE);
    assert_int_equal(source_subject_check(&two, "mother", &e), 0);
    assert_int_equal(source_subject_check(&two, "infant", &e), 0);
    assert_int_equal(source_subject_check(&two, "donor", &e), ERR_FIELD_RANGE);
}

CASE(consent_has_known_scopes_once)
{
    struct arena *a = arena_new(0);
    struct consent_record in = {.donor_id = "D-1"};
    texts_add(a, &in.scopes, "treatment");
    texts_add(a, &in.scopes, "research");
    assert_int_equal(source_consent_check(&in, &e), 0);
    texts_add(a, &in.scopes, "treatment");
    assert_int_equal(source_consent_check(&in, &e), ERR_FIELD_RANGE);
    in.scopes = (struct list){NULL, 0};
    texts_add(a, &in.scopes, "everything");
    assert_int_equal(source_consent_check(&in, &e), ERR_FIELD_RANGE);
    arena_free(a);
}

CASE(consent_covers_the_use_of_the_cells)
{
    struct donor_facts facts = {.tissue = "marrow", .use = "allogeneic", .subject = "donor"};
    assert_int_equal(source_consent_needed(&facts, TIME_ABSENT, &e), ERR_CONSENT_MISSING);
    facts.scopes = "research,storage";
    assert_int_equal(source_consent_needed(&facts, TIME_ABSENT, &e), ERR_CONSENT_MISSING);
    facts.use = "research";
    assert_int_equal(source_consent_needed(&facts, TIME_ABSENT, &e), 0);
    facts.use = "autologous";
    facts.scopes = "storage,treatment";
    assert_int_equal(source_consent_needed(&facts, TIME_ABSENT, &e), 0);
}

CASE(consent_is_given_before_the_collection_begins)
{
    struct donor_facts facts = {.tissue = "marrow", .use = "allogeneic", .subject = "donor", .scopes = "treatment",
                                .consent_given_ms = 1000};
    assert_int_equal(source_consent_needed(&facts, 1000, &e), 0);
    assert_int_equal(source_consent_needed(&facts, 999, &e), ERR_CONSENT_MISSING);
}

static int withdraw(const char *in_force, const char *scope, int64_t at_ms)
{
    struct arena *a = arena_new(0);
    struct donor_facts facts = {.tissue = "marrow", .use = "allogeneic", .subject = "donor", .scopes = in_force,
                                .consent_given_ms = 1000};
    struct consent_withdraw in = {.donor_id = "D-1", .withdrawn_at = at_ms};
    texts_add(a, &in.scopes, scope);
    int code = source_withdrawal_check(&in, &facts, &e);
    arena_free(a);
    return code;
}

CASE(S1_1_consent_is_withdrawn_scope_by_scope)
{
    assert_int_equal(withdraw("research,treatment", "research", 1000), 0);
    assert_int_equal(withdraw("research,treatment", "storage", 1000), ERR_CONSENT_MISSING);
    assert_string_equal(e.field, "scopes");
    assert_int_equal(withdraw(NULL, "treatment", 1000), ERR_CONSENT_MISSING);
    assert_int_equal(withdraw("treatment", "everything", 1000), ERR_FIELD_RANGE);
    assert_int_equal(withdraw("treatment", "treatment", 999), ERR_TIME_REFUSED);
}

CASE(R15_what_happened_does_not_lie_in_the_future)
{
    assert_int_equal(source_time_check("given_at", 5000, 0, &limits, &e), 0);
    assert_int_equal(source_time_check("given_at", 5001, 0, &limits, &e), ERR_TIME_REFUSED);
    assert_string_equal(e.field, "given_at");
    assert_string_equal(e.rule, "R15");
}

CASE(R15_after_a_quarter_of_an_hour_an_entry_is_late)
{
    assert_false(source_is_late(0, 15 * 60 * 1000, &limits));
    assert_true(source_is_late(0, 15 * 60 * 1000 + 1, &limits));
}

CASE(R25_an_assay_is_reported_once_for_a_specimen)
{
    struct arena *a = arena_new(0);
    struct donor_test_report in = {.donor_id = "D-1"};
    struct donor_result *r = record_list_add(a, &record_donor_result, &in.results);
    r->assay = "hbsag";
    r = record_list_add(a, &record_donor_result, &in.results);
    r->assay = "hcv_nat";
    assert_int_equal(source_tests_check(&in, &e), 0);
    r->assay = "hbsag";
    assert_int_equal(source_tests_check(&in, &e), ERR_RESULT_REFUSED);
    arena_free(a);
}

CASE(F_commitment_is_hmac_of_tag_name_and_value)
{
    struct arena *a = arena_new(0);
    uint8_t salt[DIGEST_LEN], one[DIGEST_LEN], other[DIGEST_LEN], expected[DIGEST_LEN];
    static const char bytes[] = "stemma-commit/1\nmother_name\nAda";
    memset(salt, 7, sizeof salt);
    source_commit(a, salt, "mother_name", "Ada", one);
    digest_hmac(salt, sizeof salt, bytes, sizeof bytes - 1, expected);
    assert_memory_equal(one, expected, DIGEST_LEN);
    source_commit(a, salt, "infant_name", "Ada", other);
    assert_memory_not_equal(one, other, DIGEST_LEN);
    salt[0] = 8;
    source_commit(a, salt, "mother_name", "Ada", other);
    assert_memory_not_equal(one, other, DIGEST_LEN);
    arena_free(a);
}

CASE(F_commitment_names_are_keys_of_a_body)
{
    assert_int_equal(source_vault_check("mother_name", &e), 0);
    assert_int_equal(source_vault_check("", &e), ERR_FIELD_TYPE);
    assert_int_equal(source_vault_check("9lives", &e), ERR_FIELD_TYPE);
    assert_int_equal(source_vault_check("a\nb", &e), ERR_FIELD_TYPE);
    assert_int_equal(source_vault_check("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &e), ERR_FIELD_TYPE);
}

/* a cord's statements: the mother screened and fully tested on the day */
struct cord_lab {
    struct arena *a;
    struct donor_register donor;
    struct screening_record screenings[2];
    struct donor_test_report tests[2];
    struct donor_statements s;
    struct eligibility_determine in;
};

static void report(struct cord_lab *c, struct donor_test_report *t, const char *subject, int64_t at)
{
    *t = (struct donor_test_report){.donor_id = "D-1", .subject = subject, .specimen_at = at};
    for (size_t i = 0; i < sizeof all_assays / sizeof all_assays[0]; i++) {
        struct donor_result *r = record_list_add(c->a, &record_donor_result, &t->results);
        r->assay = all_assays[i];
        r->result = "non_reactive";
    }
}

static struct cord_lab *cord_lab(void)
{
    struct arena *a = arena_new(0);
    struct cord_lab *c = ARENA_NEW(a, struct cord_lab);
    c->a = a;
    c->donor = cord();
    c->screenings[0] = (struct screening_record){.donor_id = "D-1", .subject = "mother", .outcome = "no_risk"};
    report(c, &c->tests[0], "mother", RECOVERY);
    c->s = (struct donor_statements){&c->donor, c->screenings, 1, c->tests, 1, NULL};
    c->in = (struct eligibility_determine){.donor_id = "D-1", .recovery_at = RECOVERY};
    return c;
}

static struct donor_result *result_of(struct cord_lab *c, const char *assay)
{
    for (size_t i = 0; i < c->tests[0].results.count; i++)
        if (strcmp(LIST_AT(c->tests[0].results, struct donor_result, i)->assay, assay) == 0)
            return LIST_AT(c->tests[0].results, struct donor_result, i);
    fail();
    return NULL;
}

CASE(E1271_50_a_tested_mother_makes_the_cord_eligible)
{
    struct cord_lab *c = cord_lab();
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "eligible");
    assert_int_equal(c->in.fully_tested, 1);
    assert_int_equal(c->in.has_risk, 0);
    assert_int_equal(c->in.reactive.count, 0);
    assert_true(c->in.reasons.count > 0);
    arena_free(c->a);
}

CASE(T26_the_infants_specimen_does_not_answer_for_the_mothers)
{
    struct cord_lab *c = cord_lab();
    c->tests[0].subject = "infant";
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "incomplete");
    assert_int_equal(c->in.fully_tested, 0);
    arena_free(c->a);
}

CASE(T26_a_mothers_specimen_is_drawn_within_seven_days_either_side)
{
    struct cord_lab *c = cord_lab();
    c->tests[0].specimen_at = RECOVERY - 7 * DAY;
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "eligible");
    c->tests[0].specimen_at = RECOVERY - 7 * DAY - 1;
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "incomplete");
    arena_free(c->a);
}

CASE(E1271_50_a_reactive_test_makes_ineligible_and_is_named)
{
    struct cord_lab *c = cord_lab();
    result_of(c, "hbsag")->result = "reactive";
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "ineligible");
    assert_int_equal(c->in.has_risk, 1);
    assert_int_equal(c->in.reactive.count, 1);
    assert_string_equal(TEXTS_AT(c->in.reactive, 0), "hepatitis B virus");
    arena_free(c->a);
}

CASE(T28_cmv_reactive_is_named_and_does_not_make_ineligible)
{
    struct cord_lab *c = cord_lab();
    result_of(c, "anti_cmv")->result = "reactive";
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "eligible");
    assert_int_equal(c->in.reactive.count, 1);
    arena_free(c->a);
}

CASE(E1271_50_a_pending_test_leaves_incomplete)
{
    struct cord_lab *c = cord_lab();
    result_of(c, "hcv_nat")->result = "pending";
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "incomplete");
    arena_free(c->a);
}

CASE(E1271_50_a_screening_that_is_not_finished_lifts_no_risk)
{
    struct cord_lab *c = cord_lab();
    struct rule_set set = *rule_set_first(c->a);
    struct screening_record said[3] = {{.donor_id = "D-1", .subject = "mother", .outcome = "no_risk"},
                                       {.donor_id = "D-1", .subject = "infant", .outcome = "risk_factor"},
                                       {.donor_id = "D-1", .subject = "infant", .outcome = "incomplete"}};
    c->s.screenings = said;
    c->s.screening_count = 3;
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "eligible");          /* by the first reading, as it was determined once */
    set.reading = 2;
    c->s.rules = &set;
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "ineligible");
    said[2].outcome = "no_risk";                                   /* finished, it is the last word */
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "eligible");
    said[1].subject = said[2].subject = "mother";
    said[2].outcome = "incomplete";
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "ineligible");
    arena_free(c->a);
}

CASE(E1271_50_the_last_screening_of_the_mother_counts)
{
    struct cord_lab *c = cord_lab();
    c->screenings[0].outcome = "incomplete";
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "incomplete");
    c->screenings[1] = (struct screening_record){.donor_id = "D-1", .subject = "mother", .outcome = "no_risk"};
    c->s.screening_count = 2;
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "eligible");
    arena_free(c->a);
}

CASE(E1271_50_a_risk_found_in_the_infant_counts)
{
    struct cord_lab *c = cord_lab();
    c->screenings[1] = (struct screening_record){.donor_id = "D-1", .subject = "infant", .outcome = "risk_factor"};
    c->s.screening_count = 2;
    donor_determine(c->a, &c->s, &c->in);
    assert_string_equal(c->in.determination, "ineligible");
    arena_free(c->a);
}

CASE(T25_autologous_needs_no_determination_yet_tells_what_was_not_tested)
{
    struct arena *a = arena_new(0);
    struct donor_register donor = {.donor_id = "D-2", .tissue = "marrow", .use = "autologous", .subject = "donor"};
    struct donor_statements s = {.donor = &donor};
    struct eligibility_determine in = {.donor_id = "D-2", .recovery_at = RECOVERY};
    donor_determine(a, &s, &in);
    assert_string_equal(in.determination, "not_required");
    assert_int_equal(in.fully_tested, 0);
    arena_free(a);
}

CASE(E1271_50_the_same_statements_give_the_same_bytes)
{
    struct cord_lab *c = cord_lab();
    struct buf one = buf_new(c->a), two = buf_new(c->a);
    result_of(c, "anti_hcv")->result = "reactive";
    donor_determine(c->a, &c->s, &c->in);
    record_to_json(&one, &record_eligibility_determine, &c->in, RECORD_STATEMENT);
    donor_determine(c->a, &c->s, &c->in);
    record_to_json(&two, &record_eligibility_determine, &c->in, RECORD_STATEMENT);
    assert_string_equal(one.text, two.text);
    arena_free(c->a);
}
