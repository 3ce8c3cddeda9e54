/* When things begin and end, whoever made them: for the plan of renewals and what a dossier encloses, which trust nothing because of it. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/inside.h"

int certificate_end_of(struct bytes pem, char *ret_name, size_t size, int64_t *ret_ms, struct err *e)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len), *again = BIO_new_mem_buf(pem.data, (int)pem.len);
    X509 *x509 = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    X509_CRL *crl = x509 == NULL && again != NULL ? PEM_read_bio_X509_CRL(again, NULL, NULL, NULL) : NULL;
    X509_NAME *name = x509 != NULL ? X509_get_subject_name(x509) : crl != NULL ? X509_CRL_get_issuer(crl) : NULL;
    *ret_ms = x509 != NULL ? certificate_time_ms(X509_get0_notAfter(x509))
                           : crl != NULL ? certificate_time_ms(X509_CRL_get0_nextUpdate(crl)) : TIME_ABSENT;
    ret_name[0] = '\0';
    if (name != NULL)
        X509_NAME_get_text_by_NID(name, NID_commonName, ret_name, (int)size);
    X509_free(x509);
    X509_CRL_free(crl);
    BIO_free(bio);
    BIO_free(again);
    ERR_clear_error();
    return *ret_ms != TIME_ABSENT ? ERR_NONE : crypto_refuse(e, "neither certificate nor revocation list");
}

/* the issuer's name as it is encoded, and behind it which of its keys signed */
static bool issuer_hash(const X509_CRL *crl, char ret[CERTIFICATE_ISSUER])
{
    const unsigned char *name = NULL;
    size_t len = 0;
    AUTHORITY_KEYID *key = X509_CRL_get_ext_d2i(crl, NID_authority_key_identifier, NULL, NULL);
    const ASN1_OCTET_STRING *id = key != NULL ? key->keyid : NULL;
    uint8_t hash[DIGEST_LEN];
    bool ok = X509_NAME_get0_der(X509_CRL_get_issuer(crl), &name, &len) == 1;
    if (ok)
        digest_sha256_two(name, len, id != NULL ? ASN1_STRING_get0_data(id) : (const uint8_t *)"", id != NULL ? (size_t)ASN1_STRING_length(id) : 0,
                          hash);
    if (ok)
        hex_of(hash, sizeof hash, ret);
    AUTHORITY_KEYID_free(key);
    return ok;
}

int certificate_list_since(struct bytes pem, char ret_issuer[CERTIFICATE_ISSUER], int64_t *ret_ms, struct err *e)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    X509_CRL *crl = bio != NULL ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
    *ret_ms = crl != NULL ? certificate_time_ms(X509_CRL_get0_lastUpdate(crl)) : TIME_ABSENT;
    ret_issuer[0] = '\0';
    if (crl != NULL && !issuer_hash(crl, ret_issuer))
        *ret_ms = TIME_ABSENT;
    X509_CRL_free(crl);
    BIO_free(bio);
    ERR_clear_error();
    return *ret_ms != TIME_ABSENT ? ERR_NONE : crypto_refuse(e, "no revocation list");
}
