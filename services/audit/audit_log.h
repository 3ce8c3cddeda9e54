/*
 * The log for whoever asks: its checkpoint, tiles and entries by their C2SP names, and the proof that one entry is in it.
 * Everything is of a tree that a kept checkpoint signs; what is not yet under one does not exist here. Proofs are cut at
 * that checkpoint's size and verified before they are given.
 */
#pragma once
#include "ledger/paths.h"
#include "ledger/proof.h"
#include "service/service.h"

extern const struct statement_table audit_log_statements;

/** audit_log_file(db, a, path, ret, e): the file called ${path}. ERR_NOT_FOUND when there is none, or not yet. */
int audit_log_file(struct db *db, struct arena *a, const char *path, struct bytes *ret, struct err *e);

/** audit_log_proof(db, a, stream, seq, ret, e): ERR_NOT_FOUND for no such entry, ERR_UNAVAILABLE while no checkpoint
 *  covers it. */
int audit_log_proof(struct db *db, struct arena *a, const char *stream, int64_t seq, struct log_proof *ret, struct err *e);
