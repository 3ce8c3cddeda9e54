#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "batch_rules.h"
#include "domain/correction.h"
#include "domain/fill_record.h"
#include "domain/reason.h"
#include "domain/segregation.h"
#include "domain/hold.h"
#include "domain/identifier.h"
#include "fsm/machines.h"

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

int rule_reading(const struct batch_reading *in, const struct reading_facts *f, int64_t now_ms,
                 const struct batch_limits *limits, struct err *e)
{
    const struct equipment_facts *q = &f->equipment;
    int code = rule_state(f->state, "batch.reading", 0, e);
    if (code != 0)
        return code;
    if (q->equipment_id == NULL)
        return err_raise(e, ERR_NOT_FOUND, "equipment_id", "", "no equipment %s", in->equipment_id);
    if (!same(q->result, "pass") || q->due_ms <= in->read_at)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment_id", "R19", "%s was not in calibration", in->equipment_id);
    if (q->out != NULL)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment_id", "R19", "%s is out of service: %s", in->equipment_id, q->out);
    code = rule_time("read_at", in->read_at, now_ms, limits, e);
    if (code == 0 && now_ms - in->read_at > limits->late_ms)
        code = err_raise(e, ERR_TIME_REFUSED, "read_at", "R15", "read %" PRId64 " min ago: record it in a signed remark",
                         (now_ms - in->read_at) / 60000);
    return code;
}

int rule_fill_expiry(const struct batch_fill *in, const struct fill_facts *f, int64_t now_ms, struct err *e)
{
    int64_t formulated_ms = TIME_ABSENT;
    if (in->expires_at <= now_ms)
        return err_raise(e, ERR_FIELD_RANGE, "expires_at", "T19", "the containers would be expired when filled");
    for (size_t i = 0; i < f->step_count; i++) {
        const struct procedure_step *step = procedure_step(f->doc, (int)f->steps[i].step);
        if (step != NULL && step->stage == STAGE_FORMULATION)
            formulated_ms = f->steps[i].ended_ms;
    }
    return fill_record_expiry(f->doc, formulated_ms, now_ms, in->expires_at, e);
}

/* T36: a container is its donation number and a product code whose collection type agrees with the use (R08) */
static int container_check(const struct fill_container *c, const struct fill_facts *f, struct err *e)
{
    char din[DIN_LEN + 1], code[9];
    int refused = container_parse(c->container_id, din, code, e);
    if (refused != 0)
        return refused;
    if (!same(din, f->donation_number))
        return err_raise(e, ERR_IDENTIFIER_REFUSED, "container_id", "R04", "%s is not of donation %s", c->container_id,
                         f->donation_number);
    if (strncmp(code, f->doc->product_code, 6) != 0)
        return err_raise(e, ERR_IDENTIFIER_REFUSED, "container_id", "T36", "%s is not product %.6s of the procedure",
                         c->container_id, f->doc->product_code);
    if (!collection_type_fits(code[5], f->use))
        return err_raise(e, ERR_IDENTIFIER_REFUSED, "container_id", "R08", "collection type %c is not for %s use", code[5],
                         f->use);
    return 0;
}

static int containers_check(const struct batch_fill *in, const struct fill_facts *f, struct err *e)
{
    const struct fill_container *c = in->containers.items;
    for (size_t i = 0; i < in->containers.count; i++) {
        int code = container_check(&c[i], f, e);
        if (code != 0)
            return code;
        for (size_t k = 0; k < i; k++)
            if (same(c[k].container_id, c[i].container_id))
                return err_raise(e, ERR_FIELD_RANGE, "containers", "T36", "%s is named twice", c[i].container_id);
        if (c[i].volume_ml[0] == '-' || same(c[i].volume_ml, "0") || c[i].cells[0] == '-')
            return err_raise(e, ERR_FIELD_RANGE, "containers", "R22", "%s: volume or cells are not a quantity",
                             c[i].container_id);
    }
    if (f->taken != NULL)
        return err_raise(e, ERR_EXISTS, "containers", "T36", "container %s exists", f->taken);
    return 0;
}

