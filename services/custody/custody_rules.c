#include "custody_rules.h"

#include <inttypes.h>
#include <string.h>

#include "domain/correction_value.h"
#include "domain/custody.h"
#include "domain/donor.h"
#include "domain/hold.h"
#include "domain/reason.h"
#include "fsm/machines.h"

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static bool is_in(const struct list *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (same(TEXTS_AT(*texts, i), text))
            return true;
    return false;
}

int rule_custody_state(const char *state, const char *event, unsigned facts, struct err *e)
{
    const struct fsm_rule *rule;
    if (state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch");
    return fsm_step(&fsm_batch, state, event, facts, &rule, e);
}

const struct container_facts *container_of(const struct custody_facts *f, const char *id)
{
    for (size_t i = 0; i < f->container_count; i++)
        if (same(f->containers[i].container_id, id))
            return &f->containers[i];
    return NULL;
}

static bool is_state(const struct container_facts *k, enum fsm_container_state state)
{
    return same(k->state, fsm_container.states[state].name);
}

static bool is_here(const struct container_facts *k)
{
    return is_state(k, FSM_CONTAINER_KEPT) || is_state(k, FSM_CONTAINER_PACKED);
}

static bool has_left(const struct container_facts *k)
{
    return is_state(k, FSM_CONTAINER_GIVEN) || is_state(k, FSM_CONTAINER_RECEIVED);
}

int rule_container(const struct custody_facts *f, const char *container_id, const char *event, unsigned said, struct err *e)
{
    const struct fsm_rule *rule;
    const struct container_facts *k = container_of(f, container_id);
    if (k == NULL)
        return err_raise(e, ERR_NOT_FOUND, "container_id", "R04", "%s is no container of this batch", container_id);
    if (has_left(k) && fsm_find(&fsm_container, fsm_state(&fsm_container, k->state), event) == NULL)
        return err_raise(e, ERR_CUSTODY_REFUSED, "container_id", "R34", "%s is handed over", container_id);
    return fsm_step(&fsm_container, k->state, event, said | (k->held ? (unsigned)FACT_HELD | (unsigned)FACT_AWAITS_QA : 0), &rule, e);
}

int rule_containers(const struct custody_facts *f, const struct list *containers, const char *event, unsigned said,
                    struct err *e)
{
    int code = containers->count == 0 ? err_raise(e, ERR_FIELD_MISSING, "containers", "7.3", "no container is named") : 0;
    for (size_t i = 0; code == 0 && i < containers->count; i++) {
        struct list before = {containers->items, i};
        if (is_in(&before, TEXTS_AT(*containers, i)))
            return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "7.3", "%s stands twice", TEXTS_AT(*containers, i));
        code = rule_container(f, TEXTS_AT(*containers, i), event, said, e);
    }
    return code;
}

int rule_label(const struct label_print *in, const struct custody_facts *f, int64_t copies, struct err *e)
{
    int code = rule_custody_state(f->state, "custody.label_print", 0, e);
    code = code != 0 ? code : hold_check(f->held, e);
    code = code != 0 ? code : rule_container(f, in->container_id, "custody.label_print", 0, e);
    if (code != 0)
        return code;
    if (in->copy != copies + 1)
        return err_raise(e, ERR_FIELD_RANGE, "copy", "R06", "%" PRId64 " printed so far: the next copy is %" PRId64, copies,
                         copies + 1);
    if (in->copy > 1 && !reason_is_valid(in->reason))
        return err_raise(e, ERR_REASON_MISSING, "reason", "R06", "a reprint says why");
    return 0;
}

int rule_label_apply(struct arena *a, struct label_apply *in, const struct custody_facts *f, const struct label_copies *copies, struct err *e)
{
    int code = rule_custody_state(f->state, "custody.label_apply", 0, e);
    code = code != 0 ? code : hold_check(f->held, e);
    code = code != 0 ? code : rule_container(f, in->container_id, "custody.label_print", 0, e);    /* what may be labelled */
    return code != 0 ? code : label_apply_check(a, copies, in, e);
}

#define FRESH_MS ((int64_t)15 * 60000)

int rule_label_fresh(int64_t printed_ms, int64_t now_ms, int64_t copy, struct err *e)
{
    if (now_ms - printed_ms <= FRESH_MS)
        return 0;
    return err_raise(e, ERR_LABEL_REFUSED, "container_id", "R06", "copy %" PRId64 " was printed more than %" PRId64
                     " minutes ago: a further one is a reprint, with its reason", copy, FRESH_MS / 60000);
}

