/* Samples over real sockets: taken of a container, sent, received, tested; the worklist of those that wait; and what is left for the recipient. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "house_support.h"
#include "record/record.h"
#include "short_batch.h"
#include "support/test.h"

static struct sample_take taking(const struct short_batch *b, const char *volume)
{
    struct sample_take in;
    record_init(&record_sample_take, &in);
    in.batch_id = b->batch;
    in.container_id = b->container;
    in.volume_ml = volume;
    texts_add(house_arena(), &in.codes, "gram");
    in.sample_point = "final product";
    in.place = "tube 1, rack 2";
    in.taken_at = clock_ms() - 1000;
    return in;
}

static struct sample_row sample(const struct short_batch *b, size_t i)
{
    struct sample_request in = {b->batch};
    struct sample_rows all;
    assert_done(short_ask("custody.samples", &in, &all));
    assert_true(all.samples.count > i);
    return *LIST_AT(all.samples, struct sample_row, i);
}

static bool waits(const char *sample_id)
{
    struct sample_request in = {NULL};
    struct sample_rows all;
    assert_done(short_ask("custody.samples", &in, &all));
    for (size_t i = 0; i < all.samples.count; i++)
        if (strcmp(LIST_AT(all.samples, struct sample_row, i)->sample_id, sample_id) == 0)
            return true;
    return false;
}

static struct list one(const char *id)
{
    struct list ret = {NULL, 0};
    texts_add(house_arena(), &ret, id);
    return ret;
}

static int sent(const struct short_batch *b, const char *who, const char *id)
{
    struct sample_send in = {.batch_id = b->batch, .samples = one(id), .laboratory = "QC laboratory"};
    return short_act(who, "custody.sample_send", &in);
}

static int received(const struct short_batch *b, const char *who, const char *id)
{
    struct sample_receive in = {.batch_id = b->batch, .samples = one(id), .condition = "good", .place = "QC refrigerator 1"};
    return short_act(who, "custody.sample_receive", &in);
}

static int ended(const struct short_batch *b, const char *id, const char *outcome, const char *reason)
{
    struct sample_end in = {.batch_id = b->batch, .samples = one(id), .outcome = outcome, .reason = reason};
    return short_act("U-YUKI", "custody.sample_end", &in);
}

static int tested(const struct short_batch *b, const struct sample_row *s, const char *id)
{
    struct test_report in;
    record_init(&record_test_report, &in);
    in.batch_id = b->batch;
    in.code = "gram";
    in.result = "negative";
    in.method = "stain";
    in.sample_point = "final product";
    in.sample_id = id;
    in.sampled_at = s->taken_at;
    in.tested_at = clock_ms() - 10;
    return short_act("U-YUKI", "quality.test_report", &in);
}

static struct whereabouts_row stands(const struct short_batch *b)
{
    struct batch_key key = {b->batch};
    struct whereabouts all;
    assert_done(short_ask("custody.reconcile", &key, &all));
    assert_int_equal(all.unaccounted, 0);
    return *LIST_AT(all.containers, struct whereabouts_row, 0);
}

static const char *traced(const char *kind, const char *id, bool back, const char *to)
{
    struct trace_request in = {kind, id, back ? 1 : BOOLEAN_ABSENT, NULL};
    struct trace_rows all;
    assert_done(short_ask("custody.trace", &in, &all));
    for (size_t i = 0; i < all.rows.count; i++)
        if (strcmp(LIST_AT(all.rows, struct trace_row, i)->kind, to) == 0)
            return LIST_AT(all.rows, struct trace_row, i)->id;
    return "";
}

CASE(custody_SAMPLE_taken_sent_received_tested_and_what_is_left_is_given)
{
    struct short_batch b;
    short_filled(&b, "allogeneic");
    assert_done(short_store(&b));
    struct sample_take take = taking(&b, "1.0");
    assert_done(short_act("U-MARA", "custody.sample_take", &take));
    struct sample_row s = sample(&b, 0);
    assert_string_equal(s.sample_id, arena_printf(house_arena(), "%s-S1", b.batch));
    assert_string_equal(s.state, "taken");
    assert_string_equal(s.cells, "100000000");
    assert_string_equal(TEXTS_AT(s.waiting, 0), "gram");
    assert_int_equal(s.due_at, s.taken_at + 30 * INT64_C(86400000));
    assert_true(waits(s.sample_id));
    assert_string_equal(stands(&b).left_ml, "6.0");
    assert_string_equal(stands(&b).state, "kept");
    assert_done(sent(&b, "U-MARA", s.sample_id));
    assert_int_equal(tested(&b, &s, s.sample_id), ERR_STATE_FORBIDS);
    assert_int_equal(received(&b, "U-MARA", s.sample_id), ERR_ROLE_MISSING);
    assert_done(received(&b, "U-YUKI", s.sample_id));
    assert_string_equal(sample(&b, 0).place, "QC refrigerator 1");
    assert_refused(tested(&b, &s, NULL), ERR_FIELD_MISSING, "2.4");
    assert_refused(tested(&b, &s, "B-2020-000001-S1"), ERR_SAMPLE_REFUSED, "R04");
    assert_done(tested(&b, &s, s.sample_id));
    struct test_review review = {.batch_id = b.batch, .test_seq = short_seq()};
    assert_done(short_act("U-OMAR", "quality.test_review", &review));
    assert_false(waits(s.sample_id));
    assert_int_equal(sample(&b, 0).waiting.count, 0);
    assert_done(ended(&b, s.sample_id, "used_up", NULL));
    struct batch_key key = {b.batch};
    struct quality_results results;
    assert_done(short_ask("quality.results", &key, &results));
    assert_string_equal(LIST_AT(results.tests, struct test_row, 0)->sample_id, s.sample_id);
    assert_done(short_label(&b, 1));
    assert_done(short_complete(&b));
    assert_done(short_review(&b));
    assert_done(short_release(&b));
    take = taking(&b, "1.0");
    assert_refused(short_act("U-MARA", "custody.sample_take", &take), ERR_SAMPLE_REFUSED, "2.4");
    assert_done(short_hand_over(&b));
    struct receive arrived = {.batch_id = b.batch, .transfer_id = short_transfer(), .containers = one(b.container), .condition = "good", .seal_number = "S-1"};
    assert_done(short_act("U-TOM", "custody.receive", &arrived));
    usleep(20000);
    struct administer given;
    record_init(&record_administer, &given);
    given.batch_id = b.batch;
    given.recipient_code = b.recipient;
    given.donation_number = b.donation_number;
    given.weight_kg = "60.0";
    given.route = "intravenous";
    given.site = "left forearm";
    given.imaging = "none";
    given.started_at = clock_ms() - 10;
    given.ended_at = clock_ms();
    given.adverse_event = 0;
    *(struct dose_container *)record_list_add(house_arena(), &record_dose_container, &given.containers) = (struct dose_container){b.container, "7.0", "0"};
    assert_refused(short_act("U-INES", "custody.administer", &given), ERR_BALANCE_OPEN, "R33");
    LIST_AT(given.containers, struct dose_container, 0)->volume_given_ml = "6.0";
    assert_done(short_act("U-INES", "custody.administer", &given));
    assert_true(house_dossier_holds(b.batch));
    struct custody_correct wrong;
    record_init(&record_custody_correct, &wrong);
    wrong.batch_id = b.batch;
    wrong.corrects = short_seq();
    wrong.field = "weight_kg";
    wrong.old_value = "60.0";
    wrong.new_value = "61.0";
    wrong.reason = "copied from the chart of another bed";
    assert_done(short_act("U-PETER", "custody.correct", &wrong));                /* of what the sample left: it balances as it did */
    const char *found = arena_printf(house_arena(), "select cardinality(findings) from custody.correction where batch_id = '%s'", b.batch);
    assert_string_equal(house_sql(found), "0");
    assert_true(house_dossier_holds(b.batch));
}

