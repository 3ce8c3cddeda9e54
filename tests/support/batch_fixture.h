/*
 * The dossier of a batch B-1 for whoever reads one: every statement as bytes and parsed, nothing signed or logged. It has the
 * demo's marrow procedure and specification; the test opens the batch and says what happens to it.
 */
#pragma once
#include "contract/contract.h"
#include "dossier/dossier.h"

enum { B, C, D, P, Q, U, BATCH_STREAMS };        /* B-1, C-1, D-1, P-BMAC, Q-BMAC, U-1 */

struct batch_fixture {
    struct arena *a;
    struct dossier d;
    struct dossier_stream stream[BATCH_STREAMS];
    int64_t now_ms, step_ms;                     /* the ledger's clock, and how far an entry takes it on */
};

/** batch_fixture_begin(f, entries, at, step_ms): the documents alone; at most ${entries} a stream, the clock at ${at}. */
void batch_fixture_begin(struct batch_fixture *f, size_t entries, const char *at, int64_t step_ms);

/** batch_fixture_fresh(f, type): an empty record of what a statement of ${type} says. */
void *batch_fixture_fresh(const struct batch_fixture *f, const char *type);

/** batch_fixture_add(f, which, type, meaning, record): one more statement, by U-1, in stream ${which}. */
struct dossier_entry *batch_fixture_add(struct batch_fixture *f, int which, const char *type, enum meaning meaning,
                                        const void *record);
