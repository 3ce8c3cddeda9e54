/* Whom a trust believes: chains to its roots, revocation by the newest CRL, and what it remembers of certificates. */
#include "crypto/cms_trust.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define BUCKETS 1024
#define KNOWN_MAX 20000          /* certificates remembered; a lab has hundreds */
#define ISSUERS_MAX 16           /* whose newest list is remembered: a lab has a root and an issuing CA, and their successors */

/* The newest of an issuer's lists; that it is by the issuer's key has been verified. */
struct newest {
    uint8_t issuer[DIGEST_LEN];
    X509_CRL *crl;                   /* NULL: there is none */
};

struct cms_trust {
    X509_STORE *roots;
    STACK_OF(X509_CRL) * crls;
    struct newest newest[ISSUERS_MAX];
    size_t newest_count;
    struct certificate *issuer;      /* the last one met: most certificates of a lab are by one issuing CA */
    struct cms_known *bucket[BUCKETS];
    size_t count;
};

static void forget(struct cms_trust *t)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct cms_known *k = t->bucket[i], *next; k; k = next) {
            next = k->next;
            EVP_PKEY_CTX_free(k->verify);
            free(k->der);
            free(k);
        }
        t->bucket[i] = NULL;
    }
    t->count = t->newest_count = 0;
}

struct cms_trust *cms_trust_new(const char *root_pem, struct err *e)
{
    struct cms_trust *t = calloc(1, sizeof *t);
    if (t && (t->crls = sk_X509_CRL_new_null()) && (t->roots = certificate_roots(root_pem, e)))
        return t;
    if (!t || !t->crls)
        err_fault(e, "no memory for trust");
    return cms_trust_free(t);
}

struct cms_trust *cms_trust_free(struct cms_trust *t)
{
    if (t) {
        forget(t);
        certificate_free(t->issuer);
        X509_STORE_free(t->roots);
        sk_X509_CRL_pop_free(t->crls, X509_CRL_free);
    }
    free(t);
    return NULL;
}

int cms_trust_add_crl(struct cms_trust *t, struct bytes crl, struct err *e)
{
    const uint8_t *at = crl.data;
    BIO *bio = BIO_new_mem_buf(crl.data, (int)crl.len);
    X509_CRL *read = crl.len && crl.data[0] == 0x30 ? d2i_X509_CRL(NULL, &at, (long)crl.len)
                                                    : PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
    BIO_free(bio);
    if (!read || !sk_X509_CRL_push(t->crls, read)) {
        X509_CRL_free(read);
        return crypto_refuse(e, "no certificate revocation list");
    }
    forget(t);
    return ERR_NONE;
}

int cms_trust_set_crls(struct cms_trust *t, const struct bytes *crls, size_t count, struct err *e)
{
    STACK_OF(X509_CRL) *before = t->crls;
    int rc = ERR_NONE;
    t->crls = sk_X509_CRL_new_null();
    for (size_t i = 0; i < count && t->crls && !rc; i++)
        rc = cms_trust_add_crl(t, crls[i], e);
    if (!t->crls)
        rc = err_fault(e, "no memory for CRLs");
    STACK_OF(X509_CRL) *done = rc ? t->crls : before;
    t->crls = rc ? before : t->crls;
    sk_X509_CRL_pop_free(done, X509_CRL_free);
    forget(t);
    return rc;
}

static int64_t crl_number(X509_CRL *crl)
{
    ASN1_INTEGER *number = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
    int64_t n = -1;
    if (number)
        (void)ASN1_INTEGER_get_int64(&n, number);
    ASN1_INTEGER_free(number);
    return n;
}

static bool is_newer(X509_CRL *a, X509_CRL *b)
{
    int64_t at_a = certificate_time_ms(X509_CRL_get0_lastUpdate(a)), at_b = certificate_time_ms(X509_CRL_get0_lastUpdate(b));
    return at_a != at_b ? at_a > at_b : crl_number(a) > crl_number(b);
}

static X509_CRL *find_newest(const struct cms_trust *t, X509 *issuer)
{
    X509_CRL *newest = NULL;
    for (int i = 0; i < sk_X509_CRL_num(t->crls); i++) {
        X509_CRL *crl = sk_X509_CRL_value(t->crls, i);
        if (!X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) &&
            X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1 && (!newest || is_newer(crl, newest)))
            newest = crl;
    }
    ERR_clear_error();
    return newest;
}

