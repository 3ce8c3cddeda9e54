/*
 * Several people who each do what comes to their mind to the same few batches, at once, over real sockets: a move is chosen by the
 * walker's own random numbers, mostly one that makes sense as the batch stands, sometimes any. What the house refuses is refused; what
 * it records has to leave every invariant whole (walks.c).
 */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "short_batch.h"

#define WALKERS 9
#define LOTS_MAX 200
#define WALK_VERBS 29
#define CONTAINERS 3
#define TRANSFERS 4

/** A batch that they walk on. What walkers tell each other: the containers of a transfer, a return or a destruction, as bits. */
struct lot {
    struct short_batch b;
    const char *containers[CONTAINERS];
    const char *decider;                        /* the one of quality assurance who keeps out of all else, to decide on it */
    _Atomic unsigned given[TRANSFERS], returned[TRANSFERS], destroyed;
    _Atomic int64_t destroy_seq;
};

struct walk {
    uint64_t seed;
    struct lot *lots;
    size_t lot_count;
    const char *positions;                      /* what all positions begin with */
    _Atomic int64_t left;                       /* steps still to do */
    int64_t until_us;                           /* and nobody begins one later */
    _Atomic int64_t done, refused, stale;
    _Atomic int recorded[WALK_VERBS], tried[WALK_VERBS];
};

/** walk_lot(lot): the way up to an opened batch. walk_train(lots): who works on their procedure is trained. */
void walk_lot(struct lot *lot, const char *decider);
void walk_train(const struct lot *lot);

/** walk_verb(i): the ${i}th of the verbs that they use. walk_recorded(w, verb): how often it was recorded. */
const char *walk_verb(size_t i);
int walk_recorded(const struct walk *w, const char *verb);

/** walk_run(w): all walkers, until no step is left; fails the case on a fault, or when what a walker sends is in no form. */
void walk_run(struct walk *w);
