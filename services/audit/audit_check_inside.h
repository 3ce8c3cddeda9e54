/*
 * Inside of the live verification only: what its two halves, entries and log, share.
 */
#pragma once
#include "audit_check.h"
#include "ledger/merkle.h"

enum { AUDIT_SNAPSHOT, AUDIT_ENTRIES, AUDIT_ATTACHMENT, AUDIT_HEADS_LOST, AUDIT_LEAVES, AUDIT_TREE, AUDIT_TILES,
       AUDIT_CHECKPOINTS };

struct check {
    struct db *db;
    struct arena *arena;              /* of the report */
    const struct audit_trust *trust;
    struct audit_report *report;
};

/** check_fault(k, stream, seq, rule, format, ...): one more fault; beyond 100 only their existence counts. */
void check_fault(struct check *k, const char *stream, int64_t seq, const char *rule, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/** check_entries(k, e): every stream, every entry. check_log(k, e): leaves, tree, checkpoints. */
int check_entries(struct check *k, struct err *e);
int check_log(struct check *k, struct err *e);
