/* The end of containers: destruction before a witness, loss, administration; and the reconciliation of them all. */
#include "custody_apply.h"
#include "custody_store.h"
#include "domain/custody.h"
#include "domain/dose.h"
#include "domain/late.h"
#include "record/record.h"
#include "verbs.h"

enum { END_BATCH, END_CONTAINERS, END_NEXT };   /* answers, in the order asked */

static int destroy_facts(struct call *c, struct err *e)
{
    const struct container_destroy *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_receiver(c, in->witness_id);
    return 0;
}

static int destroy_decide(struct call *c, struct err *e)
{
    struct custody_facts facts;
    struct receiver_facts witness;
    store_read_batch(c, END_BATCH, &facts);
    store_read_receiver(c, END_NEXT, &witness);
    ((struct container_destroy *)c->in)->in_place = 1;
    return rule_destroy(c->in, &facts, c->who->person_id, c->who->roles, &witness, c->now_ms, e);
}

const struct handler custody_container_destroy_verb = {destroy_facts, destroy_decide, apply_container_destroy, NULL};

static int witness_facts(struct call *c, struct err *e)
{
    const struct destroy_witness *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_destruction(c, in->batch_id, in->destroy_seq);
    return 0;
}

static int witness_decide(struct call *c, struct err *e)
{
    struct custody_facts facts;
    struct destruction_facts destruction;
    store_read_batch(c, END_BATCH, &facts);
    store_read_destruction(c, END_NEXT, &destruction);
    ((struct destroy_witness *)c->in)->destroyed_by = destruction.person_id;
    return rule_witness(c->in, &facts, &destruction, c->who->person_id, e);
}

const struct handler custody_destroy_witness_verb = {witness_facts, witness_decide, apply_destroy_witness, NULL};

static int cancel_facts(struct call *c, struct err *e)
{
    const struct destroy_cancel *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_destruction(c, in->batch_id, in->destroy_seq);
    return 0;
}

static int cancel_decide(struct call *c, struct err *e)
{
    struct destroy_cancel *in = c->in;
    struct custody_facts facts;
    struct destruction_facts destruction;
    store_read_batch(c, END_BATCH, &facts);
    store_read_destruction(c, END_NEXT, &destruction);
    in->destroyed_by = destruction.person_id;
    in->back = destruction.before;
    return rule_cancel(c->arena, in, &facts, &destruction, c->who->person_id, c->who->roles, e);
}

const struct handler custody_destroy_cancel_verb = {cancel_facts, cancel_decide, apply_destroy_cancel, NULL};

static int batch_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_batch(c, c->stream);
    return 0;
}

static int loss_decide(struct call *c, struct err *e)
{
    struct container_loss *in = c->in;
    struct custody_facts facts;
    store_read_batch(c, END_BATCH, &facts);
    int code = rule_loss(in, &facts, c->who->roles, c->now_ms, e);
    for (size_t i = 0; code == 0 && i < in->containers.count; i++) {
        const struct container_facts *k = container_of(&facts, TEXTS_AT(in->containers, i));
        custody_held(c->arena, k->container_id, k->state, k->person_id, &in->held);
    }
    return code;
}

const struct handler custody_container_loss_verb = {batch_facts, loss_decide, apply_container_loss, NULL};

static int dose_decide(struct call *c, const struct custody_facts *facts, struct administer *in, struct err *e)
{
    struct dose_filled *filled = ARENA_ARRAY(c->arena, struct dose_filled, facts->container_count + 1);
    for (size_t i = 0; i < facts->container_count; i++)
        filled[i] = (struct dose_filled){facts->containers[i].container_id, facts->containers[i].volume_ml, facts->containers[i].cells};
    return dose_fill(c->arena, filled, facts->container_count, in, e);
}

static bool any_held(const struct custody_facts *f, const struct administer *in)
{
    for (size_t i = 0; i < in->containers.count; i++) {
        const struct container_facts *k = container_of(f, LIST_AT(in->containers, const struct dose_container, i)->container_id);
        if (k != NULL && k->held)
            return true;
    }
    return false;
}

static int administer_facts(struct call *c, struct err *e)
{
    const struct administer *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_ended(c, in->batch_id);
    return 0;
}

static int administer_decide(struct call *c, struct err *e)
{
    struct administer *in = c->in;
    struct custody_facts facts;
    store_read_batch(c, END_BATCH, &facts);
    store_read_ended(c, END_NEXT, &facts);
    in->late_min = late_entry(LATE_ENTRY_MIN, in->ended_at, c->said_ms);
    int code = rule_given_now(&facts, e);
    bool is_later = false;
    if (code >= 0 && facts.state != NULL && (code > 0 || any_held(&facts, in))) {
        struct err unknown;
        int asked = store_known_later(c, &facts, code > 0, in, &is_later, &unknown);
        if (asked < 0) {
            *e = unknown;
            return asked;
        }
    }
    if (code != 0 && !is_later)
        return code;
    code = rule_administer(in, &facts, in->late_min, c->now_ms, e);
    return code != 0 ? code : dose_decide(c, &facts, in, e);
}

const struct handler custody_administer_verb = {administer_facts, administer_decide, apply_administer, NULL};

#define CONTAINERS_MOST 1000

static int reconcile_facts(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_whereabouts(c, in->batch_id);
    return 0;
}

static int reconcile_decide(struct call *c, struct err *e)
{
    struct whereabouts *out = c->out;
    const struct db_rows *rows = &c->answers[END_NEXT];
    if (c->answers[END_BATCH].rows == 0)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch");
    if (rows->rows > CONTAINERS_MOST)
        return err_raise(e, ERR_FIELD_RANGE, "batch_id", "", "the batch has more than %d containers", CONTAINERS_MOST);
    out->filled = rows->rows;
    out->ended = out->placed = out->unaccounted = 0;
    for (int i = 0; i < rows->rows; i++) {
        struct whereabouts_row *k = record_list_add(c->arena, &record_whereabouts_row, &out->containers);
        int code = db_row_record(c->arena, &record_whereabouts_row, rows, i, k, e);
        if (code != 0)
            return code;
        out->ended += k->ended == 1;
        out->placed += k->ended != 1 && k->accounted == 1;
        out->unaccounted += k->accounted != 1;
    }
    return 0;
}

const struct handler custody_reconcile_verb = {reconcile_facts, reconcile_decide, NULL, NULL};
