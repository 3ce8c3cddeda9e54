/* Samples of a batch: taken, sent, received, and what became of them; and the worklist of those that wait for a result. */
#include <string.h>

#include "custody_apply.h"
#include "custody_store.h"
#include "record/record.h"
#include "verbs.h"

enum { SAMPLE_BATCH, SAMPLE_CONTAINERS, SAMPLE_SAMPLES, SAMPLE_LINEAGE };   /* answers, in the order asked */

static int samples_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_batch(c, c->stream);
    store_ask_samples(c, c->stream);
    return 0;
}

static int samples_read(struct call *c, struct samples *ret, struct err *e)
{
    if (c->answers[SAMPLE_BATCH].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch");
    return store_read_samples(c, SAMPLE_SAMPLES, ret, e);
}

static int take_facts(struct call *c, struct err *e)
{
    samples_facts(c, e);
    call_ask(c, store_row(ROW_LINEAGE), DB_VALUES(db_text(c->stream)));
    return 0;
}

static int take_decide(struct call *c, struct err *e)
{
    struct custody_facts facts;
    struct samples samples;
    struct specification *spec;
    int code = samples_read(c, &samples, e);
    if (code != 0)
        return code;
    const char *document = db_cell_text(&c->answers[SAMPLE_LINEAGE], 0, "document");
    if (document == NULL || specification_parse(c->arena, document, strlen(document), &spec, e) != 0)
        return err_fault(e, "the specification of %s does not read", c->stream);
    store_read_batch(c, SAMPLE_BATCH, &facts);
    return rule_sample_take(c->arena, c->in, &(struct sample_facts){&facts, spec, &samples}, c->said_ms, c->now_ms, e);
}

const struct handler custody_sample_take_verb = {take_facts, take_decide, apply_sample_take, NULL};

static int send_decide(struct call *c, struct err *e)
{
    struct samples samples;
    int code = samples_read(c, &samples, e);
    return code != 0 ? code : rule_sample_send(c->in, &samples, c->who->person_id, e);
}

const struct handler custody_sample_send_verb = {samples_facts, send_decide, apply_sample_send, NULL};

static int receive_decide(struct call *c, struct err *e)
{
    struct samples samples;
    int code = samples_read(c, &samples, e);
    return code != 0 ? code : rule_sample_receive(c->in, &samples, c->who->person_id, e);
}

const struct handler custody_sample_receive_verb = {samples_facts, receive_decide, apply_sample_receive, NULL};

static int end_decide(struct call *c, struct err *e)
{
    struct samples samples;
    int code = samples_read(c, &samples, e);
    return code != 0 ? code : rule_sample_end(c->arena, c->in, &samples, c->who->person_id, e);
}

const struct handler custody_sample_end_verb = {samples_facts, end_decide, apply_sample_end, NULL};

#define SAMPLES_MOST 500

static int list_facts(struct call *c, struct err *e)
{
    const char *batch = ((const struct sample_request *)c->in)->batch_id;
    (void)e;
    if (batch != NULL)
        call_ask(c, store_row(ROW_SAMPLE_ROWS), DB_VALUES(db_text(batch)));
    else
        call_ask(c, store_row(ROW_SAMPLES_WAITING), DB_NONE);
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct sample_rows *out = c->out;
    int code = 0, n = c->answers[0].rows > SAMPLES_MOST ? SAMPLES_MOST : c->answers[0].rows;
    out->more = c->answers[0].rows > SAMPLES_MOST ? 1 : BOOLEAN_ABSENT;
    for (int i = 0; code == 0 && i < n; i++)
        code = db_row_record(c->arena, &record_sample_row, &c->answers[0], i, record_list_add(c->arena, &record_sample_row, &out->samples), e);
    return code;
}

const struct handler custody_samples_verb = {list_facts, list_decide, NULL, NULL};