/* Found once for all certificates of an issuer: lists are forgotten with what was learned from them. */
static X509_CRL *newest_of(struct cms_trust *t, X509 *issuer)
{
    uint8_t sha256[DIGEST_LEN];
    if (X509_digest(issuer, EVP_sha256(), sha256, NULL) != 1)
        return find_newest(t, issuer);
    for (size_t i = 0; i < t->newest_count; i++)
        if (!memcmp(t->newest[i].issuer, sha256, DIGEST_LEN))
            return t->newest[i].crl;
    X509_CRL *crl = find_newest(t, issuer);
    if (t->newest_count < ISSUERS_MAX) {
        struct newest *n = &t->newest[t->newest_count++];
        memcpy(n->issuer, sha256, DIGEST_LEN);
        n->crl = crl;
    }
    return crl;
}

/* When the newest CRL of ${issuer} says that ${x509} was revoked; INT64_MAX if it does not. */
static int64_t revoked_at(struct cms_trust *t, X509 *x509, X509 *issuer)
{
    X509_CRL *newest = newest_of(t, issuer);
    X509_REVOKED *row = NULL;
    if (!newest || !X509_CRL_get0_by_serial(newest, &row, X509_get0_serialNumber(x509)))
        return INT64_MAX;
    return certificate_time_ms(X509_REVOKED_get0_revocationDate(row));   /* TIME_ABSENT: revoked since ever */
}

/* The chain signer, issuing CA, root; times are judged later, for each signature has its own. */
static STACK_OF(X509) * chain_of(const struct cms_trust *t, X509 *x509, X509 *issuer)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *above = sk_X509_new_null(), *chain = NULL;
    if (context && above && sk_X509_push(above, issuer) && X509_STORE_CTX_init(context, t->roots, x509, above)) {
        X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context), X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_X509_STRICT);
        if (X509_verify_cert(context) == 1)
            chain = X509_STORE_CTX_get1_chain(context);
    }
    X509_STORE_CTX_free(context);
    sk_X509_free(above);
    ERR_clear_error();
    if (chain && (sk_X509_num(chain) != 3 || X509_cmp(sk_X509_value(chain, 1), issuer))) {
        sk_X509_pop_free(chain, X509_free);
        chain = NULL;
    }
    return chain;
}

static bool is_signed_as_ours(const X509 *x509)
{
    return X509_get_signature_nid(x509) == NID_ecdsa_with_SHA256;
}

/* What format.md asks of a signer's certificate beyond its chain. */
static const char *signer_fault(X509 *x509, X509 *issuer)
{
    if (!is_signed_as_ours(x509) || !is_signed_as_ours(issuer))
        return "a certificate is not signed with ECDSA and SHA-256";
    if (X509_check_ca(x509))
        return "the signer's certificate is a CA's";
    if (X509_get_key_usage(x509) != (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION))
        return "the certificate's key usage is not digitalSignature and nonRepudiation";
    return NULL;
}

static void windows(struct cms_known *k, struct cms_trust *t, STACK_OF(X509) * chain)
{
    k->not_before_ms = INT64_MIN;
    k->not_after_ms = INT64_MAX;
    k->revoked_ms = INT64_MAX;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        X509 *x = sk_X509_value(chain, i);
        int64_t from = certificate_time_ms(X509_get0_notBefore(x)), to = certificate_time_ms(X509_get0_notAfter(x));
        int64_t revoked = i + 1 < sk_X509_num(chain) ? revoked_at(t, x, sk_X509_value(chain, i + 1)) : INT64_MAX;
        k->not_before_ms = from > k->not_before_ms ? from : k->not_before_ms;
        k->not_after_ms = to < k->not_after_ms ? to : k->not_after_ms;
        k->revoked_ms = revoked < k->revoked_ms ? revoked : k->revoked_ms;
    }
}

static void copy(char *ret, size_t size, const char *text)
{
    size_t len = strlen(text);
    len = len < size ? len : size - 1;
    memcpy(ret, text, len);
    ret[len] = '\0';
}

