#include "crypto/ca.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/inside.h"

#define BACKDATE_S 60            /* a verifier's clock may be a little behind */
#define CRL_DAYS 40

struct extension {
    int nid;
    const char *value;
};

/* What each kind of certificate carries besides its key identifiers; persons: format.md, "Signature of an act". */
static const struct extension extensions[CA_KIND_COUNT][5] = {
    [CA_ROOT] = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:1"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}},
    [CA_ISSUING] = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"}, {NID_key_usage, "critical,keyCertSign,cRLSign"}},
    [CA_PERSON] = {{NID_basic_constraints, "critical,CA:FALSE"}, {NID_key_usage, "critical,digitalSignature,nonRepudiation"}},
    [CA_SERVICE] = {{NID_basic_constraints, "critical,CA:FALSE"}, {NID_key_usage, "critical,digitalSignature,nonRepudiation"}},
    [CA_STAMP] = {{NID_basic_constraints, "critical,CA:FALSE"}, {NID_key_usage, "critical,digitalSignature"},
                  {NID_ext_key_usage, "critical,timeStamping"}},
};

static int check_person(const struct ca_request *r, struct err *e)
{
    if (!r->person_id || strncmp(r->person_id, "U-", 2) || strlen(r->person_id) > 32)
        return err_raise(e, ERR_FIELD_TYPE, "person_id", NULL, "no person's id");
    for (const char *p = r->person_id + 2; *p; p++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", *p))
            return err_raise(e, ERR_FIELD_TYPE, "person_id", NULL, "no person's id");
    if (!r->roles || !*r->roles)
        return err_raise(e, ERR_FIELD_MISSING, "roles", NULL, "a person has at least one role");
    for (const char *p = r->roles; *p; p++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-,", *p))
            return err_raise(e, ERR_FIELD_TYPE, "roles", NULL, "roles are lower-case words, comma separated");
    /* X.520 gives an organizationalUnit 64 characters; other verifiers hold to it */
    return strlen(r->roles) <= 64 ? ERR_NONE
                                  : err_raise(e, ERR_FIELD_TOO_LONG, "roles", NULL, "more than 64 characters of roles");
}

static int check_request(const struct ca_request *r, struct err *e)
{
    if (!r->common_name || !*r->common_name)
        return err_raise(e, ERR_FIELD_MISSING, "common_name", NULL, "a certificate needs a name");
    if (!text_is_utf8(r->common_name, strlen(r->common_name)) || strlen(r->common_name) > 100)
        return err_raise(e, ERR_FIELD_TOO_LONG, "common_name", NULL, "names are UTF-8, at most 64 characters");
    size_t characters = 0;
    for (const char *p = r->common_name; *p; p++)
        characters += ((unsigned char)*p & 0xc0) != 0x80;
    if (characters > 64)
        return err_raise(e, ERR_FIELD_TOO_LONG, "common_name", NULL, "names have at most 64 characters");
    if (r->days < 1 || r->days > 36500)
        return err_raise(e, ERR_FIELD_RANGE, "days", NULL, "%d days of validity", r->days);
    return r->kind == CA_PERSON ? check_person(r, e) : ERR_NONE;
}

static bool name_add(X509_NAME *name, const char *field, const char *value)
{
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0) == 1;
}

static bool set_subject(X509 *x, const struct ca_request *r)
{
    X509_NAME *name = X509_NAME_new();
    bool ok = name && (r->kind != CA_PERSON || name_add(name, "OU", r->roles)) && name_add(name, "CN", r->common_name) &&
              (r->kind != CA_PERSON || name_add(name, "serialNumber", r->person_id)) && X509_set_subject_name(x, name);
    X509_NAME_free(name);
    return ok;
}

/* 127 random bits, so that serial numbers neither repeat nor tell how many there are. */
static bool set_serial(X509 *x)
{
    uint8_t random[16];
    random_fill(random, sizeof random);
    random[0] = (uint8_t)((random[0] & 0x7f) | 0x40);
    BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
    bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
    BN_free(number);
    return ok;
}

static bool set_validity(X509 *x, int days)
{
    time_t now = (time_t)(clock_ms() / 1000);
    return ASN1_TIME_set(X509_getm_notBefore(x), now - BACKDATE_S) &&
           ASN1_TIME_adj(X509_getm_notAfter(x), now, days, 0);
}

static bool extension_add(X509 *x, X509V3_CTX *context, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, context, nid, value);
    bool ok = extension && X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    return ok;
}

