/*
 * Where a batch stands, told from its statements alone: each walked in its order through the lab's own machine
 * (fsm/batch.fsm.def), with the cases that its facts are made of; each container through its own; and whether the donor's consent
 * holds it (hold.h). For whoever holds a dossier and no table: the paper and the exports. Refuses nothing: what a dossier may hold is the verifier's to say.
 */
#pragma once
#include "base/arena.h"
#include "contract/contract.h"
#include "domain/specification.h"

/** A test's report, and the case that a failing result opened. */
struct standing_test {
    int64_t seq;                     /* of the report */
    const char *code;
    bool has_case, is_closed, is_confirmed;
};

/** A container and the state that its events brought it to (fsm/container.fsm.def). */
struct standing_container {
    const char *id, *state;
    int64_t seq;                     /* of its last event; -1: none since it was filled */
    int64_t received_seq;            /* of the receipt by which the clinic has it; -1: none */
    const char *destination, *receiver;   /* of its hand-over, as corrected; NULL: none */
    const char *destination_was;     /* before a correction */
    int64_t given_seq;               /* the hand-over's entry */
    const char *recipient;           /* to whom it was administered */
    bool placed;                     /* it lies somewhere */
    bool held;                       /* on hold until QA decides on it */
};

struct standing {
    const char *state;               /* a word of words_batch_state */
    int64_t decision;                /* the last release or rejection, by its entry; -1: none yet */
    struct standing_test *test;
    size_t test_count;
    const struct specification *specification;
    struct standing_container *container;
    size_t container_count;
    struct arena *arena;
    bool is_complete, is_research;
    bool is_held;                    /* what the cells are for was withdrawn, and not consented to since */
};

/** standing_begin(a, specification, statements, ret): a batch of at most ${statements} statements, none taken yet. */
void standing_begin(struct arena *a, const struct specification *specification, size_t statements, struct standing *ret);

/** standing_matters(type): of a batch's statement of that type more counts than its event, and standing_take reads its record. */
bool standing_matters(const char *type);

/** standing_take(s, seq, type, record): the next statement of the batch's stream; ${record} as it was signed, a struct of the
 *  verb's record; NULL where the verb is unknown here, or its record does not matter: then only its event counts. */
void standing_take(struct standing *s, int64_t seq, const char *type, const void *record);

/** standing_take_donor(s, type, record): the next statement of the donor's stream. */
void standing_take_donor(struct standing *s, const char *type, const void *record);
