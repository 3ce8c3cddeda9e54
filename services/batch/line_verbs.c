/* Verbs on work places: a line cleared for a batch, and verified by a second person (R05). */
#include "batch_apply.h"
#include "batch_settings.h"
#include "batch_store.h"
#include "domain/late.h"
#include "verbs.h"

enum { LINE_BATCH, LINE_TRAINED, LINE_PLACE };   /* answers, in the order asked */

static int context(struct call *c, struct line_facts *ret, struct err *e)
{
    struct batch_facts batch;
    struct procedure *doc = NULL;
    store_read_batch(c, LINE_BATCH, &batch);
    int code = store_document(c, &batch, &doc, e);
    *ret = (struct line_facts){.state = batch.state, .doc = doc, .is_trained = store_read_trained(c, LINE_TRAINED)};
    store_read_line(c, LINE_PLACE, ret);
    return code;
}

static int clear_facts(struct call *c, struct err *e)
{
    const struct line_clear *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_trained(c, in->batch_id);
    store_ask_line(c, in->batch_id, in->equipment_id, in->cleared_at);
    return 0;
}

static int clear_decide(struct call *c, struct err *e)
{
    struct line_clear *in = c->in;
    struct batch_limits limits = batch_limits();
    struct line_facts facts;
    int code = context(c, &facts, e);
    code = code != 0 ? code : rule_line_clear(in, &facts, c->said_ms, &limits, e);
    if (code != 0)
        return code;
    in->late_min = late_entry(facts.doc->late_entry_min, in->cleared_at, c->said_ms);
    in->previous_batch_id = facts.previous;
    return 0;
}

const struct handler batch_line_clear_verb = {clear_facts, clear_decide, apply_line_clear, NULL};

static int verify_facts(struct call *c, struct err *e)
{
    const struct line_verify *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_trained(c, in->batch_id);
    store_ask_line(c, in->batch_id, in->equipment_id, TIME_ABSENT);
    return 0;
}

static int verify_decide(struct call *c, struct err *e)
{
    struct line_verify *in = c->in;
    struct line_facts facts;
    int code = context(c, &facts, e);
    code = code != 0 ? code : rule_line_verify(in, &facts, c->who->person_id, c->reviewed_seq, e);
    in->clearance = code == 0 ? facts.cleared_seq : INTEGER_ABSENT;
    return code;
}

const struct handler batch_line_verify_verb = {verify_facts, verify_decide, apply_line_verify, NULL};
