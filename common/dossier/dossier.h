/*
 * A dossier as a value: what an auditor is handed, in memory (format.md, "Dossier"). dossier_write makes the file,
 * dossier_read takes one apart; both use the same definition of each text (layout.h). Reading says nothing about truth:
 * that is dossier_verify's work (verify.h).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dossier/zip.h"
#include "ledger/entry.h"
#include "ledger/heads.h"
#include "ledger/merkle.h"
#include "ledger/statement.h"

/** One entry with what it names. The writer needs `text`, `stmt`, `p7s`, `index`, `proof`; the reader fills all but
 *  `statement`, which is the verifier's. */
struct dossier_entry {
    struct bytes text;           /* the entry's bytes */
    struct bytes stmt;
    struct bytes p7s;            /* data NULL: an observation */
    uint8_t stmt_sha256[DIGEST_LEN], p7s_sha256[DIGEST_LEN];   /* of those bytes, the reader's */
    uint64_t index;              /* leaf index in the log */
    struct merkle_proof proof;   /* at the checkpoint's size */
    struct entry entry;
    uint8_t leaf[DIGEST_LEN];
    struct statement statement;
};

struct dossier_stream {
    const char *id;
    bool whole;                  /* from seq 0 without gap; else some of its entries */
    struct dossier_entry *entry; /* ascending by seq */
    size_t count;
};

/** log/heads.txt: that the subject's last entry was the last at tree size `size`. */
struct dossier_heads {
    int64_t sys_seq;             /* the log.heads entry that records root, size and streams */
    uint64_t size, streams;
    uint8_t root[DIGEST_LEN];
    uint64_t index;              /* the line's place */
    struct head line;
    struct merkle_proof proof;
};

/** A time-stamp that the log itself recorded: the log.timestamp entry and the way from its size to the checkpoint's. */
struct dossier_stamp {
    int64_t sys_seq;
    uint64_t size;
    struct merkle_proof consistency;
};

struct dossier {
    const char *subject;
    uint64_t size;               /* of the checkpoint's tree */
    struct dossier_stream *stream;   /* ascending by id, SYS among them */
    size_t stream_count;
    struct bytes checkpoint, token, cosignatures;
    struct dossier_heads heads;
    struct dossier_stamp *stamp; /* ascending by size */
    size_t stamp_count;
    const struct zip_member *attachment;   /* name: 64 hex; ascending */
    size_t attachment_count;
    const struct zip_member *pki;          /* name: x.pem, x.crl */
    size_t pki_count;
    const struct zip_member *exports;      /* name as in exports/ */
    size_t export_count;
    struct bytes readme, pdf;    /* data NULL: absent; the writer puts a README of its own where there is none */
};

/** Who signs the manifest: sign(ctx, a, manifest, ret_p7s, e). */
struct dossier_signer {
    int (*sign)(void *ctx, struct arena *a, struct bytes manifest, struct bytes *ret_p7s, struct err *e);
    void *ctx;
};

#define DOSSIER_MIMETYPE "application/vnd.etsi.asic-e+zip"

/** dossier_write(a, d, signer, ret, e): the dossier's file. Same inputs, same bytes, signature aside. Refuses what it
 *  could not read again: ERR_DOSSIER_REFUSED. */
int dossier_write(struct arena *a, const struct dossier *d, const struct dossier_signer *signer, struct bytes *ret,
                  struct err *e);

/** Where in a dossier something is. */
struct dossier_place {
    const char *stream;          /* NULL: in none */
    int64_t seq;                 /* -1: at no entry */
};

/** dossier_read(a, zip, ret, ret_place, e): take the members apart; every one must have its place. Pieces point into
 *  ${zip}. ERR_DOSSIER_REFUSED at ${ret_place}; `e->field` is the member, `e->rule` the verifier's rule. */
int dossier_read(struct arena *a, const struct zip *zip, struct dossier *ret, struct dossier_place *ret_place,
                 struct err *e);

/** dossier_stream(d, id), dossier_entry(s, seq): NULL if it is not in the dossier. */
struct dossier_stream *dossier_stream(const struct dossier *d, const char *id);
struct dossier_entry *dossier_entry(const struct dossier_stream *s, int64_t seq);

/** dossier_attachment(d, sha256): its bytes; data NULL if absent. */
struct bytes dossier_attachment(const struct dossier *d, const uint8_t sha256[DIGEST_LEN]);

/** dossier_readme(a, d): the text of README.txt. */
struct bytes dossier_readme(struct arena *a, const struct dossier *d);
