#include "moves.h"

#include "base/clock.h"
#include "record/record.h"

#define PICK(w, ...) ((const char *const[]){__VA_ARGS__}[walker_pick((w), (int)(sizeof(const char *const[]){__VA_ARGS__} / sizeof(const char *)))])
#define MAKE(w, type, name)                                                  \
    struct type *name = arena_alloc((w)->a, sizeof *name);                   \
    record_init(&record_##type, name)

static const char *tenths(struct walker *w, int n)
{
    return arena_printf(w->a, "%d.%d", n / 10, n % 10);
}

static struct list containers(struct walker *w, const struct lot *lot, unsigned mask)
{
    struct list all = {NULL, 0};
    for (unsigned i = 0; i < CONTAINERS; i++)
        if (mask & 1u << i)
            texts_add(w->a, &all, lot->containers[i]);
    return all;
}

static unsigned some(struct walker *w)
{
    unsigned there = (1u << (w->shown.containers.count > 0 ? w->shown.containers.count : 1)) - 1;
    return w->mask = 1 + (unsigned)walker_pick(w, (int)there);
}

/* a container that is there, or one time in twelve one that perhaps is not */
static const char *one(struct walker *w, const struct lot *lot)
{
    int there = (int)w->shown.containers.count;
    return lot->containers[walker_pick(w, there > 0 && walker_pick(w, 12) > 0 ? there : CONTAINERS)];
}

static int64_t any_entry(struct walker *w)
{
    return walker_pick(w, (int)w->shown.head_seq + 1);
}

/* an entry of the lot of some kind, as quality lists it; any, where there is none */
static int64_t listed(struct walker *w, const struct lot *lot, bool deviation)
{
    struct batch_key key = {lot->b.batch};
    struct quality_results all;
    struct err e;
    record_init(&record_quality_results, &all);
    if (desk_call(w->person->desk, w->a, "quality.results", &key, &all, &e) != 0)
        return any_entry(w);
    const struct list *from = deviation ? &all.deviations : &all.tests;
    if (from->count == 0)
        return any_entry(w);
    size_t i = (size_t)walker_pick(w, (int)from->count);
    return deviation ? LIST_AT(*from, struct deviation_row, i)->deviation_seq : LIST_AT(*from, struct test_row, i)->test_seq;
}

static const void *step(struct walker *w, const struct lot *lot)
{
    MAKE(w, batch_step, in);
    in->batch_id = lot->b.batch;
    in->step = 1;
    in->started_at = clock_ms() - 500;
    in->ended_at = clock_ms() - 5;
    struct step_value *v = record_list_add(w->a, &record_step_value, &in->values);
    *v = (struct step_value){"filled", "true"};
    return in;
}

/* one fill in three does not balance */
static const void *fill(struct walker *w, const struct lot *lot)
{
    static const int off[] = {0, 0, 4, -5, 9, -20};
    MAKE(w, batch_fill, in);
    int all = 0;
    for (int i = 0, n = 1 + walker_pick(w, CONTAINERS); i < n; i++) {
        struct fill_container *k = record_list_add(w->a, &record_fill_container, &in->containers);
        int volume = 20 + walker_pick(w, 60);
        *k = (struct fill_container){lot->containers[i], tenths(w, volume), "1000000"};
        all += volume;
    }
    in->batch_id = lot->b.batch;
    in->samples_ml = "0.5";
    in->waste_ml = tenths(w, walker_pick(w, 10));
    in->volume_in_ml = tenths(w, all + 5 + in->waste_ml[2] - '0' + off[walker_pick(w, 6)]);
    in->expires_at = clock_ms() + 20 * 3600000;
    return in;
}

static const void *fill_correct(struct walker *w, const struct lot *lot)
{
    MAKE(w, fill_correct, in);
    in->batch_id = lot->b.batch;
    in->reason = "read from the wrong scale";
    in->field = "waste_ml";
    in->old_value = tenths(w, walker_pick(w, 10));
    if (w->shown.containers.count > 0) {
        const struct container_row *k = LIST_AT(w->shown.containers, struct container_row, (size_t)walker_pick(w, (int)w->shown.containers.count));
        in->field = arena_printf(w->a, "containers.%s.volume_ml", k->container_id);
        in->old_value = k->volume_ml;
    }
    in->new_value = tenths(w, 15 + walker_pick(w, 70));
    return in;
}

static const void *complete(struct walker *w, const struct lot *lot)
{
    MAKE(w, batch_complete, in);
    in->batch_id = lot->b.batch;
    return in;
}

static const void *note(struct walker *w, const struct lot *lot)
{
    MAKE(w, batch_note, in);
    in->batch_id = lot->b.batch;
    in->text = "somebody walked by";
    return in;
}

static const void *void_entry(struct walker *w, const struct lot *lot)
{
    MAKE(w, batch_void, in);
    in->batch_id = lot->b.batch;
    in->corrects = any_entry(w);
    in->reason = "written to the wrong batch";
    return in;
}

static const void *label(struct walker *w, const struct lot *lot)
{
    MAKE(w, label_print, in);
    in->batch_id = lot->b.batch;
    in->container_id = one(w, lot);
    in->copy = 1 + (walker_pick(w, 4) == 0) + (walker_pick(w, 8) == 0);
    in->reason = in->copy > 1 ? "the copy before was smudged" : NULL;
    return in;
}

/* fewer positions than containers: somebody is always in somebody's place */
static const void *store(struct walker *w, const struct lot *lot)
{
    MAKE(w, container_store, in);
    *in = (struct container_store){lot->b.batch, one(w, lot), "E-TANK1",
                                   arena_printf(w->a, "%s-%d", w->walk->positions, walker_pick(w, (int)w->walk->lot_count + 2))};
    return in;
}

static const void *report(struct walker *w, const struct lot *lot)
{
    MAKE(w, test_report, in);
    in->batch_id = lot->b.batch;
    in->code = "gram";
    in->result = walker_pick(w, 8) == 0 ? "positive" : "negative";
    in->method = "stain";
    in->sample_point = "final product";
    in->sampled_at = clock_ms() - 2000;
    in->tested_at = clock_ms() - 1000;
    return in;
}

static const void *review_test(struct walker *w, const struct lot *lot)
{
    MAKE(w, test_review, in);
    in->batch_id = lot->b.batch;
    in->test_seq = listed(w, lot, false);
    return in;
}

static const void *correct_test(struct walker *w, const struct lot *lot)
{
    MAKE(w, test_correct, in);
    bool was = walker_pick(w, 4) == 0;
    in->batch_id = lot->b.batch;
    in->test_seq = listed(w, lot, false);
    in->old_value = was ? "positive" : "negative";
    in->new_value = was ? "negative" : "positive";
    in->reason = "typed for the sample beside it";
    return in;
}

static const void *investigate(struct walker *w, const struct lot *lot)
{
    MAKE(w, oos_investigate, in);
    in->batch_id = lot->b.batch;
    in->test_seq = listed(w, lot, false);
    in->findings = "the stain was past its date when it was used";
    in->assignable_cause = walker_pick(w, 4) > 0;
    return in;
}

static const void *close_oos(struct walker *w, const struct lot *lot)
{
    MAKE(w, oos_close, in);
    in->batch_id = lot->b.batch;
    in->test_seq = listed(w, lot, false);
    in->conclusion = walker_pick(w, 4) > 0 ? "invalidated" : "confirmed";
    in->reason = "as the investigation found it";
    return in;
}

static const void *deviate(struct walker *w, const struct lot *lot)
{
    MAKE(w, deviation_open, in);
    in->batch_id = lot->b.batch;
    in->deviation_class = PICK(w, "minor", "minor", "major", "critical");
    in->text = "the door stood open for a minute";
    in->aware_at = clock_ms() - 1000;
    return in;
}

static const void *close_deviation(struct walker *w, const struct lot *lot)
{
    MAKE(w, deviation_close, in);
    in->batch_id = lot->b.batch;
    in->deviation_seq = listed(w, lot, true);
    in->reason = "no influence on the product was found";
    return in;
}

static const void *hold_end(struct walker *w, const struct lot *lot)
{
    MAKE(w, hold_end, in);
    in->batch_id = lot->b.batch;
    in->reason = "the corrected value was looked at and holds";
    return in;
}

static const void *review(struct walker *w, const struct lot *lot)
{
    MAKE(w, batch_review, in);
    in->batch_id = lot->b.batch;
    in->entries = w->shown.head_seq + (walker_pick(w, 8) > 0);
    in->conclusion = "The record is complete.";
    return in;
}

static const void *release(struct walker *w, const struct lot *lot)
{
    MAKE(w, batch_release, in);
    in->batch_id = lot->b.batch;
    return in;
}

static const void *reject(struct walker *w, const struct lot *lot)
{
    MAKE(w, batch_reject, in);
    in->batch_id = lot->b.batch;
    in->reason = "the bag was seen to leak at the port";
    return in;
}

static const char *transfer(struct walker *w, const struct lot *lot, const char *kind)
{
    w->number = walker_pick(w, TRANSFERS);
    return arena_printf(w->a, "%s-%s-%d", kind, lot->b.batch + 2, w->number);
}

static const void *hand_over(struct walker *w, const struct lot *lot)
{
    MAKE(w, hand_over, in);
    in->batch_id = lot->b.batch;
    in->transfer_id = transfer(w, lot, "TR");
    in->receiver_id = PICK(w, "U-TOM", "U-INES", "U-INES", "U-OMAR");
    in->destination = "Clinic";
    in->seal_number = "S-9";
    in->condition = "good";
    in->temperature_c = "4.0";
    in->containers = containers(w, lot, some(w));
    return in;
}

static const void *receive(struct walker *w, const struct lot *lot)
{
    MAKE(w, receive, in);
    in->batch_id = lot->b.batch;
    in->transfer_id = transfer(w, lot, "TR");
    in->seal_number = walker_pick(w, 8) > 0 ? "S-9" : "S-8";
    in->condition = "good";
    unsigned given = lot->given[w->number];
    in->containers = containers(w, lot, w->mask = given != 0 && walker_pick(w, 8) > 0 ? given : some(w));
    return in;
}

static const void *give_back(struct walker *w, const struct lot *lot)
{
    MAKE(w, return_give, in);
    in->batch_id = lot->b.batch;
    in->transfer_id = transfer(w, lot, "RT");
    in->receiver_id = PICK(w, "U-JON", "U-MARA", "U-INES");
    in->reason = "the infusion was put off by the clinic";
    in->condition = "good";
    in->seal_number = "S-10";
    in->temperature_c = "5.1";
    in->containers = containers(w, lot, some(w));
    return in;
}

static const void *take_back(struct walker *w, const struct lot *lot)
{
    MAKE(w, return_receive, in);
    in->batch_id = lot->b.batch;
    in->transfer_id = transfer(w, lot, "RT");
    in->seal_number = "S-10";
    in->condition = "good";
    in->temperature_c = "6.0";
    unsigned back = lot->returned[w->number];
    in->containers = containers(w, lot, back != 0 ? back : some(w));
    return in;
}

static const void *decide(struct walker *w, const struct lot *lot)
{
    MAKE(w, container_decide, in);
    in->batch_id = lot->b.batch;
    in->decision = PICK(w, "destroy", "nonclinical", "use");
    in->reason = "its cold chain at the clinic is not known";
    in->containers = containers(w, lot, some(w));
    return in;
}

static const void *administer(struct walker *w, const struct lot *lot)
{
    MAKE(w, administer, in);
    in->batch_id = lot->b.batch;
    in->recipient_code = walker_pick(w, 8) > 0 ? lot->b.recipient : "R-OTHER";
    in->donation_number = lot->b.donation_number;
    in->weight_kg = "70.0";
    in->route = "intravenous";
    in->site = "left forearm";
    in->imaging = "none";
    in->started_at = clock_ms() - 100;
    in->ended_at = clock_ms() - 10;
    in->adverse_event = 0;
    size_t i = w->shown.containers.count > 0 ? (size_t)walker_pick(w, (int)w->shown.containers.count) : 0;
    struct dose_container *k = record_list_add(w->a, &record_dose_container, &in->containers);
    *k = (struct dose_container){lot->containers[i], "1.0", "0.1"};
    if (w->shown.containers.count > 0)
        *k = (struct dose_container){lot->containers[i], LIST_AT(w->shown.containers, struct container_row, i)->volume_ml, "0"};
    return in;
}

static const void *destroy(struct walker *w, const struct lot *lot)
{
    MAKE(w, container_destroy, in);
    in->batch_id = lot->b.batch;
    in->method = "autoclaved";
    in->reason = "the bag was torn at the port";
    in->witness_id = PICK(w, "U-MARA", "U-JON", "U-OMAR");
    in->destroyed_at = clock_ms() - 1000;
    texts_add(w->a, &in->containers, one(w, lot));
    w->mask = 0;
    for (unsigned i = 0; i < CONTAINERS; i++)
        w->mask |= strcmp(TEXTS_AT(in->containers, 0), lot->containers[i]) == 0 ? 1u << i : 0;
    return in;
}

static const void *witness(struct walker *w, const struct lot *lot)
{
    MAKE(w, destroy_witness, in);
    in->batch_id = lot->b.batch;
    in->destroy_seq = lot->destroy_seq;
    in->containers = containers(w, lot, lot->destroyed != 0 ? lot->destroyed : some(w));
    return in;
}

static const void *cancel(struct walker *w, const struct lot *lot)
{
    MAKE(w, destroy_cancel, in);
    in->batch_id = lot->b.batch;
    in->destroy_seq = lot->destroy_seq;
    in->containers = containers(w, lot, lot->destroyed != 0 ? lot->destroyed : some(w));
    in->reason = "the autoclave was found empty, the bag in its place";
    return in;
}

static const void *lose(struct walker *w, const struct lot *lot)
{
    MAKE(w, container_loss, in);
    in->batch_id = lot->b.batch;
    in->text = "not in its position, nor in any other of the tank";
    in->deviation_class = "critical";
    in->aware_at = clock_ms() - 1000;
    in->containers = containers(w, lot, 1u << walker_pick(w, CONTAINERS));
    return in;
}

const struct move moves_all[MOVES] = {
    {"batch.step", step, BENCH, 100}, {"batch.fill", fill, BENCH, 100}, {"batch.fill_correct", fill_correct, ANY, 4},
    {"batch.complete", complete, BENCH, 60}, {"batch.note", note, ANY, 3}, {"batch.void", void_entry, ANY, 3},
    {"custody.label_print", label, BENCH | TESTED, 80}, {"custody.container_store", store, BENCH | TESTED | HELD, 40},
    {"quality.test_report", report, BENCH | TESTED | HELD, 50}, {"quality.test_review", review_test, BENCH | TESTED | HELD, 60},
    {"quality.test_correct", correct_test, ANY, 3}, {"quality.oos_investigate", investigate, HELD, 60}, {"quality.oos_close", close_oos, HELD, 80},
    {"quality.deviation_open", deviate, ANY, 2}, {"quality.deviation_close", close_deviation, ANY, 30}, {"quality.hold_end", hold_end, HELD, 40},
    {"release.review", review, TESTED, 150}, {"release.release", release, TESTED | DECIDES, 100}, {"release.reject", reject, HELD | DECIDES, 2},
    {"custody.hand_over", hand_over, OUT, 80}, {"custody.receive", receive, OUT, 80}, {"custody.return_give", give_back, OUT, 30},
    {"custody.return_receive", take_back, OUT, 40}, {"custody.container_decide", decide, OUT, 30}, {"custody.administer", administer, OUT, 40},
    {"custody.container_destroy", destroy, HELD | OUT, 5}, {"custody.destroy_witness", witness, HELD | OUT, 10},
    {"custody.destroy_cancel", cancel, HELD | OUT, 4}, {"custody.container_loss", lose, OUT, 3},
};
