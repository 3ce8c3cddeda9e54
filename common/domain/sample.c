#include "domain/sample.h"

#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "domain/late.h"
#include "fsm/machines.h"

#define DAY_MS INT64_C(86400000)
#define DECIMALS 12

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static bool names(const struct list *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (same(TEXTS_AT(*texts, i), text))
            return true;
    return false;
}

void samples_begin(struct arena *a, size_t most, struct samples *ret)
{
    *ret = (struct samples){ARENA_ARRAY(a, struct sample_standing, most + 1), 0};
}

const struct sample_standing *sample_find(const struct samples *s, const char *id)
{
    for (size_t i = 0; i < s->count; i++)
        if (same(s->item[i].id, id))
            return &s->item[i];
    return NULL;
}

static void move(struct samples *s, const struct list *ids, const char *event, const char *actor)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct fsm_rule *rule = fsm_find(&fsm_sample, fsm_state(&fsm_sample, s->item[i].state), event);
        if (rule == NULL || !names(ids, s->item[i].id))
            continue;
        s->item[i].state = fsm_target(&fsm_sample, rule);
        s->item[i].holder = actor;
    }
}

/* the machine's event of an outcome; NULL for a word that is none */
static const char *outcome_event(const char *outcome)
{
    static const char *const events[] = {"custody.sample_used_up", "custody.sample_retained", "custody.sample_destroyed", "custody.sample_lost"};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++)
        if (same(outcome, events[i] + sizeof "custody.sample_" - 1))
            return events[i];
    return NULL;
}

const char *sample_end_event(struct arena *a, const char *outcome)
{
    const char *event = outcome_event(outcome);
    return event != NULL ? event : arena_printf(a, "custody.sample_%s", outcome);
}

void samples_take(struct samples *s, const char *type, const void *record, const char *actor)
{
    if (same(type, "custody.sample_take")) {
        const struct sample_take *in = record;
        s->item[s->count++] = (struct sample_standing){in->sample_id, fsm_start(&fsm_sample), in->sample_point, actor, in->codes, in->taken_at};
    } else if (same(type, "custody.sample_send"))
        move(s, &((const struct sample_send *)record)->samples, type, actor);
    else if (same(type, "custody.sample_receive"))
        move(s, &((const struct sample_receive *)record)->samples, type, actor);
    else if (same(type, "custody.sample_end") && outcome_event(((const struct sample_end *)record)->outcome) != NULL)
        move(s, &((const struct sample_end *)record)->samples, outcome_event(((const struct sample_end *)record)->outcome), actor);
}

void samples_from(struct arena *a, const struct list *rows, struct samples *ret)
{
    samples_begin(a, rows->count, ret);
    for (size_t i = 0; i < rows->count; i++) {
        const struct sample_row *row = LIST_AT(*rows, const struct sample_row, i);
        ret->item[ret->count++] = (struct sample_standing){row->sample_id, row->state, row->sample_point, row->person_id, row->codes, row->taken_at};
    }
}

const char *sample_number(struct arena *a, const char *batch, size_t count)
{
    return arena_printf(a, "%s-S%zu", batch, count + 1);
}

static const char *less(struct arena *a, const char *from, const char *part)
{
    CLEANUP(number_done) struct number x, y;
    number_init(&x);
    number_init(&y);
    number_from_decimal(&x, from);
    number_from_decimal(&y, part);
    mpq_sub(x.q, x.q, y.q);
    return number_to_shortest(a, &x, DECIMALS);
}