int rule_label_in_hand(const char *state, int64_t copy, struct err *e)
{
    if (fsm_state(&fsm_label, state) == FSM_LABEL_PRINTED)
        return 0;
    return err_raise(e, ERR_LABEL_REFUSED, "container_id", "R06", "copy %" PRId64 " is %s: a further one is a reprint, with its reason", copy, state);
}

int rule_store(const struct container_store *in, const struct custody_facts *f, const struct place_facts *place,
               struct err *e)
{
    int code = rule_custody_state(f->state, "custody.container_store", 0, e);
    code = code != 0 ? code : rule_container(f, in->container_id, "custody.container_store", 0, e);
    if (code != 0)
        return code;
    if (!f->may_store && !container_of(f, in->container_id)->placed)
        return err_raise(e, ERR_CONSENT_MISSING, "container_id", "1.1", "the donor does not consent to storage");
    if (place->equipment_class == NULL)
        return err_raise(e, ERR_NOT_FOUND, "equipment_id", "R35", "no equipment %s", in->equipment_id);
    if (same(place->occupant, in->container_id))
        return err_raise(e, ERR_EXISTS, "position", "R35", "%s is there already", in->container_id);
    if (place->occupant != NULL)
        return err_raise(e, ERR_STATE_FORBIDS, "position", "R35", "%s of %s holds %s", in->position, in->equipment_id,
                         place->occupant);
    return 0;
}

unsigned rule_recalled(const struct custody_facts *f)
{
    return f->recalled ? FACT_RECALLED : 0;
}

const char *hand_over_event(const struct hand_over *in, const struct custody_facts *f)
{
    for (size_t i = 0; i < f->container_count; i++)
        if (is_here(&f->containers[i]) && !is_in(&in->containers, f->containers[i].container_id))
            return "custody.hand_over";
    return "custody.hand_over_all";
}

int receiver_check(const char *receiver_id, const char *giver, const struct receiver_facts *r, struct err *e)
{
    if (same(receiver_id, giver))
        return err_raise(e, ERR_DUTIES_SEGREGATED, "receiver_id", "R34", "%s gives: another person receives", giver);
    if (r->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "receiver_id", "", "no such person");
    if (!same(r->state, "open"))
        return err_raise(e, ERR_CUSTODY_REFUSED, "receiver_id", "R34", "the account of %s is %s", receiver_id, r->state);
    if ((r->roles & (ROLE_COURIER | ROLE_PHYSICIAN)) == 0)
        return err_raise(e, ERR_CUSTODY_REFUSED, "receiver_id", "R34", "%s is neither courier nor physician", receiver_id);
    return 0;
}

static int containers_check(const struct hand_over *in, const struct custody_facts *f, int64_t now_ms, struct err *e)
{
    for (size_t i = 0; i < in->containers.count; i++) {
        const char *id = TEXTS_AT(in->containers, i);
        int code = rule_container(f, id, "custody.hand_over", 0, e);
        if (code != 0)
            return code;
        if (container_of(f, id)->expires_ms <= now_ms)
            return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "T19", "%s has expired", id);
    }
    return 0;
}

static bool is_refused(const char *determination)
{
    return same(determination, determination_words[DETERMINATION_INELIGIBLE]) ||
           same(determination, determination_words[DETERMINATION_INCOMPLETE]);
}

bool custody_is_anothers(const struct custody_facts *f)
{
    return !f->urgent && (same(f->use, use_words[USE_ALLOGENEIC]) || same(f->use, use_words[USE_DIRECTED]));
}

/* What was found after the release: a determination that is overtaken, or one that nobody would release on now (R08, R31). */
int rule_donor(const struct custody_facts *f, struct err *e)
{
    if (f->overtaken)
        return err_raise(e, ERR_DONOR_REFUSED, "batch_id", "R08", DONOR_OVERTAKEN);
    if (f->lapsed)
        return err_raise(e, ERR_STATE_FORBIDS, "batch_id", "R14", "what it was released on was corrected: unsigned until it is released anew");
    if (custody_is_anothers(f) && is_refused(f->determination))
        return err_raise(e, ERR_DONOR_REFUSED, "batch_id", "R31", "the donor is %s by now, and no urgent need of this recipient"
                         " is documented", f->determination);
    return 0;
}

