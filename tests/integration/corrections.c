/* Corrections over real sockets of what is signed beyond the bench: each with its refusals, and what it lets lapse. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"

static void opened(struct short_batch *b)
{
    short_donor(b, "allogeneic");
    assert_done(short_consent(b, "treatment,storage"));
    assert_done(short_screen(b));
    assert_done(short_tests(b, NULL, NULL));
    assert_done(short_determine(b));
    short_collect(b);
    assert_done(short_open(b, "allogeneic"));
}

static int correct_fill(const struct short_batch *b, const char *person, const char *field, const char *old_value, const char *new_value)
{
    struct fill_correct in = {.batch_id = b->batch, .field = field, .old_value = old_value, .new_value = new_value,
                              .reason = "read from the wrong scale", .corrects = INTEGER_ABSENT};
    return short_act(person, "batch.fill_correct", &in);
}

CASE(R33_a_corrected_fill_is_reviewed_relabelled_and_released_anew)
{
    struct short_batch b;
    struct hold_end go_on = {NULL, "the fill was weighed again and holds"};
    char was[CLOCK_TEXT], beyond[CLOCK_TEXT];
    opened(&b);
    assert_refused(correct_fill(&b, "U-MARA", "waste_ml", "0.5", "0.4"), ERR_STATE_FORBIDS, "");
    assert_done(short_step(&b));
    assert_refused(correct_fill(&b, "U-MARA", "waste_ml", "0.5", "0.4"), ERR_ORDER_FORBIDS, "R09");
    assert_done(short_fill(&b));
    assert_done(short_complete(&b));
    assert_done(short_label(&b, 1));
    assert_done(short_store(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    const char *volume = arena_printf(house_arena(), "containers.%s.volume_ml", b.container);
    struct batch_show shown = short_shown(&b);
    const struct container_row *k = LIST_AT(shown.containers, struct container_row, 0);
    clock_to_text(k->expires_at, was);
    clock_to_text(k->expires_at + 5 * 3600000, beyond);
    assert_refused(correct_fill(&b, "U-MARA", volume, "7.0", "5.0"), ERR_BALANCE_OPEN, "R33");
    assert_refused(correct_fill(&b, "U-MARA", volume, "7.5", "7.1"), ERR_HEAD_STALE, "R12");
    assert_refused(correct_fill(&b, "U-MARA", "expires_at", was, beyond), ERR_LIMIT_HARD, "T19");
    assert_refused(correct_fill(&b, "U-MARA", "containers.X.cells", "1", "2"), ERR_NOT_FOUND, "R12");
    assert_done(correct_fill(&b, "U-MARA", volume, "7.0", "7.1"));
    shown = short_shown(&b);
    assert_string_equal(shown.state, "on_hold");
    assert_string_equal(LIST_AT(shown.containers, struct container_row, 0)->volume_ml, "7.1");
    assert_int_equal(shown.unsigned_acts.count, 3);            /* fill, review, release */
    assert_string_equal(LIST_AT(shown.corrections, struct correction_row, 0)->old_value, "7.0");
    go_on.batch_id = b.batch;
    assert_done(short_act("U-ELENA", "quality.hold_end", &go_on));
    assert_done(short_review(&b));
    assert_int_equal(short_shown(&b).unsigned_acts.count, 1);     /* the release */
    assert_refused(short_release(&b), ERR_GATE_CLOSED, short_error()->rule);
    assert_non_null(strstr(short_error()->text, "label"));     /* printed with the old volume */
    assert_done(short_label(&b, 2));
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    shown = short_shown(&b);
    assert_string_equal(shown.state, "released");
    assert_int_equal(shown.unsigned_acts.count, 0);
}

static int correct_transfer(const struct short_batch *b, const char *person, int64_t entry, const char *field, const char *old_value,
                            const char *new_value)
{
    struct custody_correct in = {.late_min = INTEGER_ABSENT, .batch_id = b->batch, .corrects = entry, .field = field, .old_value = old_value,
                                 .new_value = new_value,
                                 .reason = "read from the logger of another box"};
    return short_act(person, "custody.correct", &in);
}

CASE(R12_what_was_written_wrongly_at_the_hand_over_is_corrected_after_it)
{
    struct short_batch b;
    opened(&b);
    assert_done(short_step(&b));
    assert_done(short_fill(&b));
    assert_done(short_complete(&b));
    assert_done(short_label(&b, 1));
    assert_done(short_store(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_done(short_hand_over(&b));
    int64_t given = short_seq();
    assert_refused(correct_transfer(&b, "U-JON", given, "temperature_c", "4.0", "6.5"), ERR_DUTIES_SEGREGATED, "R10");
    assert_refused(correct_transfer(&b, "U-MARA", given, "temperature_c", "5.0", "6.5"), ERR_HEAD_STALE, "R12");
    assert_refused(correct_transfer(&b, "U-MARA", given, "seal_number", "S-1", "S-2"), ERR_FIELD_UNKNOWN, "R12");
    assert_refused(correct_transfer(&b, "U-MARA", 999, "temperature_c", "4.0", "6.5"), ERR_NOT_FOUND, "R12");
    assert_true(correct_transfer(&b, "U-MARA", given, "condition", "good", "soggy") > 0);
    assert_done(correct_transfer(&b, "U-MARA", given, "temperature_c", "4.0", "6.5"));
    assert_done(correct_transfer(&b, "U-MARA", given, "temperature_c", "6.5", "6.6"));
    assert_done(correct_transfer(&b, "U-MARA", given, "condition", "good", "doubtful"));
    assert_done(correct_transfer(&b, "U-MARA", given, "destination", "S-1", "Ward 5"));
    struct batch_key which = {b.batch};
    struct custody_rows chain;
    assert_done(short_ask("custody.chain", &which, &chain));
    const struct custody_row *row = LIST_AT(chain.events, struct custody_row, chain.events.count - 1);
    assert_string_equal(row->event, "handed over");
    assert_string_equal(row->place, "Ward 5");
    assert_string_equal(row->was_place, "S-1");
    assert_null(LIST_AT(chain.events, struct custody_row, 0)->was_place);
    struct batch_show shown = short_shown(&b);
    assert_string_equal(shown.state, "handed_over");
    assert_int_equal(shown.corrections.count, 4);
    assert_int_equal(LIST_AT(shown.corrections, struct correction_row, 0)->corrects, given);
    assert_string_equal(LIST_AT(shown.corrections, struct correction_row, 1)->field, "hand_over, condition");
    assert_int_equal(shown.unsigned_acts.count, 0);
    /* a recall is written to where the cells are */
    struct recall recall;
    record_init(&record_recall, &recall);
    recall.batch_id = b.batch;
    recall.cause = "donor";
    recall.cause_id = b.donor;
    recall.recall_class = "class_2";
    recall.reason = "the yearly trial of the recall";
    recall.begun_at = clock_ms() - 90000;
    assert_done(short_act("U-ELENA", "custody.mock_recall", &recall));
    assert_int_equal(atoll(house_sql(arena_printf(house_arena(), "select count(*) from ledger.entry where stream = '%s' and type ="
        " 'custody.mock_recall' and position('\"consignee\":\"Ward 5, ' in convert_from(statement, 'UTF8')) > 0", b.batch))), 1);
    assert_true(house_dossier_holds(b.batch));
}
