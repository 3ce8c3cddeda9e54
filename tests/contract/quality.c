/* Schema quality in PostgreSQL: statements prepare as their role, cases hold and let go, nothing is edited. */
#include <stdlib.h>
#include <string.h>

#include "quality_store.h"
#include "support/pg.h"
#include "support/test.h"

#define SPECIFICATION \
    "{\"id\":\"Q-T\",\"tests\":[{\"code\":\"viability\",\"gating\":\"release\"},{\"code\":\"cfu_f\",\"gating\":\"info\"}]}"

static void script(const char *role, const char *sql)
{
    CLEANUP(pg_done) struct db *db = pg_open(role, NULL);
    struct err e = {0};
    int code = db_script(db, sql, &e);
    if (code != 0)
        print_message("%s\n", e.text);
    assert_int_equal(code, 0);
}

static int refused(const char *role, const char *sql)
{
    CLEANUP(pg_done) struct db *db = pg_open(role, NULL);
    struct err e = {0};
    return db_script(db, sql, &e) != 0;
}

static const char *text_of(struct arena *a, const char *sql)
{
    const struct statement_row row[] = {{"text", sql, 0, NULL}};
    const struct statement_table table = STATEMENT_TABLE(row);
    CLEANUP(pg_done) struct db *db = pg_open("stemma_audit", &table);
    struct db_rows rows;
    struct err e = {0};
    assert_int_equal(db_query(db, a, row, DB_NONE, &rows, &e), 0);
    return rows.rows == 0 || rows.cells[0].data == NULL ? "" : (const char *)rows.cells[0].data;
}

/* a fresh batch in this state, its specification in force */
static const char *batch_in(struct arena *a, const char *state)
{
    const char *batch = pg_stream(a, "B");
    script(PG_ADMIN, arena_printf(a,
        "insert into batch.procedure values ('P-QT', 1, 'approved', 'T', '{}', 1, '{}', 'U-A', 0, 'U-B', 1) on conflict do nothing;"
        "insert into quality.specification values ('Q-T', 1, 'approved', 'T', '" SPECIFICATION "', 'U-A', 0, 'U-B', 1)"
        " on conflict do nothing;"
        "insert into batch.batch (batch_id, state, state_seq, procedure_id, procedure_version, specification_id,"
        " specification_version, donor_id, collection_id, donation_number, tissue, use, collected_ms, opened_ms, opened_by,"
        " steps_total) values ('%s', '%s', 0, 'P-QT', 1, 'Q-T', 1, 'D-T', 'C-T', 'A999926000001', 'marrow', 'autologous', 0, 0,"
        " 'U-A', 1)", batch, state));
    return batch;
}

static void report(struct arena *a, const char *batch, int seq, const char *code, const char *verdict)
{
    script("stemma_quality", arena_printf(a, "select quality.report('%s', %d, '%s', '89', 'm', 'p', 0, 1, null, '89', '%s', 'why', 'U-C', null)",
        batch, seq, code, verdict));
}

static const char *state_of(struct arena *a, const char *batch)
{
    return text_of(a, arena_printf(a, "select state from batch.batch where batch_id = '%s'", batch));
}

static const char *standing(struct arena *a, const char *batch)
{
    return text_of(a, arena_printf(a, "select string_agg(test_seq::text, ',' order by test_seq) from quality.test_facts"
        " where batch_id = '%s' and is_valid", batch));
}

#define SCOPE CLEANUP(pg_arena_done) struct arena *a = arena_new(0)

CASE(quality_statements_prepare_as_their_role)
{
    CLEANUP(pg_done) struct db *db = pg_open("stemma_quality", &quality_statements);
    assert_non_null(db);
}

CASE(R26_a_failing_release_test_opens_a_case_and_holds_the_batch)
{
    SCOPE;
    const char *batch = batch_in(a, "in_test");
    report(a, batch, 3, "viability", "fail");
    assert_string_equal(state_of(a, batch), "on_hold");
    assert_string_equal(text_of(a, arena_printf(a, "select kind || ' ' || class || ' ' || is_open from quality.case_facts where batch_id = '%s'",
        batch)), "out-of-specification case major true");
}

