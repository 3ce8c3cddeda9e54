/*
 * The SQL of service release, by name. A fact of the gate is asked of many batches at once: its row takes their ids as $1 and gives first
 * a column `ordinal`, the batch's place among them from 1, by which the answer is in order. Nothing is asked once a batch.
 */
#pragma once
#include "release_store.h"

enum release_query {
    /* facts of the gate, each by batches */
    FACT_BATCH, FACT_STEPS, FACT_ACTORS, FACT_CONTAINERS, FACT_EQUIPMENT, FACT_MATERIALS, FACT_TESTS, FACT_IDENTITY, FACT_CASES, FACT_DONOR,
    FACT_EXCEPTION, FACT_LABELS, FACT_COPIES, FACT_WAITED, FACT_TASKS, FACT_LAPSED, FACT_COLLECTED, FACT_REVIEW, FACT_TRAINING, FACT_HEAD, FACT_SETTING, FACT_COUNT,
    /* the documents that these batches share, each once */
    QUERY_PROCEDURES = FACT_COUNT, QUERY_SPECIFICATIONS,
    QUERY_DOUBTED, QUERY_PEOPLE, QUERY_PENDING, QUERY_OVERDUE, QUERY_DISPOSITIONS, QUERY_WAITING, QUERY_EXCEPT, QUERY_NOTICES,
    QUERY_NOTICE, QUERY_COUNT
};

/** release_query(which): the row of a read. */
const struct statement_row *release_query(enum release_query which);
