/* Line clearance at the bench, pure: what is a clearance, who verifies it, and which step may begin where (R05). */
#include "support/test.h"

#include "batch_sample.h"
#include "base/text.h"

static struct procedure *asking(const char *clearance)
{
    struct procedure *doc = NULL;
    const char *at = strstr(SAMPLE_DOCUMENT, "\"required\":true}]},{\"no\":3");
    sample();
    const char *text = arena_printf(arena, "%.*s\"required\":true,\"line_clearance\":\"%s\"%s", (int)(at - SAMPLE_DOCUMENT), SAMPLE_DOCUMENT,
                                    clearance, at + strlen("\"required\":true"));
    assert_passes(procedure_parse(arena, text, strlen(text), &doc, &err));
    return doc;
}

static struct line_facts ready(const struct procedure *doc)
{
    return (struct line_facts){.state = "open", .equipment_class = "centrifuge", .doc = doc, .is_trained = true, .cleared_seq = -1};
}

static struct line_clear clearing(void)
{
    struct line_clear in;
    record_init(&record_line_clear, &in);
    in.batch_id = "B-2";
    in.equipment_id = "E-1";
    in.cleared_at = MINUTES(55);
    in.materials_removed = in.labels_removed = in.surface_cleaned = 1;
    in.cleaned_with = "70 % isopropanol";
    return in;
}

static int judged(const struct line_clear *in, const struct line_facts *facts)
{
    return rule_line_clear(in, facts, MINUTES(60), &LIMITS, &err);
}

CASE(R05_a_place_is_cleared_whole)
{
    struct line_facts facts = ready(asking("performed"));
    struct line_clear in = clearing();
    assert_passes(judged(&in, &facts));
    in.materials_removed = 0;
    assert_refused(judged(&in, &facts), ERR_LINE_NOT_CLEARED, "materials_removed", "R05");
    in = clearing();
    in.labels_removed = 0;
    assert_refused(judged(&in, &facts), ERR_LINE_NOT_CLEARED, "labels_removed", "R05");
    in = clearing();
    in.surface_cleaned = 0;
    assert_refused(judged(&in, &facts), ERR_LINE_NOT_CLEARED, "surface_cleaned", "R05");
}

CASE(R05_a_place_is_known_and_of_the_procedure)
{
    struct line_facts facts = ready(asking("performed"));
    struct line_clear in = clearing();
    facts.equipment_class = NULL;
    assert_refused(judged(&in, &facts), ERR_NOT_FOUND, "equipment_id", "R05");
    facts.equipment_class = "freezer";
    assert_refused(judged(&in, &facts), ERR_EQUIPMENT_REFUSED, "equipment_id", "R05");
    facts = ready(facts.doc);
    facts.is_trained = false;
    assert_refused(judged(&in, &facts), ERR_TRAINING_MISSING, "procedure_version", "R21");
    facts = ready(facts.doc);
    facts.state = "in_test";
    assert_int_equal(judged(&in, &facts), ERR_STATE_FORBIDS);
}

CASE(R05_a_place_is_not_cleared_while_another_batch_works_there)
{
    struct line_facts facts = ready(asking("performed"));
    struct line_clear in = clearing();
    facts.busy = "B-1";
    assert_refused(judged(&in, &facts), ERR_LINE_NOT_CLEARED, "cleared_at", "R05");
    assert_non_null(strstr(err.text, "B-1"));
}

CASE(R15_a_late_clearance_says_why)
{
    struct line_facts facts = ready(asking("performed"));
    struct line_clear in = clearing();
    in.cleared_at = MINUTES(40);
    assert_refused(judged(&in, &facts), ERR_REASON_MISSING, "reason", "R15");
    in.reason = "the terminal was being restarted";
    assert_passes(judged(&in, &facts));
    in.cleared_at = MINUTES(61);
    assert_refused(judged(&in, &facts), ERR_TIME_REFUSED, "cleared_at", "R15");
}

CASE(R05_R10_a_clearance_is_verified_once_by_another_person_who_saw_it)
{
    struct line_facts facts = ready(asking("verified"));
    struct line_verify in = {.batch_id = "B-2", .equipment_id = "E-1"};
    assert_refused(rule_line_verify(&in, &facts, "U-BERT", 9, &err), ERR_ORDER_FORBIDS, "equipment_id", "R05");
    facts.cleared_seq = 4;
    facts.cleared_by = "U-ANNA";
    assert_passes(rule_line_verify(&in, &facts, "U-BERT", 4, &err));
    assert_refused(rule_line_verify(&in, &facts, "U-BERT", 3, &err), ERR_HEAD_STALE, "equipment_id", "R10");
    assert_refused(rule_line_verify(&in, &facts, "U-ANNA", 4, &err), ERR_DUTIES_SEGREGATED, "person", "R10");
    facts.verified_by = "U-CARL";
    assert_refused(rule_line_verify(&in, &facts, "U-BERT", 4, &err), ERR_EXISTS, "equipment_id", "R10");
}

