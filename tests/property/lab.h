/*
 * A lab in memory: two batches, a tank of few positions, eight people. Every act goes through the services' own rules (batch_rules,
 * quality_rules, custody_rules, end_rules, release_rules, the gate, the machines, the roles of the verbs) with the facts that the tables
 * would give; what they let pass is done to the lab as their statements do it to the tables. Knows no SQL, signs nothing.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

#define LAB_BATCHES 2
#define LAB_PEOPLE 8
#define LAB_CONTAINERS 3
#define LAB_POSITIONS 4
#define LAB_STEPS 3
#define LAB_MOST 12                /* tests, deviations, transfers, destructions of a batch */
#define LAB_ACTS 400

enum lab_verb {
    LAB_STEP, LAB_VERIFY, LAB_FILL, LAB_COMPLETE, LAB_LABEL, LAB_STORE, LAB_REPORT, LAB_REVIEW_TEST, LAB_INVESTIGATE, LAB_CLOSE,
    LAB_DEVIATE, LAB_CLOSE_DEVIATION, LAB_REVIEW, LAB_RELEASE, LAB_REJECT, LAB_HAND_OVER, LAB_RECEIVE, LAB_DESTROY, LAB_WITNESS, LAB_LOSE,
    LAB_NOTE, LAB_VERBS
};
extern const char *const lab_verbs[LAB_VERBS];
extern const char *const lab_people[LAB_PEOPLE];

/** What somebody wants to do: which numbers count follows from the verb. */
struct lab_want {
    enum lab_verb verb;
    int who, batch, one, two;      /* step, container, test, deviation, transfer; position, receiver, witness */
    unsigned mask;                 /* containers */
    int volumes[LAB_CONTAINERS], in, samples, waste;   /* of a fill, tenths of a millilitre */
    bool bad;                      /* a result that fails, a conclusion that confirms */
};

/** An act as recorded: its number is its place. */
struct lab_act {
    struct lab_want want;
    const char *state;             /* of the batch after it */
};

struct lab_batch {
    const char *id, *state;
    struct lab_act acts[LAB_ACTS];
    int acts_count;                /* the head is one less */
    int seen[LAB_PEOPLE];          /* the head as each looked at it last */
    struct { int performer, verifier, seq; } steps[LAB_STEPS];            /* -1: not */
    int volumes[LAB_CONTAINERS], containers, in, samples, waste;
    struct { const char *state; int position, labels, since; } container[LAB_CONTAINERS];
    struct { int seq, reporter, reviewer, investigator; bool fails, valid, cause, confirmed; const char *oos; } tests[LAB_MOST];
    int test_count;
    struct { int seq, opener, closer; } deviations[LAB_MOST];
    int deviation_count, reviewer, reviewed_seq;
    struct { int giver, receiver, seq; unsigned mask; bool received; } transfers[LAB_MOST];
    int transfer_count;
    struct { int who, witness, seq; unsigned mask; bool witnessed; } destructions[LAB_MOST];
    int destruction_count;
};

struct lab {
    struct lab_batch batch[LAB_BATCHES];
    int64_t now_ms;
};

/** lab_new(lab): two batches just opened. lab_look(lab, who, batch): they see the record as it is now. */
void lab_new(struct lab *lab);
void lab_look(struct lab *lab, int who, int batch);

/** lab_do(lab, want, e): 0: recorded; else the refusal. Never a fault. */
int lab_do(struct lab *lab, const struct lab_want *want, struct err *e);
