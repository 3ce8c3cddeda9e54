/*
 * Receipts at commit (ledger/receipt_note.h) judged: are they this lab's, and was the promise kept? An entry that was promised and
 * is not there, or is another, was dropped: that is said of the entry, whoever did it. A receipt cannot be forged without a key of
 * the trust folder's receipts.txt.
 */
#pragma once
#include "dossier/trust.h"
#include "dossier/verify.h"
#include "ledger/receipt_note.h"

#define PROMISE_GRACE_MS 60000   /* so long an entry may wait for the log, the heads and a checkpoint */

struct promises {
    struct receipt_note *note;
    size_t count;
    size_t foreign;              /* of another log, which this trust folder cannot judge: a terminal keeps all it got in one file */
    size_t broken;               /* no whole receipt: a power cut while it was kept; it promises nothing */
};

/** promises_read(a, file, t, ret, e): all receipts of ${file}, each signed by a receipt key of ${t}; added behind those of ${ret};
 *  of one whose log no key of ${t} is for, and of one that is broken off, only that it was there is counted.
 *  ERR_DOSSIER_REFUSED says which is forged. The texts stay in ${file}. */
int promises_read(struct arena *a, struct bytes file, const struct trust *t, struct promises *ret, struct err *e);

/** promise_broken(a, r, leaf): NULL when ${leaf}, the leaf hash at the receipt's place, is the promised one; else a sentence
 *  that says what became of the entry. ${leaf} NULL: nothing is there. */
const char *promise_broken(struct arena *a, const struct receipt_note *r, const uint8_t leaf[DIGEST_LEN]);

/** promises_check(a, p, file, verdict): against a dossier that holds: each promised entry of a stream that is whole in it is in it,
 *  unless it is newer than the dossier. What is broken becomes a fault of ${verdict}, rule 10. Returns how many were kept. */
size_t promises_check(struct arena *a, const struct promises *p, struct bytes file, struct findings *verdict);
