/* A value of a hand-over or a receipt that was written wrongly: corrected by another person, wherever the containers are by now. */
#include "custody_apply.h"
#include "custody_store.h"
#include "verbs.h"

enum { CORRECT_ENTRY, CORRECT_EARLIER };   /* answers, in the order asked */

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
    int code = store_read_entry(c, CORRECT_ENTRY, &facts, e);
    code = code != 0 ? code : rule_custody_correct(in, &facts, c->who->person_id, e);
    code = code != 0 ? code : store_put_earlier(c, CORRECT_EARLIER, &facts, e);
    code = code != 0 ? code : custody_record_put(c->arena, facts.act, facts.record, in, e);
    in->act = code == 0 ? facts.act : NULL;
    return code;
}

const struct handler custody_correct_verb = {correct_facts, correct_decide, apply_custody_correct, NULL};
