/*
 * The signer: the only process that opens people's keys. It signs whole statements, login texts and manifests that it
 * has read itself, never a digest; a person's key is opened by that person's secret for one act and wiped. Every answer
 * is in the journal, on the disk, before it leaves. It knows no database and asks nobody.
 */
#pragma once
#include "crypto/cms.h"
#include "crypto/keys.h"

struct signer;

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
};

/** Who asks, for whom, when. */
struct signer_request {
    const char *peer;             /* name of the CURVE key */
    const char *person_id;
    int64_t now_ms;
};

/** signer_new(options, trust, ret, e): open the service's keys and the journal. Borrows ${options} and ${trust} (which
 *  judges administrators' signatures). Caller frees with signer_free. */
int signer_new(const struct signer_options *options, struct cms_trust *trust, struct signer **ret, struct err *e);

/** signer_free(s): wipe the keys; NULL is fine. Always returns NULL. */
struct signer *signer_free(struct signer *s);

/** signer_point(s, ret): the public point that secrets are sealed to. */
void signer_point(const struct signer *s, uint8_t ret[KEY_POINT_LEN]);

/** signer_sign(s, a, q, statement, sealed, ret, e): the person's signature of a whole act. ERR_STATEMENT_MALFORMED,
 *  ERR_SIGNATURE_REFUSED when it is not that person's to sign, ERR_SECRET_WRONG, ERR_KEY_LOCKED, ERR_RATE_LIMITED. */
int signer_sign(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes statement,
                struct bytes sealed, struct bytes *ret, struct err *e);

/** signer_prove(s, a, q, login, sealed, ret, e): the person's signature of a login text. Refusals as signer_sign. */
int signer_prove(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes login,
                 struct bytes sealed, struct bytes *ret, struct err *e);

/** signer_sign_document(s, a, q, document, ret, e): the bytes that a PDF's empty signature is to cover, signed as `audit`;
 *  the signer finds them itself. ERR_PEER_REFUSED to anyone but the audit service. */
int signer_sign_document(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes document,
                         struct bytes *ret, struct err *e);

/** signer_sign_manifest(s, a, q, manifest, ret, e): a dossier's manifest, signed as `audit`. ERR_PEER_REFUSED to anyone
 *  but the audit service. */
int signer_sign_manifest(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes manifest,
                         struct bytes *ret, struct err *e);

/** A person to be given a key: the administrator's enrolment and its signature, and the new secret, sealed for it. */
struct signer_enrolment {
    struct bytes statement, signature, sealed;
};

/** signer_create(s, a, q, enrolment, ret, e): key and certificate of the person whom an administrator's signed
 *  `access.person_enrol` names, under the sealed new secret; the certificate's DER in ${a}. Asked again with the same
 *  secret it answers the same certificate. ERR_EXISTS, ERR_ROLE_MISSING, ERR_SIGNATURE_REFUSED. */
int signer_create(struct signer *s, struct arena *a, const struct signer_request *q,
                  const struct signer_enrolment *enrolment, struct bytes *ret, struct err *e);

/** signer_change_secret(s, a, q, sealed_old, sealed_new, e): both sealed for the person's id. */
int signer_change_secret(struct signer *s, struct arena *a, const struct signer_request *q, struct bytes sealed_old,
                         struct bytes sealed_new, struct err *e);

/** signer_certificate(s, a, person_id, ret, e): the person's certificate, DER in ${a}. ERR_NOT_FOUND. */
int signer_certificate(struct signer *s, struct arena *a, const char *person_id, struct bytes *ret, struct err *e);
