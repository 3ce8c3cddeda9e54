#include "audit_job.h"
#include "audit_verbs.h"

static int decide_verify(struct call *c, struct err *e)
{
    const struct audit_order *in = c->in;
    return audit_job_start(c->arena, in->all == 1, true, c->out, e);
}

static int decide_replay(struct call *c, struct err *e)
{
    return audit_job_start(c->arena, true, false, c->out, e);
}

static int decide_verify_state(struct call *c, struct err *e)
{
    return audit_job_state(c->arena, c->out, e);
}

const struct handler audit_verify_verb = {.decide = decide_verify};
const struct handler audit_replay_verb = {.decide = decide_replay};
const struct handler audit_verify_state_verb = {.decide = decide_verify_state};