CASE(R26_a_test_for_information_holds_nothing)
{
    SCOPE;
    const char *batch = batch_in(a, "in_test");
    report(a, batch, 3, "cfu_f", "fail");
    report(a, batch, 4, "viability", "pass");
    assert_string_equal(state_of(a, batch), "in_test");
    assert_string_equal(text_of(a, arena_printf(a, "select count(*) from quality.oos where batch_id = '%s'", batch)), "0");
}

CASE(R25_a_result_reported_again_stands_alone_and_both_are_kept)
{
    SCOPE;
    const char *batch = batch_in(a, "in_process");
    report(a, batch, 3, "viability", "cannot_evaluate");
    report(a, batch, 5, "viability", "pass");
    assert_string_equal(standing(a, batch), "5");
    assert_string_equal(text_of(a, arena_printf(a, "select count(*) from quality.test where batch_id = '%s'", batch)), "2");
}

static void settle_and(struct arena *a, const char *batch, const char *conclusion, const char *stays_held)
{
    script("stemma_quality", arena_printf(a,
        "update quality.oos set state = 'investigated', findings = 'f', assignable_cause = %s, investigated_by = 'U-D',"
        " investigated_seq = 4 where batch_id = '%s';"
        "select quality.settle('%s', 3, '%s', 'because of it', 'U-E', 5, %s)",
        strcmp(conclusion, "invalidated") == 0 ? "true" : "false", batch, batch, conclusion, stays_held));
}

static void settle(struct arena *a, const char *batch, const char *conclusion)
{
    settle_and(a, batch, conclusion, "false");
}

CASE(R14_a_case_ends_no_hold_that_a_correction_made)
{
    SCOPE;
    const char *batch = batch_in(a, "in_test");
    report(a, batch, 3, "viability", "fail");
    settle_and(a, batch, "invalidated", "true");
    assert_string_equal(state_of(a, batch), "on_hold");
    assert_string_equal(standing(a, batch), "");
}

CASE(R27_an_invalidated_result_stands_no_more_and_the_hold_ends)
{
    SCOPE;
    const char *batch = batch_in(a, "in_test");
    report(a, batch, 3, "viability", "fail");
    script(PG_ADMIN, arena_printf(a, "insert into batch.actor values ('%s', 2, 'U-A', 'batch.complete')", batch));
    settle(a, batch, "invalidated");
    assert_string_equal(state_of(a, batch), "in_test");
    assert_string_equal(standing(a, batch), "");
}

CASE(R27_a_hold_in_processing_ends_in_processing)
{
    SCOPE;
    const char *batch = batch_in(a, "in_process");
    report(a, batch, 3, "viability", "fail");
    settle(a, batch, "invalidated");
    assert_string_equal(state_of(a, batch), "in_process");
}

CASE(T30_a_confirmed_case_keeps_the_hold)
{
    SCOPE;
    const char *batch = batch_in(a, "in_test");
    report(a, batch, 3, "viability", "fail");
    settle(a, batch, "confirmed");
    assert_string_equal(state_of(a, batch), "on_hold");
    assert_string_equal(standing(a, batch), "3");
}

CASE(R12_quality_edits_and_deletes_no_result)
{
    assert_true(refused("stemma_quality", "update quality.test set result = '97'"));
    assert_true(refused("stemma_quality", "delete from quality.test"));
    assert_true(refused("stemma_quality", "update quality.specification set document = '{}'"));
    assert_true(refused("stemma_release", "select quality.settle('B-1', 1, 'confirmed', 'x', 'U-E', 5)"));
}