static int tests_fill(struct arena *a, const struct specification *spec, struct sample_take *in, struct err *e)
{
    if (in->codes.count == 0)
        return err_raise(e, ERR_FIELD_MISSING, "codes", "2.4", "a sample is for a test, or for several");
    for (size_t i = 0; i < in->codes.count; i++) {
        const char *code = TEXTS_AT(in->codes, i);
        const struct specification_test *test = specification_test(spec, code);
        struct list before = {in->codes.items, i};
        if (test == NULL)
            return err_raise(e, ERR_NOT_FOUND, "codes", "2.4", "%s version %d has no test %.40s", spec->id, spec->version, code);
        if (names(&before, code))
            return err_raise(e, ERR_SAMPLE_REFUSED, "codes", "2.4", "%s stands twice", code);
        if (!same(test->sample_point, in->sample_point))
            return err_raise(e, ERR_SAMPLE_REFUSED, "sample_point", "T07", "%s is tested at \"%s\", not at \"%s\"", code, test->sample_point,
                             in->sample_point);
        *(struct sample_due *)record_list_add(a, &record_sample_due, &in->due) =
            (struct sample_due){code, in->taken_at + specification_due_days(test) * DAY_MS};
    }
    return 0;
}

static int balance_fill(struct arena *a, const struct dose_filled *of, struct sample_take *in, struct err *e)
{
    CLEANUP(number_done) struct number taken, left, cells;
    number_init(&taken);
    number_init(&left);
    number_init(&cells);
    if (!number_from_decimal(&taken, in->volume_ml) || mpq_sgn(taken.q) <= 0)
        return err_raise(e, ERR_FIELD_RANGE, "volume_ml", "R22", "%s mL is no sample", in->volume_ml);
    if (of == NULL)
        return 0;
    if (!number_from_decimal(&left, of->volume_ml) || !number_from_decimal(&cells, of->cells) || number_compare(&taken, &left) > 0)
        return err_raise(e, ERR_BALANCE_OPEN, "volume_ml", "R33", "%s has %s mL left, and %s mL were taken?", of->container_id, of->volume_ml,
                         in->volume_ml);
    mpq_mul(cells.q, cells.q, taken.q);
    mpq_div(cells.q, cells.q, left.q);
    bool is_all = number_compare(&taken, &left) == 0;
    in->cells = is_all ? number_to_shortest(a, &cells, DECIMALS) : number_to_decimal(a, &cells, 0);
    in->left_ml = less(a, of->volume_ml, in->volume_ml);
    in->left_cells = less(a, of->cells, in->cells);
    return 0;
}

int sample_fill(struct arena *a, const struct specification *spec, size_t count, const struct dose_filled *of, struct sample_take *in,
                int64_t said_ms, struct err *e)
{
    const char *number = sample_number(a, in->batch_id, count);
    if (in->sample_id != NULL && !same(in->sample_id, number))
        return err_raise(e, ERR_EXISTS, "sample_id", "2.4", "%s is not the next sample: that is %s", in->sample_id, number);
    in->sample_id = number;
    in->late_min = late_entry(spec->late_entry_min, in->taken_at, said_ms);
    int code = tests_fill(a, spec, in, e);
    return code != 0 ? code : balance_fill(a, of, in, e);
}

const char *sample_event(const struct sample_take *in)
{
    return same(in->left_ml, "0") ? "custody.sample_last" : "custody.sample_take";
}

int sample_opened(const struct sample_take *in, const char *state, struct err *e)
{
    static const enum fsm_batch_state inside[] = {FSM_BATCH_OPEN, FSM_BATCH_IN_PROCESS, FSM_BATCH_IN_TEST, FSM_BATCH_ON_HOLD, FSM_BATCH_REJECTED};
    bool is_inside = in->container_id == NULL || same(in->left_ml, "0");
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        is_inside |= same(fsm_batch.states[inside[i]].name, state);
    return is_inside ? 0 : err_raise(e, ERR_SAMPLE_REFUSED, "volume_ml", "2.4", "the batch is %s: a container of it that is opened is taken whole, %s mL would "
                                     "be left", state, in->left_ml);
}

void sample_leave(struct arena *a, const struct sample_take *in, struct dose_filled *filled, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (same(filled[i].container_id, in->container_id)) {
            filled[i].volume_ml = less(a, filled[i].volume_ml, in->volume_ml);
            filled[i].cells = less(a, filled[i].cells, in->cells != NULL ? in->cells : "0");
        }
}

