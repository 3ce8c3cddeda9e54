/*
 * What the notary reads before it signs: the entries' own bytes, page by page, hashed into leaves and these into the right edge of a
 * tree. Only a tree that was read whole is signed: not one of whose entries somebody says what they hash to. Reading begins at the
 * tree that was signed last; where the memory does not have that one's edge, at the first entry, and must pass through it. What was
 * read and not signed is forgotten with the process, or when reading begins anew.
 */
#pragma once
#include "notary_memory.h"

/** notary_reading_begin(m): the edge from where reading begins. */
struct merkle_frontier notary_reading_begin(const struct notary_memory *m);

/** notary_reading_add(m, read, from, bundle, e): the entries of ${bundle} (ledger/bundle.h) stand from leaf ${from} on. ${from} is
 *  where ${read} ends, or where reading begins: then it begins anew. ERR_TREE_REFUSED for a page from elsewhere, and when what is
 *  read is not the tree that was signed; then nothing is read. */
int notary_reading_add(const struct notary_memory *m, struct merkle_frontier *read, uint64_t from, struct bytes bundle, struct err *e);

/** notary_reading_check(m, read, size, root, e): is it the tree that was read, or again the one that was signed? ERR_TREE_REFUSED. */
int notary_reading_check(const struct notary_memory *m, const struct merkle_frontier *read, uint64_t size, const uint8_t root[DIGEST_LEN],
                         struct err *e);
