/* When things begin and end, whoever made them: for the plan of renewals and what a dossier encloses, which trust nothing because of it. */
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/clock.h"
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

int certificate_list_since(struct bytes pem, char *ret_name, size_t size, int64_t *ret_ms, struct err *e)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    X509_CRL *crl = bio != NULL ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
    *ret_ms = crl != NULL ? certificate_time_ms(X509_CRL_get0_lastUpdate(crl)) : TIME_ABSENT;
    ret_name[0] = '\0';
    if (crl != NULL)
        X509_NAME_get_text_by_NID(X509_CRL_get_issuer(crl), NID_commonName, ret_name, (int)size);
    X509_CRL_free(crl);
    BIO_free(bio);
    ERR_clear_error();
    return *ret_ms != TIME_ABSENT ? ERR_NONE : crypto_refuse(e, "no revocation list");
}
