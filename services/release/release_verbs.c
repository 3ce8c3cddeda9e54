/* Review, gate, release, reject. Every handler reads its facts in its own transaction and lets pure rules decide. */
#include <string.h>

#include "release_apply.h"
#include "release_rules.h"
#include "release_store.h"
#include "release_verbs.h"

static void put_points(struct call *c, const struct gate_verdict *verdict, bool all, struct list *ret)
{
    for (int i = 0; i < GATE_POINTS; i++) {
        const struct gate_line *line = &verdict->points[i];
        if (!all && line->state != GATE_OPEN)
            continue;
        struct gate_point *p = record_list_add(c->arena, &record_gate_point, ret);
        struct buf text = buf_new(c->arena);
        for (size_t k = 0; k < line->sentence_count && text.len < 300; k++)
            buf_printf(&text, "%s%.90s", k > 0 ? "; " : "", line->sentences[k]);
        p->point = line->no;
        p->title = line->title;
        p->state = gate_state_words[line->state];
        p->text = text.len > 0 ? text.text : NULL;
    }
}

static size_t pending_count(struct call *c, const struct release_facts *facts)
{
    struct list pending = {NULL, 0};
    if (facts->gate.pending != NULL)
        pending_tests(c->arena, facts->gate.pending, "", &pending);
    return pending.count;
}

static void put_gate(struct call *c, const struct gate_verdict *verdict, struct list *ret)
{
    put_points(c, verdict, true, ret);
}

/* the gate as the next release would find it */
static void judge_next(struct call *c, struct release_facts *facts, struct gate_verdict *ret)
{
    facts->gate.except = release_asked(facts->state, &facts->chain);
    gate_judge(c->arena, &facts->gate, ret);
}

static int decide_gate(struct call *c, struct err *e)
{
    const struct batch_key *in = c->in;
    struct gate_result *out = c->out;
    struct release_facts facts;
    struct gate_verdict verdict;
    int code = release_store_facts(c, in->batch_id, &facts, e);
    if (code != 0)
        return code;
    judge_next(c, &facts, &verdict);
    out->batch_id = in->batch_id;
    out->exceptional = facts.gate.except != NULL ? 1 : BOOLEAN_ABSENT;
    out->may_release = verdict.may_release;
    out->conditional = verdict.may_release ? pending_count(c, &facts) > 0 : BOOLEAN_ABSENT;
    out->head_seq = facts.head_seq;
    put_gate(c, &verdict, &out->points);
    return 0;
}

static int decide_review(struct call *c, struct err *e)
{
    struct batch_review *in = c->in;
    struct release_facts facts;
    int code = release_store_facts(c, in->batch_id, &facts, e);
    if (code == 0)
        code = release_review_check(in->entries, c->head.seq, facts.state, facts.chain.accepted_seq >= 0, e);
    if (code == 0 && strcmp(facts.state, "on_hold") == 0)
        code = release_held_check(&facts.gate, facts.state, c->verb->name, e);
    if (code == 0)
        code = release_correctors_check(facts.correctors, facts.corrector_count, c->who->person_id, e);
    if (code != 0)
        return code;
    in->collection_seq = facts.collection_seq;
    struct segregation_act wanted = {.person = c->who->person_id, .subject = in->batch_id, .deed = DEED_BATCH_REVIEW};
    return segregation_check(&wanted, facts.gate.acts, facts.gate.act_count, e);
}

/* a release with tests pending is conditional: it lists them and names who was informed and who follows up (R29), as an exceptional one does (R31) */
static int put_pending(struct call *c, const struct release_facts *facts, struct batch_release *in, struct err *e)
{
    struct release_person physician, owner;
    if (facts->gate.pending != NULL)
        pending_tests(c->arena, facts->gate.pending, in->follow_up_by, &in->pending);
    in->conditional = in->pending.count > 0;
    int code = pending_plan_check(in, c->said_ms, e);
    if (code != 0 || in->follow_up_by == NULL)
        return code;
    code = release_store_people(c, in, &physician, &owner, e);
    return code == 0 ? release_people_check(in, &physician, &owner, e) : code;
}

/* what goes out of specification: who accepted what, and whom to tell (R31) */
static int put_exception(struct call *c, const struct release_facts *facts, struct batch_release *in, struct err *e)
{
    int code = except_release_check(in, &facts->chain, c->said_ms, e);
    if (code != 0 || in->exceptional != 1)
        return code;
    in->accepted_seq = facts->chain.accepted_seq;
    except_failed(c->arena, &facts->pending, &in->failed);
    except_notices(c->arena, facts->setting, in->follow_up_by, c->said_ms, in->authority_due_at, &in->notices);
    return 0;
}

