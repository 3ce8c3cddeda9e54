/*
 * The second tree in the making: all that is stored is read again, held against what the entries name, and hashed anew; some
 * hundred entries a step, so that the log goes on meanwhile. At each size that was recorded before, the tree must have that root.
 */
#pragma once
#include "db/db.h"
#include "ledger/merkle.h"
#include "ledger/rehash.h"

extern const struct statement_table rehash_statements;

struct rehash_job;

/** rehash_job_new(db, log, ret, e): for all leaves of ${log}, the tree as the sequencer holds it: what the database says that was
 *  logged counts only when it has that tree's root. rehash_job_free(j): NULL is fine; returns NULL. */
int rehash_job_new(struct db *db, const struct merkle_frontier *log, struct rehash_job **ret, struct err *e);
struct rehash_job *rehash_job_free(struct rehash_job *j);

/** rehash_job_step(j, db, ret_whole, e): the next entries. ERR_TREE_REFUSED names what is not what was logged. */
int rehash_job_step(struct rehash_job *j, struct db *db, bool *ret_whole, struct err *e);

/** rehash_job_tree(j): as far as it is; borrowed. */
const struct rehash_tree *rehash_job_tree(const struct rehash_job *j);
