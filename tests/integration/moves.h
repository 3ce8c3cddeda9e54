/* What a walker can do to a batch: one row a move, and who makes its record up, well formed and not always lawful. */
#pragma once
#include "walkers.h"

/* Where a move makes sense: the batch is at the bench, tested, held, or gone out. DECIDES: only its decider does so. */
enum { BENCH = 1, TESTED = 2, HELD = 4, OUT = 8, ANY = 15, DECIDES = 16 };

struct walker {
    pthread_t thread;
    struct walk *walk;
    const char *id;
    unsigned role;
    struct house_person *person;
    struct arena *a;
    uint64_t random;
    struct batch_show shown;                    /* the lot, as it was looked at */
    unsigned mask;                              /* of the containers that the move names */
    int number;                                 /* of its transfer */
    char fault[600];
};

struct move {
    const char *verb;
    const void *(*make)(struct walker *w, const struct lot *lot);
    unsigned where;
    int weight;                                 /* a high one is done often */
};

#define MOVES WALK_VERBS
extern const struct move moves_all[MOVES];

/** walker_pick(w, n): a number below ${n}, of the walker's own. */
int walker_pick(struct walker *w, int n);
