/* What was recorded of a donor or a collection and was wrong: corrected value by value; what rested on it stands as unsigned until reviewed. */
#include "domain/collection_record.h"
#include "domain/source_record.h"
#include "source_apply.h"
#include "source_store.h"
#include "verbs.h"

enum { CORRECT_ENTRIES, CORRECT_COLLECTED };   /* answers, in the order asked */

static int correct_facts(struct call *c, struct err *e)
{
    const struct donor_correct *in = c->in;
    (void)e;
    store_ask_entries(c, in->donor_id);
    store_ask_collected(c, in->donor_id);
    return 0;
}

static int correct_decide(struct call *c, struct err *e)
{
    struct donor_correct *in = c->in;
    struct source_entry *entries;
    size_t n, k;
    int code = store_read_entries(c, CORRECT_ENTRIES, &entries, &n, e);
    const struct source_collected *collected = store_read_collected(c, CORRECT_COLLECTED, &k);
    if (code == 0 && n == 0)
        code = err_raise(e, ERR_NOT_FOUND, "donor_id", NULL, "there is no donor %s", in->donor_id);
    return code != 0 ? code : donor_correct_fill(c->arena, entries, n, collected, k, in, e);
}

const struct handler source_donor_correct_verb = {correct_facts, correct_decide, apply_donor_correct, NULL};

enum { CORRECT_CONSENT = CORRECT_COLLECTED };

static int collection_facts_ask(struct call *c, struct err *e)
{
    const struct collection_correct *in = c->in;
    (void)e;
    store_ask_entries(c, in->collection_id);
    store_ask_collection_consent(c, in->collection_id);
    return 0;
}

static int collection_decide(struct call *c, struct err *e)
{
    struct collection_correct *in = c->in;
    struct source_entry *entries;
    size_t n;
    int code = store_read_entries(c, CORRECT_ENTRIES, &entries, &n, e);
    if (code == 0 && n == 0)
        code = err_raise(e, ERR_NOT_FOUND, "collection_id", NULL, "there is no collection %s", in->collection_id);
    return code != 0 ? code : collection_correct_fill(c->arena, entries, n, store_read_collection_consent(c, CORRECT_CONSENT), in, e);
}

const struct handler source_collection_correct_verb = {collection_facts_ask, collection_decide, apply_collection_correct, NULL};

static int list_facts(struct call *c, struct err *e)
{
    const struct source_key *in = c->in;
    (void)e;
    call_ask(c, store_row(ROW_CORRECTIONS), DB_VALUES(db_text(in->stream_id)));
    return 0;
}

static int list_decide(struct call *c, struct err *e)
{
    struct source_corrections *out = c->out;
    int code = rows_take(c, 0, &record_correction_row, &out->corrections, e);
    record_list_cut(&record_source_corrections, out, &out->corrections, &out->more);
    return code;
}

const struct handler source_corrections_verb = {list_facts, list_decide, NULL, NULL};
