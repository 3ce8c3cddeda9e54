/*
 * A Merkle tree (RFC 6962) over lines that stay in memory, whose root is asked for again and again: only the nodes above what changed
 * are hashed anew. A line that comes in between moves all behind it, so these are.
 */
#pragma once
#include "base/arena.h"
#include "ledger/merkle.h"

/** Zeroed, it has room for nothing. level[n]: the full subtrees of 2^n lines. */
struct line_tree {
    uint8_t (*level[MERKLE_LEVELS])[DIGEST_LEN];
};

/** line_tree_grow(a, t, had, room): room for ${room} lines, a power of two, instead of ${had}; what is there stays. Lives in ${a}. */
void line_tree_grow(struct arena *a, struct line_tree *t, size_t had, size_t room);

/** line_tree_put(t, place, hash): the line at ${place}. Its root is asked for with ${place} among the changed. */
void line_tree_put(struct line_tree *t, size_t place, const uint8_t hash[DIGEST_LEN]);

/** line_tree_root(t, changed, n, from, count, ret): the root of the first ${count} lines, of which since the last time the ${n} places
 *  ${changed}, ascending and below ${from}, and all from ${from} on were put. Overwrites ${changed}. */
void line_tree_root(struct line_tree *t, size_t *changed, size_t n, size_t from, size_t count, uint8_t ret[DIGEST_LEN]);
