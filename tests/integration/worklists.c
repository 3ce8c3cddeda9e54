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
