/* Verbs on procedures: authored, approved by another person, never changed; a batch pins the version it began with. */
#include <string.h>

#include "batch_apply.h"
#include "batch_store.h"
#include "verbs.h"

static int author_facts(struct call *c, struct err *e)
{
    const struct procedure_author *in = c->in;
    (void)e;
    store_ask_procedure(c, in->procedure_id, in->version);
    return 0;
}

static int author_decide(struct call *c, struct err *e)
{
    struct document_facts facts;
    struct procedure *doc;
    store_read_procedure(c, 0, &facts);
    return rule_procedure_author(c->in, &facts, &doc, c->arena, e);
}

const struct handler batch_procedure_author_verb = {author_facts, author_decide, apply_procedure_author, NULL};

static int approve_facts(struct call *c, struct err *e)
{
    const struct procedure_approve *in = c->in;
    (void)e;
    store_ask_procedure(c, in->procedure_id, in->version);
    return 0;
}

static int approve_decide(struct call *c, struct err *e)
{
    const struct procedure_approve *in = c->in;
    struct document_facts facts;
    store_read_procedure(c, 0, &facts);
    return rule_document_approve(in->version, c->who->person_id, &facts, e);
}

const struct handler batch_procedure_approve_verb = {approve_facts, approve_decide, apply_procedure_approve, NULL};

static int list_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_PROCEDURE_LIST), DB_NONE);
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct procedure_rows *out = c->out;
    int code = rows_take(c, 0, &record_procedure_row, &out->procedures, e);
    record_list_cut(&record_procedure_rows, out, &out->procedures, &out->more);
    return code;
}

const struct handler batch_procedures_verb = {list_facts, list_decide, NULL, NULL};

static int show_facts(struct call *c, struct err *e)
{
    const struct procedure_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_PROCEDURE_SHOW),
             DB_VALUES(db_text(in->procedure_id), in->version == INTEGER_ABSENT ? db_null() : db_int(in->version)));
    return 0;
}

static int show_decide(struct call *c, struct err *e)
{
    if (c->answers[0].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "procedure_id", "", "no such procedure or version");
    return db_row_record(c->arena, &record_procedure_show, &c->answers[0], 0, c->out, e);
}

const struct handler batch_procedure_show_verb = {show_facts, show_decide, NULL, NULL};
