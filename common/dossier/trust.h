/*
 * What an auditor trusts before opening a dossier: four texts that came by another way (format.md, "A verifier refuses
 * unless"). Nothing in a dossier is ever added to them.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/tsp.h"
#include "ledger/note.h"

/** The texts of the trust folder's files. */
struct trust_files {
    const char *lab_root;        /* lab-root.pem */
    const char *tsa_root;        /* tsa-root.pem */
    const char *log_key;         /* log.pub.pem */
    const char *witnesses;       /* witnesses.txt: verifier keys, one a line; empty asks for none */
};

struct trust {
    const char *lab_root;
    struct tsp_trust *tsa;
    uint8_t log_key[NOTE_PUBLIC];
    const struct note_key *witness;
    size_t witness_count;
};

/** trust_open(a, files, ret, e): ERR_DOSSIER_REFUSED or ERR_SIGNATURE_REFUSED naming the file that is no such thing.
 *  Caller closes with trust_close. */
int trust_open(struct arena *a, const struct trust_files *files, struct trust *ret, struct err *e);

/** trust_close(t): fit for CLEANUP(trust_close). */
void trust_close(struct trust *t);