/* the one test of a fresh batch in this state, reviewed, then corrected at entry 9 */
static const char *corrected_in(struct arena *a, const char *state, const char *verdict)
{
    const char *batch = batch_in(a, "in_test");
    report(a, batch, 5, "viability", "pass");
    script("stemma_quality", arena_printf(a, "update quality.test set reviewed_by = 'U-D', reviewed_seq = 6 where batch_id = '%s'",
        batch));
    script(PG_ADMIN, arena_printf(a, "update batch.batch set state = '%s' where batch_id = '%s'", state, batch));
    script("stemma_quality", arena_printf(a, "select quality.correct('%s', 9, 5, '89', '98', 'digits swapped', '98', '%s', 'why',"
        " 'U-C', 1); select batch.lapse_acts('%s', 9, '{5,6,8}', '{quality.test_report,quality.test_review,release.release}',"
        " '{5,5,0}', '{quality.test_review,quality.test_review,release.release}')", batch, verdict, batch));
    return batch;
}

static const char *test_of(struct arena *a, const char *batch)
{
    return text_of(a, arena_printf(a, "select result || ' ' || verdict || ' ' || coalesce(reviewed_by, '-') || ' was ' || was_result"
        " from quality.test_facts where batch_id = '%s'", batch));
}

CASE(R14_a_corrected_result_is_unsigned_until_reviewed)
{
    SCOPE;
    const char *batch = corrected_in(a, "in_test", "pass");
    assert_string_equal(test_of(a, batch), "98 pass - was 89");
    script("stemma_quality", arena_printf(a, "select batch.renew('%s', 'quality.test_review', 5, 10)", batch));
    assert_string_equal(test_of(a, batch), "98 pass U-D was 89");
}

CASE(R14_a_released_batch_whose_data_are_corrected_goes_on_hold)
{
    SCOPE;
    const char *batch = corrected_in(a, "released", "pass");
    assert_string_equal(state_of(a, batch), "on_hold");
    assert_int_equal(refused("stemma_quality", arena_printf(a, "select batch.renew('%s', 'release.release', 0, 10)", batch)), 1);
    script("stemma_quality", arena_printf(a, "select quality.go_on('%s', 11)", batch));
    assert_string_equal(state_of(a, batch), "in_process");
}

CASE(R26_a_result_that_fails_once_corrected_opens_a_case)
{
    SCOPE;
    const char *batch = corrected_in(a, "in_test", "fail");
    assert_string_equal(state_of(a, batch), "on_hold");
    assert_string_equal(text_of(a, arena_printf(a, "select state from quality.oos where batch_id = '%s' and test_seq = 5", batch)),
        "open");
}

CASE(R12_a_batch_handed_over_is_not_corrected_any_more)
{
    SCOPE;
    const char *batch = batch_in(a, "in_test");
    report(a, batch, 5, "viability", "pass");
    script(PG_ADMIN, arena_printf(a, "update batch.batch set state = 'handed_over' where batch_id = '%s'", batch));
    assert_int_equal(refused("stemma_quality", arena_printf(a, "select quality.correct('%s', 9, 5, '89', '98', 'r', '98', 'pass',"
        " 'why', 'U-C', 1)", batch)), 1);
}

CASE(R12_a_correction_and_the_original_stay)
{
    SCOPE;
    const char *batch = corrected_in(a, "in_test", "pass");
    assert_int_equal(refused("stemma_quality", arena_printf(a, "update quality.correction set old_value = 'x' where batch_id = '%s'",
        batch)), 1);
    assert_int_equal(refused("stemma_quality", arena_printf(a, "delete from quality.correction where batch_id = '%s'", batch)), 1);
    assert_string_equal(text_of(a, arena_printf(a, "select result from quality.test where batch_id = '%s'", batch)), "89");
}

CASE(R29_a_failing_result_fails_what_is_released_where_it_is)
{
    SCOPE;
    static const char *const states[][2] = {{"cond_released", "failed_post_release"}, {"cond_handed_over", "failed_handed_over"},
                                            {"cond_received", "failed_received"}};
    for (size_t i = 0; i < 3; i++) {
        const char *batch = batch_in(a, states[i][0]);
        report(a, batch, 5, "viability", "fail");
        assert_string_equal(state_of(a, batch), states[i][1]);
        script("stemma_quality", arena_printf(a, "update quality.oos set state = 'investigated', assignable_cause = true where batch_id = '%s'", batch));
        script(PG_ADMIN, arena_printf(a, "insert into batch.actor values ('%s', 4, 'U-A', 'batch.complete')", batch));
        script("stemma_quality", arena_printf(a, "select quality.settle('%s', 5, 'invalidated', 'why', 'U-Q', 7)", batch));
        assert_string_equal(state_of(a, batch), states[i][0]);
    }
}