/* all steps before the procedure's first fill step are done */
static int fill_order(const struct fill_facts *f, struct err *e)
{
    const struct procedure_step *steps = f->doc->steps.items;
    for (size_t i = 0; i < f->doc->steps.count && steps[i].stage != STAGE_FILL; i++) {
        const struct step_state *done = NULL;
        for (size_t k = 0; k < f->step_count; k++)
            if (f->steps[k].step == steps[i].no)
                done = &f->steps[k];
        if (steps[i].stage > STAGE_FILL)
            continue;
        if (done == NULL || (done->needs_verify && done->verified_by == NULL))
            return err_raise(e, ERR_ORDER_FORBIDS, "batch_id", "R09", "step %d comes before filling and is not %s",
                             steps[i].no, done == NULL ? "performed" : "verified");
    }
    return 0;
}

int rule_fill(const struct batch_fill *in, const struct fill_facts *f, int64_t now_ms, const struct batch_limits *limits,
              struct arena *a, struct err *e)
{
    int code = rule_state(f->state, "batch.fill", 0, e);
    code = code != 0 ? code : hold_check(f->held, e);
    if (code == 0 && f->container_count > 0)
        code = err_raise(e, ERR_EXISTS, "batch_id", "R12", "the batch is filled: %" PRId64 " containers", f->container_count);
    code = code != 0 ? code : rule_trained(f->is_trained, e);
    code = code != 0 ? code : fill_order(f, e);
    if (code == 0 && (in->samples_ml[0] == '-' || in->waste_ml[0] == '-' || in->volume_in_ml[0] == '-'))
        code = err_raise(e, ERR_FIELD_RANGE, "volume_in_ml", "R22", "a volume is not negative");
    code = code != 0 ? code : containers_check(in, f, e);
    code = code != 0 ? code : fill_record_balance(a, in, limits->balance_percent, limits->balance_ml, e);
    return code != 0 ? code : rule_fill_expiry(in, f, now_ms, e);
}

int rule_fill_corrected(const struct fill_correct *in, const struct batch_fill *fill, const struct fill_facts *f, int64_t filled_ms,
                        const struct batch_limits *limits, struct arena *a, struct err *e)
{
    int code = reason_check("reason", in->reason, e);
    code = code != 0 ? code : fill_record_balance(a, fill, limits->balance_percent, limits->balance_ml, e);
    return code != 0 ? code : rule_fill_expiry(fill, f, filled_ms, e);
}

int rule_void(const struct batch_void *in, const struct void_facts *f, const char *person, struct err *e)
{
    int code = rule_state(f->state, "batch.void", 0, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    if (code != 0)
        return code;
    if (f->act == NULL || correction_voidable(f->act) == NULL)
        return err_raise(e, ERR_NOT_FOUND, "corrects", "R12", "entry %" PRId64 " of the batch is no reading, no remark and no clearance: a step or a"
                         " result is corrected, a result without worth has a case", in->corrects);
    if (f->is_void)
        return err_raise(e, ERR_EXISTS, "corrects", "R12", "entry %" PRId64 " is void already", in->corrects);
    if (f->rests > 0)
        return err_raise(e, ERR_STATE_FORBIDS, "corrects", "R05", "step %" PRId64 " rests on this clearance", f->rests);
    struct segregation_act wanted = {person, "", DEED_VOID}, recorded = {f->person, "", DEED_STEP_PERFORM};
    return segregation_check(&wanted, &recorded, 1, e);
}

int rule_complete(const struct complete_facts *f, struct err *e)
{
    unsigned facts = FACT_BALANCE_CLOSED;
    const struct procedure_step *steps = f->doc->steps.items;
    if (f->steps_performed >= f->steps_total)
        facts |= FACT_STEPS_DONE;
    if (f->steps_done >= f->steps_total)
        facts |= FACT_STEPS_VERIFIED;
    for (size_t i = 0; i < f->doc->steps.count; i++)
        if (steps[i].stage == STAGE_FILL && f->container_count == 0)
            facts &= ~(unsigned)FACT_BALANCE_CLOSED;   /* what is not filled is not accounted for */
    return rule_state(f->state, "batch.complete", facts, e);
}
