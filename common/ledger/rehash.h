/*
 * The log's second tree: the same leaves in the same order, every byte hashed anew with SHA-512 (docs/FORMAT.md, "The second
 * tree"). It is made from what is stored, never from the first tree's hashes, so that it goes on proving when those no longer do.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "crypto/digest.h"
#include "ledger/entry.h"

#define REHASH_TYPE "log.rehash"
#define REHASH_ATT_TREE "rehash"
#define REHASH_ATT_TOKEN "token"
#define REHASH_LEVELS 64

/** One leaf's bytes. `p7s` data NULL: an observation. `att`: as many as `entry` names, in its order. */
struct rehash_leaf {
    const struct entry *entry;
    struct bytes text, stmt, p7s;
    const struct bytes *att;
};

/** rehash_check(l, e): what is stored is what the entry names, by SHA-256. ERR_TREE_REFUSED names the stream and entry. */
int rehash_check(const struct rehash_leaf *l, struct err *e);

/** rehash_record(a, l): the text that the leaf's hash is over. */
struct bytes rehash_record(struct arena *a, const struct rehash_leaf *l);

/** The tree so far: the roots of its full subtrees, as merkle_frontier, in SHA-512. */
struct rehash_tree {
    uint64_t size;
    uint8_t node[REHASH_LEVELS][DIGEST_LONG_LEN];
};

/** rehash_add(t, record): one more leaf. rehash_root(t, ret): RFC 6962 over all of them. */
void rehash_add(struct rehash_tree *t, struct bytes record);
void rehash_root(const struct rehash_tree *t, uint8_t ret[DIGEST_LONG_LEN]);

/** rehash_text(a, origin, t): what is time-stamped. rehash_body(a, t): of the log.rehash statement. */
struct bytes rehash_text(struct arena *a, const char *origin, const struct rehash_tree *t);
struct bytes rehash_body(struct arena *a, const struct rehash_tree *t);

/** rehash_body_parse(body, ret_root, ret_size, e): read it strictly. */
int rehash_body_parse(struct bytes body, uint8_t ret_root[DIGEST_LONG_LEN], uint64_t *ret_size, struct err *e);
