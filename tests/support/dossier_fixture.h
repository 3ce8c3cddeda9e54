/*
 * A small lab's log with real keys, and a dossier of its batch B-1: a whole stream of five entries, a part of P-1, the
 * log's own entries, a checkpoint with cosignature and time-stamp. Everything is consistent but for the one thing that
 * `spoil` says; so a test shows that a single rule refuses. What can be spoiled afterwards is changed in `d`.
 */
#pragma once
#include "dossier/verify.h"
#include "unit/crypto/pki.h"

#define FIXTURE_LEAVES 200       /* of the small lab; fixture_large has its own */
#define FIXTURE_ENTRIES 16
#define FIXTURE_STREAMS 4

enum spoil {
    SPOIL_NONE,
    /* at entry 3 of B-1, logged as it is */
    SPOIL_PREV, SPOIL_TIME, SPOIL_ORIGIN, SPOIL_STREAM, SPOIL_STATEMENT_STREAM, SPOIL_STATEMENT_TWICE,
    SPOIL_LEAP_SECOND,           /* the statement is of a second 60 */
    SPOIL_REVIEWED_HASH, SPOIL_REVIEWED_LATER, SPOIL_BODY,
    SPOIL_BODY_UTF8,             /* halves of characters around a whole one */
    SPOIL_BODY_NUL,
    SPOIL_KEY_USAGE,             /* the certificate may not bind its holder, and is called what it may not do */
    SPOIL_ESS,                   /* signingCertificateV2 names another certificate */
    SPOIL_CERTIFICATES,          /* the two in the signature are not in DER order */
    SPOIL_BER,                   /* a length in the signature is longer than it need be */
    SPOIL_FORGED_ATTRIBUTES,     /* the signed attributes stand as statement, under a signature that has none */
    SPOIL_NO_ATTRIBUTES,         /* the signature is over the statement itself, and has no signed attributes */
    SPOIL_SIGNER, SPOIL_UNSIGNED, SPOIL_SIGNED_OBSERVATION,
    SPOIL_UNLOGGED,              /* linked in the chain, but the tree has another leaf in its place */
    SPOIL_GENESIS,               /* at entry 0 of B-1 */
    SPOIL_LATE,                  /* the last entry of B-1 is dated after the time-stamp */
    SPOIL_HEADS_OLD,             /* the heads are 26 hours older than the time-stamp */
    SPOIL_HEADS_BODY,            /* the log recorded another root of the heads */
    SPOIL_STAMP_EARLY,           /* the logged token is older than the acts */
    SPOIL_STAMP_ROOT,            /* the logged checkpoint has another root than its statement says */
    SPOIL_STAMP_KEY,             /* the logged checkpoint is signed by another key */
    SPOIL_MEANING,               /* entry 3 is a remark that was approved */
    SPOIL_ROLE,                  /* ... an administrator's act, signed by somebody else */
    SPOIL_NO_ACT,                /* ... an act that nobody signed */
    SPOIL_TYPE,                  /* entry 1 of B-1 is of a type that no verb records */
    SPOIL_REVOKED,               /* the person's certificate was revoked before the acts */
    SPOIL_REVOKED_CA,            /* ... the issuing CA's, by the root */
    SPOIL_REVOKED_NUMBER,        /* ... by the second of two lists of one second */
    SPOIL_REVOKED_LATER,         /* ... after the acts: nothing is wrong */
    SPOIL_BACKDATED,             /* the last entry of B-1 lies behind the time-stamp, and says a time from eleven minutes before it */
    SPOIL_SLOW,                  /* ... from nine minutes before it: nothing is wrong */
    /* the acts' time-stamp is of an authority whose certificate lasts 30 days, the dossier is of 60 days later */
    LONG_RENEWED,                /* stamped again on day 20: nothing is wrong */
    LONG_UNRENEWED, LONG_RENEWED_LATE /* on day 40 */, LONG_RENEWED_BESIDE /* over a tree without the token */,
    LONG_RENEWED_EARLY,          /* by a token older than what its tree holds */
};

struct fixture_stream {
    const char *id;
    struct dossier_entry *entry;
    size_t count;
};

struct fixture {
    struct arena *a;
    struct pki *pki;
    enum spoil spoil;
    const char *origin;
    int64_t now_ms;
    struct key *log_key, *witness_key;
    struct note_key log_note, witness_note;
    uint8_t (*leaf)[DIGEST_LEN];
    size_t leaf_count;
    struct merkle_source tree;   /* over the first tree_count leaves */
    size_t tree_count;
    struct fixture_stream stream[FIXTURE_STREAMS];   /* B-1, D-9, P-1, SYS */
    struct zip_member attachment[8];
    size_t attachment_count;
    struct dossier d;
    struct dossier_signer signer;
    struct trust_files trust;
    const char *suites;          /* suites.txt; NULL: none */
    int64_t as_of_ms;            /* TIME_ABSENT: not asked */
    struct certificate *brief;   /* the authority's that lasts 30 days, of the same key */
    bool use_brief;
    struct certificate *narrow;  /* SPOIL_KEY_USAGE's */
};

/** fixture_new(spoil): the lab and its dossier. fixture_free(f): and gone. */
struct fixture *fixture_new(enum spoil spoil);
void fixture_free(struct fixture *f);

/** fixture_large(acts, leaves): the same with ${acts} further acts in B-1, at most 470, in a log of about ${leaves}. */
struct fixture *fixture_large(size_t acts, size_t leaves);

/** fixture_file(f): the dossier's file, of `d` as it is now. */
struct bytes fixture_file(struct fixture *f);

/** fixture_judge(f, file): what the verifier says: "" if it holds, else its faults, one a line. */
const char *fixture_judge(struct fixture *f, struct bytes file);

/** fixture_checkpoint(f, key, size): a checkpoint of the log's first ${size} leaves, signed by ${key}. */
struct bytes fixture_checkpoint(struct fixture *f, const struct key *key, uint64_t size);

/** fixture_token(f, data, at_ms): a time-stamp over ${data}. */
struct bytes fixture_token(struct fixture *f, struct bytes data, int64_t at_ms);

/** fixture_folder(f, dir): write dossier.asice and trust/ into the existing folder ${dir}. */
void fixture_folder(struct fixture *f, const char *dir);
