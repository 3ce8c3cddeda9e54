/* What waits, for whom: the bench's queue and the reviewer's lanes, as the services decide them. */
#include <string.h>

#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

static const struct work_item *work_of(const char *person, const char *batch)
{
    struct err e;
    struct nothing none;
    static struct work_items all;
    record_init(&record_nothing, &none);
    record_init(&record_work_items, &all);
    assert_int_equal(desk_call(house_login(person)->desk, house_arena(), "batch.work", &none, &all, &e), 0);
    for (size_t i = 0; i < all.work.count; i++)
        if (strcmp(LIST_AT(all.work, struct work_item, i)->batch_id, batch) == 0)
            return LIST_AT(all.work, struct work_item, i);
    return NULL;
}

static const struct review_item *waiting(const char *batch)
{
    struct nothing none;
    static struct review_items all;
    record_init(&record_nothing, &none);
    assert_done(short_ask("release.worklist", &none, &all));
    for (size_t i = 0; i < all.batches.count; i++)
        if (strcmp(LIST_AT(all.batches, struct review_item, i)->batch_id, batch) == 0)
            return LIST_AT(all.batches, struct review_item, i);
    return NULL;
}

static void begin(struct short_batch *b)
{
    short_begun(b, "allogeneic");
}

CASE(R09_R21_the_bench_is_told_what_is_next_and_who_may_not)
{
    struct short_batch b = {0};
    begin(&b);
    const struct work_item *w = work_of("U-MARA", b.batch);
    assert_non_null(w);
    assert_string_equal(w->what, "perform");
    assert_string_equal(w->name, "Fill");
    assert_int_equal(w->step, 1);
    assert_null(w->why_not);
    assert_string_equal(w->donation_number, b.donation_number);
    w = work_of("U-JON", b.batch);
    assert_non_null(strstr(w->why_not, "training"));
    assert_done(short_step(&b));
    assert_string_equal(work_of("U-MARA", b.batch)->what, "fill");
    assert_done(short_fill(&b));
    assert_string_equal(work_of("U-MARA", b.batch)->what, "complete");
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    assert_null(work_of("U-MARA", b.batch));
}

CASE(gate_lanes_wait_for_results_are_clear_for_review_and_an_open_case_is_an_exception)
{
    struct short_batch b = {0};
    begin(&b);
    assert_null(waiting(b.batch));
    assert_done(short_step(&b));
    assert_done(short_fill(&b));
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    const struct review_item *r = waiting(b.batch);
    assert_non_null(r);
    assert_string_equal(r->lane, "waiting");
    assert_int_equal(LIST_AT(r->open_points, struct gate_point, 0)->point, 3);
    short_test(&b);
    r = waiting(b.batch);
    assert_string_equal(r->lane, "clear");
    assert_int_equal(r->open_points.count, 1);
    assert_int_equal(LIST_AT(r->open_points, struct gate_point, 0)->point, 5);
    struct deviation_open in = {.batch_id = b.batch, .deviation_class = "major", .text = "the cabinet's alarm was heard", .aware_at = clock_ms() - 1000};
    assert_done(short_act("U-MARA", "quality.deviation_open", &in));
    assert_string_equal(waiting(b.batch)->lane, "exception");
    struct deviation_close close = {.batch_id = b.batch, .deviation_seq = short_seq(), .reason = "tested: a false alarm, no effect on cells"};
    assert_done(short_act("U-ELENA", "quality.deviation_close", &close));
    assert_string_equal(waiting(b.batch)->lane, "clear");
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    assert_null(waiting(b.batch));
}

static void ready(struct short_batch *b)
{
    begin(b);
    assert_done(short_step(b));
    assert_done(short_fill(b));
    assert_done(short_label(b, 1));
    assert_done(short_complete(b));
}

static void same_as_its_gate(const char *batch)
{
    const struct review_item *r = waiting(batch);
    struct batch_key key = {.batch_id = batch};
    struct gate_result gate;
    size_t open = 0;
    record_init(&record_gate_result, &gate);
    assert_done(short_ask("release.gate", &key, &gate));
    assert_non_null(r);
    assert_int_equal(r->head_seq, gate.head_seq);
    for (size_t i = 0; i < gate.points.count; i++) {
        const struct gate_point *alone = LIST_AT(gate.points, struct gate_point, i);
        if (strcmp(alone->state, "open") != 0)
            continue;
        assert_true(open < r->open_points.count);
        const struct gate_point *listed = LIST_AT(r->open_points, struct gate_point, open++);
        assert_int_equal(listed->point, alone->point);
        assert_string_equal(listed->text, alone->text);
    }
    assert_int_equal(open, r->open_points.count);
}

CASE(gate_of_many_batches_at_once_says_of_each_what_it_says_of_it_alone)
{
    struct short_batch b[3] = {0};
    for (size_t i = 0; i < 3; i++)
        ready(&b[i]);
    short_test(&b[1]);
    struct deviation_open in = {.batch_id = b[2].batch, .deviation_class = "major", .text = "the cabinet's alarm was heard", .aware_at = clock_ms() - 1000};
    assert_done(short_act("U-MARA", "quality.deviation_open", &in));
    for (size_t i = 0; i < 3; i++)
        same_as_its_gate(b[i].batch);
    assert_string_equal(waiting(b[0].batch)->lane, "waiting");
    assert_string_equal(waiting(b[1].batch)->lane, "clear");
    assert_string_equal(waiting(b[2].batch)->lane, "exception");
    for (size_t i = 0; i < 3; i++) {       /* a list has the oldest fifty: these leave it to others */
        struct batch_reject reject = {.batch_id = b[i].batch, .reason = "made for a test of the list alone"};
        assert_done(short_act("U-PETER", "release.reject", &reject));
    }
}
