/* Verbs on specifications: authored, approved by another person, never changed; a batch pins the version it began with. */
#include "quality_apply.h"
#include "quality_store.h"
#include "verbs.h"

static int author_facts(struct call *c, struct err *e)
{
    const struct specification_author *in = c->in;
    (void)e;
    store_ask_version(c, in->specification_id, in->version);
    return 0;
}

static int author_decide(struct call *c, struct err *e)
{
    struct version_facts facts;
    store_read_version(c, &facts);
    return rule_specification_author(c->in, &facts, c->arena, e);
}

const struct handler quality_specification_author_verb = {author_facts, author_decide, apply_specification_author, NULL};

static int approve_facts(struct call *c, struct err *e)
{
    const struct specification_approve *in = c->in;
    (void)e;
    store_ask_version(c, in->specification_id, in->version);
    return 0;
}

static int approve_decide(struct call *c, struct err *e)
{
    const struct specification_approve *in = c->in;
    struct version_facts facts;
    store_read_version(c, &facts);
    return rule_specification_approve(in->version, c->who->person_id, &facts, e);
}

const struct handler quality_specification_approve_verb = {approve_facts, approve_decide, apply_specification_approve, NULL};

static int list_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_LIST), DB_NONE);
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct specification_rows *out = c->out;
    int code = store_rows(c, 0, &record_specification_row, &out->specifications, e);
    record_list_cut(&record_specification_rows, out, &out->specifications, &out->more);
    return code;
}

const struct handler quality_specifications_verb = {list_facts, list_decide, NULL, NULL};

static int show_facts(struct call *c, struct err *e)
{
    const struct specification_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_SHOW),
             DB_VALUES(db_text(in->specification_id), in->version == INTEGER_ABSENT ? db_null() : db_int(in->version)));
    return 0;
}

static int show_decide(struct call *c, struct err *e)
{
    if (c->answers[0].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "specification_id", "", "no such specification or version");
    return db_row_record(c->arena, &record_specification_show, &c->answers[0], 0, c->out, e);
}

const struct handler quality_specification_show_verb = {show_facts, show_decide, NULL, NULL};
