/*
 * A receipt on its own: the proof that one entry is in the log, as `stemma receipt` gave it (ledger/proof.h), judged with
 * anchors that came by another way. No part of it may be missing.
 */
#pragma once
#include "dossier/trust.h"
#include "ledger/entry.h"

struct receipt_facts {
    struct entry entry;
    uint8_t leaf[DIGEST_LEN];
    uint64_t index, size;            /* leaf, and size of the tree */
    size_t witnesses;                /* that cosigned: all that the trust names */
    int64_t seen_ms;                 /* the first witness's time; TIME_ABSENT without witnesses */
};

/** receipt_is(file): it begins as one. */
bool receipt_is(struct bytes file);

/** receipt_verify(a, file, t, ret, e): ERR_DOSSIER_REFUSED or ERR_SIGNATURE_REFUSED says why it does not hold. */
int receipt_verify(struct arena *a, struct bytes file, const struct trust *t, struct receipt_facts *ret, struct err *e);
