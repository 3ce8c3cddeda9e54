#include "end_rules.h"

#include <inttypes.h>
#include <string.h>

#include "domain/custody.h"
#include "domain/donor.h"
#include "domain/given.h"
#include "domain/hold.h"
#include "domain/reason.h"
#include "fsm/machines.h"

#define LAB (ROLE_TECHNICIAN | ROLE_SUPERVISOR | ROLE_QA)

/* the sides that ${roles} speak for; ${clinic}: the roles of the clinic's that count */
static unsigned sides(unsigned roles, unsigned clinic)
{
    return ((roles & LAB) != 0 ? (unsigned)FACT_ACTOR_LAB : 0) | ((roles & clinic) != 0 ? (unsigned)FACT_ACTOR_CLINIC : 0);
}

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static int known_batch(const struct custody_facts *f, struct err *e)
{
    return f->state != NULL ? 0 : err_raise(e, ERR_NOT_FOUND, "batch_id", "", "no such batch");
}

static int past_check(const char *field, int64_t at_ms, int64_t now_ms, struct err *e)
{
    if (at_ms <= now_ms + CLOCK_SKEW_MS)
        return 0;
    return err_raise(e, ERR_TIME_REFUSED, field, "R15", "it is in the future");
}

/* another person, whose account is open and who has one of ${roles} */
static int other_check(const char *field, const char *rule, const char *person, const char *who, const struct receiver_facts *r,
                       unsigned roles, struct err *e)
{
    if (same(person, who))
        return err_raise(e, ERR_DUTIES_SEGREGATED, field, rule, "%s signs already: another person is needed", who);
    if (r->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, field, "", "no such person");
    if (!same(r->state, "open"))
        return err_raise(e, ERR_CUSTODY_REFUSED, field, rule, "the account of %s is %s", person, r->state);
    if ((r->roles & roles) == 0)
        return err_raise(e, ERR_CUSTODY_REFUSED, field, rule, "%s has no role for this", person);
    return 0;
}

int rule_destroy(const struct container_destroy *in, const struct custody_facts *f, const char *who, unsigned roles,
                 const struct receiver_facts *witness, int64_t now_ms, struct err *e)
{
    int code = known_batch(f, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    code = code != 0 ? code : past_check("destroyed_at", in->destroyed_at, now_ms, e);
    code = code != 0 ? code : other_check("witness_id", "R10", in->witness_id, who, witness, LAB | ROLE_QC | ROLE_PHYSICIAN, e);
    return code != 0 ? code : rule_containers(f, &in->containers, "custody.container_destroy", sides(roles, ROLE_PHYSICIAN), e);
}

int rule_label_end(struct arena *a, const struct label_end *in, const struct custody_facts *f, const struct label_copies *copies, const char *who,
                   const struct receiver_facts *witness, struct err *e)
{
    int code = rule_custody_state(f->state, "custody.label_end", 0, e);
    code = code != 0 ? code : label_end_check(a, copies, in, who, e);
    return code != 0 || in->witness_id == NULL ? code : other_check("witness_id", "R10", in->witness_id, who, witness, LAB | ROLE_QC, e);
}

int rule_label_witness(struct label_witness *in, const struct custody_facts *f, const struct label_copies *copies, const char *who, struct err *e)
{
    int code = rule_custody_state(f->state, "custody.label_witness", 0, e);
    return code != 0 ? code : label_witness_check(copies, in, who, e);
}

static int same_containers(const struct list *said, const struct list *were, struct err *e)
{
    for (size_t i = 0; i < were->count; i++) {
        bool found = false;
        for (size_t k = 0; k < said->count; k++)
            found |= same(TEXTS_AT(*were, i), TEXTS_AT(*said, k));
        if (!found)
            return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "7.3", "%s is not named", TEXTS_AT(*were, i));
    }
    return said->count == were->count ? 0 : err_raise(e, ERR_CUSTODY_REFUSED, "containers", "7.3", "more is named than was destroyed");
}

/* one that is open yet: neither witnessed nor taken back */
static int open_destruction(const struct custody_facts *f, const struct destruction_facts *d, int64_t seq, struct err *e)
{
    int code = known_batch(f, e);
    if (code != 0)
        return code;
    if (d->person_id == NULL)
        return err_raise(e, ERR_NOT_FOUND, "destroy_seq", "7.3", "entry %" PRId64 " is no destruction", seq);
    if (d->witnessed || d->cancelled)
        return err_raise(e, ERR_EXISTS, "destroy_seq", "7.3", "this destruction is %s", d->witnessed ? "witnessed" : "taken back");
    return 0;
}

