/*
 * A signer without its socket: a lab's certificates and keys in a folder, an administrator U-7 under `correct horse`, a
 * revocation list that is empty; and the acts, secrets and signatures that tests put to it.
 */
#pragma once
#include "signer.h"
#include "unit/crypto/pki.h"

#define DAY_MS INT64_C(86400000)

struct lab {
    struct pki *p;
    struct arena *a;
    struct signer_options options;
    struct cms_trust *trust;
    struct signer *signer;
    uint8_t point[KEY_POINT_LEN];
    int64_t now_ms;
};

/** lab_new(): fresh. lab_done(l): for CLEANUP(lab_done) struct lab *l. lab_open(l): start the signer (again). */
struct lab *lab_new(void);
void lab_done(struct lab **at);
void lab_open(struct lab *l);

/** lab_certificate_hash(l, person_id): SHA-256 of the certificate that the signer has of the person. */
const char *lab_certificate_hash(struct lab *l, const char *person_id);

/** lab_act(l, type, stream, signer, body): a statement of ${signer} at the lab's now. lab_seal(l, text, secret): sealed. */
struct bytes lab_act(struct lab *l, const char *type, const char *stream, const char *signer, const char *body);
struct bytes lab_seal(struct lab *l, struct bytes text, const char *secret);

/** lab_login(l, person_id): a login text of the lab's now, at T-3. */
struct bytes lab_login(struct lab *l, const char *person_id);

/** lab_sign_as(l, person_id, text, secret, ret): signer_sign; lab_sign: as U-7. */
int lab_sign_as(struct lab *l, const char *person_id, struct bytes text, const char *secret, struct bytes *ret);
int lab_sign(struct lab *l, struct bytes text, const char *secret, struct bytes *ret);

/** lab_enrolment(l, person_id): U-7's act that enrols Jö Do, qa and qc. lab_create(l, text, p7s, secret, ret): signer_create. */
struct bytes lab_enrolment(struct lab *l, const char *person_id);
int lab_create(struct lab *l, struct bytes text, struct bytes p7s, const char *secret, struct bytes *ret);

/** lab_journal(l): the journal's text. */
const char *lab_journal(struct lab *l);
