/*
 * How a container ends, pure: destroyed before a witness, lost and reported, given back and decided upon, administered to the
 * recipient it was made for (R04, R33, R34, domain.md §1.7, §4.1). Which state permits what is the container's machine
 * (common/fsm/container.fsm.def); the dose is in common/domain/dose.h, for the verifier needs the same.
 */
#pragma once
#include "custody_rules.h"

#define CLOCK_SKEW_MS 5000              /* R16: a claimed time may be ahead of ours by this much */

/** rule_destroy(in, facts, who, roles, witness, now_ms, e): containers that the actor's side holds; a reason; another person of the
 *  house as witness, whose account is open; not in the future. */
int rule_destroy(const struct container_destroy *in, const struct custody_facts *facts, const char *who, unsigned roles,
                 const struct receiver_facts *witness, int64_t now_ms, struct err *e);

/** A destruction as it was signed; ${person_id} NULL: the entry is none. */
struct destruction_facts {
    const char *person_id, *witness_id;
    bool witnessed, cancelled;
    struct list containers;
    struct list before;               /* as each stood until then: struct container_back, in the order of ${containers} */
};

/** rule_label_end(a, in, facts, copies, who, witness, e): of a copy that is on no container; the witness of its destruction is another person,
 *  whose account is open. rule_label_witness(in, facts, copies, who, e): by the person named. */
int rule_label_end(struct arena *a, const struct label_end *in, const struct custody_facts *facts, const struct label_copies *copies, const char *who,
                   const struct receiver_facts *witness, struct err *e);
int rule_label_witness(struct label_witness *in, const struct custody_facts *facts, const struct label_copies *copies, const char *who,
                       struct err *e);

/** rule_witness(in, facts, destruction, who, e): the person whom the destruction names; the very containers; once. */
int rule_witness(const struct destroy_witness *in, const struct custody_facts *facts, const struct destruction_facts *destruction,
                 const char *who, struct err *e);

/** rule_cancel(a, in, facts, destruction, who, roles, e): a destruction that nobody witnessed, taken back by whoever said it, or QA: the
 *  very containers, for a reason. */
int rule_cancel(struct arena *a, const struct destroy_cancel *in, const struct custody_facts *facts,
                const struct destruction_facts *destruction, const char *who, unsigned roles, struct err *e);

/** rule_loss(in, facts, roles, now_ms, e): containers that have not ended, reported by the side that holds them: the lab's people, or
 *  couriers and physicians; says where it was looked for; aware of it not in the future. */
int rule_loss(const struct container_loss *in, const struct custody_facts *facts, unsigned roles, int64_t now_ms, struct err *e);

/** rule_return_give(in, facts, giver, receiver, known, e): containers with the clinic, a reason, and another person of the lab to receive
 *  them; ${known}: the transfer's number is used already. */
int rule_return_give(const struct return_give *in, const struct custody_facts *facts, const char *giver,
                     const struct receiver_facts *receiver, bool known, struct err *e);

/** rule_return_receive(in, facts, transfer, person, now_ms, e): an open return to this very person; the same containers and seal. */
int rule_return_receive(const struct return_receive *in, const struct custody_facts *facts, const struct transfer_facts *transfer,
                        const char *person, int64_t now_ms, struct err *e);

/** rule_decide(in, facts, e): containers in quarantine, or ones whose decision it signs anew, and a reason. decide_event(in): the machine's
 *  event. rule_renews(corrector, person, e): nobody signs anew what they corrected (R10). */
int rule_renews(const char *corrector, const char *person, struct err *e);
int rule_decide(const struct container_decide *in, const struct custody_facts *facts, struct err *e);
const char *decide_event(const struct container_decide *in);

/** rule_recall(in, facts, event, now_ms, e): a known batch whose machine lets it be recalled; a reason; begun in the past. ${event}:
 *  NULL: it is tried only. */
int rule_recall(const struct recall *in, const struct custody_facts *facts, const char *event, int64_t now_ms, struct err *e);

/** rule_given_now(facts, e): what may be given now: of a batch that stands released, not held, with a donor who permits it still. */
int rule_given_now(const struct custody_facts *facts, struct err *e);

/** administer_event(in): the batch machine's event: given as things stand, or before the batch came to stand as it does. */
const char *administer_event(const struct administer *in);

/** given_event(in): the container machine's event: given as they stand, or before an excursion of one was known. */
const char *given_event(const struct administer *in);

/** rule_administer(in, facts, late_min, now_ms, e): containers that the clinic received of a batch that is released and not held; recipient
 *  and donation as the batch names them, for autologous use the donor's own (R04); none expired when it began (T19), and
 *  none was received only after; an adverse event and a late entry (R15) say what and why. What forbids it only since (in->known_later) is
 *  flagged, not refused: it happened. */
int rule_administer(const struct administer *in, const struct custody_facts *facts, int64_t late_min, int64_t now_ms, struct err *e);
