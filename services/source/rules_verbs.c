/* Rule sets of donor eligibility: authored, approved, listed, shown; a determination pins the version in effect (T51). */
#include <string.h>

#include "domain/rule_set.h"
#include "source_apply.h"
#include "source_rules.h"
#include "source_settings.h"
#include "source_store.h"
#include "verbs.h"

static int author_facts(struct call *c, struct err *e)
{
    const struct rules_author *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_RULES_VERSION), DB_VALUES(db_text(in->rules_id), db_int(in->version)));
    return 0;
}

static int author_decide(struct call *c, struct err *e)
{
    return source_rules_author_check(c->in, db_cell_int(&c->answers[0], 0, "newest"), c->arena, e);
}

const struct handler source_rules_author_verb = {author_facts, author_decide, apply_rules_author, NULL};

static int approve_facts(struct call *c, struct err *e)
{
    const struct rules_approve *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_RULES_VERSION), DB_VALUES(db_text(in->rules_id), db_int(in->version)));
    return 0;
}

static int64_t time_cell(const struct db_rows *r, const char *name)
{
    return db_cell(r, 0, name).data == NULL ? TIME_ABSENT : db_cell_int(r, 0, name);
}

static int approve_decide(struct call *c, struct err *e)
{
    const struct source_limits limits = source_limits();
    const struct db_rows *r = &c->answers[0];
    struct rules_facts facts = {db_cell_text(r, 0, "author_id"), time_cell(r, "effective_ms"),
                                time_cell(r, "last_effective_ms")};
    return source_rules_approve_check(c->in, &facts, c->who->person_id, c->now_ms, &limits, e);
}

const struct handler source_rules_approve_verb = {approve_facts, approve_decide, apply_rules_approve, NULL};

static int list_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_RULES), DB_VALUES(db_int(c->now_ms)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct rules_rows *out = c->out;
    int code = rows_take(c, 0, &record_rules_row, &out->rules, e);
    record_list_cut(&record_rules_rows, out, &out->rules, &out->more);
    return code;
}

const struct handler source_rules_verb = {list_facts, list_decide, NULL, NULL};

static int show_facts(struct call *c, struct err *e)
{
    const struct rules_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_RULES_SHOW),
             DB_VALUES(db_text(in->rules_id), in->version == INTEGER_ABSENT ? db_null() : db_int(in->version), db_int(c->now_ms)));
    return 0;
}

static int show_decide(struct call *c, struct err *e)
{
    if (c->answers[0].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "rules_id", "T51", "no such rule set or version");
    return db_row_record(c->arena, &record_rules_show, &c->answers[0], 0, c->out, e);
}

const struct handler source_rules_show_verb = {show_facts, show_decide, NULL, NULL};
