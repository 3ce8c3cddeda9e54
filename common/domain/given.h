/*
 * What was known of a batch when something was done that is recorded later (R15): an administration that happened before a failure, a
 * recall or a withdrawal was known is recorded as it happened, and says what came after it. Batch and donor are walked statement by
 * statement, each with the time of its entry. One code for the service and for the verifier. Pure: reads no table and no clock.
 * What was known when it was done stays refused, whatever is said of it.
 */
#pragma once
#include "domain/standing.h"

/** What keeps cells from being given, as the statements come: since which entry, and whether it did so already at that time. */
struct given_bar {
    bool barred, barred_then;
    int64_t seq, ms;
    const char *stream;                    /* where that entry is, where the kind of bar does not say it; NULL */
};

struct given {
    struct arena *arena;
    int64_t at_ms;                         /* when it was done */
    struct standing standing;
    struct given_bar batch, consent, donor, release;
    const struct batch_release *released, *released_then;   /* the last release, and the one in force at that time; NULL: none */
    bool is_anothers;                      /* allogeneic or directed, and no urgent need of the recipient is documented (R31) */
};

/** given_begin(a, specification, statements, at_ms, is_anothers, ret): nothing taken yet of a batch of at most ${statements}. */
void given_begin(struct arena *a, const struct specification *specification, size_t statements, int64_t at_ms, bool is_anothers,
                 struct given *ret);

/** given_take(g, seq, time_ms, type, record): the next statement of the batch's stream, as standing_take has it; given_take_donor,
 *  given_take_collection: of the donor's and the collection's, behind all of the batch's: what a correction means hangs on what the
 *  releases knew. */
void given_take(struct given *g, int64_t seq, int64_t time_ms, const char *type, const void *record);
void given_take_donor(struct given *g, int64_t seq, int64_t time_ms, const char *type, const void *record);
void given_take_collection(struct given *g, int64_t seq, int64_t time_ms, const char *type, const void *record);

/** An excursion that holds what was given: the entry of ${unit}'s stream that told it, and when. */
struct given_excursion {
    const char *unit;
    int64_t seq, known_ms;
};

/** given_excursions(a, x, count, at_ms, ret): whether all of ${x} came to be known after ${at_ms}: a struct known_later each, once, by unit and entry, at
 *  the end of ${ret}. False: some of it was known then, and nothing is added. Sorts ${x}. */
bool given_excursions(struct arena *a, struct given_excursion *x, size_t count, int64_t at_ms, struct list *ret);

#define GIVEN_SKEW_MS 5000               /* R16: by so much may the terminal's clock be behind the lab's */

/** A hold of a container: when it came to be known, and when QA decided on it; INT64_MAX: not yet. */
struct given_hold {
    const char *container;
    int64_t known_ms, ended_ms;
};

/** given_stood(container, received_ms, hold, count, at_ms, e): what is given at ${at_ms} stood so that it might be: the clinic had it since
 *  ${received_ms} (TIME_ABSENT: not said), and none of the ${count} holds was known and undecided. A hold that
 *  is not among them is not asked for. ERR_TIME_REFUSED, ERR_CUSTODY_REFUSED. */
int given_stood(const char *container, int64_t received_ms, const struct given_hold *hold, size_t count, int64_t at_ms, struct err *e);

/** given_is_held(later): ${later} names an excursion: its containers go by custody.given_before. */
bool given_is_held(const struct list *later);

/** given_is_evidence(type): it says something of the donor's eligibility: `source.evidence_facts` in words of the record. */
bool given_is_evidence(const char *type);

/** given_barred_then(g): something kept the cells from being given at that time, and was known. */
bool given_barred_then(const struct given *g);

/** given_later(g, ret): whether all that bars it now came to be known after it was done: a struct known_later each at the end of ${ret}.
 *  False: some of it was known then. */
bool given_later(struct given *g, struct list *ret);