/* the sum of ${taken} of one container, by volume or by cells, against what it was filled with */
static bool covers(const char *filled, const char *container, bool is_volume, const struct dose_filled *taken, size_t n)
{
    CLEANUP(number_done) struct number sum, part;
    number_init(&sum);
    number_init(&part);
    for (size_t i = 0; i < n; i++)
        if (same(taken[i].container_id, container) && number_from_decimal(&part, is_volume ? taken[i].volume_ml : taken[i].cells))
            mpq_add(sum.q, sum.q, part.q);
    return number_from_decimal(&part, filled) && number_compare(&sum, &part) <= 0;
}

int sample_fits(const struct batch_fill *fill, const struct dose_filled *taken, size_t n, struct err *e)
{
    for (size_t i = 0; i < fill->containers.count; i++) {
        const struct fill_container *k = LIST_AT(fill->containers, const struct fill_container, i);
        if (!covers(k->volume_ml, k->container_id, true, taken, n) || !covers(k->cells, k->container_id, false, taken, n))
            return err_raise(e, ERR_BALANCE_OPEN, "new_value", "R33", "more of %s was taken as samples than that", k->container_id);
    }
    return 0;
}

int sample_step(const struct samples *s, const struct list *ids, const char *event, const char *actor, struct err *e)
{
    const struct fsm_rule *rule;
    int code = ids->count == 0 ? err_raise(e, ERR_FIELD_MISSING, "samples", "2.4", "no sample is named") : 0;
    for (size_t i = 0; code == 0 && i < ids->count; i++) {
        const char *id = TEXTS_AT(*ids, i);
        const struct sample_standing *k = sample_find(s, id);
        struct list before = {ids->items, i};
        if (k == NULL)
            return err_raise(e, ERR_NOT_FOUND, "samples", "2.4", "%s is no sample of this batch", id);
        if (names(&before, id))
            return err_raise(e, ERR_SAMPLE_REFUSED, "samples", "2.4", "%s stands twice", id);
        code = fsm_step(&fsm_sample, k->state, event, same(k->holder, actor) ? 0 : (unsigned)FACT_OTHER_SENT, &rule, e);
    }
    return code;
}

/* a sample that was taken for this test, and is not gone untested */
static const struct sample_standing *sample_for(const struct samples *s, const char *code)
{
    for (size_t i = 0; i < s->count; i++)
        if (names(&s->item[i].codes, code) && !same(s->item[i].state, "destroyed") && !same(s->item[i].state, "lost"))
            return &s->item[i];
    return NULL;
}

int sample_result(const struct samples *s, const struct test_report *in, struct err *e)
{
    char taken[CLOCK_TEXT];
    const struct fsm_rule *rule;
    const struct sample_standing *k = in->sample_id != NULL ? sample_find(s, in->sample_id) : sample_for(s, in->code);
    if (in->sample_id == NULL && k != NULL)
        return err_raise(e, ERR_FIELD_MISSING, "sample_id", "2.4", "%s was taken for %s: which sample was tested?", k->id, in->code);
    if (in->sample_id == NULL)
        return 0;
    if (k == NULL)
        return err_raise(e, ERR_SAMPLE_REFUSED, "sample_id", "R04", "%s is no sample of this batch", in->sample_id);
    if (!names(&k->codes, in->code))
        return err_raise(e, ERR_SAMPLE_REFUSED, "sample_id", "2.4", "%s was not taken for %s", k->id, in->code);
    if (!same(k->sample_point, in->sample_point))
        return err_raise(e, ERR_SAMPLE_REFUSED, "sample_point", "T07", "%s was taken at \"%s\", not at \"%s\"", k->id, k->sample_point,
                         in->sample_point);
    clock_to_text(k->taken_ms, taken);
    if (k->taken_ms != in->sampled_at)
        return err_raise(e, ERR_SAMPLE_REFUSED, "sampled_at", "T18", "%s was taken at %s", k->id, taken);
    return fsm_step(&fsm_sample, k->state, "quality.test_report", 0, &rule, e);
}
