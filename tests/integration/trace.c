/* Trace over real sockets: from a donor, a lot, a machine, a person to every container, and from a container back. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

static void stored(struct short_batch *b)
{
    short_filled(b, "allogeneic");
    assert_done(short_store(b));
}

/* every page; NULL when ${id} is not among what was found */
static const struct trace_row *traced(const char *kind, const char *of, bool back, const char *id, struct trace_rows *ret)
{
    struct trace_request in;
    const struct trace_row *found = NULL;
    record_init(&record_trace_request, &in);
    in.kind = kind;
    in.id = of;
    in.back = back;
    do {
        assert_done(short_ask("custody.trace", &in, ret));
        for (size_t i = 0; i < ret->rows.count; i++) {
            const struct trace_row *row = LIST_AT(ret->rows, struct trace_row, i);
            if (strcmp(row->id, id) == 0)
                found = row;
            in.after = arena_printf(house_arena(), "%s %s", row->kind, row->id);
        }
    } while (ret->more == 1);
    return found;
}

CASE(S4_6_a_donor_is_traced_to_every_container_and_its_place)
{
    struct short_batch b;
    struct trace_rows all;
    stored(&b);
    const struct trace_row *k = traced("donor", b.donor, false, b.container, &all);
    assert_non_null(k);
    assert_int_equal(all.containers, 1);
    assert_int_equal(all.batches, 1);
    assert_int_equal(all.unaccounted, 0);
    assert_int_equal(all.rows.count, 4);                     /* donor, collection, batch, container */
    assert_string_equal(k->kind, "container");
    assert_string_equal(k->state, "kept");
    assert_string_equal(k->batch_id, b.batch);
    assert_memory_equal(k->place, "E-TANK1 ", 8);
    assert_null(k->consignee);
    assert_int_equal(k->depth, 3);
}

CASE(S4_6_a_container_is_traced_back_to_donor_equipment_and_people)
{
    struct short_batch b;
    struct trace_rows all;
    stored(&b);
    assert_non_null(traced("container", b.container, true, b.donor, &all));
    assert_non_null(traced("container", b.container, true, b.collection, &all));
    assert_non_null(traced("container", b.container, true, "E-TANK1", &all));
    assert_non_null(traced("container", b.container, true, "U-MARA", &all));
    assert_null(traced("container", b.container, true, "U-PETER", &all));
}

CASE(S4_6_equipment_and_persons_are_traced_to_what_they_touched)
{
    struct short_batch b;
    struct trace_rows all;
    stored(&b);
    assert_non_null(traced("equipment", "E-TANK1", false, b.container, &all));
    assert_non_null(traced("person", "U-JON", false, b.container, &all));
    assert_non_null(traced("person", "U-MARA", false, b.batch, &all));
    assert_null(traced("person", "U-PETER", false, b.batch, &all));
}

CASE(S4_6_a_lot_is_traced_to_the_batches_of_the_demo)
{
    struct trace_rows all;
    struct short_batch b;
    stored(&b);
    struct material_rows lots;
    struct nothing none;
    record_init(&record_nothing, &none);
    assert_done(short_ask("batch.materials", &none, &lots));
    size_t touched = 0;
    for (size_t i = 0; i < lots.materials.count; i++) {
        struct trace_request in;
        record_init(&record_trace_request, &in);
        in.kind = "lot";
        in.id = LIST_AT(lots.materials, struct material_row, i)->lot_id;
        if (short_ask("custody.trace", &in, &all) == 0)
            touched += all.batches > 0 && all.containers > 0;
        else
            assert_int_equal(short_error()->code, ERR_NOT_FOUND);
    }
    assert_true(touched > 0);
    assert_null(traced("donor", b.donor, false, "B-NOBODY", &all));
}

CASE(S4_6_what_nobody_recorded_is_not_traced)
{
    struct trace_request in;
    struct trace_rows all;
    record_init(&record_trace_request, &in);
    in.kind = "lot";
    in.id = "M-NOBODY";
    assert_int_equal(short_ask("custody.trace", &in, &all), ERR_NOT_FOUND);
    in.kind = "patient";
    assert_true(short_ask("custody.trace", &in, &all) != 0);
}

static int recall_as(const char *who, const char *verb, const struct short_batch *b, const char *reason)
{
    struct recall in;
    record_init(&record_recall, &in);
    in.batch_id = b->batch;
    in.cause = "donor";
    in.cause_id = b->donor;
    in.recall_class = "class_2";
    in.reason = reason;
    in.begun_at = clock_ms() - 90000;
    return short_act(who, verb, &in);
}

static const char *state_of(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    static struct batch_show shown;
    assert_done(short_ask("batch.show", &key, &shown));
    return shown.state;
}

CASE(S4_6_a_recall_holds_what_is_still_here)
{
    struct short_batch b;
    stored(&b);
    assert_int_equal(recall_as("U-JON", "custody.recall", &b, "a reagent was contaminated"), ERR_ROLE_MISSING);
    assert_int_equal(recall_as("U-ELENA", "custody.recall", &b, "bad"), ERR_REASON_MISSING);
    assert_string_equal(state_of(&b), "in_process");
    assert_done(recall_as("U-ELENA", "custody.recall", &b, "a reagent was contaminated"));
    assert_string_equal(state_of(&b), "on_hold");
    struct hold_end end = {b.batch, "the lot was cleared by its maker"};
    assert_int_equal(short_act("U-PETER", "quality.hold_end", &end), ERR_STATE_FORBIDS);     /* not by the way of corrections */
    assert_done(recall_as("U-ELENA", "custody.recall", &b, "a second finding in the lot"));  /* recalled is recalled */
}

CASE(S4_6_a_mock_recall_tells_its_time_and_holds_nothing)
{
    struct short_batch b;
    struct recall again;
    stored(&b);
    assert_done(recall_as("U-CLARA", "custody.mock_recall", &b, "the yearly trial of the recall"));
    assert_string_equal(state_of(&b), "in_process");
    assert_string_equal(house_sql(arena_printf(house_arena(), "select is_mock || ' ' || containers || ' ' || unaccounted || ' ' || taken_min"
                                               " from custody.recall where batch_id = '%s'", b.batch)), "true 1 0 1");
    assert_done(short_label(&b, 1));
    record_init(&record_recall, &again);
    again.batch_id = "B-NOBODY";
    again.cause = "donor";
    again.cause_id = b.donor;
    again.recall_class = "class_1";
    again.reason = "the yearly trial of the recall";
    again.begun_at = clock_ms();
    assert_true(short_act("U-ELENA", "custody.mock_recall", &again) != 0);
}

/* what a recall says of each container a verifier finds in the statements, and the tables hold it */
CASE(R39_a_recall_verifies_and_is_replayed)
{
    struct short_batch b;
    stored(&b);
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    short_test(&b);
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_done(recall_as("U-ELENA", "custody.mock_recall", &b, "the yearly trial of the recall"));
    assert_done(short_hand_over(&b));
    assert_done(recall_as("U-ELENA", "custody.recall", &b, "a reagent was contaminated"));
    assert_string_equal(state_of(&b), "handed_over");
    struct trace_rows all;
    const struct trace_row *k = traced("batch", b.batch, false, b.container, &all);
    assert_non_null(k);
    assert_string_equal(k->consignee, "S-1, U-TOM");
    assert_true(house_dossier_holds(b.batch));
    assert_int_equal(house_replay()->holds, 1);
}
