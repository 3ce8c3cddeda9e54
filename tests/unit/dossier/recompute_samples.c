/* Rule 11 for samples: what is left comes out again, and a result is of a sample that was taken for it. */
#include "unit/dossier/recompute_lab.h"

#include "support/test.h"

#include <string.h>

static struct sample_take *taking(const char *container, const char *volume)
{
    struct sample_take *in = fresh("custody.sample_take");
    in->batch_id = "B-1";
    in->container_id = container;
    in->volume_ml = volume;
    texts_add(a, &in->codes, "viability");
    in->sample_point = "final product";
    in->place = "tube 1";
    in->taken_at = now_ms + 60000;
    return in;
}

static struct dossier_entry *taken(const char *container, const char *volume)
{
    struct dossier_entry *entry = add(B, "custody.sample_take", taking(container, volume));
    entry->statement.actor = "U-1";
    return entry;
}

/* the statement as somebody would have it, who computed otherwise */
static int refused_take(struct sample_take *in, const char *id)
{
    in->sample_id = id;
    return check(B, put(B, "custody.sample_take", in));
}

static struct dossier_entry *samples(const char *type, const char *id, const char *outcome, const char *actor)
{
    void *in = fresh(type);
    struct list one = {NULL, 0};
    texts_add(a, &one, id);
    if (strcmp(type, "custody.sample_send") == 0)
        *(struct sample_send *)in = (struct sample_send){.batch_id = "B-1", .samples = one, .laboratory = "QC"};
    else if (strcmp(type, "custody.sample_receive") == 0)
        *(struct sample_receive *)in = (struct sample_receive){.batch_id = "B-1", .samples = one, .condition = "good", .place = "fridge"};
    else
        *(struct sample_end *)in = (struct sample_end){.batch_id = "B-1", .samples = one, .outcome = outcome};
    struct dossier_entry *entry = put(B, type, in);
    entry->statement.actor = actor;
    return entry;
}

static struct test_report *reporting(const char *sample, int64_t sampled_ms)
{
    struct test_report *t = fresh("quality.test_report");
    t->batch_id = "B-1";
    t->code = "viability";
    t->result = "97";
    t->method = "acridine orange/propidium iodide";
    t->sample_point = "final product";
    t->sample_id = sample;
    t->sampled_at = t->tested_at = sampled_ms;
    return t;
}

CASE(custody_SAMPLE_rule_11_what_is_left)
{
    filled_containers();
    taken("K1", "0.50");
    holds_until(B, taken("K1", "0.5"), "\"left_ml\":\"6\"", "\"left_ml\":\"6.5\"");
    holds_until(B, taken("K1", "1"), "\"cells\":\"100000000\"", "\"cells\":\"1\"");
    holds_until(B, taken("K2", "7.0"), "\"left_cells\":\"0\"", "\"left_cells\":\"700000000\"");
    end();
}

CASE(R33_rule_11_more_than_is_left)
{
    filled_containers();
    taken("K1", "6.5");
    struct sample_take *in = taking("K1", "0.6");
    assert_int_equal(refused_take(in, "B-1-S2"), ERR_BALANCE_OPEN);
    end();
}

CASE(R33_rule_11_a_sample_of_what_is_filled_is_of_a_container)
{
    filled_containers();
    struct sample_take *in = taking(NULL, "1");
    assert_int_equal(refused_take(in, "B-1-S1"), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "container_id");
    in = taking("K9", "1");
    assert_int_equal(refused_take(in, "B-1-S1"), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "container_id");
    end();
}

CASE(custody_SAMPLE_rule_11_of_a_batch_before_it_is_filled)
{
    begin();
    open_batch();
    holds_until(B, taken(NULL, "1.0"), "B-1-S1", "B-1-S2");
    end();
}

CASE(T07_rule_11_a_sample_for_tests_of_another_point)
{
    filled_containers();
    struct sample_take *in = taking("K1", "1");
    in->sample_point = "before washing";
    assert_int_equal(refused_take(in, "B-1-S1"), ERR_SAMPLE_REFUSED);
    end();
}

CASE(custody_SAMPLE_rule_11_what_was_used_up_goes_nowhere)
{
    filled_containers();
    taken("K1", "7.0");
    struct hand_over *h = fresh("custody.hand_over");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    texts_add(a, &h->containers, "K1");
    assert_int_equal(check(B, put(B, "custody.hand_over", h)), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.field, "containers");
    end();
}

static struct dossier_entry *dose_behind_a_sample(void)
{
    filled_containers();
    taken("K1", "1");
    struct hand_over *h = fresh("custody.hand_over");
    struct receive *r = fresh("custody.receive");
    *h = (struct hand_over){.batch_id = "B-1", .transfer_id = "T1", .receiver_id = "U-2", .destination = "clinic", .condition = "good",
                            .seal_number = "S1", .temperature_c = "4.0"};
    *r = (struct receive){.batch_id = "B-1", .transfer_id = "T1", .condition = "good", .seal_number = "S1"};
    texts_add(a, &h->containers, "K1");
    texts_add(a, &r->containers, "K1");
    add(B, "custody.hand_over", h);
    add(B, "custody.receive", r);
    struct batch_release *released = fresh("release.release");
    released->batch_id = "B-1";
    add(B, "release.release", released);
    now_ms += 3000;
    struct administer *in = giving();
    *LIST_AT(in->containers, struct dose_container, 0) = (struct dose_container){"K1", "5.4", "0.6"};
    struct dossier_entry *ret = add(B, "custody.administer", in);
    ret->statement.actor = "U-5";
    return ret;
}

