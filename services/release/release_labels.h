/*
 * The labels of a batch before its release: each says what is due now (gate 6, R08), and its copies add up (gate 8). Reads answers that
 * release_store.c asked for; asks nothing.
 */
#pragma once
#include "db/db.h"
#include "domain/gate.h"
#include "domain/procedure.h"

struct release_labels {
    const struct procedure *procedure;
    const char *use;
    const struct db_rows *donor, *exception, *due, *copies;   /* FACT_DONOR, FACT_EXCEPTION, FACT_LABELS, FACT_COPIES */
};

/** release_labels_take(a, from, gate): ${gate}'s labels_wrong and labels. */
void release_labels_take(struct arena *a, const struct release_labels *from, struct gate_facts *gate);