int rule_cancel(struct arena *a, const struct destroy_cancel *in, const struct custody_facts *f, const struct destruction_facts *d,
                const char *who, unsigned roles, struct err *e)
{
    unsigned said = same(d->person_id, who) || (roles & ROLE_QA) != 0 ? (unsigned)FACT_ACTOR_CANCELS : 0;
    int code = open_destruction(f, d, in->destroy_seq, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    code = code != 0 ? code : same_containers(&in->containers, &d->containers, e);
    for (size_t i = 0; code == 0 && i < d->before.count; i++) {
        const struct container_back *k = LIST_AT(d->before, const struct container_back, i);
        code = rule_container(f, k->container_id, custody_back_event(a, k->state), said, e);
    }
    return code;
}

int rule_witness(const struct destroy_witness *in, const struct custody_facts *f, const struct destruction_facts *d, const char *who,
                 struct err *e)
{
    int code = open_destruction(f, d, in->destroy_seq, e);
    if (code != 0)
        return code;
    if (!same(d->witness_id, who))
        return err_raise(e, ERR_DUTIES_SEGREGATED, "person", "R10", "its witness is %s", d->witness_id);
    code = same_containers(&in->containers, &d->containers, e);
    return code != 0 ? code : rule_containers(f, &in->containers, "custody.destroy_witness", FACT_WITNESS_NAMED, e);
}

int rule_loss(const struct container_loss *in, const struct custody_facts *f, unsigned roles, int64_t now_ms, struct err *e)
{
    int code = known_batch(f, e);
    code = code != 0 ? code : reason_check("text", in->text, e);
    code = code != 0 ? code : past_check("aware_at", in->aware_at, now_ms, e);
    return code != 0 ? code : rule_containers(f, &in->containers, "custody.container_loss", sides(roles, ROLE_PHYSICIAN | ROLE_COURIER), e);
}

int rule_return_give(const struct return_give *in, const struct custody_facts *f, const char *giver,
                     const struct receiver_facts *receiver, bool known, struct err *e)
{
    int code = known_batch(f, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    if (code == 0 && known)
        code = err_raise(e, ERR_EXISTS, "transfer_id", "R34", "return %s exists", in->transfer_id);
    code = code != 0 ? code : other_check("receiver_id", "R34", in->receiver_id, giver, receiver, ROLE_TECHNICIAN | ROLE_SUPERVISOR, e);
    return code != 0 ? code : rule_containers(f, &in->containers, "custody.return_give", 0, e);
}

int rule_return_receive(const struct return_receive *in, const struct custody_facts *f, const struct transfer_facts *t,
                        const char *person, int64_t now_ms, struct err *e)
{
    struct receive as = {.transfer_id = in->transfer_id, .seal_number = in->seal_number};
    int code = known_batch(f, e);
    code = code != 0 ? code : transfer_check(&as, t, person, e);
    if (code != 0)
        return code;
    struct custody_half given = {in->transfer_id, t->giver_id, t->digest, t->containers, t->container_count, t->given_ms};
    struct custody_half found = {in->transfer_id, person, in->transfer_sha256, in->containers.items, in->containers.count, now_ms};
    code = custody_receive_check(&given, &found, e);
    code = code != 0 ? code : rule_arrives(f, &in->containers, in->transfer_id, e);
    return code != 0 ? code : rule_containers(f, &in->containers, "custody.return_receive", 0, e);
}

const char *decide_event(const struct container_decide *in)
{
    return custody_decide_event(in->decision);
}

int rule_decide(const struct container_decide *in, const struct custody_facts *f, struct err *e)
{
    int code = known_batch(f, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    return code != 0 ? code : rule_containers(f, &in->containers, decide_event(in),
                                              in->renews != INTEGER_ABSENT ? (unsigned)FACT_AWAITS_QA : 0, e);
}

int rule_renews(const char *corrector, const char *person, struct err *e)
{
    if (!same(corrector, person))
        return 0;
    return err_raise(e, ERR_DUTIES_SEGREGATED, "person", "R10", "%s corrected what it was decided on: another person decides anew", person);
}

/* two identifiers, each from where it is found and against the record: who receives, and what is given (R04) */
static int identity_check(const struct administer *in, const struct custody_facts *f, struct err *e)
{
    if (!same(in->donation_number, f->donation_number))
        return err_raise(e, ERR_IDENTIFIER_REFUSED, "donation_number", "R04", "the batch is of another donation");
    if (f->recipient_code == NULL && !same(f->use, use_words[USE_ALLOGENEIC]))
        return err_raise(e, ERR_CUSTODY_REFUSED, "recipient_code", "R04", "the batch names no recipient");
    if (f->recipient_code != NULL && !same(in->recipient_code, f->recipient_code))
        return err_raise(e, ERR_CUSTODY_REFUSED, "recipient_code", "R04", "the batch is for another recipient");
    if (same(f->use, use_words[USE_AUTOLOGOUS]) && !same(in->recipient_code, f->donor_recipient))
        return err_raise(e, ERR_CUSTODY_REFUSED, "recipient_code", "R04", "autologous: the recipient is not the donor");
    if (f->except_recipient != NULL && !same(in->recipient_code, f->except_recipient))
        return err_raise(e, ERR_CUSTODY_REFUSED, "recipient_code", "R31", "it was released exceptionally, for another patient");
    return 0;
}

static int course_check(const struct administer *in, const struct custody_facts *f, int64_t late_min, int64_t now_ms, struct err *e)
{
    int code = past_check("ended_at", in->ended_at, now_ms, e);
    if (code == 0 && in->started_at > in->ended_at)
        code = err_raise(e, ERR_TIME_REFUSED, "started_at", "R15", "it ends before it starts");
    for (size_t i = 0; code == 0 && i < in->containers.count; i++) {
        const struct container_facts *k = container_of(f, LIST_AT(in->containers, const struct dose_container, i)->container_id);
        if (k != NULL && k->expires_ms <= in->started_at)
            code = err_raise(e, ERR_CUSTODY_REFUSED, "containers", "T19", "%s had expired", k->container_id);
    }
    if (code == 0 && (in->adverse_event == 1) != (in->adverse_text != NULL))
        code = err_raise(e, ERR_FIELD_MISSING, "adverse_text", "1.7", "an adverse event says what happened, and only one does");
    if (code == 0 && in->known_later.count > 0 && !reason_is_valid(in->reason))
        code = err_raise(e, ERR_REASON_MISSING, "reason", "R15", "by now it may not be given: say why it is recorded only now");
    if (code == 0 && late_min != INTEGER_ABSENT && !reason_is_valid(in->reason))
        code = err_raise(e, ERR_REASON_MISSING, "reason", "R15", "ended %" PRId64 " min ago: a late entry says why", late_min);
    return code;
}

/* the clinic had it when it was given, and it was on no hold that was known; what came to it since is no matter */
static int stood_check(const struct administer *in, const struct custody_facts *f, struct err *e)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < in->containers.count; i++) {
        const struct container_facts *k = container_of(f, LIST_AT(in->containers, const struct dose_container, i)->container_id);
        if (k != NULL)
            code = given_stood(k->container_id, k->received_ms, f->ended, f->ended_count, in->started_at, e);
    }
    return code;
}

/* what the lab would not hand over now is not given either: not released, held, or more known of the donor since */
int rule_given_now(const struct custody_facts *f, struct err *e)
{
    int code = rule_custody_state(f->state, "custody.administer", 0, e);
    code = code != 0 ? code : hold_check(f->held, e);
    return code != 0 ? code : rule_donor(f, e);
}

const char *administer_event(const struct administer *in)
{
    for (size_t i = 0; i < in->known_later.count; i++)
        if (same(LIST_AT(in->known_later, const struct known_later, i)->what, words_known_what.words[0]))
            return "custody.given_before";
    return "custody.administer";
}

const char *given_event(const struct administer *in)
{
    return given_is_held(&in->known_later) ? "custody.given_before" : "custody.administer";
}

int rule_administer(const struct administer *in, const struct custody_facts *f, int64_t late_min, int64_t now_ms, struct err *e)
{
    const char *ids[100];
    size_t n = 0;
    for (; n < in->containers.count && n < sizeof ids / sizeof ids[0]; n++)
        ids[n] = LIST_AT(in->containers, const struct dose_container, n)->container_id;
    int code = in->known_later.count > 0 ? rule_custody_state(f->state, administer_event(in), 0, e) : rule_given_now(f, e);
    code = code != 0 ? code : identity_check(in, f, e);
    code = code != 0 ? code : rule_containers(f, &(struct list){ids, n}, given_event(in), 0, e);
    code = code != 0 ? code : course_check(in, f, late_min, now_ms, e);
    return code != 0 ? code : stood_check(in, f, e);
}

int rule_recall(const struct recall *in, const struct custody_facts *f, const char *event, int64_t now_ms, struct err *e)
{
    int code = known_batch(f, e);
    code = code != 0 || event == NULL ? code : rule_custody_state(f->state, event, FACT_ACTOR_QA, e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    return code != 0 ? code : past_check("begun_at", in->begun_at, now_ms, e);
}
