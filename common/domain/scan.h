/*
 * What a scanner read, told apart by its form alone: ISBT 128 on cells, GS1 on reagents' packs, the lab's own identifiers on
 * machines, badges and papers. Form decides and nothing is guessed: the data identifier and the length are checked before a
 * value is used, for the same digits mean different things in different structures (domain.md §6.2, T37).
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "domain/identifier.h"

/** A piece of the scan: number or application identifier, name, content. */
struct scan_piece {
    const char *number, *name, *content;
};

/** What to look for; NULL: the scan names none. A compound message names a donation and, with a product code, a container. */
struct scan {
    const char *symbology;         /* a word of symbology_words */
    struct scan_piece *piece;
    size_t piece_count;
    const char *container_id, *donation_number, *lot_number, *stream_id;
};

/** scan_read(a, text, ret, e): take ${text} apart: what a scanner sent, or a donation number typed with its check character
 *  (R03), or an identifier of the lab's own. Leading and trailing blanks are passed over. ERR_IDENTIFIER_REFUSED. */
int scan_read(struct arena *a, const char *text, struct scan *ret, struct err *e);
