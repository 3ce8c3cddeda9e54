/*
 * A batch of a procedure that ships, carried over real sockets by what its scenario says: values of the steps, fill and tests. Donor,
 * collection, lots and machines are its own, so that cases share nothing but the lab's people and documents. Materials, machines,
 * scans and line clearances come from the document: what a step asks for it gets. Each function fails the case where it is refused,
 * but those that return the refusal.
 */
#pragma once
#include <jansson.h>

#include "domain/procedure.h"
#include "short_batch.h"

struct carry {
    struct short_batch b;
    json_t *scenario;
    const struct procedure *doc;
    const char *sample;               /* a sample that was taken, and of what test; NULL: none */
    const char *sample_code;
    int64_t sampled_ms;
};

/** What was typed wrongly at a step and is corrected: the computed value that shows it, as it was and as it is then. */
struct slip {
    int step;
    const char *field, *wrong, *computed, *was, *is;
};

/** carry_begin(c, name): scenario ${name} of the demo's job or of tests/support/scenario: a donor determined, a collection, a batch.
 *  carry_end(c): forget the scenario. */
void carry_begin(struct carry *c, const char *name);
void carry_end(struct carry *c);

/** carry_steps(c, slip): every step performed by U-MARA and verified by U-JON; the slip's as it was mistyped, then corrected, and verified
 *  again. */
void carry_steps(struct carry *c, const struct slip *slip);

/** carry_fill(c): as many containers as the scenario has; one mL too little is refused first (R33). carry_labels(c, stored): a label for
 *  each, and a place in a tank of its own where ${stored}. */
void carry_fill(struct carry *c);
void carry_labels(struct carry *c, bool stored);

/** carry_sample(c, code, volume): an aliquot of the first container for a test: taken, sent, received by QC. */
void carry_sample(struct carry *c, const char *code, const char *volume);

/** carry_report(c, code, result, profile, days): by U-YUKI, of a sample taken so many days ago; ${profile}: NULL but for identity.
 *  carry_review(c, seq): by U-OMAR. */
int carry_report(struct carry *c, const char *code, const char *result, const char *profile, int days);
int carry_review(struct carry *c, int64_t seq);

/** carry_tests(c, but): every test of the scenario but ${but}, reported and reviewed. */
void carry_tests(struct carry *c, const char *but);

/** carry_containers(c): the ids of all containers. carry_hand_over(c), carry_received(c): all of them to U-TOM. */
struct list carry_containers(struct carry *c);
void carry_hand_over(struct carry *c);
void carry_received(struct carry *c);