static bool set_extensions(X509 *x, X509 *issuer, enum ca_kind kind)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&context);
    for (const struct extension *at = extensions[kind]; at->value; at++)
        if (!extension_add(x, &context, at->nid, at->value))
            return false;
    return extension_add(x, &context, NID_subject_key_identifier, "hash") &&
           (issuer == x || extension_add(x, &context, NID_authority_key_identifier, "keyid:always"));
}

/* a copy of the public half: given the key itself, the certificate would keep the private one alive for as long as it lives */
static bool set_public(X509 *x, const struct key *key)
{
    uint8_t *der = NULL;
    int len = i2d_PUBKEY(key->pkey, &der);
    const uint8_t *at = der;
    EVP_PKEY *public_half = len > 0 ? d2i_PUBKEY(NULL, &at, len) : NULL;
    bool ok = public_half && X509_set_pubkey(x, public_half);
    EVP_PKEY_free(public_half);
    OPENSSL_free(der);
    return ok;
}

/* ${issuer} NULL: self-signed. */
static int make(X509 *issuer, EVP_PKEY *signer, const struct ca_request *r, const struct key *key,
                struct certificate **ret, struct err *e)
{
    X509 *x = X509_new();
    X509 *above = issuer ? issuer : x;
    bool ok = x && key->kind == KEY_P256 && X509_set_version(x, X509_VERSION_3) && set_serial(x) &&
              set_validity(x, r->days) && set_subject(x, r) &&
              X509_set_issuer_name(x, X509_get_subject_name(above)) && set_public(x, key) &&
              set_extensions(x, above, r->kind) && X509_sign(x, signer, EVP_sha256()) > 0;
    if (ok)
        return certificate_of_x509(x, ret, e);
    X509_free(x);
    return crypto_fault(e, "making a certificate");
}

int ca_found(const struct ca_request *request, const struct key *key, struct certificate **ret, struct err *e)
{
    int rc = check_request(request, e);
    return rc ? rc : make(NULL, key->pkey, request, key, ret, e);
}

int ca_issue(const struct ca *issuer, const struct ca_request *request, const struct key *key,
             struct certificate **ret, struct err *e)
{
    int rc = check_request(request, e);
    if (rc)
        return rc;
    if (!certificate_fits(issuer->certificate, issuer->key))
        return err_fault(e, "the issuing key does not fit its certificate");
    return make(issuer->certificate->x509, issuer->key->pkey, request, key, ret, e);
}

static bool crl_entry(X509_CRL *crl, const struct ca_revoked *revoked)
{
    X509_REVOKED *row = X509_REVOKED_new();
    BIGNUM *number = NULL;
    ASN1_INTEGER *serial = BN_hex2bn(&number, revoked->serial) ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)((revoked->at_ms + 999) / 1000));
    ASN1_ENUMERATED *reason = ASN1_ENUMERATED_new();
    bool ok = row && serial && at && reason && ASN1_ENUMERATED_set(reason, revoked->reason) &&
              X509_REVOKED_set_serialNumber(row, serial) && X509_REVOKED_set_revocationDate(row, at) &&
              (revoked->reason == 0 || X509_REVOKED_add1_ext_i2d(row, NID_crl_reason, reason, 0, 0) == 1) &&
              X509_CRL_add0_revoked(crl, row);
    if (!ok)
        X509_REVOKED_free(row);
    ASN1_ENUMERATED_free(reason);
    ASN1_TIME_free(at);
    ASN1_INTEGER_free(serial);
    BN_free(number);
    return ok;
}

