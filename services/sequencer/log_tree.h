/*
 * The log in memory: its frontier, advanced only together with the database, and the log's own entries.
 */
#pragma once
#include "db/db.h"
#include "ledger/merkle.h"
#include "sequencer_store.h"

struct log_tree {
    struct db *db;
    int64_t epoch;
    struct merkle_frontier frontier;
    bool is_new;                     /* services' entries that no checkpoint covers yet */
    int64_t last_ms;                 /* latest entry time seen going in, since the checkpoint before the last */
};

/** Told of every entry that went into the tree, after the commit. */
typedef void log_tree_announce(const struct drained *d);

/** log_tree_open(t, db, e): take over the tree of ${db} (borrowed). */
int log_tree_open(struct log_tree *t, struct db *db, struct err *e);

/** log_tree_integrate(t, announce, e): all that is committed becomes leaves; on a failure the tree stays as it was. */
int log_tree_integrate(struct log_tree *t, log_tree_announce *announce, struct err *e);

/** log_tree_add_heads(t, e): record the heads root of the tree as it is (log.heads). */
int log_tree_add_heads(struct log_tree *t, struct err *e);

/** log_tree_add_clock(t, e): record what was noticed of clocks (log.clock), each an entry; a checkpoint is then due. */
int log_tree_add_clock(struct log_tree *t, struct err *e);

/** log_tree_add_rehash(t, body, text, token, e): record a second tree (log.rehash): ${text} with its root, and the token over it. */
int log_tree_add_rehash(struct log_tree *t, struct bytes body, struct bytes text, struct bytes token, struct err *e);

/** log_tree_add(t, type, body, e): record something else that the log says of its house. */
int log_tree_add(struct log_tree *t, const char *type, struct bytes body, struct err *e);

/** log_tree_add_timestamp(t, c, e): record the token over checkpoint ${c} (log.timestamp). */
int log_tree_add_timestamp(struct log_tree *t, const struct kept_checkpoint *c, struct err *e);

/** log_tree_keep_stamped(t, c, e): keep checkpoint ${c} of the tree as it is and record its token, both or neither: a token that
 *  stands in no entry would be found out by nobody. */
int log_tree_keep_stamped(struct log_tree *t, const struct kept_checkpoint *c, struct err *e);
