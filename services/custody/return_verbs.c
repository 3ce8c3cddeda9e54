/* The way back: the clinic gives containers back, the lab receives them into quarantine, QA decides on them (R34, domain.md §4.1). */
#include "custody_apply.h"
#include "custody_store.h"
#include "domain/custody.h"
#include "verbs.h"

enum { RETURN_BATCH, RETURN_CONTAINERS, RETURN_TRANSFER, RETURN_ITS_CONTAINERS, RETURN_RECEIVER };   /* answers, in order */
enum { DECIDE_HOLDS = RETURN_TRANSFER, DECIDE_LAPSED };

static const char *digest(struct call *c, const char *transfer, const char *seal, const struct list *containers)
{
    struct custody_transfer t = {c->stream, transfer, seal, containers->items, containers->count};
    return custody_digest(c->arena, &t);
}

static int give_facts(struct call *c, struct err *e)
{
    const struct return_give *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_give_back(c, in->batch_id, in->transfer_id);
    store_ask_receiver(c, in->receiver_id);
    return 0;
}

static int give_decide(struct call *c, struct err *e)
{
    struct return_give *in = c->in;
    struct custody_facts facts;
    struct transfer_facts transfer;
    struct receiver_facts receiver;
    store_read_batch(c, RETURN_BATCH, &facts);
    store_read_transfer(c, RETURN_TRANSFER, &transfer);
    store_read_receiver(c, RETURN_RECEIVER, &receiver);
    in->transfer_sha256 = digest(c, in->transfer_id, in->seal_number, &in->containers);
    return rule_return_give(in, &facts, c->who->person_id, &receiver, transfer.giver_id != NULL, e);
}

const struct handler custody_return_give_verb = {give_facts, give_decide, apply_return_give, NULL};

static int receive_facts(struct call *c, struct err *e)
{
    const struct return_receive *in = c->in;
    (void)e;
    store_ask_batch(c, in->batch_id);
    store_ask_give_back(c, in->batch_id, in->transfer_id);
    return 0;
}

static int receive_decide(struct call *c, struct err *e)
{
    struct return_receive *in = c->in;
    struct custody_facts facts;
    struct transfer_facts transfer;
    store_read_batch(c, RETURN_BATCH, &facts);
    store_read_transfer(c, RETURN_TRANSFER, &transfer);
    in->transfer_sha256 = digest(c, in->transfer_id, in->seal_number, &in->containers);
    return rule_return_receive(in, &facts, &transfer, c->who->person_id, c->now_ms, e);
}

const struct handler custody_return_receive_verb = {receive_facts, receive_decide, apply_return_receive, NULL};

static int decide_facts(struct call *c, struct err *e)
{
    (void)e;
    store_ask_batch(c, c->stream);
    store_ask_holds(c, c->stream);
    store_ask_lapsed(c, c->stream);
    return 0;
}

/* which decision it signs anew, if any */
static int renew_decide(struct call *c, struct container_decide *in, struct err *e)
{
    struct custody_history history;
    int64_t seq;
    int code = store_history(c, &history, e);
    code = code != 0 ? code : custody_decision_lapsed(&history, &in->containers, &seq, e);
    if (code != 0 || seq < 0)
        return code;
    in->renews = seq;
    return rule_renews(custody_decision_corrector(&history, seq), c->who->person_id, e);
}

/* the statement names what held them: what comes to hold them meanwhile is not decided on unseen */
static int decide_decide(struct call *c, struct err *e)
{
    struct container_decide *in = c->in;
    struct custody_facts facts;
    store_read_batch(c, RETURN_BATCH, &facts);
    in->held_by = store_read_causes(c, DECIDE_HOLDS, &in->containers);
    int code = store_read_lapsed(c, DECIDE_LAPSED) ? renew_decide(c, in, e) : 0;
    return code != 0 ? code : rule_decide(in, &facts, e);
}

const struct handler custody_container_decide_verb = {decide_facts, decide_decide, apply_container_decide, NULL};