static void facts_copy(struct cms_signer *ret, const struct certificate_facts *f)
{
    copy(ret->cert_sha256, sizeof ret->cert_sha256, f->sha256);
    copy(ret->serial, sizeof ret->serial, f->serial);
    copy(ret->person_id, sizeof ret->person_id, f->person_id);
    copy(ret->common_name, sizeof ret->common_name, f->common_name);
    copy(ret->roles, sizeof ret->roles, f->roles);
    ret->not_before_ms = f->not_before_ms;
    ret->not_after_ms = f->not_after_ms;
}

EVP_PKEY_CTX *cms_verifier(const struct certificate *c)
{
    EVP_PKEY_CTX *verify = EVP_PKEY_CTX_new(X509_get0_pubkey(c->x509), NULL);
    if (verify && EVP_PKEY_verify_init(verify) == 1)
        return verify;
    EVP_PKEY_CTX_free(verify);
    return NULL;
}

static int learn(struct cms_trust *t, const struct certificate *signer, const struct certificate *issuer,
                 struct cms_known **ret, struct err *e)
{
    const char *fault = signer_fault(signer->x509, issuer->x509);
    if (fault)
        return crypto_refuse(e, fault);
    STACK_OF(X509) *chain = chain_of(t, signer->x509, issuer->x509);
    if (!chain)
        return crypto_refuse(e, "the certificate does not chain by the issuing CA beside it to a root that is trusted");
    struct cms_known *k = calloc(1, sizeof *k);
    if (k) {
        windows(k, t, chain);
        facts_copy(&k->signer, &signer->facts);
        memcpy(k->sha256, signer->sha256, DIGEST_LEN);
        k->der = malloc(signer->der_len + issuer->der_len);
        k->len = signer->der_len;
        k->issuer_len = issuer->der_len;
        k->verify = cms_verifier(signer);
    }
    sk_X509_pop_free(chain, X509_free);
    if (!k || !k->der || !k->verify)
        return crypto_fault(e, "remembering a certificate");
    memcpy(k->der, signer->der, signer->der_len);
    memcpy(k->der + k->len, issuer->der, issuer->der_len);
    if (t->count >= KNOWN_MAX)
        forget(t);
    unsigned at = (unsigned)(k->sha256[0] << 8 | k->sha256[1]) % BUCKETS;
    k->next = t->bucket[at];
    t->bucket[at] = k;
    t->count++;
    *ret = k;
    return ERR_NONE;
}

/* The certificate's bytes are compared, not hashed: the hash that leads here is only what somebody says it is. */
static const struct cms_known *recall(const struct cms_trust *t, const uint8_t sha256[DIGEST_LEN], struct bytes der,
                                      struct bytes issuer_der)
{
    const struct cms_known *k = t->bucket[(unsigned)(sha256[0] << 8 | sha256[1]) % BUCKETS];
    while (k && (k->len != der.len || k->issuer_len != issuer_der.len || memcmp(k->der, der.data, der.len) ||
                 memcmp(k->der + k->len, issuer_der.data, issuer_der.len)))
        k = k->next;
    return k;
}

static int issuer_keep(struct cms_trust *t, struct bytes der, struct err *e)
{
    if (t->issuer && t->issuer->der_len == der.len && !memcmp(t->issuer->der, der.data, der.len))
        return ERR_NONE;
    t->issuer = certificate_free(t->issuer);
    return certificate_from_der(der, &t->issuer, e);
}

int cms_trust_find(struct cms_trust *t, const uint8_t sha256[DIGEST_LEN], struct bytes der, struct bytes issuer_der,
                   const struct cms_known **ret, struct err *e)
{
    if ((*ret = recall(t, sha256, der, issuer_der)))
        return ERR_NONE;
    struct cms_known *k = NULL;
    CLEANUP(certificate_done) struct certificate *signer = NULL;
    int rc = certificate_from_der(der, &signer, e);
    if (!rc)
        rc = issuer_keep(t, issuer_der, e);
    if (!rc && (*ret = recall(t, signer->sha256, der, issuer_der)))
        return ERR_NONE;
    if (!rc)
        rc = learn(t, signer, t->issuer, &k, e);
    if (!rc)
        *ret = k;
    return rc;
}
