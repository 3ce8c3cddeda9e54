#include "domain/given.h"

#include <stdlib.h>
#include <string.h>

#include "domain/correction.h"
#include "domain/eligibility.h"
#include "fsm/machines.h"

enum { KNOWN_BATCH, KNOWN_CONSENT, KNOWN_DONOR, KNOWN_RELEASE, KNOWN_EXCURSION };   /* the words of words_known_what */

void given_begin(struct arena *a, const struct specification *specification, size_t statements, int64_t at_ms, bool is_anothers,
                 struct given *ret)
{
    *ret = (struct given){.arena = a, .at_ms = at_ms, .is_anothers = is_anothers, .batch = {.barred = true, .barred_then = true, .seq = -1, .ms = at_ms}};
    standing_begin(a, specification, statements, &ret->standing);
}

static void note(struct given *g, struct given_bar *bar, bool barred, int64_t seq, int64_t time_ms)
{
    if (barred && !bar->barred) {
        bar->seq = seq;
        bar->ms = time_ms;
    }
    bar->barred = barred;
    if (time_ms <= g->at_ms)
        bar->barred_then = barred;
}

void given_take(struct given *g, int64_t seq, int64_t time_ms, const char *type, const void *record)
{
    standing_take(&g->standing, seq, type, record);
    bool may = fsm_find(&fsm_batch, fsm_state(&fsm_batch, g->standing.state), "custody.administer") != NULL;
    note(g, &g->batch, !may, seq, time_ms);
    if (record == NULL || strcmp(type, "release.release") != 0)
        return;
    g->released = record;
    if (time_ms <= g->at_ms)
        g->released_then = record;
}

/* A correction that the release did not know leaves it unsigned (R14), whatever was determined since. */
static void take_correction(struct given *g, int64_t seq, int64_t time_ms, const char *stream)
{
    if (g->released != NULL && correction_reaches(g->released, stream[0], seq)) {
        g->release.stream = g->release.barred ? g->release.stream : stream;   /* of the entry that note() keeps: the first */
        note(g, &g->release, true, seq, time_ms);
    }
    if (g->released_then != NULL && time_ms <= g->at_ms && correction_reaches(g->released_then, stream[0], seq))
        g->release.barred_then = true;
}

bool given_is_evidence(const char *type)
{
    return strcmp(type, "source.eligibility_determine") == 0 || strcmp(type, "source.donor_test_report") == 0 ||
           strcmp(type, "source.screening_record") == 0 || strcmp(type, "source.donor_correct") == 0;
}

/* overtaken by what came since, or determined so that nobody would release on it now (R08, R31) */
static bool is_refused(const struct given *g, const char *type, const void *record)
{
    if (record == NULL || strcmp(type, "source.eligibility_determine") != 0)
        return true;
    const char *said = ((const struct eligibility_determine *)record)->determination;
    return g->is_anothers && said != NULL && (strcmp(said, determination_words[DETERMINATION_INELIGIBLE]) == 0 ||
                                              strcmp(said, determination_words[DETERMINATION_INCOMPLETE]) == 0);
}

void given_take_donor(struct given *g, int64_t seq, int64_t time_ms, const char *type, const void *record)
{
    standing_take_donor(&g->standing, type, record);
    note(g, &g->consent, g->standing.is_held, seq, time_ms);
    if (given_is_evidence(type))
        note(g, &g->donor, is_refused(g, type, record), seq, time_ms);
    if (record != NULL && strcmp(type, "source.donor_correct") == 0)
        take_correction(g, seq, time_ms, ((const struct donor_correct *)record)->donor_id);
}

void given_take_collection(struct given *g, int64_t seq, int64_t time_ms, const char *type, const void *record)
{
    if (record != NULL && strcmp(type, "source.collection_correct") == 0)
        take_correction(g, seq, time_ms, ((const struct collection_correct *)record)->collection_id);
}

bool given_barred_then(const struct given *g)
{
    return g->batch.barred_then || g->consent.barred_then || g->donor.barred_then || g->release.barred_then;
}

bool given_later(struct given *g, struct list *ret)
{
    const struct given_bar *bars[] = {[KNOWN_BATCH] = &g->batch, [KNOWN_CONSENT] = &g->consent, [KNOWN_DONOR] = &g->donor,
                                      [KNOWN_RELEASE] = &g->release};
    for (size_t i = 0; i < sizeof bars / sizeof bars[0]; i++)
        if (bars[i]->barred && bars[i]->barred_then)
            return false;
    for (size_t i = 0; i < sizeof bars / sizeof bars[0]; i++) {
        if (!bars[i]->barred)
            continue;
        struct known_later *k = record_list_add(g->arena, &record_known_later, ret);
        k->what = words_known_what.words[i];
        k->state = i == KNOWN_BATCH ? g->standing.state : NULL;
        k->entry = bars[i]->seq;
        k->known_at = bars[i]->ms;
        k->stream_id = bars[i]->stream;
    }
    return true;
}

static int by_entry(const void *x, const void *y)
{
    const struct given_excursion *a = x, *b = y;
    int units = strcmp(a->unit, b->unit);
    return units != 0 ? units : (a->seq > b->seq) - (a->seq < b->seq);
}

bool given_excursions(struct arena *a, struct given_excursion *x, size_t count, int64_t at_ms, struct list *ret)
{
    for (size_t i = 0; i < count; i++)
        if (x[i].known_ms <= at_ms)
            return false;
    if (count > 0)
        qsort(x, count, sizeof *x, by_entry);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && by_entry(&x[i - 1], &x[i]) == 0)
            continue;                    /* it reached several containers */
        struct known_later *k = record_list_add(a, &record_known_later, ret);
        k->what = words_known_what.words[KNOWN_EXCURSION];
        k->entry = x[i].seq;
        k->known_at = x[i].known_ms;
        k->unit_id = x[i].unit;
    }
    return true;
}

int given_stood(const char *container, int64_t received_ms, const struct given_hold *hold, size_t count, int64_t at_ms, struct err *e)
{
    if (received_ms != TIME_ABSENT && at_ms < received_ms - GIVEN_SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "started_at", "R15", "%s was received only later", container);
    for (size_t i = 0; i < count; i++)
        if (strcmp(hold[i].container, container) == 0 && hold[i].known_ms <= at_ms && at_ms < hold[i].ended_ms - GIVEN_SKEW_MS)
            return err_raise(e, ERR_CUSTODY_REFUSED, "started_at", "R35", "%s was on hold then: QA decided on it only later", container);
    return 0;
}

bool given_is_held(const struct list *later)
{
    for (size_t i = 0; i < later->count; i++)
        if (strcmp(LIST_AT(*later, const struct known_later, i)->what, words_known_what.words[KNOWN_EXCURSION]) == 0)
            return true;
    return false;
}
