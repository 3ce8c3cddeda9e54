/*
 * Signatures of acts and manifests: detached CAdES-B in DER, exactly as format.md, "Signature of an act", says. The
 * verifier walks the DER itself and admits that one form only: one SignerInfo, P-256 with SHA-256, the four signed
 * attributes, no unsigned ones, the signer's and the issuing CA's certificates, nothing after. It asks no trust store
 * but the roots given. A certificate's chain and key are remembered by its SHA-256, so that a signature by a known
 * person costs hardly more than the curve. A trust serves one thread.
 */
#pragma once
#include "crypto/certificate.h"

struct cms_trust;

/** Who signs: a key, its certificate, the issuing CA's certificate. Borrows all three. */
struct signing_key {
    const struct key *key;
    const struct certificate *certificate, *issuer;
};

/** Who signed. */
struct cms_signer {
    char cert_sha256[DIGEST_HEX];
    char serial[48];
    char person_id[33];        /* "" for a service's certificate */
    char common_name[128];     /* printed name, or the service's name */
    char roles[256];           /* comma separated */
    int64_t not_before_ms, not_after_ms;
};

/** cms_sign(a, key, content, at_ms, ret_p7s, e): sign ${content} (which begins `stemma-`, `<?xml` or `%PDF-`) with signingTime
 *  ${at_ms}; verified once before it is returned, in ${a}. */
int cms_sign(struct arena *a, const struct signing_key *key, struct bytes content, int64_t at_ms,
             struct bytes *ret_p7s, struct err *e);

/** cms_trust_new(root_pem, e): trust the self-signed roots in the PEM text ${root_pem}, nothing else. NULL: refused, see
 *  ${e}. Caller frees with cms_trust_free. */
struct cms_trust *cms_trust_new(const char *root_pem, struct err *e);

/** cms_trust_free(t): NULL is fine. Always returns NULL. */
struct cms_trust *cms_trust_free(struct cms_trust *t);

/** cms_trust_add_crl(t, crl, e): consider a CRL (PEM or DER). Of each issuer the newest counts; its signature is checked
 *  when a certificate of that issuer comes up. ERR_SIGNATURE_REFUSED when it is no CRL. */
int cms_trust_add_crl(struct cms_trust *t, struct bytes crl, struct err *e);

/** cms_trust_set_crls(t, crls, count, e): consider these CRLs and no others. When one of them is no CRL the refusal leaves
 *  ${t} as it was. */
int cms_trust_set_crls(struct cms_trust *t, const struct bytes *crls, size_t count, struct err *e);

/** cms_verify(t, content, p7s, at_ms, ret, e): the signature holds, its certificates were valid at ${at_ms} and not
 *  revoked at or before it. ERR_SIGNATURE_REFUSED with the reason otherwise; ${ret} is then untouched. Whether this
 *  certificate is the one the statement names is for the caller. */
int cms_verify(struct cms_trust *t, struct bytes content, struct bytes p7s, int64_t at_ms, struct cms_signer *ret,
               struct err *e);

/** cms_verify_hashed(t, content, sha256, p7s, at_ms, ret, e): cms_verify for a caller who has already hashed ${content}: to
 *  ${sha256}, which must be the SHA-256 of these very bytes. */
int cms_verify_hashed(struct cms_trust *t, struct bytes content, const uint8_t sha256[DIGEST_LEN], struct bytes p7s,
                      int64_t at_ms, struct cms_signer *ret, struct err *e);

/** cms_issuer(p7s, ret_der): the issuing CA's certificate that stands in the signature ${p7s}, borrowed from it; false when
 *  it is no signature of our form. Says nothing about trust. */
bool cms_issuer(struct bytes p7s, struct bytes *ret_der);

/** cms_check_certificate(t, der, issuer_der, at_ms, ret, e): the certificate ${der} may sign acts: it chains by the
 *  issuing CA ${issuer_der} to a root, is valid at ${at_ms} and not revoked. ERR_SIGNATURE_REFUSED otherwise. */
int cms_check_certificate(struct cms_trust *t, struct bytes der, struct bytes issuer_der, int64_t at_ms,
                          struct cms_signer *ret, struct err *e);
