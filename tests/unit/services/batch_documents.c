#include "support/test.h"

#include "batch_sample.h"

static struct procedure_author author(void)
{
    struct procedure_author in;
    record_init(&record_procedure_author, &in);
    in.procedure_id = "P-TEST";
    in.version = 2;
    in.document = SAMPLE_DOCUMENT;
    return in;
}

static int authored(const struct procedure_author *in, int64_t newest)
{
    struct document_facts facts = {NULL, NULL, newest};
    struct procedure *doc;
    return rule_procedure_author(in, &facts, &doc, arena, &err);
}

CASE(T51_next_version_of_a_procedure_is_taken)
{
    sample();
    struct procedure_author in = author();
    assert_passes(authored(&in, 1));
}

CASE(T51_version_that_exists_is_refused)
{
    sample();
    struct procedure_author in = author();
    assert_refused(authored(&in, 2), ERR_EXISTS, "version", "T51");
}

CASE(T51_version_that_leaves_a_gap_is_refused)
{
    sample();
    struct procedure_author in = author();
    assert_refused(authored(&in, 0), ERR_FIELD_RANGE, "version", "T51");
}

CASE(T51_document_of_another_id_is_refused)
{
    sample();
    struct procedure_author in = author();
    in.procedure_id = "P-OTHER";
    assert_refused(authored(&in, 1), ERR_DOCUMENT_REFUSED, "id", "T51");
}

CASE(T51_document_of_another_version_is_refused)
{
    sample();
    struct procedure_author in = author();
    in.version = 3;
    assert_refused(authored(&in, 2), ERR_DOCUMENT_REFUSED, "version", "T51");
}

CASE(R24_document_that_is_no_procedure_is_refused)
{
    sample();
    struct procedure_author in = author();
    in.document = "{\"id\":\"P-TEST\",\"version\":2}";
    assert_int_equal(authored(&in, 1), ERR_DOCUMENT_REFUSED);
}

CASE(S45_author_may_not_approve)
{
    struct document_facts facts = {"draft", "U-ANNA", 2};
    assert_refused(rule_document_approve(2, "U-ANNA", &facts, &err), ERR_DUTIES_SEGREGATED, "person", "4.5");
    assert_passes(rule_document_approve(2, "U-BERT", &facts, &err));
}

CASE(T51_approved_twice_is_refused)
{
    struct document_facts facts = {"approved", "U-ANNA", 2};
    assert_refused(rule_document_approve(2, "U-BERT", &facts, &err), ERR_STATE_FORBIDS, "version", "T51");
}

CASE(T51_approving_what_is_not_there_is_refused)
{
    struct document_facts facts = {NULL, NULL, 0};
    assert_int_equal(rule_document_approve(2, "U-BERT", &facts, &err), ERR_NOT_FOUND);
}

CASE(id_in_use_is_refused)
{
    assert_passes(rule_new_stream("lot_id", -1, &err));
    assert_refused(rule_new_stream("lot_id", 0, &err), ERR_EXISTS, "lot_id", "");
}

static struct material_receive lot(void)
{
    struct material_receive in;
    record_init(&record_material_receive, &in);
    in.lot_id = "M-1";
    in.quantity = "10";
    in.expires_at = MINUTES(1000);
    return in;
}

CASE(R18_lot_without_quantity_is_refused)
{
    struct material_receive in = lot();
    in.quantity = "0.0";
    assert_refused(rule_material_receive(&in, NOON, &err), ERR_FIELD_RANGE, "quantity", "R18");
}

CASE(R18_expired_lot_is_not_received)
{
    struct material_receive in = lot();
    in.expires_at = NOON;
    assert_refused(rule_material_receive(&in, NOON, &err), ERR_MATERIAL_REFUSED, "expires_at", "R18");
    in.expires_at = NOON + 1;
    assert_passes(rule_material_receive(&in, NOON, &err));
}

CASE(R18_lot_is_released_once_unexpired_by_another_person)
{
    struct lot_facts facts = {.lot_id = "M-1", .state = "quarantine", .received_by = "U-ANNA", .expires_ms = MINUTES(1)};
    assert_passes(rule_material_release(&facts, "U-BERT", NOON, &err));
    assert_refused(rule_material_release(&facts, "U-ANNA", NOON, &err), ERR_DUTIES_SEGREGATED, "lot_id", "4.5");
    assert_refused(rule_material_release(&facts, "U-BERT", MINUTES(1), &err), ERR_MATERIAL_REFUSED, "lot_id", "R18");
    facts.state = "released";
    assert_refused(rule_material_release(&facts, "U-BERT", NOON, &err), ERR_STATE_FORBIDS, "lot_id", "R18");
    facts.state = NULL;
    assert_int_equal(rule_material_release(&facts, "U-BERT", NOON, &err), ERR_NOT_FOUND);
}

CASE(R19_calibration_is_recorded_for_known_equipment_only)
{
    struct equipment_calibrate in = {.equipment_id = "E-1", .calibrated_at = NOON, .due_at = MINUTES(60), .result = "fail", .good_at = TIME_ABSENT};
    assert_passes(rule_calibrate(&in, true, NOON, &LIMITS, &err));
    assert_int_equal(rule_calibrate(&in, false, NOON, &LIMITS, &err), ERR_NOT_FOUND);
}

CASE(R19_calibration_due_before_it_was_done_is_refused)
{
    struct equipment_calibrate in = {.equipment_id = "E-1", .calibrated_at = NOON, .due_at = NOON, .result = "pass", .good_at = TIME_ABSENT};
    assert_refused(rule_calibrate(&in, true, NOON, &LIMITS, &err), ERR_FIELD_RANGE, "due_at", "R19");
}

