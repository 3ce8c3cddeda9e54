/*
 * The signer: the only process that opens people's keys. It signs whole statements, login texts and manifests that it
 * has read itself, never a digest; a person's key is opened by that person's secret for one act and wiped. Every answer
 * is in the journal, on the disk, before it leaves. It knows no database and asks nobody.
 */
#pragma once
#include "crypto/cms.h"
#include "crypto/keys.h"
#include "crypto/webauthn.h"

struct signer;

/** When a second factor is asked for beside the secret: an assertion of the person's authenticator, else a one-time code. */
enum second_factor { SECOND_FACTOR_OFF, SECOND_FACTOR_LOGIN, SECOND_FACTOR_ACT };

/** Where things lie and what the lab decided; the settings file's rows (signer_settings.c). */
struct signer_options {
    const char *keys;             /* folder: one file a person */
    const char *authority;        /* folder: issuing.key issuing.pem audit.key audit.pem sealing.key */
    const char *journal;          /* file, append-only */
    struct key_cost cost;         /* of argon2id, for keys made from now on */
    int64_t lock_after;           /* wrong secrets in a row that lock a key */
    int64_t lock_ms;              /* for how long */
    int64_t per_minute;           /* signatures a person may make in a minute */
    int64_t person_days;          /* validity of a person's certificate */
    int64_t secret_min;           /* bytes of a new secret, at least */
    const char *revoked;          /* file: the issuing CA's revocation list, published anew with each revocation */
    int64_t bar_after;            /* wrong secrets in a row that lock a key until an administrator unlocks it; 0: never */
    enum second_factor second_factor;   /* _LOGIN: at logins, changes of the secret; _ACT: and for each act */
    struct webauthn_site site;    /* where authenticators assert; no RP id: codes alone are taken */
};

/** Who asks, for whom, when, and what the person's authenticator asserted (NULL: nothing) about the text that is signed. */
struct signer_request {
    const char *peer;             /* name of the CURVE key */
    const char *person_id;
    int64_t now_ms;
    const struct webauthn_assertion *assertion;
};

/** signer_new(options, trust, ret, e): open the service's keys, their token where the authority names one (signer_token.h),
 *  and the journal. Borrows ${options} and ${trust} (which
 *  judges administrators' signatures). Caller frees with signer_free. */
int signer_new(const struct signer_options *options, struct cms_trust *trust, struct signer **ret, struct err *e);

/** signer_free(s): wipe the keys; NULL is fine. Always returns NULL. */
struct signer *signer_free(struct signer *s);

/** signer_token_answers(s): true too when keys lie in files alone. */
bool signer_token_answers(const struct signer *s);

/** signer_point(s, ret): the public point that secrets are sealed to. */
void signer_point(const struct signer *s, uint8_t ret[KEY_POINT_LEN]);

/** signer_sign(s, a, q, statement, sealed, ret, e): the person's signature of a whole act. ERR_STATEMENT_MALFORMED,
 *  ERR_SIGNATURE_REFUSED when it is not that person's to sign, ERR_SECRET_WRONG, ERR_CODE_MISSING, ERR_KEY_LOCKED,
 *  ERR_RATE_LIMITED. What is sealed is the secret and, where a code is asked for, a line feed and six digits. Who has an
 *  authenticator asserts the text instead. */
int signer_sign(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes statement,
                struct bytes sealed, struct bytes *ret, struct err *e);

/** What the journal has of a person since the login before: whoever has the secret signed these. */
struct signer_notice {
    int64_t signed_count, signed_last_ms;   /* acts signed; TIME_ABSENT: none */
    int64_t login_ms;             /* the login before; TIME_ABSENT: none was found */
    char login_peer[61];          /* from where */
    int64_t counted_from_ms;      /* none was found back to here, and the journal goes on before; TIME_ABSENT: all is counted */
};

/** A login text's signature, and the notice of what was signed since the login before it. */
struct signer_proof {
    struct bytes signature;
    struct signer_notice notice;
};

/** signer_prove(s, a, q, login, sealed, ret, e): the person's signature of a login text. Refusals as signer_sign. */
int signer_prove(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes login,
                 struct bytes sealed, struct signer_proof *ret, struct err *e);

/** signer_notice_read(path, person_id, look, ret, e): the notice by the journal at ${path}, of which the last ${look} bytes or some more are
 *  read: a login does not wait for years of lines, and says so. */
int signer_notice_read(const char *path, const char *person_id, int64_t look, struct signer_notice *ret, struct err *e);

/** signer_sign_document(s, a, q, document, ret, e): the bytes that a PDF's empty signature is to cover, signed as `audit`;
 *  the signer finds them itself. ERR_PEER_REFUSED to anyone but the audit service. */
int signer_sign_document(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes document,
                         struct bytes *ret, struct err *e);

/** signer_sign_manifest(s, a, q, manifest, ret, e): a dossier's manifest, signed as `audit`. ERR_PEER_REFUSED to anyone
 *  but the audit service. */
int signer_sign_manifest(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes manifest,
                         struct bytes *ret, struct err *e);

/** An administrator's act about a key, with its signature; for a new key the new secret, sealed for the statement. */
struct signer_order {
    struct bytes statement, signature, sealed;
};

