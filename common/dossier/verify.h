/*
 * The verifier: does a dossier hold? Eleven rules, one answer (format.md, "A verifier refuses unless"). Each fault names
 * the stream, the entry and the rule; a single one and the dossier does not hold, there is no "partly verified". Trust
 * comes from outside the dossier only. Reads no file, no clock, no network.
 */
#pragma once
#include "dossier/dossier.h"
#include "dossier/recompute.h"
#include "dossier/trust.h"

#define VERIFY_FAULTS_MAX 1000

struct fault {
    struct dossier_place place;
    int rule;                    /* 1 to 11 */
    const char *text;
};

struct findings {
    struct fault *fault;
    size_t fault_count;          /* 0: it holds */
    const char *subject;
    uint64_t tree_size;
    int64_t time_ms;             /* of the time-stamp over the checkpoint */
    int64_t evidence_end_ms;     /* when that time-stamp's certificate or suite ends: to be renewed before */
    size_t entries, acts, streams, recomputed;
    struct list unsigned_acts;   /* struct unsigned_row: signatures on corrected data, unsigned until reviewed (R14) */
};

/** What the checks of one dossier share. */
struct verify {
    struct arena *arena;
    struct trust *trust;         /* with the dossier's CRLs */
    const struct zip *zip;
    struct dossier d;
    struct checkpoint checkpoint;
    struct merkle_climb climb;           /* in its tree */
    const struct recompute *recompute;   /* NULL: rule 11 is left to others */
    struct findings *verdict;
};

/** dossier_verify(a, file, trust, recompute, ret): judge the dossier in ${file}. ${recompute} NULL leaves rule 11 to
 *  others (tests of the other rules). ${trust} remembers which acts held. */
void dossier_verify(struct arena *a, struct bytes file, struct trust *trust, const struct recompute *recompute,
                    struct findings *ret);

/** fault_text(a, f): `<stream> <seq> <rule>: <text>`, with `-` for what does not apply. */
char *fault_text(struct arena *a, const struct fault *f);

/** verify_fault(v, place, rule, format, ...): one more fault. verify_refused: the same from a refusal. */
void verify_fault(struct verify *v, struct dossier_place place, int rule, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void verify_refused(struct verify *v, struct dossier_place place, int rule, const struct err *e);

/** verify_log(v): rules 2, 3, 4. verify_stream(v, s): rules 5 to 9. verify_heads(v), verify_stamps(v): rule 10. */
void verify_log(struct verify *v);
void verify_stream(struct verify *v, struct dossier_stream *s);
void verify_heads(struct verify *v);
void verify_stamps(struct verify *v);

/** One recorded time-stamp that is well by itself: over the tree's first `size` leaves, its token recorded as leaf `index`. */
struct stamp_good {
    int64_t sys_seq;
    uint64_t size, index;
    int64_t time_ms, end_ms;     /* end_ms: of its certificates or its suite */
    bool holds;                  /* good until the dossier's own time-stamp, or renewed */
};

/** verify_suite(v, place, rule, suite, at_ms): false, and a fault, if ${suite} is not accepted for that time. */
bool verify_suite(struct verify *v, struct dossier_place place, int rule, const char *suite, int64_t at_ms);

/** verify_as_of(v, end_ms): rule 3, that the dossier's time-stamp, which ends at ${end_ms}, lasts until the time that is asked about, if one is. */
void verify_as_of(struct verify *v, int64_t end_ms);

/** verify_renewal(v, all, count): rule 10, that each of ${all}, ascending by size, lasted until the dossier's own time-stamp
 *  or was renewed while it did. */
void verify_renewal(struct verify *v, struct stamp_good *all, size_t count);