static int release_state_check(const struct release_facts *facts, bool exceptional, struct err *e)
{
    if (exceptional)
        return release_held_check(&facts->gate, facts->state, "release.exceptional", e);
    return strcmp(facts->state, "in_test") == 0 ? 0 : err_raise(e, ERR_STATE_FORBIDS, "batch_id", "", "the batch is %s", facts->state);
}

static int decide_release(struct call *c, struct err *e)
{
    struct batch_release *in = c->in;
    struct release_facts facts;
    struct gate_verdict verdict;
    int code = release_store_facts(c, in->batch_id, &facts, e);
    if (code != 0)
        return code;
    facts.gate.except = in->exceptional == 1 ? &facts.chain : NULL;
    gate_judge(c->arena, &facts.gate, &verdict);
    code = gate_check(&verdict, e);
    if (code == 0)
        code = release_state_check(&facts, in->exceptional == 1, e);
    if (code == 0)
        code = put_exception(c, &facts, in, e);
    if (code == 0)
        code = put_pending(c, &facts, in, e);
    if (code == 0)
        put_gate(c, &verdict, &in->gate);
    if (facts.gate.exception.evidence_seq >= 0)
        in->evidence_seq = facts.gate.exception.evidence_seq;
    in->collection_seq = facts.collection_seq;
    in->duties = SEGREGATION_TABLE;
    return code;
}

static int decide_certify(struct call *c, struct err *e)
{
    struct batch_certify *in = c->in;
    struct release_facts facts;
    int code = release_store_facts(c, in->batch_id, &facts, e);
    in->duties = SEGREGATION_TABLE;
    if (code == 0)
        code = release_certify_check(c->arena, &facts.gate, c->who->person_id, facts.state, e);
    return code == 0 ? pending_certify(c->arena, &facts.waited, facts.pending.results, facts.pending.result_count, &in->results, e) : code;
}

static int decide_reject(struct call *c, struct err *e)
{
    const struct batch_reject *in = c->in;
    struct release_facts facts;
    if (strlen(in->reason) < 10)
        return err_raise(e, ERR_REASON_MISSING, "reason", "R13", "%zu characters say too little", strlen(in->reason));
    int code = release_store_facts(c, in->batch_id, &facts, e);
    return code != 0 ? code : release_reject_check(&facts.gate, c->who->person_id, facts.state, e);
}

static int decide_worklist(struct call *c, struct err *e)
{
    struct review_items *out = c->out;
    const char *batch_ids[RELEASE_WAITING_MOST];
    struct release_facts *facts = ARENA_ARRAY(c->arena, struct release_facts, RELEASE_WAITING_MOST);
    bool more = false;
    int code = release_store_waiting(c, &out->batches, &more, e);
    for (size_t i = 0; code == 0 && i < out->batches.count; i++)
        batch_ids[i] = LIST_AT(out->batches, struct review_item, i)->batch_id;
    if (code == 0)
        code = release_store_facts_of(c, batch_ids, out->batches.count, facts, e);
    for (size_t i = 0; code == 0 && i < out->batches.count; i++) {
        struct review_item *item = LIST_AT(out->batches, struct review_item, i);
        struct gate_verdict verdict;
        judge_next(c, &facts[i], &verdict);
        item->lane = release_lane(&facts[i].gate, &verdict);
        item->touched = release_touched(&facts[i].gate);
        item->head_seq = facts[i].head_seq;
        put_points(c, &verdict, false, &item->open_points);
    }
    out->more = more;
    return code;
}

static int decide_dispositions(struct call *c, struct err *e)
{
    struct disposition_rows *out = c->out;
    int code = release_store_dispositions(c, &out->dispositions, e);
    record_list_cut(&record_disposition_rows, out, &out->dispositions, &out->more);
    return code;
}

static int decide_pending(struct call *c, struct err *e)
{
    struct pending_rows *out = c->out;
    int code = release_store_pending(c, &out->pending, e);
    record_list_cut(&record_pending_rows, out, &out->pending, &out->more);
    return code;
}

const struct handler release_gate_verb = {.decide = decide_gate};
const struct handler release_worklist_verb = {.decide = decide_worklist};
const struct handler release_review_verb = {.decide = decide_review, .apply = release_apply_review};
const struct handler release_release_verb = {.decide = decide_release, .apply = release_apply_release};
const struct handler release_certify_verb = {.decide = decide_certify, .apply = release_apply_certify};
const struct handler release_pending_verb = {.decide = decide_pending};
const struct handler release_reject_verb = {.decide = decide_reject, .apply = release_apply_reject};
const struct handler release_dispositions_verb = {.decide = decide_dispositions};
