#include "pool_rules.h"

#include <inttypes.h>

#include "domain/hold.h"
#include "domain/reason.h"
#include "domain/segregation.h"
#include "end_rules.h"

static int trained_check(bool is_trained, struct err *e)
{
    return is_trained ? 0 : err_raise(e, ERR_TRAINING_MISSING, "procedure_version", "R21", "no valid training on this version of the procedure");
}

static int time_check(const struct container_pool *in, int64_t now_ms, struct err *e)
{
    if (in->pooled_at > now_ms + CLOCK_SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "pooled_at", "R15", "it is in the future");
    if (in->late_min != INTEGER_ABSENT && !reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "R15", "pooled %" PRId64 " min ago: a late entry says why", in->late_min);
    return 0;
}

int rule_pool(struct arena *a, struct container_pool *in, const struct pool_facts *f, int64_t said_ms, int64_t now_ms, struct err *e)
{
    int code = rule_custody_state(f->batch->state, "custody.pool", 0, e);
    code = code != 0 ? code : hold_check(f->batch->held, e);
    code = code != 0 ? code : trained_check(f->is_trained, e);
    code = code != 0 ? code : pool_fill(a, &f->of, in, said_ms, e);
    if (code == 0 && f->is_taken)
        code = err_raise(e, ERR_EXISTS, "container_id", "T36", "container %s exists", in->container_id);
    code = code != 0 ? code : time_check(in, now_ms, e);
    return code != 0 ? code : rule_containers(f->batch, &in->parents, "custody.pool", 0, e);
}

int rule_pool_verify(const struct pool_verify *in, const struct custody_facts *f, const struct pooled_facts *p, bool is_trained,
                     const char *person, int64_t reviewed_seq, struct err *e)
{
    int code = rule_custody_state(f->state, "custody.pool_verify", 0, e);
    code = code != 0 ? code : trained_check(is_trained, e);
    if (code != 0)
        return code;
    if (p->seq < 0)
        return err_raise(e, ERR_NOT_FOUND, "container_id", "7.3", "%s is no pool of this batch", in->container_id);
    if (p->verified_by != NULL)
        return err_raise(e, ERR_EXISTS, "container_id", "R10", "the pool %s is verified by %s", in->container_id, p->verified_by);
    struct segregation_act wanted = {person, in->container_id, DEED_STEP_VERIFY}, pooled = {p->person_id, in->container_id, DEED_STEP_PERFORM};
    code = segregation_check(&wanted, &pooled, 1, e);
    if (code == 0 && reviewed_seq < p->seq)
        code = err_raise(e, ERR_HEAD_STALE, "container_id", "R10", "what you saw ends before the pool was recorded (entry %" PRId64 ")", p->seq);
    return code;
}
