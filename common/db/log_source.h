/*
 * The log's tree as the ledger keeps it (leaves, and the root of every 256 of them), as a source for proofs and roots.
 * Believes the database: whoever needs certainty compares the root with a signed checkpoint.
 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include "ledger/merkle.h"

#define LOG_TILE 256                 /* leaves whose root is kept (sql/migrations/0001_ledger.sql) */

/** Statements that a connection needs for it; the role must be stemma_audit or stemma_sequencer. */
extern const struct statement_table log_source_statements;

/** log_source_new(a, db, size, ret, e): a source for the tree of ${size} leaves; ${db} and ${a} are borrowed by it. */
int log_source_new(struct arena *a, struct db *db, uint64_t size, struct merkle_source *ret, struct err *e);

/** log_source_index(a, db, stream, seq, ret, e): the leaf index of an entry; ERR_NOT_FOUND while it is not in the tree. */
int log_source_index(struct arena *a, struct db *db, const char *stream, int64_t seq, uint64_t *ret, struct err *e);
