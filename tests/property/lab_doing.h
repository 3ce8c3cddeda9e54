/* What the parts of the lab share: who does what to which batch, and how the tables move. */
#pragma once
#include "domain/procedure.h"
#include "domain/specification.h"
#include "lab.h"

#define LAB_START INT64_C(1780000000000)
#define LAB_HOUR INT64_C(3600000)
#define LAB_REASON "it was seen by two people"

extern const unsigned lab_roles[LAB_PEOPLE];

struct doing {
    struct lab *lab;
    struct lab_batch *b;
    const struct lab_want *want;
    struct arena *a;
    const char *who;
    unsigned roles;
    int64_t now_ms;
    int seq;
};

/** lab_procedure(), lab_specification(): the documents that the batches pin. lab_donation(batch), lab_container(batch, i): the numbers of
 *  what they are made of and of what is made of them. */
const struct procedure *lab_procedure(void);
const struct specification *lab_specification(void);
const char *lab_donation(int batch);
const char *lab_container(int batch, int i);

/** lab_move(b, event), lab_move_containers(b, mask, event): as the move functions of sql/ do, by the machine's rows; the case fails where
 *  the rules let pass what the machine has not. */
void lab_move(struct lab_batch *b, const char *event);
void lab_move_containers(struct lab_batch *b, unsigned mask, const char *event);

/** lab_tenths(d, n): ${n} tenths as a decimal. lab_room(count, e): so many are kept of each thing. */
const char *lab_tenths(const struct doing *d, int n);
int lab_room(int count, struct err *e);

/** lab_do_step, lab_do_verify, lab_do_fill, lab_do_complete, lab_do_note, lab_do_report, lab_do_review_test, lab_do_investigate,
 *  lab_do_close, lab_do_deviate, lab_do_close_deviation, lab_do_review, lab_do_release, lab_do_reject, lab_do_label, lab_do_store,
 *  lab_do_hand_over, lab_do_receive, lab_do_destroy, lab_do_witness,
 *  lab_do_lose: one verb each: the rules over the lab's facts, then what the act does. 0 or the refusal. */
int lab_do_step(struct doing *d, struct err *e);
int lab_do_verify(struct doing *d, struct err *e);
int lab_do_fill(struct doing *d, struct err *e);
int lab_do_complete(struct doing *d, struct err *e);
int lab_do_note(struct doing *d, struct err *e);
int lab_do_report(struct doing *d, struct err *e);
int lab_do_review_test(struct doing *d, struct err *e);
int lab_do_investigate(struct doing *d, struct err *e);
int lab_do_close(struct doing *d, struct err *e);
int lab_do_deviate(struct doing *d, struct err *e);
int lab_do_close_deviation(struct doing *d, struct err *e);
int lab_do_review(struct doing *d, struct err *e);
int lab_do_release(struct doing *d, struct err *e);
int lab_do_reject(struct doing *d, struct err *e);
int lab_do_label(struct doing *d, struct err *e);
int lab_do_store(struct doing *d, struct err *e);
int lab_do_hand_over(struct doing *d, struct err *e);
int lab_do_receive(struct doing *d, struct err *e);
int lab_do_destroy(struct doing *d, struct err *e);
int lab_do_witness(struct doing *d, struct err *e);
int lab_do_lose(struct doing *d, struct err *e);
