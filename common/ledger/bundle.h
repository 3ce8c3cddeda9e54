/*
 * Entries in a row, each after its length in two bytes, high byte first: the entry bundle of C2SP tlog-tiles. What is not exactly
 * that many whole entries is none.
 */
#pragma once
#include <stdbool.h>

#include "base/text.h"

#define BUNDLE_ENTRY_MAX ((size_t)65535)   /* bytes of one entry */

/** bundle_add(b, entry): one more; false, and ${b} as it was, when it is empty or longer than BUNDLE_ENTRY_MAX. */
bool bundle_add(struct buf *b, struct bytes entry);

/** bundle_next(rest, ret): the first entry of ${rest}, which then begins behind it; false when there is no whole one. ${ret} lies
 *  in the bundle. */
bool bundle_next(struct bytes *rest, struct bytes *ret);
