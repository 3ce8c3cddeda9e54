/*
 * What the files of the signer share: its state, opening a person's key, the journal.
 */
#pragma once
#include "signer.h"
#include "signer_issuing.h"
#include "signer_store.h"
#include "signer_token.h"

#define RATE_ROWS 1024

struct rate_row {
    char person_id[33];
    int64_t minute, count;
};

struct signer {
    const struct signer_options *options;
    struct cms_trust *trust;
    struct token *token;          /* NULL: keys lie in files alone */
    struct key *sealing, *audit_key;
    struct certificate *audit;
    struct issuing issuing[1 + ISSUING_FORMER_MAX];   /* ISSUING_NOW issues; the others did */
    int issuing_count;
    int journal;
    struct rate_row rate[RATE_ROWS];
};

/** A person's key, open for one act. */
struct opened {
    struct stored stored;
    struct key *key;
    struct bytes wrapped;         /* as the token wrapped it, in the arena; empty for a key of the file store */
};

/** opened_done(o): for CLEANUP(opened_done) struct opened o; wipes the key. */
void opened_done(struct opened *o);

/** A secret as it comes: sealed for a text; and from which policy on a second factor belongs to it. */
struct given {
    struct bytes text, sealed;
    enum second_factor least;     /* SECOND_FACTOR_OFF: never */
    struct bytes asserted;        /* what the authenticator asserts, where that is not the text */
    bool replaces_codes;          /* whatever the policy: who has codes gives one */
};

/** signer_open_key(s, a, q, given, ret, e): open the person's key with the secret that was ${given}; where the lab's policy
 *  is `least` or stricter, with the authenticator's assertion, or with a code of who has none. Counts a wrong one, on the disk, and locks. An
 *  unknown person costs as much and reads as a wrong secret; so does a wrong code, a used one, and a wrong assertion. */
int signer_open_key(struct signer *s, struct arena *a, const struct signer_request *q, const struct given *given,
                    struct opened *ret, struct err *e);

/** totp_check(s, a, q, code, e): the code is one of now by the person's TOTP key and was not used before; it is used then,
 *  on the disk. ERR_SECRET_WRONG, ERR_CODE_MISSING when no codes are set up. */
int totp_check(struct signer *s, struct arena *a, const struct signer_request *q, const char *code, struct err *e);

/** totp_find_key(s, a, person_id, ret_found, e): has this person one-time codes? */
int totp_find_key(struct signer *s, struct arena *a, const char *person_id, bool *ret_found, struct err *e);

/** authenticator_find(s, a, person_id, ret, ret_found, e): the person's authenticator, where there is one and the lab takes any.
 *  authenticator_check(s, a, q, c, text, e): ${q}'s assertion is by ${c} about ${text}; its counter is then on the disk.
 *  ERR_SECRET_WRONG. */
int authenticator_find(struct signer *s, struct arena *a, const char *person_id, struct webauthn_credential *ret, bool *ret_found,
                       struct err *e);
int authenticator_check(struct signer *s, struct arena *a, const struct signer_request *q, struct webauthn_credential *c,
                        struct bytes text, struct err *e);

/** signer_rate(s, q, e): one more signature by this person in this minute; ERR_RATE_LIMITED over the limit. */
int signer_rate(struct signer *s, const struct signer_request *q, struct err *e);

/** signer_note(s, a, q, what, text, code, e): the journal's line of an answer with ${code}, on the disk; returns ${code},
 *  or a fault when it could not be written. */
int signer_note(struct signer *s, struct arena *a, const struct signer_request *q, const char *what, struct bytes text,
                int code, struct err *e);

/** signer_order_read(s, a, q, order, ret, ret_done, e): the administrator's act, its signature and its place after the last
 *  one verified; ${ret_done}: it was carried out before. */
int signer_order_read(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                      struct order *ret, bool *ret_done, struct err *e);

/** signer_order_done(s, a, o, statement, e): written down as carried out. */
int signer_order_done(struct signer *s, struct arena *a, const struct order *o, struct bytes statement, struct err *e);

/** signer_issuing_of(s, of): which of `issuing` issued ${of}: its certificate belongs into the signatures, its list ends it. */
int signer_issuing_of(const struct signer *s, const struct certificate *of);

/** signer_end_certificate(s, a, o, e): the certificate of ${o}'s person, where there is one, is on the published list. */
int signer_end_certificate(struct signer *s, struct arena *a, const struct order *o, struct err *e);

/** signer_notice(s, person_id, ret, e): what the journal has of the person since the login before. */
int signer_notice(struct signer *s, const char *person_id, struct signer_notice *ret, struct err *e);
