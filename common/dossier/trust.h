/*
 * What an auditor trusts before opening a dossier: four texts that came by another way (format.md, "A verifier refuses
 * unless"), perhaps a fifth with the suites that are believed (suites.h), and a sixth with the keys that sign receipts at commit
 * (ledger/receipt_note.h). Nothing in a dossier is ever added to them.
 */
#pragma once
#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "crypto/cms.h"
#include "crypto/tsp.h"
#include "dossier/suites.h"
#include "ledger/note.h"

/** The texts of the trust folder's files. */
struct trust_files {
    const char *lab_root;        /* lab-root.pem */
    const char *tsa_root;        /* tsa-root.pem */
    const char *log_key;         /* log.pub.pem */
    const char *witnesses;       /* witnesses.txt: verifier keys, one a line; empty asks for none */
};

/** The anchors, and what verifying with them has shown so far: dossiers of one lab share certificates and many acts. */
struct trust {
    const char *lab_root;
    struct tsp_trust *tsa;
    struct suites suites;
    int64_t as_of_ms;            /* the auditor's to set: the evidence must be good until then; TIME_ABSENT: until the dossier's own time-stamp */
    uint8_t log_key[NOTE_PUBLIC];
    const struct note_key *witness;
    size_t witness_count;
    const struct note_key *receipt;  /* keys of receipts.txt; none where there is no such file */
    size_t receipt_count;
    struct cms_trust *cms;       /* lab root and the CRLs of crl_sha256 */
    uint8_t crl_sha256[DIGEST_LEN];
    uint8_t (*held)[DIGEST_LEN]; /* leaf hashes of acts whose signatures hold under `cms`; open addressing */
    size_t held_count, held_size;
};

/** trust_open(a, files, ret, e): ERR_DOSSIER_REFUSED or ERR_SIGNATURE_REFUSED naming the file that is no such thing.
 *  Caller closes with trust_close. */
int trust_open(struct arena *a, const struct trust_files *files, struct trust *ret, struct err *e);

/** trust_with_suites(t, text, e): believe the suites of ${text} (suites.txt) instead of the built-in list. */
int trust_with_suites(struct trust *t, const char *text, struct err *e);

/** trust_with_receipts(a, t, text, e): take the verifier keys of ${text} (receipts.txt), one a line, as those that sign receipts. */
int trust_with_receipts(struct arena *a, struct trust *t, const char *text, struct err *e);

/** trust_read(a, folder, ret, e): trust_open with the files of ${folder}, its suites.txt and receipts.txt too where there are such.
 *  The refusal names the file. Caller closes with trust_close. */
int trust_read(struct arena *a, const char *folder, struct trust *ret, struct err *e);

/** trust_with_crls(t, crls, count, e): make `t->cms` the lab root with just these CRLs; what was shown under the same
 *  ones stays shown. ERR_SIGNATURE_REFUSED for what is no CRL. */
int trust_with_crls(struct trust *t, const struct bytes *crls, size_t count, struct err *e);

/** trust_has_held(t, leaf): the act of this leaf hash has been verified. The hash covers statement, signature and time, so
 *  there is nothing else to verify. trust_hold(t, leaf): note that it has. */
bool trust_has_held(const struct trust *t, const uint8_t leaf[DIGEST_LEN]);
void trust_hold(struct trust *t, const uint8_t leaf[DIGEST_LEN]);

/** trust_close(t): fit for CLEANUP(trust_close). */
void trust_close(struct trust *t);
