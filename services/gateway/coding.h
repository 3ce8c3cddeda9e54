/*
 * Content codings and entity tags (RFC 9110, 8.4, 8.8.3, 12.5.3, 13.1.2): what a client takes, what it has already, and the coding that
 * the pages have beside their own bytes. Only files that are the same for everybody are ever coded: an answer with somebody's
 * data beside a secret tells of the secret by its length (BREACH).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/** coding_takes_gzip(accept): whether ${accept}, an Accept-Encoding, takes gzip; NULL, or what cannot be read, does not. */
bool coding_takes_gzip(const char *accept);

/** coding_has_tag(known, tag): whether ${known}, an If-None-Match, lists the quoted ${tag} or is "*"; NULL lists nothing. */
bool coding_has_tag(const char *known, const char *tag);

/** coding_gzip(a, data, len, ret): ${len} bytes packed as tightly as gzip can, the same bytes each time, in ${a}. Returns their count. */
size_t coding_gzip(struct arena *a, const char *data, size_t len, const char **ret);