static bool crl_head(X509_CRL *crl, const struct ca *issuer, long number)
{
    time_t now = (time_t)(clock_ms() / 1000);
    ASN1_TIME *this_update = ASN1_TIME_set(NULL, now), *next_update = ASN1_TIME_adj(NULL, now, CRL_DAYS, 0);
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    bool ok = this_update && next_update && serial && ASN1_INTEGER_set(serial, number) && X509_CRL_set_version(crl, 1) &&
              X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->certificate->x509)) &&
              X509_CRL_set1_lastUpdate(crl, this_update) && X509_CRL_set1_nextUpdate(crl, next_update) &&
              X509_CRL_add1_ext_i2d(crl, NID_crl_number, serial, 0, 0) == 1;
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer->certificate->x509, NULL, NULL, crl, 0);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
    ok = ok && extension && X509_CRL_add_ext(crl, extension, -1);
    X509_EXTENSION_free(extension);
    ASN1_INTEGER_free(serial);
    ASN1_TIME_free(this_update);
    ASN1_TIME_free(next_update);
    return ok;
}

int ca_crl(struct arena *a, const struct ca *issuer, const struct ca_revoked *revoked, size_t count, long number,
           struct bytes *ret, struct err *e)
{
    X509_CRL *crl = X509_CRL_new();
    BIO *bio = BIO_new(BIO_s_mem());
    bool ok = crl && bio && crl_head(crl, issuer, number);
    for (size_t i = 0; ok && i < count; i++)
        ok = crl_entry(crl, &revoked[i]);
    ok = ok && X509_CRL_sort(crl) && X509_CRL_sign(crl, issuer->key->pkey, EVP_sha256()) > 0 &&
         PEM_write_bio_X509_CRL(bio, crl);
    char *data = NULL;
    long len = ok ? BIO_get_mem_data(bio, &data) : 0;
    if (ok)
        *ret = (struct bytes){(const uint8_t *)arena_dup(a, data, (size_t)len), (size_t)len};
    BIO_free(bio);
    X509_CRL_free(crl);
    return ok ? ERR_NONE : crypto_fault(e, "making a CRL");
}

static bool revoked_read(struct arena *a, X509_REVOKED *row, struct ca_revoked *ret)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_REVOKED_get0_serialNumber(row), NULL);
    char *hex = number ? BN_bn2hex(number) : NULL;
    ret->serial = arena_text(a, hex);
    ret->at_ms = certificate_time_ms(X509_REVOKED_get0_revocationDate(row));
    ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(row, NID_crl_reason, NULL, NULL);
    ret->reason = reason ? (int)ASN1_ENUMERATED_get(reason) : 0;
    ASN1_ENUMERATED_free(reason);
    OPENSSL_free(hex);
    BN_free(number);
    return ret->serial && ret->at_ms != TIME_ABSENT;
}

int ca_crl_read(struct arena *a, const struct certificate *issuer, struct bytes crl, struct ca_revoked **ret,
                size_t *ret_count, long *ret_number, struct err *e)
{
    BIO *bio = BIO_new_mem_buf(crl.data, (int)crl.len);
    X509_CRL *read = bio ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
    ASN1_INTEGER *number = read ? X509_CRL_get_ext_d2i(read, NID_crl_number, NULL, NULL) : NULL;
    bool ok = number && X509_CRL_verify(read, X509_get0_pubkey(issuer->x509)) == 1;
    STACK_OF(X509_REVOKED) *rows = ok ? X509_CRL_get_REVOKED(read) : NULL;
    int count = rows ? sk_X509_REVOKED_num(rows) : 0;
    struct ca_revoked *list = ARENA_ARRAY(a, struct ca_revoked, count + 1);
    for (int i = 0; ok && i < count; i++)
        ok = revoked_read(a, sk_X509_REVOKED_value(rows, i), &list[i]);
    if (ok) {
        *ret = list;
        *ret_count = (size_t)count;
        *ret_number = ASN1_INTEGER_get(number);
    }
    ASN1_INTEGER_free(number);
    X509_CRL_free(read);
    BIO_free(bio);
    return ok ? ERR_NONE : crypto_refuse(e, "not a revocation list that this CA signed");
}
