/*
 * The rules of custody, pure: labels one at a time, one container a position, and a hand-over that two people sign over the
 * same content (R06, R07, R34, R35). Facts are what custody_store.c read in the verb's own transaction. Knows no SQL and no clock.
 * What is computed is in common/domain (custody_digest, label_record_statements), for the verifier needs the same.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "contract/contract.h"
#include "domain/custody_record.h"
#include "domain/given.h"
#include "domain/label_copy.h"

/** A container of the batch and how it stands. */
struct container_facts {
    const char *container_id;
    int64_t expires_ms;
    const char *state;                  /* a word of words_container_state */
    bool placed;                        /* it lies somewhere already */
    const char *volume_ml, *cells;      /* as filled, less what samples took */
    int64_t received_ms;                /* when the clinic took it over; TIME_ABSENT: it did not */
    bool held;                          /* until QA decides on it */
    const char *person_id;              /* who signed for it last; NULL: nobody since it was filled */
};

/** ${state} NULL: there is no such batch. */
struct custody_facts {
    const char *state;
    const struct container_facts *containers;
    size_t container_count;
    bool held;                          /* the donor's hold has come down to it (domain/hold.h) */
    bool may_store;                     /* the donor consents to storage */
    const char *use, *determination;    /* of the donor, as it stands; NULL: none */
    bool overtaken;                     /* more is known of the donor since */
    bool recalled;                      /* a recall of the batch stands */
    bool lapsed;                        /* the release did not know of a correction of what it rests on */
    const char *recipient_code, *donor_recipient, *donation_number;   /* of the batch; of the donor; NULL: none is named */
    const char *except_recipient;       /* for whom alone it was released exceptionally; NULL: it was not */
    bool urgent;                        /* an urgent need of the batch's recipient is documented */
    const struct given_hold *ended;     /* of its containers: holds that QA has ended (domain/given.h); asked for a dose only */
    size_t ended_count;
};

/** rule_custody_state(state, event, facts, e): the batch is known and its machine (common/fsm) has a row for ${event}. */
int rule_custody_state(const char *state, const char *event, unsigned facts, struct err *e);

/** rule_container(facts, container_id, event, said, e): the container is of this batch and its machine (common/fsm) has a row for
 *  ${event}, ${said} being so. ERR_NOT_FOUND, ERR_CUSTODY_REFUSED for what has left, ERR_STATE_FORBIDS.
 *  rule_containers(facts, containers, event, said, e): each of a list, none twice, at least one.
 *  container_of(facts, container_id): NULL where it is none of this batch. */
int rule_container(const struct custody_facts *facts, const char *container_id, const char *event, unsigned said, struct err *e);
int rule_containers(const struct custody_facts *facts, const struct list *containers, const char *event, unsigned said,
                    struct err *e);
const struct container_facts *container_of(const struct custody_facts *facts, const char *container_id);

/** custody_is_anothers(facts): for somebody else than the donor's own, and no urgent need of the recipient is documented (R31). */
bool custody_is_anothers(const struct custody_facts *facts);

/** rule_donor(facts, e): what came to be known of the donor since the release permits the use still: ERR_DONOR_REFUSED
 *  (R08, R31). */
int rule_donor(const struct custody_facts *facts, struct err *e);

/** rule_label(in, facts, copies, e): a container of this batch, not held; copies are numbered without gap after the ${copies} printed;
 *  a reprint has a reason (R06, R13). */
int rule_label(const struct label_print *in, const struct custody_facts *facts, int64_t copies, struct err *e);

/** rule_label_apply(a, in, facts, copies, e): the copy in hand is on its container, which the lab keeps, as its scan says (R07). */
int rule_label_apply(struct arena *a, struct label_apply *in, const struct custody_facts *facts, const struct label_copies *copies, struct err *e);

/** rule_label_fresh(printed_ms, now_ms, copy, e): a label goes to the printer where and when it is stuck on; later it is a reprint
 *  (R06). ERR_LABEL_REFUSED. */
