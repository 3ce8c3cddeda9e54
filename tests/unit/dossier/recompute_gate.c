/* Rule 11 at a release: what the gate asked can be asked again of the statements before it. */
#include "support/test.h"

#include <string.h>

#include "domain/dated.h"
#include "domain/segregation.h"
#include "unit/dossier/recompute_lab.h"

CASE(gate_rule_11_release_that_holds)
{
    begin();
    open_batch();
    report_all("97");
    struct dossier_entry *entry = release("holds", 13);
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(gate_rule_11_open_point)
{
    begin();
    open_batch();
    report_all("97");
    assert_int_equal(check(B, release("open", 13)), ERR_DOSSIER_REFUSED);
    end();
}

CASE(gate_rule_11_missing_point)
{
    begin();
    open_batch();
    report_all("97");
    assert_int_equal(check(B, release("holds", 12)), ERR_DOSSIER_REFUSED);
    end();
}

CASE(gate_rule_11_tests_do_not_pass)
{
    begin();
    open_batch();
    report_all("60");
    assert_int_equal(check(B, release("holds", 13)), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "released, but"));
    end();
}

CASE(R25_gate_rule_11_replicates_are_one_result)
{
    begin();
    open_batch_with(3);
    report_all("97; 95; 96");
    struct dossier_entry *entry = release("holds", 13);
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
}

CASE(R25_gate_rule_11_failing_replicate_behind_a_passing_mean)
{
    begin();
    open_batch_with(3);
    report_all("97; 60; 96");
    assert_int_equal(check(B, release("holds", 13)), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "released, but"));
    end();
}

CASE(gate_rule_11_test_not_reviewed)
{
    begin();
    open_batch();
    report_all("97");
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "quality.test_review") == 0) {
            stream[B].entry[i].statement.type = "batch.note";
            break;
        }
    assert_int_equal(check(B, release("holds", 13)), ERR_DOSSIER_REFUSED);
    end();
}

CASE(R26_gate_rule_11_test_reviewed_by_its_tester)
{
    begin();
    open_batch();
    report_all("97");
    struct dossier_stream *s = &stream[B];
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->entry[i].statement.type, "quality.test_review") == 0)
            s->entry[i].statement.actor = "U-3";
    gate_refused(release("holds", 13), "released, but");
    s->count--;
    for (size_t i = 0; i < s->count; i++)               /* another's review beside it counts */
        if (strcmp(s->entry[i].statement.type, "quality.test_report") == 0)
            review(&s->entry[i]);
    assert_int_equal(check(B, release("holds", 13)), 0);
    end();
}

CASE(R10_rule_11_step_verified_before_it_was_performed)
{
    begin();
    open_batch();
    verify(1, "U-2");
    report_all("97");
    for (size_t i = 2; i < stream[B].count; i++)        /* step 1's second is no verification any more */
        if (strcmp(stream[B].entry[i].statement.type, "batch.step_verify") == 0) {
            stream[B].entry[i].statement.type = "batch.note";
            break;
        }
    gate_refused(release("holds", 13), "nobody else verified step 1");
    end();
}

CASE(R23_rule_11_step_with_a_critical_value_that_nobody_verified)
{
    begin();
    const char *document = seed("procedure_bmac.json"), *verify_1 = "\"verify\":true", *at = strstr(document, verify_1);
    open_batch_of(arena_printf(a, "%.*s\"verify\":false%s", (int)(at - document), document, at + strlen(verify_1)), 1);
    report_all("97");
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "batch.step_verify") == 0) {
            stream[B].entry[i].statement.type = "batch.note";
            break;
        }
    gate_refused(release("holds", 13), "nobody else verified step 1");
    end();
}

CASE(R11_rule_11_releaser_did_other_work)
{
    begin();
    open_batch();
    report_all("97");
    struct dossier_entry *entry = release("holds", 13);
    entry->statement.actor = "U-4";
    gate_refused(entry, "reviewed a test");
    end();
}

/* a release by who also stored a container; ${duties}: the table that it says it was judged by */
static struct dossier_entry *released_by_storer(int64_t duties)
{
    struct container_store *stored = fresh("custody.container_store");
    struct batch_release *r = fresh("release.release");
    *stored = (struct container_store){.batch_id = "B-1", .container_id = "K1", .equipment_id = "E-1", .position = "A-1"};
    add(B, "custody.container_store", stored)->statement.actor = "U-9";
    r->batch_id = "B-1";
    r->duties = duties;
    for (int i = 0; i < 13; i++)
        *(struct gate_point *)record_list_add(a, &record_gate_point, &r->gate) =
            (struct gate_point){.point = i + 1, .title = "title", .state = "holds"};
    struct dossier_entry *entry = add(B, "release.release", r);
    entry->statement.actor = "U-9";
    return entry;
}

