/*
 * The log's tree, RFC 6962 §2.1 with the verification algorithms of RFC 9162 §2.1.3 and §2.1.4. Appending needs only the
 * frontier; proofs are cut from whatever can give the hash of a perfect subtree: the sequencer's tiles, or an array.
 * Nothing here trusts a proof's length: both ends of every walk are checked.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define MERKLE_LEVELS 64
#define MERKLE_PROOF_MAX 128

/** The right edge of a tree: for each set bit of `size`, the root of that perfect subtree. Zeroed, it is an empty tree. */
struct merkle_frontier {
    uint64_t size;
    uint8_t node[MERKLE_LEVELS][DIGEST_LEN];
};

struct merkle_proof {
    uint8_t (*node)[DIGEST_LEN];
    size_t count;
};

/** Where hashes come from. node(ctx, level, index, ret, e): the root of the 2^level leaves from index·2^level on; asked
 *  only for subtrees that are full at the size of the question. */
struct merkle_source {
    int (*node)(void *ctx, unsigned level, uint64_t index, uint8_t ret[DIGEST_LEN], struct err *e);
    void *ctx;
};

/** merkle_node_hash(left, right, ret): SHA-256(0x01 || left || right). */
void merkle_node_hash(const uint8_t left[DIGEST_LEN], const uint8_t right[DIGEST_LEN], uint8_t ret[DIGEST_LEN]);

/** merkle_leaf_hash(data, len, ret): SHA-256(0x00 || data). */
void merkle_leaf_hash(const void *data, size_t len, uint8_t ret[DIGEST_LEN]);

/** merkle_append(f, leaf): add one leaf hash. */
void merkle_append(struct merkle_frontier *f, const uint8_t leaf[DIGEST_LEN]);

/** merkle_frontier_root(f, ret): the root; of the empty tree SHA-256 of nothing. */
void merkle_frontier_root(const struct merkle_frontier *f, uint8_t ret[DIGEST_LEN]);

/** merkle_array(a, leaves, count): a source over ${count} leaf hashes; keeps all levels in ${a} (64 bytes a leaf). */
struct merkle_source merkle_array(struct arena *a, const uint8_t (*leaves)[DIGEST_LEN], uint64_t count);

/** merkle_root(src, size, ret, e): the root of the first ${size} leaves. */
int merkle_root(const struct merkle_source *src, uint64_t size, uint8_t ret[DIGEST_LEN], struct err *e);

/** merkle_range(src, from, to, ret, e): the RFC 6962 hash of the leaves from..to-1; ${from} begins a subtree of that
 *  size. */
int merkle_range(const struct merkle_source *src, uint64_t from, uint64_t to, uint8_t ret[DIGEST_LEN], struct err *e);

/** merkle_inclusion_make(a, src, index, size, ret, e): leaf ${index} in the tree of ${size}; ERR_TREE_REFUSED if it is
 *  not in it. */
int merkle_inclusion_make(struct arena *a, const struct merkle_source *src, uint64_t index, uint64_t size,
                          struct merkle_proof *ret, struct err *e);

/** merkle_inclusion_verify(leaf, index, size, proof, root): true only if the proof holds and has no node too many. */
bool merkle_inclusion_verify(const uint8_t leaf[DIGEST_LEN], uint64_t index, uint64_t size,
                             const struct merkle_proof *proof, const uint8_t root[DIGEST_LEN]);

/** What the last leaf that was proved to be in a tree climbed through. Leaves of one tree share the nodes above them: where
 *  a climb meets a node of the last one, and the rest of both proofs is the same to the byte, the rest has been hashed. */
struct merkle_climb {
    uint64_t size;
    uint8_t root[DIGEST_LEN];
    const struct merkle_proof *last;         /* of the last leaf that held, borrowed; NULL: there is none to share with */
    struct merkle_step {
        uint64_t index;
        size_t left;                         /* nodes of the proof from here on */
        uint8_t hash[DIGEST_LEN];
    } step[MERKLE_LEVELS];
};

/** merkle_climb_begin(c, size, root): nothing is proved yet in the tree of ${size} with ${root}. */
void merkle_climb_begin(struct merkle_climb *c, uint64_t size, const uint8_t root[DIGEST_LEN]);

/** merkle_climb(c, leaf, index, proof): merkle_inclusion_verify in the tree of ${c}, and the same answer; ${proof} must
 *  last as long as ${c}. */
bool merkle_climb(struct merkle_climb *c, const uint8_t leaf[DIGEST_LEN], uint64_t index, const struct merkle_proof *proof);

/** merkle_consistency_make(a, src, first, second, ret, e): the tree of ${first} leaves is a prefix of that of ${second};
 *  0 < first <= second. Equal sizes give the empty proof. */
int merkle_consistency_make(struct arena *a, const struct merkle_source *src, uint64_t first, uint64_t second,
                            struct merkle_proof *ret, struct err *e);

/** merkle_consistency_verify(first, first_root, second, second_root, proof): RFC 9162 §2.1.4.2; false for first = 0. */
bool merkle_consistency_verify(uint64_t first, const uint8_t first_root[DIGEST_LEN], uint64_t second,
                               const uint8_t second_root[DIGEST_LEN], const struct merkle_proof *proof);
