/*
 * An entry: the position of one statement in its stream, and the leaf data of the log (format.md, "Entry"). Its leaf hash
 * is at once the link to it in the chain and the leaf in the tree.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define ENTRY_PREFIX "stemma-entry/1\n"

struct attachment {
    const char *name;            /* [a-z0-9._-]{1,64} */
    uint8_t sha256[DIGEST_LEN];
    int64_t len;
};

struct entry {
    const char *origin;
    const char *stream;
    int64_t seq;
    uint8_t prev[DIGEST_LEN];
    int64_t time_ms;
    uint8_t stmt_sha256[DIGEST_LEN];
    int64_t stmt_len;
    uint8_t sig_sha256[DIGEST_LEN];
    int64_t sig_len;             /* 0: an observation, "sig - 0" */
    const struct attachment *att;   /* ascending by name */
    size_t att_count;
};

/** entry_build(a, e, ret, err): the entry's bytes in ${a}. Refuses what entry_parse would refuse. */
int entry_build(struct arena *a, const struct entry *entry, struct bytes *ret, struct err *e);

/** entry_parse(a, text, len, ret, e): read exactly one entry; strings live in ${a}. ERR_STATEMENT_MALFORMED. */
int entry_parse(struct arena *a, const char *text, size_t len, struct entry *ret, struct err *e);

/** entry_genesis_hash(origin, stream, ret): the `prev` of seq 0. */
void entry_genesis_hash(const char *origin, const char *stream, uint8_t ret[DIGEST_LEN]);

/** entry_leaf_hash(entry, len, ret): SHA-256(0x00 || entry bytes). */
void entry_leaf_hash(const void *entry, size_t len, uint8_t ret[DIGEST_LEN]);

/** entry_time_after(previous_ms, now_ms): the ledger time of an entry made now: now, or a millisecond after the entry
 *  before it. ${previous_ms} is TIME_ABSENT for seq 0. */
int64_t entry_time_after(int64_t previous_ms, int64_t now_ms);