CASE(R11_rule_11_a_release_is_judged_by_the_duties_of_its_time)
{
    begin();
    open_batch();
    report_all("97");
    gate_refused(released_by_storer(2), "stored a container");
    assert_int_equal(check(B, released_by_storer(INTEGER_ABSENT)), 0);        /* signed before it was looked at */
    assert_int_equal(check(B, released_by_storer(1)), 0);
    gate_refused(released_by_storer(SEGREGATION_TABLE + 1), "version 4 of the table of duties");
    gate_refused(released_by_storer(0), "version 0 of the table of duties");
    end();
}

/* leaving it out chooses the first table: what was signed before services said it may, and nothing since */
CASE(R11_rule_11_a_release_of_2027_says_by_which_duties_it_was_judged)
{
    begin();
    open_batch();
    report_all("97");
    struct dossier_entry *said = released_by_storer(2), *before = released_by_storer(INTEGER_ABSENT);
    said->statement.actor = before->statement.actor = "U-8";
    before->statement.at_ms = dated_since(DATED_DUTIES) - 1;
    assert_int_equal(check(B, before), 0);
    before->statement.at_ms = dated_since(DATED_DUTIES);
    gate_refused(before, "signed after 2026");
    said->statement.at_ms = dated_since(DATED_DUTIES);
    assert_int_equal(check(B, said), 0);
    struct dossier_entry *first = released_by_storer(1);
    first->statement.actor = "U-8";
    first->statement.at_ms = dated_since(DATED_DUTIES);
    gate_refused(first, "signed after 2026");
    end();
}

/* version 2 asks for no task of a failure: what may choose it for ever never answers for one */
CASE(R11_R29_rule_11_a_release_signed_after_march_2027_is_judged_by_version_3)
{
    begin();
    open_batch();
    report_all("97");
    struct dossier_entry *said = released_by_storer(2);
    said->statement.actor = "U-8";
    said->statement.at_ms = dated_since(DATED_TASKS) - 1;
    assert_int_equal(check(B, said), 0);
    said->statement.at_ms = dated_since(DATED_TASKS);
    gate_refused(said, "signed after March 2027 and not judged by version 3");
    said = released_by_storer(SEGREGATION_TABLE);
    said->statement.actor = "U-8";
    said->statement.at_ms = dated_since(DATED_TASKS);
    assert_int_equal(check(B, said), 0);
    end();
}

CASE(R09_rule_11_step_not_performed)
{
    begin();
    open_batch();
    report_all("97");
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "batch.step") == 0)
            stream[B].entry[i].statement.type = "batch.note";
    gate_refused(release("holds", 13), "step 1 was not performed");
    end();
}

CASE(R10_rule_11_step_verified_by_its_performer)
{
    begin();
    open_batch();
    report_all("97");
    for (size_t i = 0; i < stream[B].count; i++)
        if (strcmp(stream[B].entry[i].statement.type, "batch.step_verify") == 0)
            stream[B].entry[i].statement.actor = "U-1";
    gate_refused(release("holds", 13), "nobody else verified");
    end();
}

/* a released batch whose procedure lets nobody verify its last step, which ended so long before it was recorded */
static struct dossier_entry *released_with_last_step(int64_t minutes)
{
    const char *document = seed("procedure_bmac.json"), *last = document, *verify = "\"verify\":true";
    for (const char *at = document; (at = strstr(at, verify)) != NULL; at++)
        last = at;
    open_batch_of(arena_printf(a, "%.*s\"verify\":false%s", (int)(last - document), document, last + strlen(verify)), 1);
    report_all("97");
    struct dossier_stream *s = &stream[B];
    for (size_t i = 0; i < s->count; i++) {
        struct batch_step *step = fresh("batch.step");
        struct recompute_case c = case_of(s, &s->entry[i]);
        struct buf body = buf_new(a);
        bool of_five = strstr((const char *)s->entry[i].statement.body.data, "\"step\":5") != NULL;
        if (of_five && strcmp(s->entry[i].statement.type, "batch.step_verify") == 0)
            s->entry[i].statement.type = "batch.note";
        if (!of_five || strcmp(s->entry[i].statement.type, "batch.step") != 0)
            continue;
        assert_int_equal(recompute_read(&c, &s->entry[i], step, &e), 0);
        step->late_min = minutes;
        record_to_json(&body, &record_batch_step, step, RECORD_STATEMENT);
        s->entry[i].statement.body = (struct bytes){(const uint8_t *)body.text, body.len};
    }
    return release("holds", 13);
}

CASE(R15_rule_11_release_over_a_late_entry_that_nobody_verified)
{
    begin();
    struct dossier_entry *entry = released_with_last_step(INTEGER_ABSENT);
    if (check(B, entry) != 0)
        fail_msg("%s", e.text);
    end();
    begin();
    gate_refused(released_with_last_step(95), "nobody else verified step 5");
    end();
}
