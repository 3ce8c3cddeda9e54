/*
 * The log's leaves read once more, byte by byte, for its second tree (ledger/rehash.h): entry, statement, signature and attachments,
 * each held against what the entry names and the entry against its leaf. The sequencer records the tree, the audit judges it.
 */
#pragma once
#include "db/db.h"
#include "ledger/merkle.h"
#include "ledger/rehash.h"

/** Statements that a connection needs for it; the role must be stemma_audit or stemma_sequencer. */
extern const struct statement_table rehash_source_statements;

/** How far it is: the second tree, and the first one of the leaves that were read. */
struct rehash_walk {
    struct rehash_tree tree;
    struct merkle_frontier read;
};

/** rehash_walk_step(db, w, to, each, ctx, e): read some more leaves, up to ${to}; ${each}(ctx, w, e) is told after every one, and
 *  ends the walk by not answering 0; it may be NULL. ERR_TREE_REFUSED names what is not what was logged. */
int rehash_walk_step(struct db *db, struct rehash_walk *w, uint64_t to,
                     int (*each)(void *ctx, const struct rehash_walk *w, struct err *e), void *ctx, struct err *e);
