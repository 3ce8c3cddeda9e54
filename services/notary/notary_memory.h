/*
 * What a notary or witness remembers: the last tree it signed, in a small text file that is on the disk before the
 * signature leaves. And the one rule: a tree must extend it. The notary's memory also has the tree's right edge, from where it
 * reads on (notary_reading.h); `stemma-notary/1` is a memory without it: of a witness, of an empty log, or of before it was kept.
 */
#pragma once
#include "base/error.h"
#include "ledger/merkle.h"

struct notary_memory {
    uint64_t size;                 /* 0: nothing was signed yet */
    uint8_t root[DIGEST_LEN];
    struct merkle_frontier edge;   /* of that tree; of size 0: not known */
    bool is_closed;                /* nothing is signed under this log's name any more */
};

/** notary_memory_read(path, origin, ret, e): a fault when the file is missing, damaged or of another log, or when the edge
 *  does not give the root. */
int notary_memory_read(const char *path, const char *origin, struct notary_memory *ret, struct err *e);

/** notary_memory_write(path, origin, m, e): replaced whole, on the disk when it returns. */
int notary_memory_write(const char *path, const char *origin, const struct notary_memory *m, struct err *e);

/** notary_memory_begin(path, origin, e): the memory of a log that has nothing yet. ERR_EXISTS when there is one. */
int notary_memory_begin(const char *path, const char *origin, struct err *e);

/** notary_memory_check(m, old_size, size, root, proof, e): does the tree extend ${m}, by this proof? ERR_TREE_REFUSED; also
 *  whenever the log is closed. */
int notary_memory_check(const struct notary_memory *m, uint64_t old_size, uint64_t size, const uint8_t root[DIGEST_LEN],
                        const struct merkle_proof *proof, struct err *e);
