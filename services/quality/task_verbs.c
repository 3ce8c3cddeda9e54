/* What a pending result brings with it: interim readings, the tasks of a failure after the release, the look-back (R29, T21). */
#include <string.h>

#include "domain/pending.h"
#include "quality_apply.h"
#include "quality_store.h"
#include "verbs.h"

static int read_ask(struct call *c, struct err *e)
{
    (void)e;
    store_ask_batch(c, c->stream);
    return 0;
}

/* where a test may be reported, it may be read before */
static int read_decide(struct call *c, struct err *e)
{
    struct sterility_read *in = c->in;
    struct quality_facts facts;
    int code = store_read_batch(c, &facts, e);
    if (code == 0)
        code = rule_event(&facts, "quality.test_report", e);
    if (code == 0)
        code = pending_read(facts.spec, c->said_ms, in, e);
    return code == 0 ? rule_sterility_read(in, &facts, c->said_ms, e) : code;
}

const struct handler quality_sterility_read_verb = {read_ask, read_decide, apply_sterility_read, NULL};

static int done_ask(struct call *c, struct err *e)
{
    (void)e;
    store_ask_task(c, c->in);
    return 0;
}

/* a task is done in whatever state the batch is by now: nothing closes it but this */
static int done_decide(struct call *c, struct err *e)
{
    struct task_done *in = c->in;
    struct task_fact task;
    store_read_task(c, &task);
    int code = rule_task_done(in, &task, c->said_ms, e);
    if (code != 0 || strcmp(in->task, words_failure_task.words[TASK_LOOK_BACK]) != 0)
        return code;
    return store_shared(c, 1, &in->look_back, &in->more, e);
}

const struct handler quality_task_done_verb = {done_ask, done_decide, apply_task_done, NULL};

static int look_back_ask(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_BATCH), DB_VALUES(db_text(in->batch_id)));
    call_ask(c, store_row(ROW_LOOK_BACK), DB_VALUES(db_text(in->batch_id)));
    return 0;
}

static int look_back_decide(struct call *c, struct err *e)
{
    struct shared_uses *out = c->out;
    if (c->answers[0].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "there is no such batch");
    return store_shared(c, 1, &out->uses, &out->more, e);
}

const struct handler quality_look_back_verb = {look_back_ask, look_back_decide, NULL, NULL};
