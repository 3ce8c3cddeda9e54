/*
 * A whole lab's certificates for tests: root, issuing CA, a person, a service, a time-stamp authority; and a folder to
 * hand files to the openssl command line, our second opinion.
 */
#pragma once
#include "crypto/ca.h"
#include "crypto/cms.h"

struct pki {
    struct arena *a;
    struct key *root_key, *issuing_key, *person_key, *audit_key, *stamp_root_key, *stamp_key;
    struct certificate *root, *issuing, *person, *audit, *stamp_root, *stamp;
    struct signing_key person_signs, audit_signs;
    char dir[64];                    /* holds the above as root.pem, issuing.pem, person.pem, person.key ... */
};

/** pki_new(): everything fresh, files written. pki_free(p): and gone. */
struct pki *pki_new(void);
void pki_free(struct pki *p);

/** pki_done(p): for CLEANUP(pki_done) struct pki *p. */
void pki_done(struct pki **p);

/** pki_bytes(text): a string as bytes. pki_path(p, name), pki_write(p, name, data), pki_read(p, name): files of the folder. */
struct bytes pki_bytes(const char *text);
const char *pki_path(struct pki *p, const char *name);
const char *pki_write(struct pki *p, const char *name, struct bytes data);
struct bytes pki_read(struct pki *p, const char *name);

/** pki_run(p, words): run a command, its words separated by single spaces, `@name` standing for a file of the folder,
 *  output thrown away. Returns its exit status. */
int pki_run(struct pki *p, const char *words);

/** pki_person(p, id, key, days, ret): one more person under the issuing CA. */
struct certificate *pki_person(struct pki *p, const char *id, const struct key *key, int days);

/** pki_narrow(p, name, id): a certificate of the person's key, called ${name}, whose key usage is digitalSignature alone. */
struct certificate *pki_narrow(struct pki *p, const char *name, const char *id);

/** pki_sign_for(p, content, at_ms, named): the person's signature, whose signingCertificateV2 names the certificate ${named}.
 *  pki_certificates_turned(p, p7s): the two certificates in the other order. pki_long_length(p, p7s): the outermost length
 *  with a byte more than it needs. */
struct bytes pki_sign_for(struct pki *p, struct bytes content, int64_t at_ms, const struct certificate *named);
struct bytes pki_certificates_turned(struct pki *p, struct bytes p7s);
struct bytes pki_long_length(struct pki *p, struct bytes p7s);

#define SAMPLE "stemma-statement/1\ntype batch.open\nstream B-2026-000001\n"

/** pki_other_half(a, p7s): the same signature with n-s for s, which verifies as well (ECDSA's malleability). */
struct bytes pki_other_half(struct arena *a, struct bytes p7s);