CASE(T30_a_rejection_ends_no_investigation)
{
    SCOPE;
    const char *batch = batch_in(a, "in_test");
    report(a, batch, 5, "viability", "fail");
    script(PG_ADMIN, arena_printf(a, "update batch.batch set state = 'rejected' where batch_id = '%s'", batch));
    script("stemma_quality", arena_printf(a, "update quality.oos set state = 'investigated', assignable_cause = true where batch_id = '%s'", batch));
    script("stemma_quality", arena_printf(a, "select quality.settle('%s', 5, 'invalidated', 'why', 'U-Q', 7)", batch));
    assert_string_equal(state_of(a, batch), "rejected");
}

CASE(R12_R29_a_result_that_no_release_rests_on_is_corrected_after_it)
{
    SCOPE;
    const char *batch = batch_in(a, "cond_handed_over");
    report(a, batch, 5, "viability", "pass");
    script("stemma_quality", arena_printf(a, "select quality.correct('%s', 9, 5, '89', '98', 'digits swapped', '98', 'pass', 'why',"
        " 'U-C', 1, 'quality.result_correct')", batch));
    assert_string_equal(state_of(a, batch), "cond_handed_over");
    assert_int_equal(refused("stemma_quality", arena_printf(a, "select quality.correct('%s', 10, 5, '98', '97', 'r', '97', 'pass',"
        " 'why', 'U-C', 1)", batch)), 1);
}

/* what the worklist says of a batch: each line's kind and whether it is overdue at that time */
static const char *waiting(struct arena *a, const char *batch, int at)
{
    return text_of(a, arena_printf(a, "select coalesce(string_agg(kind || case when overdue_ms < %d then ' overdue' when expected_ms < %d"
        " then ' grace' else ' waiting' end, ', ' order by kind, code), '') from release.waiting where batch_id = '%s'", at, at, batch));
}

CASE(R29_a_pending_result_is_waited_for_until_a_reviewed_one_is_there)
{
    SCOPE;
    const char *batch = batch_in(a, "cond_received");
    script("stemma_release", arena_printf(a, "insert into release.disposition (batch_id, disposition, person_id, seq, time_ms,"
        " follow_up_by) values ('%s', 'cond_released', 'U-P', 3, 1, 'U-O'); insert into release.pending_test values"
        " ('%s', 3, 1, 'viability', 86400000, 1, 'U-O')", batch, batch));
    assert_string_equal(waiting(a, batch, 86400000), "test waiting");
    assert_string_equal(waiting(a, batch, 86400001), "test grace");
    assert_string_equal(waiting(a, batch, 172800001), "test overdue");       /* and so it stays: nothing closes it by time */
    report(a, batch, 5, "viability", "cannot_evaluate");
    report(a, batch, 6, "viability", "fail");
    assert_string_equal(waiting(a, batch, 0), "test waiting");
    script("stemma_quality", arena_printf(a, "update quality.test set reviewed_by = 'U-D', reviewed_seq = 7 where batch_id = '%s' and"
        " test_seq = 6; insert into quality.task (batch_id, test_seq, task, owner_id, due_ms) values ('%s', 6, 'physician', 'U-O', 5)",
        batch, batch));
    assert_string_equal(waiting(a, batch, 6), "task overdue");
    assert_int_equal(refused("stemma_quality", arena_printf(a, "delete from quality.task where batch_id = '%s'", batch)), 1);
    script("stemma_quality", arena_printf(a, "update quality.task set done_ms = 6, done_by = 'U-O', done_seq = 8, text = 'told'"
        " where batch_id = '%s'", batch));
    assert_string_equal(waiting(a, batch, 6), "");
}