int rule_hand_over(const struct hand_over *in, const struct custody_facts *f, const char *giver,
                   const struct receiver_facts *receiver, bool known, int64_t now_ms, struct err *e)
{
    struct custody_half half = {in->transfer_id, giver, in->transfer_sha256, in->containers.items, in->containers.count,
                                now_ms};
    const char *event = hand_over_event(in, f);
    unsigned facts = (same(event, "custody.hand_over_all") ? (unsigned)FACT_ALL_HANDED_OVER : 0) | rule_recalled(f);
    int code = rule_custody_state(f->state, event, facts, e);
    code = code != 0 ? code : hold_check(f->held, e);
    code = code != 0 ? code : rule_donor(f, e);
    if (code == 0 && known)
        code = err_raise(e, ERR_EXISTS, "transfer_id", "R34", "transfer %s exists", in->transfer_id);
    code = code != 0 ? code : receiver_check(in->receiver_id, giver, receiver, e);
    code = code != 0 ? code : custody_give_check(&half, NULL, e);
    return code != 0 ? code : containers_check(in, f, now_ms, e);
}

const char *receive_event(const struct receive *in, const struct custody_facts *f)
{
    for (size_t i = 0; i < f->container_count; i++)
        if ((is_here(&f->containers[i]) || is_state(&f->containers[i], FSM_CONTAINER_GIVEN)) &&
            !is_in(&in->containers, f->containers[i].container_id))
            return "custody.receive";
    return "custody.receive_all";
}

int transfer_check(const struct receive *in, const struct transfer_facts *t, const char *person, struct err *e)
{
    if (t->giver_id == NULL)
        return err_raise(e, ERR_NOT_FOUND, "transfer_id", "R34", "no transfer %s", in->transfer_id);
    if (t->received)
        return err_raise(e, ERR_EXISTS, "transfer_id", "R34", "transfer %s is received", in->transfer_id);
    if (!same(t->receiver_id, person))
        return err_raise(e, ERR_CUSTODY_REFUSED, "person", "R34", "transfer %s is for %s", in->transfer_id, t->receiver_id);
    if (!same(t->seal_number, in->seal_number))
        return err_raise(e, ERR_CUSTODY_REFUSED, "seal_number", "R34", "seal %s was given, %s is found", t->seal_number,
                         in->seal_number);
    return 0;
}

int rule_arrives(const struct custody_facts *f, const struct list *containers, const char *transfer, struct err *e)
{
    for (size_t i = 0; i < containers->count; i++) {
        const struct container_facts *k = container_of(f, TEXTS_AT(*containers, i));
        if (k == NULL || !is_state(k, FSM_CONTAINER_LOST))
            return 0;
    }
    return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "R34", "every container of transfer %s is lost: nothing arrives", transfer);
}

int rule_receive(const struct receive *in, const struct custody_facts *f, const struct transfer_facts *t,
                 const char *person, int64_t now_ms, struct err *e)
{
    int code = f->state == NULL ? rule_custody_state(NULL, "custody.receive", 0, e) : transfer_check(in, t, person, e);
    if (code != 0)
        return code;
    struct custody_half given = {in->transfer_id, t->giver_id, t->digest, t->containers, t->container_count, t->given_ms};
    struct custody_half found = {in->transfer_id, person, in->transfer_sha256, in->containers.items, in->containers.count,
                                 now_ms};
    code = custody_receive_check(&given, &found, e);
    code = code != 0 ? code : rule_arrives(f, &in->containers, in->transfer_id, e);
    if (code != 0)
        return code;
    const char *event = receive_event(in, f);
    return rule_custody_state(f->state, event, same(event, "custody.receive_all") ? FACT_ALL_RECEIVED : 0, e);
}

int rule_custody_correct(const struct custody_correct *in, const struct entry_facts *f, const char *person, unsigned roles, struct err *e)
{
    if (f->state == NULL)
        return rule_custody_state(NULL, "custody.correct", 0, e);
    int code = reason_check("reason", in->reason, e);
    if (code != 0)
        return code;
    if (f->act == NULL)
        return err_raise(e, ERR_NOT_FOUND, "corrects", "R12", "the batch has no entry %lld", (long long)in->corrects);
    if (!custody_record_corrects(f->act, in->field))
        return correction_value_refuse(verb_find(f->act)->in, f->act, in->field, e);
    if ((roles & custody_record_roles(f->act)) == 0)
        return err_raise(e, ERR_ROLE_MISSING, "person", "R01", "%s is corrected by the side that recorded it, or QA", f->act);
    if (same(f->person, person))
        return err_raise(e, ERR_DUTIES_SEGREGATED, "corrects", "R10", "%s recorded entry %lld: another person corrects it", person,
                         (long long)in->corrects);
    return 0;
}