int rule_label_fresh(int64_t printed_ms, int64_t now_ms, int64_t copy, struct err *e);

/** rule_label_in_hand(state, copy, e): a copy that is on a container, or of which it was said that it is not needed or not to be read, is not
 *  made once more (R06). ERR_LABEL_REFUSED. */
int rule_label_in_hand(const char *state, int64_t copy, struct err *e);

/** A position and who is in it: ${occupant} NULL: it is free; ${equipment_class} NULL: unknown equipment. */
struct place_facts {
    const char *occupant, *equipment_class;
};

/** rule_store(in, facts, place, e): a container of this batch, at a position of known equipment that is free (R35). One that
 *  lies nowhere yet needs the donor's consent to storage; one that is held may still be moved, to be kept. */
int rule_store(const struct container_store *in, const struct custody_facts *facts, const struct place_facts *place,
               struct err *e);

/** The receiver as access knows them; ${state} NULL: unknown person. */
struct receiver_facts {
    const char *state;
    unsigned roles;
};

/** receiver_check(receiver_id, giver, receiver, e): another person, enrolled, active, who may receive. */
int receiver_check(const char *receiver_id, const char *giver, const struct receiver_facts *receiver, struct err *e);

/** rule_hand_over(in, facts, giver, receiver, known, now_ms, e): released and not held; containers of this batch, each once, none handed
 *  over, none expired (T19); another person receives, who is enrolled, active and may receive; ${known}: the transfer's
 *  number is used already. What has come to be known of the donor since the release counts: ERR_DONOR_REFUSED (R08). */
int rule_hand_over(const struct hand_over *in, const struct custody_facts *facts, const char *giver,
                   const struct receiver_facts *receiver, bool known, int64_t now_ms, struct err *e);

/** rule_recalled(facts): the batch machine's fact of it. */
unsigned rule_recalled(const struct custody_facts *facts);

/** hand_over_event(in, facts): the machine's event: some of the containers leave, or the last. */
const char *hand_over_event(const struct hand_over *in, const struct custody_facts *facts);

/** A transfer as it was given; ${giver_id} NULL: there is none of that number. */
struct transfer_facts {
    const char *giver_id, *receiver_id, *seal_number, *digest;
    const char *const *containers;
    size_t container_count;
    int64_t given_ms;
    bool received;
};

/** transfer_check(in, transfer, person, e): there is such a transfer, open, to this very person, with this seal. */
int transfer_check(const struct receive *in, const struct transfer_facts *transfer, const char *person, struct err *e);

/** rule_arrives(facts, containers, transfer, e): one of them at least is not lost; else nothing of ${transfer} arrives, and nothing is
 *  received. ERR_CUSTODY_REFUSED, R34. */
int rule_arrives(const struct custody_facts *facts, const struct list *containers, const char *transfer, struct err *e);

/** rule_receive(in, facts, transfer, person, now_ms, e): an open transfer to this very person; the same containers and seal,
 *  and so the same digest (in->transfer_sha256, computed before). ERR_CUSTODY_REFUSED naming what differs. */
int rule_receive(const struct receive *in, const struct custody_facts *facts, const struct transfer_facts *transfer,
                 const char *person, int64_t now_ms, struct err *e);

/** receive_event(in, facts): the machine's event: some of the containers arrive, or the last. */
const char *receive_event(const struct receive *in, const struct custody_facts *facts);

/** An entry of a batch as it was signed. ${state} NULL: no such batch; ${act} NULL: no such entry. */
struct entry_facts {
    const char *state, *act, *person;
};

/** rule_custody_correct(in, facts, person, roles, e): an entry of a kind that is corrected (R12), by another person than recorded it (R10):
 *  so two have looked, as two signed the hand-over; by one of the side that recorded it, or QA (ERR_ROLE_MISSING); for a reason (R13). */
int rule_custody_correct(const struct custody_correct *in, const struct entry_facts *facts, const char *person, unsigned roles,
                         struct err *e);