CASE(custody_SAMPLE_of_the_whole_container_ends_it)
{
    struct short_batch b;
    short_filled(&b, "allogeneic");
    assert_done(short_store(&b));
    struct sample_take take = taking(&b, "7.1");
    assert_refused(short_act("U-YUKI", "custody.sample_take", &take), ERR_BALANCE_OPEN, "R33");
    take = taking(&b, "7.00");
    assert_done(short_act("U-YUKI", "custody.sample_take", &take));
    struct whereabouts_row k = stands(&b);
    assert_string_equal(k.state, "sampled");
    assert_true(k.ended == 1);
    take = taking(&b, "1");
    assert_refused(short_act("U-YUKI", "custody.sample_take", &take), ERR_BALANCE_OPEN, "R33");
    assert_int_equal(short_store(&b), ERR_STATE_FORBIDS);
    const char *id = sample(&b, 0).sample_id;
    assert_string_equal(traced("container", b.container, false, "sample"), id);
    assert_string_equal(traced("donor", b.donor, false, "sample"), id);
    assert_string_equal(traced("sample", id, true, "donor"), b.donor);
    struct scan_request scan = {id};
    struct scan_answer found;
    assert_done(short_ask("custody.scan", &scan, &found));
    assert_int_equal(found.found.count, 1);
    assert_string_equal(LIST_AT(found.found, struct scan_hit, 0)->kind, "sample");
    assert_refused(ended(&b, id, "lost", NULL), ERR_REASON_MISSING, "2.4");
    assert_done(ended(&b, id, "lost", "neither in its rack nor beside it"));
    assert_true(waits(id));                              /* no other one is for the test */
    assert_true(house_dossier_holds(b.batch));
}

