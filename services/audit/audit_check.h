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

/** audit_check(db, a, trust, ret, e): verify all that ${db} shows in its running transaction; the report lives in ${a}.
 *  0 also when the record does not hold: that is what the report says. A fault only when reading fails. */
int audit_check(struct db *db, struct arena *a, const struct audit_trust *trust, struct audit_report *ret, struct err *e);
