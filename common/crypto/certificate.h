/*
 * Certificates as this lab uses them: P-256 only, and the few facts that the record needs from them (format.md,
 * "Signature of an act"). Reading one says nothing about trust: that is cms_verify's and tsp_verify's work.
 */
#pragma once
#include "base/error.h"
#include "base/text.h"
#include "crypto/keys.h"

struct certificate;

/** What a certificate says. Strings live as long as the certificate; "" where absent. */
struct certificate_facts {
    char sha256[DIGEST_HEX];             /* of the DER */
    char serial[48];                     /* serial number, upper-case hex as openssl prints it */
    const char *common_name;
    const char *person_id;               /* subject serialNumber: the U- id; "" for a service */
    const char *roles;                   /* organizationalUnit: roles, comma separated */
    int64_t not_before_ms, not_after_ms; /* both inclusive, UTC */
};

/** certificate_from_pem(pem, ret, e), certificate_from_der: one P-256 certificate and nothing after it, in DER and no
 *  other encoding of the same.
 *  ERR_SIGNATURE_REFUSED otherwise. Caller frees with certificate_free. */
int certificate_from_pem(struct bytes pem, struct certificate **ret, struct err *e);
int certificate_from_der(struct bytes der, struct certificate **ret, struct err *e);

/** certificate_free(c): NULL is fine. Always returns NULL. */
struct certificate *certificate_free(struct certificate *c);

/** certificate_done(c): for CLEANUP(certificate_done) struct certificate *c. */
void certificate_done(struct certificate **c);

/** certificate_facts(c): what it says; borrowed from ${c}. */
const struct certificate_facts *certificate_facts(const struct certificate *c);

/** certificate_der(c): its bytes; borrowed from ${c}. */
struct bytes certificate_der(const struct certificate *c);

/** certificate_to_pem(a, c): PEM text in ${a}. */
const char *certificate_to_pem(struct arena *a, const struct certificate *c);

/** certificate_end_of(pem, ret_name, size, ret_ms, e): when the certificate or the revocation list in ${pem} ends, of whatever kind of
 *  key; ${ret_name}: its subject's common name, or the list's issuer's. ERR_SIGNATURE_REFUSED for anything else. */
int certificate_end_of(struct bytes pem, char *ret_name, size_t size, int64_t *ret_ms, struct err *e);

#define CERTIFICATE_ISSUER 65

/** certificate_list_since(pem, ret_issuer, ret_ms, e): from when on the revocation list in ${pem} speaks (thisUpdate), and whose it is: a hash
 *  of the issuer's whole name and key identifier, for an authority that is replaced may keep its name. ERR_SIGNATURE_REFUSED for anything else. */
int certificate_list_since(struct bytes pem, char ret_issuer[CERTIFICATE_ISSUER], int64_t *ret_ms, struct err *e);

/** certificate_point(c, ret): the certified public point. */
void certificate_point(const struct certificate *c, uint8_t ret[KEY_POINT_LEN]);

/** certificate_is_by(c, issuer): ${issuer}'s name and key identifier are those that ${c} names; its signature is not looked at. */
bool certificate_is_by(const struct certificate *c, const struct certificate *issuer);

/** certificate_fits(c, k): is ${k} the private key of ${c}? */
bool certificate_fits(const struct certificate *c, const struct key *k);
