#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "batch_rules.h"
#include "domain/fill_record.h"
#include "domain/hold.h"
#include "domain/correction.h"
#include "domain/late.h"
#include "domain/reason.h"
#include "domain/segregation.h"

static const struct step_state *state_of(const struct step_facts *f, int64_t step)
{
    for (size_t i = 0; i < f->step_count; i++)
        if (f->steps[i].step == step)
            return &f->steps[i];
    return NULL;
}

int rule_step_order(int64_t step, const struct step_facts *f, struct err *e)
{
    if (step < 1 || step > (int64_t)f->doc->steps.count)
        return err_raise(e, ERR_NOT_FOUND, "step", "R09", "the procedure has steps 1 to %zu", f->doc->steps.count);
    if (state_of(f, step) != NULL)
        return err_raise(e, ERR_EXISTS, "step", "R12", "step %" PRId64 " is recorded: a record is corrected, not replaced",
                         step);
    for (int64_t no = 1; no < step; no++) {
        const struct step_state *before = state_of(f, no);
        if (before == NULL)
            return err_raise(e, ERR_ORDER_FORBIDS, "step", "R09", "step %" PRId64 " is not performed", no);
        if (before->needs_verify && before->verified_by == NULL)
            return err_raise(e, ERR_ORDER_FORBIDS, "step", "R09", "step %" PRId64 " is not verified%s", no,
                             before->corrected_seq > 0 ? " since it was corrected" : "");
    }
    return 0;
}

static bool is_held_too_long(int64_t held_ms, const char *max_hold_h)
{
    CLEANUP(number_done) struct number held, most;
    number_init(&held);
    number_init(&most);
    mpq_set_si(held.q, (long)held_ms, 3600000);
    mpq_canonicalize(held.q);
    number_from_decimal(&most, max_hold_h);
    return number_compare(&held, &most) > 0;
}

static int hold_time(const struct batch_step *in, const struct procedure_step *step, int64_t since_ms, struct err *e)
{
    if (step->max_hold_h == NULL || since_ms == TIME_ABSENT || reason_is_valid(in->reason) ||
        !is_held_too_long(in->started_at - since_ms, step->max_hold_h))
        return 0;
    return err_raise(e, ERR_LIMIT_WARN, "started_at", "R22", "held %" PRId64 " min, at most %s h: say why it may go on",
                     (in->started_at - since_ms) / 60000, step->max_hold_h);
}

int rule_step_time(const struct batch_step *in, const struct step_facts *f, int64_t said_ms,
                   const struct batch_limits *limits, struct err *e)
{
    const struct step_state *before = state_of(f, in->step - 1);
    int64_t since_ms = before != NULL ? before->ended_ms : f->collected_ms;
    if (in->ended_at < in->started_at)
        return err_raise(e, ERR_TIME_REFUSED, "ended_at", "R15", "the step ended before it started");
    int code = rule_time("ended_at", in->ended_at, said_ms, limits, e);
    if (code != 0)
        return code;
    if (since_ms != TIME_ABSENT && in->started_at < since_ms - limits->skew_ms)
        return err_raise(e, ERR_TIME_REFUSED, "started_at", "R09", "the step started before %s ended",
                         before != NULL ? "the step before it" : "the collection");
    int64_t late_min = late_entry(f->doc->late_entry_min, in->ended_at, said_ms);
    if (late_min != INTEGER_ABSENT && !reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "R15", "the step ended %" PRId64 " min ago: a late entry says why",
                         late_min);
    return hold_time(in, procedure_step(f->doc, (int)in->step), since_ms, e);
}

int rule_step_materials(const struct batch_step *in, const struct step_facts *f, struct err *e)
{
    return step_use_materials(in, procedure_step(f->doc, (int)in->step), f->lots, f->lot_count, e);
}

int rule_step_equipment(const struct batch_step *in, const struct step_facts *f, struct err *e)
{
    return step_use_equipment(in, procedure_step(f->doc, (int)in->step), f->equipment, f->equipment_count, e);
}

int rule_step_places(const struct batch_step *in, const struct step_facts *f, struct err *e)
{
    return clearance_check(in, procedure_step(f->doc, (int)in->step), f->equipment, f->equipment_count, f->places, f->place_count, e);
}

int rule_step(struct arena *a, const struct batch_step *in, const struct step_facts *f, int64_t said_ms,
              const struct batch_limits *limits, struct err *e)
{
    int code = rule_state(f->state, "batch.step", 0, e);
    code = code != 0 ? code : hold_check(f->held, e);
    code = code != 0 ? code : rule_step_order(in->step, f, e);
    code = code != 0 ? code : rule_trained(f->is_trained, e);
    code = code != 0 ? code : confirm_check(a, in, procedure_step(f->doc, (int)in->step), f->donation_number, e);
    code = code != 0 ? code : rule_step_time(in, f, said_ms, limits, e);
    code = code != 0 ? code : rule_step_materials(in, f, e);
    code = code != 0 ? code : rule_step_equipment(in, f, e);
    return code != 0 ? code : rule_step_places(in, f, e);
}

