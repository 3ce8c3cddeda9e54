/*
 * Inside of the live verification only: what its two halves, entries and log, share.
 */
#pragma once
#include "audit_check.h"
#include "crypto/tsp.h"
#include "ledger/merkle.h"
#include "ledger/stream.h"

enum { AUDIT_SNAPSHOT, AUDIT_PLAN, AUDIT_TOTAL, AUDIT_ENTRIES, AUDIT_CHANGED, AUDIT_NEXT_KEY, AUDIT_ATTACHMENT,
       AUDIT_HEADS_LOST, AUDIT_LEAVES, AUDIT_LEAVES_ALONE, AUDIT_LATER, AUDIT_TREE, AUDIT_TILES, AUDIT_CHECKPOINTS,
       AUDIT_CHECKPOINT_OF, AUDIT_HEADS, AUDIT_REHASHES };

struct check {
    struct db *db;
    struct arena *arena;              /* of the report */
    const struct audit_trust *trust;
    const struct audit_task *task;
    struct audit_report *report;
    bool marks;                       /* streams come in order: the report says how far they are read */
    bool stops;                       /* task->entries_max are read */
    int64_t begun_with;               /* entries that an earlier run had read */
};

/** A stream being read: the entry before, all leaf hashes so far, for `reviewed`, and the head that it should end with. */
struct chain {
    char stream[STREAM_MAX + 1];
    int64_t seq, time_ms, leaf_index;
    struct buf leaves;
    bool is_broken;                   /* said already; what follows in this stream is not said again */
    bool has_head;
    int64_t head_seq, head_ms;
    uint8_t head[DIGEST_LEN];
};

/** check_fault(k, stream, seq, rule, format, ...): one more fault; beyond 100 only their existence counts. */
void check_fault(struct check *k, const char *stream, int64_t seq, const char *rule, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/** check_entry(k, a, c, r, row, e): one entry of stream ${c}: its bytes, and its place among the others.
 *  check_skip(c, seq): entry ${seq} cannot be read. check_head(k, c): the stream ends with the entry just read. */
int check_entry(struct check *k, struct arena *a, struct chain *c, const struct db_rows *r, int row, struct err *e);
void check_skip(struct chain *c, int64_t seq);
void check_head(struct check *k, const struct chain *c);

/** check_damage(k, stream, seq, code, e): ${code} of a query: if a page of the database is damaged, that is a fault at
 *  ${stream}, ${seq}, reading goes on in a new transaction and 1 is returned; else ${code}. ${stream} NULL: not said. */
int check_damage(struct check *k, const char *stream, int64_t seq, int code, struct err *e);

/** check_rehash(k, log_size, tsa, e): every second tree that was recorded (log.rehash), by hashing all bytes anew; ${tsa} NULL:
 *  time-stamps are not judged. Costs nothing where none was recorded. */
int check_rehash(struct check *k, uint64_t log_size, const struct tsp_trust *tsa, struct err *e);

/** check_entries(k, e): every stream, every entry. check_log(k, e): leaves, tree, checkpoints, second trees. */
int check_entries(struct check *k, struct err *e);
int check_log(struct check *k, struct err *e);
