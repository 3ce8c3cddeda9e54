/* What was written wrongly of the way of containers: a hand-over, a receipt, a return, an administration. Corrected by another person,
 * wherever the containers are by now. */
#include "custody_apply.h"
#include "custody_store.h"
#include "verbs.h"

static int correct_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_entry(c, c->in);
    return 0;
}

static int correct_decide(struct call *c, struct err *e)
{
    struct custody_correct *in = c->in;
    struct entry_facts facts;
    struct custody_history history;
    int code = store_read_entry(c, 0, &facts, e);
    code = code != 0 ? code : rule_custody_correct(in, &facts, c->who->person_id, c->who->roles, e);
    code = code != 0 ? code : store_history(c, &history, e);
    return code != 0 ? code : custody_correct_fill(c->arena, &history, in, e);
}

const struct handler custody_correct_verb = {correct_facts, correct_decide, apply_custody_correct, NULL};