CASE(custody_SAMPLE_rule_11_a_dose_is_of_what_samples_left)
{
    holds_until(B, dose_behind_a_sample(), "\"dose_cells\":\"540000000\"", "\"dose_cells\":\"630000000\"");
    end();
}

CASE(custody_SAMPLE_T20_rule_11_a_corrected_dose_is_of_what_samples_left)
{
    int64_t given = dose_behind_a_sample()->entry.seq;
    struct custody_correct *in = fresh("custody.correct");
    *in = (struct custody_correct){.batch_id = "B-1", .corrects = given, .field = "weight_kg", .old_value = "70.0",
                                   .new_value = "60.0", .reason = "copied from another chart"};
    taken("K2", "1");                            /* what was taken later, or of another, changes nothing */
    stream[B].entry[stream[B].count].statement.actor = "U-9";
    struct dossier_entry *corrected = add(B, "custody.correct", in);
    assert_null(strstr((const char *)corrected->statement.body.data, "not_balanced"));
    holds_until(B, corrected, "\"dose_cells\":\"540000000\"", "\"dose_cells\":\"630000000\"");
    end();
}

CASE(custody_SAMPLE_rule_11_another_person_receives)
{
    filled_containers();
    taken("K1", "1");
    samples("custody.sample_send", "B-1-S1", NULL, "U-1");
    assert_int_equal(check(B, samples("custody.sample_receive", "B-1-S1", NULL, "U-1")), ERR_DUTIES_SEGREGATED);
    end();
    filled_containers();
    taken("K1", "1");
    struct dossier_entry *sent = samples("custody.sample_send", "B-1-S1", NULL, "U-1");
    assert_int_equal(check(B, sent), 0);
    assert_int_equal(check(B, samples("custody.sample_receive", "B-1-S1", NULL, "U-2")), 0);
    assert_int_equal(check(B, samples("custody.sample_end", "B-1-S1", "used_up", "U-2")), 0);
    assert_int_equal(check(B, samples("custody.sample_end", "B-1-S1", "retained", "U-2")), ERR_STATE_FORBIDS);
    assert_int_equal(check(B, samples("custody.sample_send", "B-1-S2", NULL, "U-2")), ERR_NOT_FOUND);
    end();
}

CASE(custody_SAMPLE_rule_11_a_result_names_its_sample)
{
    filled_containers();
    struct dossier_entry *entry = taken("K1", "1");
    struct test_report *named = reporting("B-1-S1", entry->entry.time_ms), *unnamed = reporting(NULL, entry->entry.time_ms);
    struct dossier_entry *result = add(B, "quality.test_report", named);
    holds_until(B, result, "B-1-S1", "B-2-S1");
    assert_int_equal(check(B, put(B, "quality.test_report", unnamed)), ERR_FIELD_MISSING);
    assert_string_equal(e.field, "sample_id");
    named = reporting("B-1-S1", entry->entry.time_ms + 1);
    assert_int_equal(check(B, put(B, "quality.test_report", named)), ERR_SAMPLE_REFUSED);
    end();
}

/* what corrects it is of the same sample, whichever file has it */
CASE(custody_SAMPLE_T52_rule_11_a_correction_is_not_of_another_samples_file)
{
    filled_containers();
    int64_t sampled_ms = taken("K1", "0.5")->entry.time_ms;
    taken("K1", "0.5");
    struct dossier_entry *file = keep_file("Sample ID,Viable (x10^6) cells/mL,Viability (%)\nB-1-S1,0.75,97.5\n");
    struct dossier_entry *others = keep_file("Sample ID,Viable (x10^6) cells/mL,Viability (%)\nB-1-S2,0.75,98.5\n");
    struct test_report *t = reporting("B-1-S1", sampled_ms);
    int64_t tested = add(B, "quality.test_report", t)->entry.seq;
    struct test_correct *in = fresh("quality.test_correct");
    *in = (struct test_correct){.batch_id = "B-1", .test_seq = tested, .old_value = "97", .new_value = "97.5",
                                .reason = "the file has it to a decimal", .file_seq = file->entry.seq, .quantity = "viability"};
    assert_int_equal(check(B, add(B, "quality.test_correct", in)), 0);
    in->old_value = "97.5";
    in->new_value = "98.5";
    in->file_seq = others->entry.seq;
    assert_int_equal(check(B, put(B, "quality.test_correct", in)), ERR_SAMPLE_REFUSED);
    end();
}

CASE(custody_SAMPLE_rule_11_a_result_of_before_there_were_samples_holds)
{
    filled_containers();
    struct test_report *t = reporting(NULL, now_ms);
    struct dossier_entry *entry = add(B, "quality.test_report", t);
    taken("K1", "1");
    assert_int_equal(check(B, entry), 0);
    end();
}

CASE(R33_rule_11_a_fill_corrected_below_what_samples_took)
{
    static const struct {
        const char *to;
        int code;
    } rows[] = {{"6.9", 0}, {"0.9", ERR_BALANCE_OPEN}};
    for (size_t i = 0; i < 2; i++) {
        filled_containers();
        taken("K1", "1");
        struct fill_correct *in = fresh("batch.fill_correct");
        *in = (struct fill_correct){.batch_id = "B-1", .field = "containers.K1.volume_ml", .old_value = "7.0", .new_value = rows[i].to,
                                    .reason = "read from the wrong scale", .corrects = INTEGER_ABSENT};
        struct recompute_case c = case_of(&stream[B], put(B, "batch.note", fresh("batch.note")));
        struct err refused;
        int code = recompute_fill_correct(&c, in, &refused);
        assert_int_equal(code, rows[i].code);
        end();
    }
}