static struct step_equipment piece = {"E-1"};
static struct equipment_facts equipment = {.equipment_id = "E-1", .equipment_class = "centrifuge", .result = "pass", .due_ms = MINUTES(600)};
static struct clearance_facts place;

static int placed(const struct procedure *doc, size_t places)
{
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = "B-2";
    in.step = 2;
    in.equipment = (struct list){&piece, 1};
    struct step_facts facts = {.doc = doc, .equipment = &equipment, .equipment_count = 1, .places = &place, .place_count = places};
    return rule_step_places(&in, &facts, &err);
}

CASE(R05_a_step_waits_for_the_clearance_of_its_place)
{
    const struct procedure *doc = asking("performed");
    place = (struct clearance_facts){"E-1", 7, INTEGER_ABSENT, NULL, NULL};
    assert_passes(placed(doc, 1));
    assert_refused(placed(doc, 0), ERR_LINE_NOT_CLEARED, "equipment", "R05");
    place.seq = -1;
    assert_refused(placed(doc, 1), ERR_LINE_NOT_CLEARED, "equipment", "R05");
}

CASE(R05_the_batch_that_stands_there_is_named)
{
    const struct procedure *doc = asking("performed");
    place = (struct clearance_facts){"E-1", 7, INTEGER_ABSENT, "U-BERT", "B-1"};
    assert_refused(placed(doc, 1), ERR_LINE_NOT_CLEARED, "equipment", "R05");
    assert_non_null(strstr(err.text, "B-1 stands at E-1"));
    place.seq = -1;
    assert_refused(placed(doc, 1), ERR_LINE_NOT_CLEARED, "equipment", "R05");
    assert_non_null(strstr(err.text, "B-1 stands at E-1"));
}

CASE(R05_a_second_person_where_the_procedure_or_the_delay_asks_for_one)
{
    place = (struct clearance_facts){"E-1", 7, INTEGER_ABSENT, NULL, NULL};
    assert_refused(placed(asking("verified"), 1), ERR_LINE_NOT_CLEARED, "equipment", "R05");
    place.verified_by = "U-BERT";
    assert_passes(placed(asking("verified"), 1));
    place = (struct clearance_facts){"E-1", 7, 20, NULL, NULL};
    assert_refused(placed(asking("performed"), 1), ERR_LINE_NOT_CLEARED, "equipment", "R05");
    place.verified_by = "U-BERT";
    assert_passes(placed(asking("performed"), 1));
}

CASE(R05_a_procedure_that_asks_for_none_goes_on_as_before)
{
    place = (struct clearance_facts){"E-1", -1, INTEGER_ABSENT, NULL, "B-1"};
    assert_passes(placed(sample(), 1));
    assert_passes(placed(asking("none"), 1));
}

CASE(R05_a_place_that_is_cleared_is_required)
{
    struct procedure *doc = NULL;
    const char *at = strstr(SAMPLE_DOCUMENT, "\"required\":true}]},{\"no\":3");
    sample();
    const char *text = arena_printf(arena, "%.*s\"required\":false,\"line_clearance\":\"verified\"%s", (int)(at - SAMPLE_DOCUMENT),
                                    SAMPLE_DOCUMENT, at + strlen("\"required\":true"));
    assert_refused(procedure_parse(arena, text, strlen(text), &doc, &err), ERR_DOCUMENT_REFUSED, "centrifuge", "R05");
}

CASE(R05_a_clearance_on_which_a_step_rests_is_not_void)
{
    struct batch_void in = {.batch_id = "B-2", .corrects = 7, .reason = "the wrong cabinet was cleared"};
    struct void_facts facts = {.state = "in_process", .act = "batch.line_clear", .person = "U-ANNA", .value = "E-1"};
    sample();
    assert_passes(rule_void(&in, &facts, "U-BERT", &err));
    facts.rests = 2;
    assert_refused(rule_void(&in, &facts, "U-BERT", &err), ERR_STATE_FORBIDS, "corrects", "R05");
}
