/* Trace: what something touched, or what touched it, by the record's own edges (custody.trace in SQL); and the recall of a batch
 * that was found so, in earnest or tried. */
#include <string.h>

#include "custody_apply.h"
#include "custody_store.h"
#include "record/record.h"
#include "verbs.h"

#define ROWS_MOST 1000
enum { TRACE_COUNTS, TRACE_ROWS };   /* answers, in the order asked */

static int trace_facts(struct call *c, struct err *e)
{
    const struct trace_request *in = c->in;
    struct db_value back = db_bool(in->back == 1);
    (void)e;
    call_ask(c, store_row(ROW_TRACE_COUNTS), DB_VALUES(db_text(in->kind), db_text(in->id), back));
    call_ask(c, store_row(ROW_TRACE), DB_VALUES(db_text(in->kind), db_text(in->id), back, db_text(in->after)));
    return 0;
}

/* alone: nothing touched it, or there is no such thing; either way there is nothing to show */
static int trace_decide(struct call *c, struct err *e)
{
    const struct trace_request *in = c->in;
    struct trace_rows *out = c->out;
    const struct db_rows *counts = &c->answers[TRACE_COUNTS], *rows = &c->answers[TRACE_ROWS];
    if (db_cell_int(counts, 0, "found") <= 1)
        return err_raise(e, ERR_NOT_FOUND, "id", "4.6", "nothing is recorded of %s %s", in->kind, in->id);
    out->containers = db_cell_int(counts, 0, "containers");
    out->batches = db_cell_int(counts, 0, "batches");
    out->unaccounted = db_cell_int(counts, 0, "unaccounted");
    if (rows->rows > ROWS_MOST)
        out->more = 1;
    for (int i = 0; i < rows->rows && i < ROWS_MOST; i++) {
        int code = db_row_record(c->arena, &record_trace_row, rows, i, record_list_add(c->arena, &record_trace_row, &out->rows), e);
        if (code != 0)
            return code;
    }
    return 0;
}

const struct handler custody_trace_verb = {trace_facts, trace_decide, NULL, NULL};

enum { RECALL_BATCH, RECALL_CONTAINERS, RECALL_WHERE };

static int recall_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_batch(c, c->stream);
    store_ask_recall(c, c->stream);
    return 0;
}

static int recall_decide(struct call *c, struct err *e)
{
    struct custody_facts facts;
    size_t n;
    bool tried = strcmp(c->verb->verb, "mock_recall") == 0;
    store_read_batch(c, RECALL_BATCH, &facts);
    int code = rule_recall(c->in, &facts, tried ? NULL : c->verb->name, c->now_ms, e);
    if (code != 0)
        return code;
    const struct recall_fact *where = store_read_recall(c, RECALL_WHERE, &n);
    recall_fill(c->arena, where, n, c->said_ms, c->in);
    return 0;
}

const struct handler custody_recall_verb = {recall_facts, recall_decide, apply_recall, NULL};
const struct handler custody_mock_recall_verb = {recall_facts, recall_decide, apply_recall, NULL};
