#include "crypto/inside.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "crypto/digest.h"

int64_t certificate_time_ms(const ASN1_TIME *t)
{
    struct tm tm = {0};
    return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) * 1000 : TIME_ABSENT;
}

/* The one value of ${nid} in the subject as UTF-8, "" if absent; false if it stands twice, is too long, or hides a NUL. */
static bool subject_text(const X509 *x509, int nid, char *ret, size_t size)
{
    const X509_NAME *subject = X509_get_subject_name(x509);
    int at = X509_NAME_get_index_by_NID(subject, nid, -1);
    ret[0] = '\0';
    if (at < 0)
        return true;
    if (X509_NAME_get_index_by_NID(subject, nid, at) >= 0)
        return false;
    uint8_t *text = NULL;
    int len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    bool ok = len >= 0 && (size_t)len < size && strlen((char *)text) == (size_t)len;
    if (ok)
        memcpy(ret, text, (size_t)len + 1);
    OPENSSL_free(text);
    return ok;
}

static bool serial_text(const X509 *x509, char *ret, size_t size)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), NULL);
    char *hex = number ? BN_bn2hex(number) : NULL;
    bool ok = hex && strlen(hex) < size;
    if (ok)
        memcpy(ret, hex, strlen(hex) + 1);
    OPENSSL_free(hex);
    BN_free(number);
    return ok;
}

static bool facts_fill(struct certificate *c)
{
    struct certificate_facts *f = &c->facts;
    int len = i2d_X509(c->x509, &c->der);
    if (len <= 0)
        return false;
    c->der_len = (size_t)len;
    digest_sha256(c->der, c->der_len, c->sha256);
    hex_of(c->sha256, sizeof c->sha256, f->sha256);
    f->common_name = c->common_name;
    f->person_id = c->person_id;
    f->roles = c->roles;
    f->not_before_ms = certificate_time_ms(X509_get0_notBefore(c->x509));
    f->not_after_ms = certificate_time_ms(X509_get0_notAfter(c->x509));
    return f->not_before_ms != TIME_ABSENT && f->not_after_ms != TIME_ABSENT &&
           serial_text(c->x509, f->serial, sizeof f->serial) &&
           subject_text(c->x509, NID_commonName, c->common_name, sizeof c->common_name) &&
           subject_text(c->x509, NID_serialNumber, c->person_id, sizeof c->person_id) &&
           subject_text(c->x509, NID_organizationalUnitName, c->roles, sizeof c->roles);
}

int certificate_of_x509(X509 *x509, struct certificate **ret, struct err *e)
{
    struct certificate *c = calloc(1, sizeof *c);
    char group[32] = "";
    size_t len = 0;
    EVP_PKEY *pkey = x509 ? X509_get0_pubkey(x509) : NULL;
    if (c && pkey && EVP_PKEY_get_group_name(pkey, group, sizeof group, &len) && !strcmp(group, "prime256v1")) {
        c->x509 = x509;
        if (facts_fill(c)) {
            *ret = c;
            return ERR_NONE;
        }
        x509 = NULL;
    }
    X509_free(x509);
    certificate_free(c);
    return crypto_refuse(e, "no certificate of a P-256 key with a readable subject");
}

int certificate_from_der(struct bytes der, struct certificate **ret, struct err *e)
{
    const uint8_t *at = der.data;
    X509 *x509 = der.len && der.len < 16384 ? d2i_X509(NULL, &at, (long)der.len) : NULL;
    if (x509 && at != der.data + der.len) {
        X509_free(x509);
        x509 = NULL;
    }
    int rc = certificate_of_x509(x509, ret, e);
    if (rc || ((*ret)->der_len == der.len && !memcmp((*ret)->der, der.data, der.len)))
        return rc;
    *ret = certificate_free(*ret);
    return crypto_refuse(e, "a certificate is not in DER");
}

int certificate_from_pem(struct bytes pem, struct certificate **ret, struct err *e)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    X509 *x509 = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    X509 *second = x509 ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    if (second) {
        X509_free(x509);
        X509_free(second);
        return crypto_refuse(e, "more than one certificate where one is expected");
    }
    return certificate_of_x509(x509, ret, e);
}

struct certificate *certificate_free(struct certificate *c)
{
    if (c) {
        X509_free(c->x509);
        OPENSSL_free(c->der);
    }
    free(c);
    return NULL;
}

void certificate_done(struct certificate **c)
{
    *c = certificate_free(*c);
}

const struct certificate_facts *certificate_facts(const struct certificate *c)
{
    return &c->facts;
}

struct bytes certificate_der(const struct certificate *c)
{
    return (struct bytes){c->der, c->der_len};
}

const char *certificate_to_pem(struct arena *a, const struct certificate *c)
{
    const char *base64 = base64_of(a, c->der, c->der_len);
    struct buf b = buf_new(a);
    buf_put(&b, "-----BEGIN CERTIFICATE-----\n");
    for (size_t at = 0, len = strlen(base64); at < len; at += 64)
        buf_printf(&b, "%.64s\n", base64 + at);
    buf_put(&b, "-----END CERTIFICATE-----\n");
    return b.text;
}

void certificate_point(const struct certificate *c, uint8_t ret[KEY_POINT_LEN])
{
    const struct key as_key = {.kind = KEY_P256, .pkey = X509_get0_pubkey(c->x509)};
    if (!key_point(&as_key, ret))
        abort();   /* certificate_of_x509 admits nothing else */
}

bool certificate_is_by(const struct certificate *c, const struct certificate *issuer)
{
    return X509_check_issued(issuer->x509, c->x509) == X509_V_OK;
}

bool certificate_fits(const struct certificate *c, const struct key *k)
{
    return EVP_PKEY_eq(X509_get0_pubkey(c->x509), k->pkey) == 1;
}

static bool is_self_signed_ca(X509 *x509)
{
    return X509_check_ca(x509) == 1 && X509_self_signed(x509, 1) == 1;
}

X509_STORE *certificate_roots(const char *pem, struct err *e)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509_STORE *store = X509_STORE_new();
    X509 *x509 = NULL;
    int count = 0;
    bool ok = bio && store;
    while (ok && (x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        ok = is_self_signed_ca(x509) && X509_STORE_add_cert(store, x509);
        X509_free(x509);
        count++;
    }
    BIO_free(bio);
    if (ok && count)
        return ERR_clear_error(), store;
    X509_STORE_free(store);
    crypto_refuse(e, count ? "a trust anchor is not a self-signed CA certificate" : "no trust anchor");
    return NULL;
}