/* neither who performed the step nor who corrected it */
static int verify_duties(const struct step_state *s, const struct step_facts *f, const char *person, struct err *e)
{
    char subject[24];
    snprintf(subject, sizeof subject, "%" PRId64, s->step);
    struct segregation_act wanted = {person, subject, DEED_STEP_VERIFY}, performed = {s->performed_by, subject, DEED_STEP_PERFORM};
    int code = segregation_check(&wanted, &performed, 1, e);
    for (size_t i = 0; code == 0 && i < f->corrector_count; i++)
        if (f->correctors[i].step == s->step) {
            struct segregation_act corrected = {f->correctors[i].person, subject, DEED_CORRECT};
            code = segregation_check(&wanted, &corrected, 1, e);
        }
    return code;
}

int rule_verify(const struct step_verify *in, const struct step_facts *f, const char *person, int64_t reviewed_seq,
                struct err *e)
{
    int code = rule_state(f->state, "batch.step_verify", 0, e);
    if (code != 0)
        return code;
    const struct step_state *s = state_of(f, in->step);
    if (s == NULL)
        return err_raise(e, ERR_ORDER_FORBIDS, "step", "R09", "step %" PRId64 " is not performed", in->step);
    if (s->verified_by != NULL)
        return err_raise(e, ERR_EXISTS, "step", "R10", "step %" PRId64 " is verified by %s", in->step, s->verified_by);
    code = verify_duties(s, f, person, e);
    code = code != 0 ? code : rule_trained(f->is_trained, e);
    if (code != 0)
        return code;
    if (reviewed_seq < s->performed_seq)
        return err_raise(e, ERR_HEAD_STALE, "step", "R10", "what you saw ends before the step was recorded (entry %" PRId64
                         ")", s->performed_seq);
    if (reviewed_seq < s->corrected_seq)
        return err_raise(e, ERR_HEAD_STALE, "step", "R14", "what you saw ends before the step was corrected (entry %" PRId64
                         ")", s->corrected_seq);
    return 0;
}

int rule_correct(const struct batch_correct *in, const struct step_facts *f, struct err *e)
{
    int code = rule_state(f->state, "batch.correct", 0, e);
    code = code != 0 ? code : rule_trained(f->is_trained, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    if (code == 0 && state_of(f, in->step) == NULL)
        code = err_raise(e, ERR_NOT_FOUND, "step", "R12", "step %" PRId64 " is not recorded", in->step);
    return code;
}

/* the step behind it did not begin before this one ended */
static int next_time(const struct batch_step *step, const struct batch_step *steps, size_t n, const struct batch_limits *limits,
                     struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (steps[i].step == step->step + 1 && steps[i].started_at < step->ended_at - limits->skew_ms)
            return err_raise(e, ERR_TIME_REFUSED, "ended_at", "R09", "step %" PRId64 " started before this step ended", steps[i].step);
    return 0;
}

/* fresh product ages from the end of formulation: the fill's expiry is corrected first */
static int next_expiry(const struct batch_step *steps, const struct step_facts *f, struct err *e)
{
    int64_t formulated_ms = fill_record_formulated(f->doc, steps, f->step_count);
    if (f->expires_ms == 0 || formulated_ms == TIME_ABSENT || f->doc->shelf_life_months > 0)
        return 0;
    return fill_record_expiry(f->doc, formulated_ms, formulated_ms, f->expires_ms, e);
}

int rule_corrected(struct arena *a, const struct batch_correct *in, const struct batch_step *steps, const struct step_facts *f,
                   int64_t said_ms, const struct batch_limits *limits, struct err *e)
{
    struct correction_path path;
    struct batch_step step = {0};
    int code = correction_path_read(a, in->field, &path, e);
    for (size_t i = 0; i < f->step_count; i++)
        if (steps[i].step == in->step)
            step = steps[i];
    if (code != 0 || path.place == CORRECTION_VALUE || path.place == CORRECTION_REASON)
        return code;
    bool is_time = correction_is_time(path.place);
    step.reason = in->reason;           /* why it may be unusual is what the correction says */
    if (is_time) {
        code = rule_step_time(&step, f, said_ms, limits, e);
        code = code != 0 ? code : next_time(&step, steps, f->step_count, limits, e);
        code = code != 0 ? code : next_expiry(steps, f, e);
    }
    if (code == 0 && path.place != CORRECTION_EQUIPMENT)
        code = rule_step_materials(&step, f, e);
    if (code == 0 && (is_time || path.place == CORRECTION_EQUIPMENT))
        code = rule_step_equipment(&step, f, e);
    if (code == 0 && (is_time || path.place == CORRECTION_EQUIPMENT))
        code = rule_step_places(&step, f, e);
    return code;
}
