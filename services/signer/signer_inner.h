/*
 * What the files of the signer share: its state, opening a person's key, the journal.
 */
#pragma once
#include "signer.h"
#include "signer_store.h"

#define RATE_ROWS 1024

struct rate_row {
    char person_id[33];
    int64_t minute, count;
};

struct signer {
    const struct signer_options *options;
    struct cms_trust *trust;
    struct key *sealing, *issuing_key, *audit_key;
    struct certificate *issuing, *audit;
    int journal;
    struct rate_row rate[RATE_ROWS];
};

/** A person's key, open for one act. */
struct opened {
    struct stored stored;
    struct key *key;
};

/** opened_done(o): for CLEANUP(opened_done) struct opened o; wipes the key. */
void opened_done(struct opened *o);

/** signer_open_key(s, a, q, text, sealed, ret, e): open the person's key with the secret sealed for ${text}; counts a
 *  wrong one, on the disk, and locks. An unknown person costs as much and reads as a wrong secret. */
int signer_open_key(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes text,
                    struct bytes sealed, struct opened *ret, struct err *e);

/** signer_rate(s, q, e): one more signature by this person in this minute; ERR_RATE_LIMITED over the limit. */
int signer_rate(struct signer *s, const struct signer_request *q, struct err *e);

/** signer_note(s, a, q, what, text, code, e): the journal's line of an answer with ${code}, on the disk; returns ${code},
 *  or a fault when it could not be written. */
int signer_note(struct signer *s, struct arena *a, const struct signer_request *q, const char *what, struct bytes text,
                int code, struct err *e);
