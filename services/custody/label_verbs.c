/* Labels: one container at a time, every copy numbered, the text from the record (R06, R07). */
#include "custody_apply.h"
#include "custody_store.h"
#include "domain/label_record.h"
#include "verbs.h"

enum { LABEL_BATCH, LABEL_CONTAINERS, LABEL_COPIES, LABEL_DONOR };   /* answers, in the order asked */

static int print_facts(struct call *c, struct err *e)
{
    const struct label_print *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_label(c, in);
    return 0;
}

static int print_decide(struct call *c, struct err *e)
{
    struct label_print *in = c->in;
    struct custody_facts facts;
    struct eligibility_determine determined;
    bool known;
    store_read_batch(c, LABEL_BATCH, &facts);
    int code = rule_label(in, &facts, store_copies(c, LABEL_COPIES), e);
    if (code == 0)
        code = store_read_determined(c, LABEL_DONOR, &determined, &known, e);
    if (code == 0)
        label_record_fill(c->arena, store_use(c, LABEL_BATCH), known ? &determined : NULL,
                                store_urgent(c, LABEL_BATCH), in);
    return code;
}

const struct handler custody_label_print_verb = {print_facts, print_decide, apply_label_print, NULL};
