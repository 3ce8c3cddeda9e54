/* Terminals: enrolled by their public CURVE key (21 CFR 11.10(h)), listed. */
#include <string.h>

#include "access_apply.h"
#include "access_store.h"
#include "verbs.h"

static int enrol_facts(struct call *c, struct err *e)
{
    const struct terminal_enrol *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_TERMINAL_TAKEN), DB_VALUES(db_text(in->terminal_id), db_text(in->public_key)));
    return 0;
}

static int enrol_decide(struct call *c, struct err *e)
{
    const struct terminal_enrol *in = c->in;
    const char *taken = db_cell_text(&c->answers[0], 0, "terminal_id");
    int code = access_key_check("public_key", in->public_key, e);
    if (code == 0 && taken != NULL)
        code = strcmp(taken, in->terminal_id) == 0
                   ? err_raise(e, ERR_EXISTS, "terminal_id", "5.1-8", "%s is enrolled already", taken)
                   : err_raise(e, ERR_EXISTS, "public_key", "5.1-8", "this key is that of %s", taken);
    return code;
}

const struct handler access_terminal_enrol_verb = {enrol_facts, enrol_decide, apply_terminal_enrol, NULL};

static int list_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_TERMINALS), DB_NONE);
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct terminal_rows *out = c->out;
    return rows_take(c, 0, &record_terminal_row, &out->terminals, e);
}

const struct handler access_terminals_verb = {list_facts, list_decide, NULL, NULL};
