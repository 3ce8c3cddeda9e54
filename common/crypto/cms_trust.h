/*
 * What cms.c asks of a trust: the remembered judgement on one signer's certificate. Not for use outside this module.
 */
#pragma once
#include "crypto/cms.h"
#include "crypto/inside.h"

/** A certificate whose chain to a root holds; when it may have signed; its key, ready to verify. */
struct cms_known {
    struct cms_known *next;
    uint8_t sha256[DIGEST_LEN];
    uint8_t *der;                          /* the signer's certificate, and behind it the issuing CA's */
    size_t len, issuer_len;
    EVP_PKEY_CTX *verify;
    int64_t not_before_ms, not_after_ms;   /* of the whole chain */
    int64_t revoked_ms;                    /* signer's or issuing CA's; INT64_MAX: not revoked */
    struct cms_signer signer;
};

/** cms_trust_find(t, sha256, der, issuer_der, ret, e): what ${t} knows of the certificate ${der}, learning it first if
 *  need be; `sha256` in ${ret} is its hash, ${sha256} what the caller takes for it. ${ret} is borrowed until the next call.
 *  ERR_SIGNATURE_REFUSED when it does not chain. */
int cms_trust_find(struct cms_trust *t, const uint8_t sha256[DIGEST_LEN], struct bytes der, struct bytes issuer_der,
                   const struct cms_known **ret, struct err *e);

/** cms_verifier(c): a context ready for EVP_PKEY_verify with the key of ${c}; NULL if OpenSSL fails. Caller frees. */
EVP_PKEY_CTX *cms_verifier(const struct certificate *c);
