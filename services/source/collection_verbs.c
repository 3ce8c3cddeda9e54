/* Collections under their donation number, and their receipt. */
#include <string.h>

#include "domain/transit.h"
#include "source_apply.h"
#include "source_rules.h"
#include "source_settings.h"
#include "source_store.h"
#include "verbs.h"

enum { COLLECTION_DONOR, COLLECTION_TAKEN };   /* answers, in the order asked */

static int collection_facts_ask(struct call *c, struct err *e)
{
    const struct collection_record *in = c->in;
    (void)e;
    store_ask_donor(c, in->donor_id);
    call_ask(c, store_row(ROW_NUMBER_TAKEN), DB_VALUES(db_text(in->donation_number)));
    return 0;
}

static int collection_decide(struct call *c, struct err *e)
{
    const struct collection_record *in = c->in;
    const struct source_limits limits = source_limits();
    const char *taken = db_cell_text(&c->answers[COLLECTION_TAKEN], 0, "collection_id");
    struct donor_facts donor;
    if (c->head.seq >= 0)
        return err_raise(e, ERR_EXISTS, "collection_id", NULL, "%s is recorded already", in->collection_id);
    store_read_donor(c, COLLECTION_DONOR, &donor);
    int code = source_collection_check(in, &donor, c->now_ms, &limits, e);
    if (code == 0 && taken != NULL)
        code = err_raise(e, ERR_EXISTS, "donation_number", "T33", "%s is the number of %s", in->donation_number, taken);
    return code;
}

const struct handler source_collection_record_verb = {collection_facts_ask, collection_decide, apply_collection_record, NULL};

static int receipt_facts(struct call *c, struct err *e)
{
    const struct receipt_record *in = c->in;
    (void)e;
    store_ask_collection(c, in->collection_id);
    return 0;
}

static int receipt_decide(struct call *c, struct err *e)
{
    struct receipt_record *in = c->in;
    const struct source_limits limits = source_limits();
    struct collection_facts collection;
    store_read_collection(c, 0, &collection);
    int code = source_receipt_check(in, &collection, c->now_ms, &limits, e);
    if (code == 0)
        in->transit_h = transit_hours(c->arena, collection.ended_ms, in->received_at);
    return code;
}

const struct handler source_receipt_record_verb = {receipt_facts, receipt_decide, apply_receipt_record, NULL};

static int collections_facts(struct call *c, struct err *e)
{
    (void)e;
    call_ask(c, store_row(ROW_COLLECTIONS), DB_NONE);
    return 0;
}

static int collections_decide(struct call *c, struct err *e)
{
    struct collection_rows *out = c->out;
    int code = rows_take(c, 0, &record_collection_row, &out->collections, e);
    record_list_cut(&record_collection_rows, out, &out->collections, &out->more);
    return code;
}

const struct handler source_collections_verb = {collections_facts, collections_decide, NULL, NULL};
