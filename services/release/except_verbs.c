/* Exceptional release of what is out of specification (EudraLex Vol 4 Part IV §11.5): request, evaluation, acceptance, notices. The
 * release itself is release_verbs.c's. */
#include <string.h>

#include "domain/reason.h"
#include "release_apply.h"
#include "release_rules.h"
#include "release_store.h"
#include "release_verbs.h"

/* the batch's facts, where its machine takes the verb */
static int held_facts(struct call *c, const char *batch_id, struct release_facts *ret, struct err *e)
{
    int code = release_store_facts(c, batch_id, ret, e);
    return code == 0 ? release_held_check(&ret->gate, ret->state, c->verb->name, e) : code;
}

static int decide_request(struct call *c, struct err *e)
{
    struct except_request *in = c->in;
    struct release_facts facts;
    int code = held_facts(c, in->batch_id, &facts, e);
    if (code != 0)
        return code;
    except_failed(c->arena, &facts.pending, &in->failed);
    return release_ask_check(in, facts.gate.recipient_identity, &in->failed, e);
}

/* what failed and what is pending, over which evaluation and acceptance are signed */
static int put_failed(struct call *c, const struct release_facts *facts, struct list *ret_failed, struct list *ret_pending, struct err *e)
{
    except_failed(c->arena, &facts->pending, ret_failed);
    except_pending(c->arena, &facts->pending, ret_pending);
    return release_failed_check(ret_failed, e);
}

static int decide_evaluate(struct call *c, struct err *e)
{
    struct except_evaluate *in = c->in;
    struct release_facts facts;
    int code = held_facts(c, in->batch_id, &facts, e);
    if (code == 0)
        code = except_evaluate_check(&facts.chain, e);
    if (code == 0)
        code = reason_check("evaluation", in->evaluation, e);
    if (code != 0)
        return code;
    in->request_seq = facts.chain.request_seq;
    return put_failed(c, &facts, &in->failed, &in->pending, e);
}

static int decide_accept(struct call *c, struct err *e)
{
    struct except_accept *in = c->in;
    struct release_facts facts;
    int code = held_facts(c, in->batch_id, &facts, e);
    if (code == 0)
        code = except_accept_check(&facts.chain, in->evaluation_seq, c->who->person_id, e);
    return code == 0 ? put_failed(c, &facts, &in->failed, &in->pending, e) : code;
}

static int decide_notify(struct call *c, struct err *e)
{
    const struct except_notify *in = c->in;
    struct release_notice notice;
    int code = release_store_notice(c, in, &notice, e);
    return code == 0 ? release_notify_check(in, &notice, c->said_ms, e) : code;
}

static int decide_show(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    struct except_show *out = c->out;
    struct release_facts facts;
    int code = release_store_facts(c, in->batch_id, &facts, e);
    out->batch_id = in->batch_id;
    if (code == 0)
        code = release_store_except(c, out, e);
    if (code != 0 || facts.gate.tests == NULL)
        return code;
    except_failed(c->arena, &facts.pending, &out->failed);
    if (facts.chain.request_seq >= 0)
        out->waits_for = except_open(c->arena, &facts.chain, facts.gate.tests);
    return 0;
}

const struct handler release_except_request_verb = {.decide = decide_request, .apply = release_apply_except_request};
const struct handler release_except_evaluate_verb = {.decide = decide_evaluate, .apply = release_apply_except_evaluate};
const struct handler release_except_accept_verb = {.decide = decide_accept, .apply = release_apply_except_accept};
const struct handler release_except_notify_verb = {.decide = decide_notify, .apply = release_apply_except_notify};
const struct handler release_except_show_verb = {.decide = decide_show};
