/*
 * Samples of a batch (domain.md §2.4, §7): what taking one leaves in its container, for which tests it is and until when, how each stands by
 * its own machine (fsm/sample.fsm.def), and which result may name it. One code for the services and for the verifier. Pure: reads no
 * table and no clock. Knows no correction of a sample: one that was recorded wrongly is destroyed or lost, and taken anew.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "contract/contract.h"
#include "domain/dose.h"
#include "domain/specification.h"

/** A sample and how it stands; ${holder}: who signed for it last. */
struct sample_standing {
    const char *id, *state, *sample_point, *holder;
    struct list codes;
    int64_t taken_ms;
};

/** The samples of a batch, in order. */
struct samples {
    struct sample_standing *item;
    size_t count;
};

/** samples_begin(a, most, ret): none yet, of at most ${most}. samples_take(s, type, record, actor): the next statement of the batch's
 *  stream, whatever its type. sample_find(s, id): NULL for none. */
void samples_begin(struct arena *a, size_t most, struct samples *ret);
void samples_take(struct samples *s, const char *type, const void *record, const char *actor);
const struct sample_standing *sample_find(const struct samples *s, const char *id);

/** samples_from(a, rows, ret): from ${rows}, of struct sample_row. */
void samples_from(struct arena *a, const struct list *rows, struct samples *ret);

/** sample_number(a, batch, count): what the sample behind ${count} others is called. */
const char *sample_number(struct arena *a, const char *batch, size_t count);

/** sample_fill(a, spec, count, of, in, said_ms, e): the number and the computed fields of ${in}. ${count}: samples of the batch so far; ${of}: the
 *  container with what is left in it, NULL where it is of the batch itself. ERR_EXISTS: the number is not the next one;
 *  ERR_NOT_FOUND: no such test; ERR_SAMPLE_REFUSED: another sample point than the test's (T07), or a test twice; ERR_FIELD_RANGE (R22);
 *  ERR_BALANCE_OPEN: more than is left (R33). */
int sample_fill(struct arena *a, const struct specification *spec, size_t count, const struct dose_filled *of, struct sample_take *in,
                int64_t said_ms, struct err *e);

/** sample_event(in): of the container's machine: some of it, or all that was left. */
const char *sample_event(const struct sample_take *in);

/** sample_opened(in, state, e): a batch that is ${state}, released and not taken back, has no container opened that goes on existing: a
 *  sample of one is all of it. ERR_SAMPLE_REFUSED, 2.4. */
int sample_opened(const struct sample_take *in, const char *state, struct err *e);

/** sample_leave(a, in, filled, n): takes the sample off its container in ${filled}. */
void sample_leave(struct arena *a, const struct sample_take *in, struct dose_filled *filled, size_t n);

/** sample_fits(fill, taken, n, e): of no container more was taken as samples than the fill says that it had; one row a sample, or a
 *  container. ERR_BALANCE_OPEN, R33. */
int sample_fits(const struct batch_fill *fill, const struct dose_filled *taken, size_t n, struct err *e);

/** sample_end_event(a, outcome): of the sample's machine. */
const char *sample_end_event(struct arena *a, const char *outcome);

/** sample_step(s, ids, event, actor, e): each of ${ids} is a sample of the batch, named once, whose machine takes ${event} of ${actor}.
 *  ERR_NOT_FOUND, ERR_SAMPLE_REFUSED, ERR_STATE_FORBIDS, ERR_DUTIES_SEGREGATED. */
int sample_step(const struct samples *s, const struct list *ids, const char *event, const char *actor, struct err *e);

/** sample_result(s, in, e): the sample that a result names is of this batch and for this test, of the same point and time, and where it
 *  can be tested; and a test that a sample was taken for names one. ERR_SAMPLE_REFUSED, ERR_FIELD_MISSING, ERR_STATE_FORBIDS. */
int sample_result(const struct samples *s, const struct test_report *in, struct err *e);