CASE(R15_calibration_in_the_future_is_refused)
{
    struct equipment_calibrate in = {.equipment_id = "E-1", .calibrated_at = MINUTES(1), .due_at = MINUTES(9), .result = "pass", .good_at = TIME_ABSENT};
    assert_refused(rule_calibrate(&in, true, NOON, &LIMITS, &err), ERR_TIME_REFUSED, "calibrated_at", "R15");
}

/* opening */

static struct batch_open opening(void)
{
    struct batch_open in;
    record_init(&record_batch_open, &in);
    in.procedure_id = "P-TEST";
    in.procedure_version = 2;
    in.specification_id = "Q-TEST";
    in.specification_version = 1;
    in.donor_id = "D-1";
    in.collection_id = "C-1";
    in.recipient_code = "R-77";
    return in;
}

static struct open_facts ready(void)
{
    return (struct open_facts){.procedure_state = "approved", .specification_state = "approved", .doc = sample(),
                               .donor_tissue = "marrow", .donor_use = "autologous", .donor_recipient = "R-77",
                               .consent_treatment = true, .collection_donor = "D-1", .collection_tissue = "marrow",
                               .donation_number = "A999926000001", .decision = "accepted"};
}

CASE(R04_batch_opens_when_all_holds)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    assert_passes(rule_open(&in, &facts, &err));
}

CASE(T51_procedure_not_approved_is_refused)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    facts.procedure_state = "draft";
    assert_refused(rule_open(&in, &facts, &err), ERR_STATE_FORBIDS, "procedure_version", "T51");
    facts.procedure_state = "superseded";
    assert_refused(rule_open(&in, &facts, &err), ERR_STATE_FORBIDS, "procedure_version", "T51");
    facts.procedure_state = NULL;
    assert_int_equal(rule_open(&in, &facts, &err), ERR_NOT_FOUND);
}

CASE(T51_specification_not_approved_is_refused)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    facts.specification_state = "draft";
    assert_refused(rule_open(&in, &facts, &err), ERR_STATE_FORBIDS, "specification_version", "T51");
}

CASE(T51_specification_that_the_procedure_does_not_name_is_refused)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    in.specification_id = "Q-OTHER";
    assert_refused(rule_open(&in, &facts, &err), ERR_DOCUMENT_REFUSED, "specification_id", "T51");
}

CASE(consent_missing_is_refused)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    facts.consent_treatment = false;
    facts.consent_research = true;
    assert_refused(rule_open(&in, &facts, &err), ERR_CONSENT_MISSING, "donor_id", "1271.50");
}

CASE(T25_only_autologous_use_goes_without_determination)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    facts.donor_use = "allogeneic";
    facts.donor_recipient = NULL;
    assert_refused(rule_open(&in, &facts, &err), ERR_DONOR_REFUSED, "donor_id", "1271.50");
    facts.determination = "incomplete";
    assert_refused(rule_open(&in, &facts, &err), ERR_DONOR_REFUSED, "donor_id", "1271.50");
    facts.determination = "eligible";
    assert_refused(rule_open(&in, &facts, &err), ERR_DOCUMENT_REFUSED, "procedure_id", "R08");   /* an autologous procedure */
}

CASE(R31_undetermined_cells_are_worked_on_for_an_urgent_need_only)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    facts.donor_use = "allogeneic";
    facts.urgent = true;
    assert_refused(rule_open(&in, &facts, &err), ERR_DONOR_REFUSED, "donor_id", "1271.50");        /* nobody determined */
    facts.determination = "incomplete";
    assert_refused(rule_open(&in, &facts, &err), ERR_DOCUMENT_REFUSED, "procedure_id", "R08");   /* an autologous procedure */
    facts.urgent = false;
    facts.determination = "ineligible";
    assert_refused(rule_open(&in, &facts, &err), ERR_DONOR_REFUSED, "donor_id", "1271.50");
    facts.donor_use = "related";
    assert_refused(rule_open(&in, &facts, &err), ERR_DOCUMENT_REFUSED, "procedure_id", "R08");
}

CASE(R04_collection_of_another_donor_is_refused)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    facts.collection_donor = "D-2";
    assert_refused(rule_open(&in, &facts, &err), ERR_DONOR_REFUSED, "collection_id", "R04");
}

CASE(R30_collection_not_accepted_is_refused)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    facts.decision = "quarantined";
    assert_refused(rule_open(&in, &facts, &err), ERR_DONOR_REFUSED, "collection_id", "R30");
    facts.decision = NULL;
    assert_refused(rule_open(&in, &facts, &err), ERR_DONOR_REFUSED, "collection_id", "R30");
}

CASE(R04_autologous_names_its_recipient)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    in.recipient_code = NULL;
    assert_refused(rule_open(&in, &facts, &err), ERR_FIELD_MISSING, "recipient_code", "R04");
    in.recipient_code = "R-78";
    assert_refused(rule_open(&in, &facts, &err), ERR_DONOR_REFUSED, "recipient_code", "R04");
}

CASE(R08_tissue_that_the_procedure_does_not_take_is_refused)
{
    struct batch_open in = opening();
    struct open_facts facts = ready();
    facts.donor_tissue = facts.collection_tissue = "adipose";
    assert_refused(rule_open(&in, &facts, &err), ERR_DOCUMENT_REFUSED, "procedure_id", "R08");
}
