/*
 * What the files of this module share and nobody else includes: the OpenSSL side of keys and certificates.
 */
#pragma once
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include "crypto/certificate.h"

struct key {
    enum key_kind kind;
    EVP_PKEY *pkey;
    uint8_t note[64];                /* Ed25519: seed and public half, as libsodium signs with; it takes half OpenSSL's time */
};

struct certificate {
    X509 *x509;
    uint8_t *der;
    size_t der_len;
    uint8_t sha256[DIGEST_LEN];
    char common_name[128], person_id[33], roles[256];
    struct certificate_facts facts;
};

/** crypto_fault(e, what): a fault with OpenSSL's reason of the last failure, whose queue is then empty. */
int crypto_fault(struct err *e, const char *what);

/** crypto_refuse(e, what): ERR_SIGNATURE_REFUSED with ${what}; empties OpenSSL's queue. */
int crypto_refuse(struct err *e, const char *what);

/** crypto_reason(): OpenSSL's reason of the last failure; empties its queue. */
const char *crypto_reason(void);

/** crypto_keep(a, der, len): copy ${len} bytes that OpenSSL allocated into ${a} and free them. */
struct bytes crypto_keep(struct arena *a, uint8_t *der, int len);

/** key_of_pkey(pkey, ret, e): wrap ${pkey} (taken, freed on failure) if it is of one of our kinds. */
int key_of_pkey(EVP_PKEY *pkey, struct key **ret, struct err *e);

/** certificate_of_x509(x509, ret, e): wrap ${x509} (taken, freed on failure) after checking that it is P-256. */
int certificate_of_x509(X509 *x509, struct certificate **ret, struct err *e);

/** certificate_time_ms(t): an ASN.1 time as UTC milliseconds; TIME_ABSENT if it is none. */
int64_t certificate_time_ms(const ASN1_TIME *t);

/** certificate_roots(pem, e): a store that trusts the self-signed certificates of ${pem} and nothing else; NULL: see ${e}. */
X509_STORE *certificate_roots(const char *pem, struct err *e);

/** tsp_reply_read(reply): a TimeStampResp and nothing behind it; NULL otherwise. Caller frees. */
TS_RESP *tsp_reply_read(struct bytes reply);

/** tsp_reply_token(reply): the token inside, as signed data; NULL where there is none. Caller frees. */
CMS_ContentInfo *tsp_reply_token(TS_RESP *reply);

/** tsp_time_ms(reply): the token's time, to the millisecond; TIME_ABSENT where there is none. */
int64_t tsp_time_ms(TS_RESP *reply);

/** tsp_ends_ms(reply): when the first of the certificates that the token carries ends; TIME_ABSENT where its signer's is not
 *  among them. */
int64_t tsp_ends_ms(TS_RESP *reply);
