/*
 * Time evidence in the log: the body of a `log.timestamp` statement, whose attachments are the checkpoint and the token
 * over it (format.md, "Time evidence").
 */
#pragma once
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define STAMP_ATT_CHECKPOINT "checkpoint"
#define STAMP_ATT_TOKEN "token"
#define STAMP_TYPE "log.timestamp"
#define HEADS_TYPE "log.heads"

/* So much earlier than a time-stamp that was in the log before it an entry never is: it is a minute old at most when it is appended
 * (ledger.append), its transaction then waits five seconds at most for each lock that a member of its group needs, sixty-four of them,
 * and is broken off when nothing comes for a minute (db.c). */
#define STAMP_LATE_MS (INT64_C(10) * 60 * 1000)

/** stamps_body(a, root, size): `{"root":"<hex>","size":<n>}` LF; stamps_body_parse reads it strictly. */
struct bytes stamps_body(struct arena *a, const uint8_t root[DIGEST_LEN], uint64_t size);
int stamps_body_parse(struct bytes body, uint8_t ret_root[DIGEST_LEN], uint64_t *ret_size, struct err *e);
