/*
 * Verification of the live record: all bytes are read again and nothing that the database says about them is believed.
 * Statement, entry, link, signature, leaf, tree, heads, checkpoints (format.md). Every fault names stream and seq. Unlike
 * a dossier's verifier it goes on after a fault, so that the report says how far the damage goes.
 */
#pragma once
#include "crypto/cms.h"
#include "service/service.h"

extern const struct statement_table audit_check_statements;

struct audit_trust {
    const char *origin;
    struct cms_trust *lab;            /* whose people sign acts; NULL: every act is a fault */
    const char *folder;               /* log.pub.pem, witnesses.txt, tsa-root.pem; "": checkpoints' signatures not judged */
};

/** A tree that somebody outside of the database remembers to have signed. */
struct audit_signed {
    const char *who;
    int64_t size;
    uint8_t root[DIGEST_LEN];
};

struct audit_task {
    bool resumes;                     /* the report is one that an interrupted run left: go on behind its read_to */
    const char *scope;                /* what the report calls it; NULL: whole */
    int64_t entries_max;              /* leave when so many are read, the report "unfinished"; 0: read all */
    const struct audit_signed *signed_trees;
    size_t signed_count;
    void (*tell)(void *ctx, const struct audit_report *report);   /* after each stream; NULL: nobody asks */
    void *ctx;
};

/** audit_fault_add(a, report, stream, seq, rule, text): one more fault of ${report}, with printable words; ${stream} NULL:
 *  no entry is known. Beyond 100 only their number counts (`more`), and what is returned is lost. */
struct audit_fault *audit_fault_add(struct arena *a, struct audit_report *report, const char *stream, int64_t seq,
                                    const char *rule, const char *text);

/** audit_fault_row(a, f, table, key): which row it is about. audit_note_add(a, report, text): what was not looked at. Both, as the
 *  fault's own words, fit into the report whatever a tampered row says: they are cut, and what is not printable is a question mark. */
void audit_fault_row(struct arena *a, struct audit_fault *f, const char *table, const char *key);
void audit_note_add(struct arena *a, struct audit_report *report, const char *text);

/** audit_check_begin(db, e): open a transaction with one view of everything.
 *  audit_check(db, a, trust, order, report, e): verify all that ${db} shows in it; the report lives in ${a}. A page that
 *  PostgreSQL itself finds damaged is a fault of the record like any other; the transaction is begun again behind it.
 *  0 also when the record does not hold: that is what the report says. A fault only when reading fails otherwise. */
int audit_check_begin(struct db *db, struct err *e);
int audit_check(struct db *db, struct arena *a, const struct audit_trust *trust, const struct audit_task *task,
                struct audit_report *report, struct err *e);
