/* Rules 3, 5 and 10 as time passes: which suites were believed when, and that every time-stamp was stamped again before it
 * ended (RFC 4998, a chain of archive time-stamps; here each token is an entry, so a later stamp's tree covers it). */
#include "dossier/verify.h"

#include "base/clock.h"
#include "ledger/stream.h"

bool verify_suite(struct verify *v, struct dossier_place place, int rule, const char *suite, int64_t at_ms)
{
    if (suites_accept(&v->trust->suites, suite, at_ms))
        return true;
    char at[CLOCK_TEXT];
    clock_to_text(at_ms, at);
    verify_fault(v, place, rule, "the suite %s is not accepted for %s", suite, at);
    return false;
}

void verify_as_of(struct verify *v, int64_t end_ms)
{
    char end[CLOCK_TEXT], asked[CLOCK_TEXT];
    v->verdict->evidence_end_ms = end_ms;
    if (v->trust->as_of_ms == TIME_ABSENT || v->trust->as_of_ms <= end_ms)
        return;
    clock_to_text(end_ms == TIME_ABSENT ? v->verdict->time_ms : end_ms, end);
    clock_to_text(v->trust->as_of_ms, asked);
    verify_fault(v, (struct dossier_place){NULL, -1}, 3, "the time-stamp ended at %s and nothing renewed it until %s", end, asked);
}

/* A later stamp over the tree that holds this one's token, made while this one was good, and good itself. */
static bool is_renewed(const struct stamp_good *all, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count; i++)
        if (all[i].holds && all[i].size > all[at].index && all[i].time_ms <= all[at].end_ms)
            return true;
    return false;
}

void verify_renewal(struct verify *v, struct stamp_good *all, size_t count)
{
    /* whether a stamp holds is known when those of larger trees are; what fails is told in their order */
    for (size_t i = count; i-- > 0;)
        all[i].holds = v->verdict->time_ms <= all[i].end_ms || is_renewed(all, count, i);
    for (size_t i = 0; i < count; i++)
        if (!all[i].holds) {
            char end[CLOCK_TEXT];
            clock_to_text(all[i].end_ms == TIME_ABSENT ? all[i].time_ms : all[i].end_ms, end);
            verify_fault(v, (struct dossier_place){STREAM_SYS, all[i].sys_seq}, 10,
                         "the time-stamp ended at %s, and no other renewed it before", end);
        }
}
