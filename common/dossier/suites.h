/*
 * Which suites are believed, for which times: a `/1` in the record's texts stands for the algorithms under it, and these
 * fall one day (format.md: names bear versions; ledger.md §2.7). A suite that is not listed is not accepted at all. The
 * built-in list may be replaced by the auditor, in the trust folder, when an algorithm falls earlier than was planned.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define SUITE_RECORD "stemma/1"
#define SUITE_TOKEN "token/1"
#define SUITE_REHASH "rehash/1"
#define SUITES_MAX 16
#define SUITE_NAME 24

struct suite {
    char name[SUITE_NAME];
    int64_t from_ms, until_ms;   /* both inclusive */
    const char *what;            /* "" in a list that was read */
};

struct suites {
    struct suite row[SUITES_MAX];
    size_t count;
};

/** suites_read(text, ret, e): the list in ${text}, `<name> <from> <until>` LF a line; NULL: the built-in one.
 *  ERR_DOSSIER_REFUSED for a malformed line, a suite named twice, dates in the wrong order. */
int suites_read(const char *text, struct suites *ret, struct err *e);

/** suites_accept(s, name, at_ms): is ${name} believed for something of that time? */
bool suites_accept(const struct suites *s, const char *name, int64_t at_ms);

/** suites_end(s, name): the last moment of ${name}; TIME_ABSENT if it is not listed. */
int64_t suites_end(const struct suites *s, const char *name);

/** suites_token_until(s, ends_ms): the last moment of a token whose first certificate ends at ${ends_ms}, or of its suite. */
int64_t suites_token_until(const struct suites *s, int64_t ends_ms);

/** suites_token_end(s, a, token): the last moment of ${token}: of the first of its certificates to end, or of its suite;
 *  TIME_ABSENT for what says no end. */
int64_t suites_token_end(const struct suites *s, struct arena *a, struct bytes token);
