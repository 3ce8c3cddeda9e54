/* Corrections over real sockets of what is signed beyond the bench: each with its refusals, and what it lets lapse. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"

#define DONE(call)                                                                                                     \
    do {                                                                                                               \
        if ((call) != 0)                                                                                               \
            fail_msg("%s %s: %s", short_error()->field, short_error()->rule, short_error()->text);                     \
    } while (0)

#define REFUSED(call, expected, expected_rule)                                                                         \
    do {                                                                                                               \
        int refused_code = (call);                                                                                     \
        if (refused_code != (expected) || strcmp(short_error()->rule, (expected_rule)) != 0)                           \
            fail_msg("%s by %s: %s", err_row(refused_code)->code, short_error()->rule, short_error()->text);           \
    } while (0)

static struct batch_show shown_of(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct batch_show shown;
    DONE(short_ask("batch.show", &key, &shown));
    return shown;
}

static void opened(struct short_batch *b)
{
    short_donor(b, "allogeneic");
    DONE(short_consent(b, "treatment,storage"));
    DONE(short_screen(b));
    DONE(short_tests(b, NULL, NULL));
    DONE(short_determine(b));
    short_collect(b);
    DONE(short_open(b, "allogeneic"));
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
    REFUSED(correct_fill(&b, "U-MARA", "waste_ml", "0.5", "0.4"), ERR_STATE_FORBIDS, "");
    DONE(short_step(&b));
    REFUSED(correct_fill(&b, "U-MARA", "waste_ml", "0.5", "0.4"), ERR_ORDER_FORBIDS, "R09");
    DONE(short_fill(&b));
    DONE(short_complete(&b));
    DONE(short_label(&b, 1));
    DONE(short_store(&b));
    short_test(&b);
    DONE(short_review(&b));
    DONE(short_release(&b));
    const char *volume = arena_printf(house_arena(), "containers.%s.volume_ml", b.container);
    struct batch_show shown = shown_of(&b);
    const struct container_row *k = LIST_AT(shown.containers, struct container_row, 0);
    clock_to_text(k->expires_at, was);
    clock_to_text(k->expires_at + 5 * 3600000, beyond);
    REFUSED(correct_fill(&b, "U-MARA", volume, "7.0", "5.0"), ERR_BALANCE_OPEN, "R33");
    REFUSED(correct_fill(&b, "U-MARA", volume, "7.5", "7.1"), ERR_HEAD_STALE, "R12");
    REFUSED(correct_fill(&b, "U-MARA", "expires_at", was, beyond), ERR_LIMIT_HARD, "T19");
    REFUSED(correct_fill(&b, "U-MARA", "containers.X.cells", "1", "2"), ERR_NOT_FOUND, "R12");
    DONE(correct_fill(&b, "U-MARA", volume, "7.0", "7.1"));
    shown = shown_of(&b);
    assert_string_equal(shown.state, "on_hold");
    assert_string_equal(LIST_AT(shown.containers, struct container_row, 0)->volume_ml, "7.1");
    assert_int_equal(shown.unsigned_acts.count, 3);            /* fill, review, release */
    assert_string_equal(LIST_AT(shown.corrections, struct correction_row, 0)->old_value, "7.0");
    go_on.batch_id = b.batch;
    DONE(short_act("U-ELENA", "quality.hold_end", &go_on));
    DONE(short_review(&b));
    assert_int_equal(shown_of(&b).unsigned_acts.count, 1);     /* the release */
    REFUSED(short_release(&b), ERR_GATE_CLOSED, short_error()->rule);
    assert_non_null(strstr(short_error()->text, "label"));     /* printed with the old volume */
    DONE(short_label(&b, 2));
    DONE(short_review(&b));
    DONE(short_release(&b));
    shown = shown_of(&b);
    assert_string_equal(shown.state, "released");
    assert_int_equal(shown.unsigned_acts.count, 0);
}

static int correct_transfer(const struct short_batch *b, const char *person, int64_t entry, const char *field, const char *old_value,
                            const char *new_value)
{
    struct custody_correct in = {.batch_id = b->batch, .corrects = entry, .field = field, .old_value = old_value, .new_value = new_value,
                                 .reason = "read from the logger of another box"};
    return short_act(person, "custody.correct", &in);
}

CASE(R12_what_was_written_wrongly_at_the_hand_over_is_corrected_after_it)
{
    struct short_batch b;
    opened(&b);
    DONE(short_step(&b));
    DONE(short_fill(&b));
    DONE(short_complete(&b));
    DONE(short_label(&b, 1));
    DONE(short_store(&b));
    short_test(&b);
    DONE(short_review(&b));
    DONE(short_release(&b));
    DONE(short_hand_over(&b));
    int64_t given = short_seq();
    REFUSED(correct_transfer(&b, "U-JON", given, "temperature_c", "4.0", "6.5"), ERR_DUTIES_SEGREGATED, "R10");
    REFUSED(correct_transfer(&b, "U-MARA", given, "temperature_c", "5.0", "6.5"), ERR_HEAD_STALE, "R12");
    REFUSED(correct_transfer(&b, "U-MARA", given, "seal_number", "S-1", "S-2"), ERR_FIELD_UNKNOWN, "R12");
    REFUSED(correct_transfer(&b, "U-MARA", 999, "temperature_c", "4.0", "6.5"), ERR_NOT_FOUND, "R12");
    assert_true(correct_transfer(&b, "U-MARA", given, "condition", "good", "soggy") > 0);
    DONE(correct_transfer(&b, "U-MARA", given, "temperature_c", "4.0", "6.5"));
    DONE(correct_transfer(&b, "U-MARA", given, "temperature_c", "6.5", "6.6"));
    DONE(correct_transfer(&b, "U-MARA", given, "condition", "good", "doubtful"));
    DONE(correct_transfer(&b, "U-MARA", given, "destination", "S-1", "Ward 5"));
    struct batch_key which = {b.batch};
    struct custody_rows chain;
    DONE(short_ask("custody.chain", &which, &chain));
    const struct custody_row *row = LIST_AT(chain.events, struct custody_row, chain.events.count - 1);
    assert_string_equal(row->event, "handed over");
    assert_string_equal(row->place, "Ward 5");
    assert_string_equal(row->was_place, "S-1");
    assert_null(LIST_AT(chain.events, struct custody_row, 0)->was_place);
    struct batch_show shown = shown_of(&b);
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
    DONE(short_act("U-ELENA", "custody.mock_recall", &recall));
    assert_int_equal(atoll(house_sql(arena_printf(house_arena(), "select count(*) from ledger.entry where stream = '%s' and type ="
        " 'custody.mock_recall' and position('\"consignee\":\"Ward 5, ' in convert_from(statement, 'UTF8')) > 0", b.batch))), 1);
    assert_true(house_dossier_holds(b.batch));
}
