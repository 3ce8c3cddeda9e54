#include <inttypes.h>
#include <string.h>

#include "batch_rules.h"
#include "domain/late.h"
#include "domain/reason.h"
#include "domain/segregation.h"

static int line_time(const struct line_clear *in, const struct line_facts *f, int64_t said_ms, const struct batch_limits *limits,
                     struct err *e)
{
    int code = rule_time("cleared_at", in->cleared_at, said_ms, limits, e);
    int64_t late_min = late_entry(f->doc->late_entry_min, in->cleared_at, said_ms);
    if (code == 0 && late_min != INTEGER_ABSENT && !reason_is_valid(in->reason))
        code = err_raise(e, ERR_REASON_MISSING, "reason", "R15", "the place was cleared %" PRId64 " min ago: a late entry says why", late_min);
    return code;
}

int rule_line_clear(const struct line_clear *in, const struct line_facts *f, int64_t said_ms, const struct batch_limits *limits,
                    struct err *e)
{
    int code = rule_state(f->state, "batch.line_clear", 0, e);
    code = code != 0 ? code : rule_trained(f->is_trained, e);
    if (code == 0 && f->equipment_class == NULL)
        code = err_raise(e, ERR_NOT_FOUND, "equipment_id", "R05", "no equipment %s", in->equipment_id);
    if (code == 0 && !procedure_works_at(f->doc, f->equipment_class))
        code = err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment_id", "R05", "no step of the procedure uses %s (%s)", f->equipment_class,
                         in->equipment_id);
    code = code != 0 ? code : line_time(in, f, said_ms, limits, e);
    code = code != 0 ? code : clearance_is_whole(in, e);
    if (code == 0 && f->busy != NULL)
        code = err_raise(e, ERR_LINE_NOT_CLEARED, "cleared_at", "R05", "%s works at %s at that time: clear it when that step has ended",
                         f->busy, in->equipment_id);
    return code;
}

int rule_line_verify(const struct line_verify *in, const struct line_facts *f, const char *person, int64_t reviewed_seq, struct err *e)
{
    int code = rule_state(f->state, "batch.line_verify", 0, e);
    code = code != 0 ? code : rule_trained(f->is_trained, e);
    if (code != 0)
        return code;
    if (f->cleared_seq < 0)
        return err_raise(e, ERR_ORDER_FORBIDS, "equipment_id", "R05", "%s was not cleared for %s", in->equipment_id, in->batch_id);
    if (f->verified_by != NULL)
        return err_raise(e, ERR_EXISTS, "equipment_id", "R10", "the clearance of %s is verified by %s", in->equipment_id, f->verified_by);
    struct segregation_act wanted = {person, in->equipment_id, DEED_STEP_VERIFY}, cleared = {f->cleared_by, in->equipment_id, DEED_STEP_PERFORM};
    code = segregation_check(&wanted, &cleared, 1, e);
    if (code == 0 && reviewed_seq < f->cleared_seq)
        code = err_raise(e, ERR_HEAD_STALE, "equipment_id", "R10", "what you saw ends before the clearance was recorded (entry %" PRId64 ")",
                         f->cleared_seq);
    return code;
}