/** signer_create(s, a, q, order, ret, e): key and certificate of the person whom an administrator's signed
 *  `access.person_enrol` or `access.key_renew` names, under the sealed new secret; the certificate's DER in ${a}. What a
 *  renewed person had before is revoked as superseded and destroyed. Asked again with the same secret it answers the same
 *  certificate. ERR_EXISTS, ERR_ROLE_MISSING, ERR_DUTIES_SEGREGATED, ERR_TIME_REFUSED, ERR_SIGNATURE_REFUSED. */
int signer_create(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                  struct bytes *ret, struct err *e);

/** signer_unlock(s, a, q, order, e): forget the wrong secrets that were given for a key before the act was signed. */
int signer_unlock(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                  struct err *e);

/** signer_revoke_person(s, a, q, order, e): by an `access.key_revoke` or `access.person_close`: the certificate is on the
 *  published list, then the key is destroyed. Asked again it is done already. */
int signer_revoke_person(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_order *order,
                         struct err *e);

/** signer_change_secret(s, a, q, sealed_old, sealed_new, e): both sealed for the person's id. An assertion is about the id, a
 *  space and the SHA-256 of ${sealed_new}, in hex. */
int signer_change_secret(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_old,
                         struct bytes sealed_new, struct err *e);

/** signer_totp_set(s, a, q, sealed_secret, sealed_key, e): one-time codes by this key from now on. ${sealed_secret} holds the
 *  secret, a line feed and the code that the key gives now; both are sealed for `stemma-totp/1 U-...`. ERR_EXISTS when there
 *  are codes already: a lost device is replaced by renewing the person's key. */
int signer_totp_set(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_secret,
                    struct bytes sealed_key, struct err *e);

/** A person's authenticator, as pages need it. */
struct signer_authenticator {
    const char *rp_id;            /* "": the lab takes none */
    bool user_verified;
    struct bytes id, public_key;  /* no id: none is registered; the key is for registering one */
};

/** signer_authenticator_of(s, a, person_id, ret, e): what a page asks the browser for, in ${a}; an unknown person has none. */
int signer_authenticator_of(struct signer *s, struct arena *a, const char *person_id, struct signer_authenticator *ret, struct err *e);

/** signer_authenticator_set(s, a, q, sealed_secret, new, e): assertions by this key from now on, in place of codes. The secret
 *  (and a code behind it, where there are codes) is sealed for, and ${q}'s assertion is by the new key about,
 *  `stemma-authenticator/1 U-... ID KEY`, both in base64. ERR_EXISTS as with codes, ERR_STATE_FORBIDS without an RP id,
 *  ERR_FIELD_TYPE for a key that is not ES256's, ERR_SIGNATURE_REFUSED. */
int signer_authenticator_set(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_secret,
                             const struct signer_authenticator *new, struct err *e);

/** signer_certificate(s, a, person_id, ret, e): the person's certificate, DER in ${a}. ERR_NOT_FOUND. */
int signer_certificate(struct signer *s, struct arena *a, const char *person_id, struct bytes *ret, struct err *e);

/** What is with a person's key. */
struct signer_key_state {
    const char *person_id;
    const char *state;            /* a word of key_state */
    int64_t failures, last_failure_ms, ends_ms;   /* TIME_ABSENT where there is none */
};

/** signer_keys(s, a, now_ms, ret, ret_count, e): all keys, in ${a}.
 *  signer_locked(s, a, person_id, now_ms, ret, e): `throttled` or `locked` while that key is; NULL otherwise.
 *  signer_count_locked(s, a, now_ms, ret, e): how many are. */
int signer_keys(struct signer *s, struct arena *a, int64_t now_ms, struct signer_key_state **ret, size_t *ret_count,
                struct err *e);
int signer_locked(struct signer *s, struct arena *a, const char *person_id, int64_t now_ms, const char **ret, struct err *e);
int signer_count_locked(struct signer *s, struct arena *a, int64_t now_ms, size_t *ret, struct err *e);

/** What is asked of the journal. */
struct signer_journal_ask {
    struct bytes sealed;
    const char *of;               /* NULL: everybody's, or one's own */
    int64_t limit;                /* lines, at least 1 */
    int64_t before;               /* the place that an answer named; INTEGER_ABSENT: the end */
};

/** Lines as they were written, the newest first, in the arena of the call. */
struct signer_journal_page {
    const char **lines;
    size_t count;
    int64_t earlier;              /* where the next page ends; INTEGER_ABSENT: the journal's first line was reached */
};

/** signer_journal(s, a, q, ask, ret, e): the asking person's own lines; an administrator's are all, or ${ask->of}'s. What is
 *  sealed is for the text `stemma-journal/1 U-...`. One page looks back 8 MiB at most; that there is more is said, not kept
 *  back. ERR_ROLE_MISSING for another person's lines, ERR_FIELD_RANGE for a limit or place that cannot be. */
int signer_journal(struct signer *s, struct arena *a, const struct signer_request *q, const struct signer_journal_ask *ask,
                   struct signer_journal_page *ret, struct err *e);

/** A line of the journal. signer_line_read(line, len, ret): false for one that a power cut left half written. */
struct signer_line {
    int64_t at_ms;
    char what[31], peer[61], person[33], sha256[65], outcome[41];
};
bool signer_line_read(const char *line, size_t len, struct signer_line *ret);
