/*
 * Before a tree is signed, what it newly holds is read again from where it was written: entries' bytes give their leaves, leaves
 * the roots of their tiles. A bit that flipped between memory and disk would be signed for ever otherwise.
 */
#pragma once
#include "db/db.h"

extern const struct statement_table reread_statements;

/** reread_check(db, a, from, size, e): entries, leaves and finished tiles from leaf ${from} to ${size}. ERR_TREE_REFUSED
 *  names what does not fit. The last, unfinished tile's leaves are read for the root itself. */
int reread_check(struct db *db, struct arena *a, uint64_t from, uint64_t size, struct err *e);
