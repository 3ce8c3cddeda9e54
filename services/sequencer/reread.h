/*
 * Before a tree is signed, what it newly holds is read again from where it was written: the notary is shown the entries' bytes, and
 * hashes them itself; here leaves are held against the roots of their tiles. A bit that flipped between memory and disk would be
 * signed for ever otherwise.
 */
#pragma once
#include "base/text.h"
#include "db/db.h"

extern const struct statement_table reread_statements;

/** reread_page(db, a, from, size, most, ret, e): as they lie on the disk, the entries from leaf ${*from} on, below ${size}, added to
 *  ${ret} (ledger/bundle.h) while it stays within ${most} bytes, one at least; ${*from} is then the leaf behind. ERR_TREE_REFUSED
 *  where one is missing. */
int reread_page(struct db *db, struct arena *a, uint64_t *from, uint64_t size, size_t most, struct buf *ret, struct err *e);

/** reread_tiles(db, from, size, e): the finished tiles between leaf ${from} and ${size} have the roots of their leaves.
 *  ERR_TREE_REFUSED names what does not fit. The last, unfinished tile's leaves are read for the root itself. */
int reread_tiles(struct db *db, uint64_t from, uint64_t size, struct err *e);

/** reread_entries(db, a, from, size, e): when the notary refused: which entry's bytes do not give its leaf? ERR_TREE_REFUSED names
 *  it; 0: none of them. */
int reread_entries(struct db *db, struct arena *a, uint64_t from, uint64_t size, struct err *e);