CASE(custody_SAMPLE_that_is_gone_leaves_its_test_waiting_until_there_is_another_or_a_result)
{
    struct short_batch b;
    short_filled(&b, "allogeneic");
    assert_done(short_store(&b));
    struct sample_take take = taking(&b, "0.5");
    assert_done(short_act("U-MARA", "custody.sample_take", &take));
    const char *first = arena_printf(house_arena(), "%s-S1", b.batch), *second = arena_printf(house_arena(), "%s-S2", b.batch);
    assert_done(ended(&b, first, "lost", "neither in its rack nor beside it"));
    assert_true(waits(first));
    assert_string_equal(TEXTS_AT(sample(&b, 0).waiting, 0), "gram");
    take = taking(&b, "0.5");
    assert_done(short_act("U-MARA", "custody.sample_take", &take));
    assert_false(waits(first));
    assert_true(waits(second));
    assert_done(ended(&b, second, "destroyed", "the tube was open when it arrived"));
    assert_true(waits(second));
    assert_false(waits(first));                          /* one line for what is missing, not two */
    struct sample_row of = {.taken_at = take.taken_at};
    assert_done(tested(&b, &of, NULL));
    assert_false(waits(second));
    assert_true(house_dossier_holds(b.batch));
}

CASE(custody_SAMPLE_before_the_fill_is_of_the_batch)
{
    struct short_batch b;
    short_begun(&b, "allogeneic");
    b.container = NULL;
    struct sample_take take = taking(&b, "2.0");
    assert_done(short_act("U-MARA", "custody.sample_take", &take));
    assert_null(sample(&b, 0).cells);
    assert_string_equal(traced("batch", b.batch, false, "sample"), sample(&b, 0).sample_id);
    assert_done(short_step(&b));
    assert_done(short_fill(&b));
    take.taken_at = clock_ms() - 5;
    take.container_id = NULL;
    assert_refused(short_act("U-MARA", "custody.sample_take", &take), ERR_SAMPLE_REFUSED, "R33");
    take = taking(&b, "0.5");
    texts_add(house_arena(), &take.codes, "potency");
    assert_int_equal(short_act("U-MARA", "custody.sample_take", &take), ERR_NOT_FOUND);
    take = taking(&b, "0.5");
    take.sample_point = "before washing";
    assert_refused(short_act("U-MARA", "custody.sample_take", &take), ERR_SAMPLE_REFUSED, "T07");
    assert_true(house_dossier_holds(b.batch));
}

CASE(R33_a_fill_is_not_corrected_below_its_samples)
{
    struct short_batch b;
    short_filled(&b, "allogeneic");
    assert_done(short_store(&b));
    struct sample_take take = taking(&b, "6.90");
    assert_done(short_act("U-MARA", "custody.sample_take", &take));
    struct fill_correct in;
    record_init(&record_fill_correct, &in);
    in.batch_id = b.batch;
    in.field = arena_printf(house_arena(), "containers.%s.volume_ml", b.container);
    in.old_value = "7.0";
    in.new_value = "6.85";
    in.reason = "read from the wrong scale";
    assert_refused(short_act("U-MARA", "batch.fill_correct", &in), ERR_BALANCE_OPEN, "R33");
    in.new_value = "6.95";
    assert_done(short_act("U-MARA", "batch.fill_correct", &in));
    assert_string_equal(stands(&b).left_ml, "0.05");
    assert_true(house_dossier_holds(b.batch));
}
