/*
 * The heads map: the last entry of every stream at a tree size, as a tree of its own, so that an exporter cannot leave
 * out the newest entries unseen (format.md, "Heads root"). Anyone with the log recomputes it.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "ledger/merkle.h"

struct head {
    const char *stream;
    int64_t seq;
    uint8_t leaf[DIGEST_LEN];
};

/** heads_line(a, h): `<stream> <seq> <leaf hash>` LF. */
char *heads_line(struct arena *a, const struct head *h);

/** heads_sort(heads, count): into the order of their lines. */
void heads_sort(struct head *heads, size_t count);

/** heads_find(heads, count, stream): the place of ${stream} in sorted ${heads}, or ${count}. */
size_t heads_find(const struct head *heads, size_t count, const char *stream);

/** heads_root(a, heads, count, ret, e): the root over the sorted heads; ERR_TREE_REFUSED if they are not sorted. */
int heads_root(struct arena *a, const struct head *heads, size_t count, uint8_t ret[DIGEST_LEN], struct err *e);

/** heads_proof(a, heads, count, index, ret, e): inclusion proof of line ${index}. */
int heads_proof(struct arena *a, const struct head *heads, size_t count, size_t index, struct merkle_proof *ret,
                struct err *e);

/** heads_body(a, root, size, streams): the body of a `log.heads` statement; heads_body_parse reads it strictly. */
struct bytes heads_body(struct arena *a, const uint8_t root[DIGEST_LEN], uint64_t size, uint64_t streams);
int heads_body_parse(struct bytes body, uint8_t ret_root[DIGEST_LEN], uint64_t *ret_size, uint64_t *ret_streams,
                     struct err *e);
