#include "crypto/cms.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/cms_trust.h"
#include "crypto/cms_walk.h"
#include "crypto/digest.h"

/* CAdES-B and no attribute more: no S/MIME capabilities, no line-end conversion. */
#define SIGN_FLAGS (CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_CADES)
#define P7S_MAX 8000

/* A content with another beginning could be the DER of someone's signed attributes (ledger.md §4.3, signedAttrs forgery). */
static bool content_is_ours(struct bytes content)
{
    return (content.len >= 7 && !memcmp(content.data, "stemma-", 7)) ||
           (content.len >= 5 && (!memcmp(content.data, "<?xml", 5) || !memcmp(content.data, "%PDF-", 5)));
}

/* The signature over what hashes to ${content_sha256} by the key behind ${verify}; ${sha256} is the signer's certificate's. NULL
 * or why not. */
static const char *signature_fault(const struct cms_parts *parts, const uint8_t content_sha256[DIGEST_LEN],
                                   const uint8_t sha256[DIGEST_LEN], EVP_PKEY_CTX *verify)
{
    uint8_t digest[DIGEST_LEN];
    if (memcmp(parts->certificate_hash.data, sha256, DIGEST_LEN))
        return "signingCertificateV2 names another certificate";
    if (memcmp(parts->message_digest.data, content_sha256, DIGEST_LEN))
        return "the signature is over other bytes";
    /* signed is the attributes as SET OF, though they stand under the tag [0] (RFC 5652 §5.4) */
    static const uint8_t set = 0x31;
    digest_sha256_two(&set, 1, parts->attributes.data + 1, parts->attributes.len - 1, digest);
    if (EVP_PKEY_verify(verify, parts->signature.data, parts->signature.len, digest, DIGEST_LEN) == 1)
        return NULL;
    ERR_clear_error();
    return "the signature is not by the key of its certificate";
}

static int refuse_time(struct err *e, const struct cms_known *k, int64_t at_ms)
{
    char at[CLOCK_TEXT], limit[CLOCK_TEXT];
    bool revoked = at_ms >= k->revoked_ms, early = at_ms < k->not_before_ms;
    clock_to_text(at_ms, at);
    clock_to_text(revoked ? k->revoked_ms : early ? k->not_before_ms : k->not_after_ms, limit);
    return err_raise(e, ERR_SIGNATURE_REFUSED, NULL, NULL, "at %s the certificate was %s %s", at,
                     revoked ? "revoked, since" : early ? "not yet valid, before" : "expired, after", limit);
}

int cms_verify_hashed(struct cms_trust *t, struct bytes content, const uint8_t sha256[DIGEST_LEN], struct bytes p7s,
                      int64_t at_ms, struct cms_signer *ret, struct err *e)
{
    struct cms_parts parts;
    const struct cms_known *known;
    if (!content_is_ours(content))
        return crypto_refuse(e, "what was signed begins neither `stemma-` nor `<?xml` nor `%PDF-`");
    const char *wrong = p7s.len > P7S_MAX ? "the signature is too long" : cms_walk(p7s, &parts);
    if (wrong)
        return crypto_refuse(e, wrong);
    int rc = cms_trust_find(t, parts.certificate_hash.data, parts.certificate[0], parts.certificate[1], &known, e);
    if (rc)
        return rc;
    /* times in certificates are whole seconds; notAfter is inclusive to its second's end */
    if (at_ms < known->not_before_ms || at_ms > known->not_after_ms + 999 || at_ms >= known->revoked_ms)
        return refuse_time(e, known, at_ms);
    wrong = signature_fault(&parts, sha256, known->sha256, known->verify);
    if (wrong)
        return crypto_refuse(e, wrong);
    *ret = known->signer;
    return ERR_NONE;
}

int cms_verify(struct cms_trust *t, struct bytes content, struct bytes p7s, int64_t at_ms, struct cms_signer *ret,
               struct err *e)
{
    uint8_t sha256[DIGEST_LEN];
    digest_sha256(content.data, content.len, sha256);
    return cms_verify_hashed(t, content, sha256, p7s, at_ms, ret, e);
}

static bool set_time(CMS_SignerInfo *si, int64_t at_ms)
{
    ASN1_TIME *at = ASN1_TIME_set(NULL, (time_t)(at_ms / 1000));
    bool ok = at && CMS_signed_add1_attr_by_NID(si, NID_pkcs9_signingTime, ASN1_STRING_type(at), at, -1);
    ASN1_TIME_free(at);
    return ok;
}

/* The signature that was just made, walked and verified as any other. */
static int self_verify(const struct signing_key *key, struct bytes content, struct bytes p7s, struct err *e)
{
    struct cms_parts parts;
    uint8_t sha256[DIGEST_LEN];
    digest_sha256(content.data, content.len, sha256);
    const char *wrong = cms_walk(p7s, &parts);
    EVP_PKEY_CTX *verify = wrong ? NULL : cms_verifier(key->certificate);
    if (!wrong)
        wrong = verify ? signature_fault(&parts, sha256, key->certificate->sha256, verify) : "no verifier";
    EVP_PKEY_CTX_free(verify);
    return wrong ? err_fault(e, "a signature just made does not hold: %s", wrong) : ERR_NONE;
}

int cms_sign(struct arena *a, const struct signing_key *key, struct bytes content, int64_t at_ms,
             struct bytes *ret_p7s, struct err *e)
{
    if (!content_is_ours(content))
        return crypto_refuse(e, "what is to be signed begins neither `stemma-` nor `<?xml` nor `%PDF-`");
    if (!certificate_fits(key->certificate, key->key))
        return err_fault(e, "the signing key does not fit its certificate");
    BIO *bio = BIO_new_mem_buf(content.data, (int)content.len);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, SIGN_FLAGS | CMS_PARTIAL);
    CMS_SignerInfo *si = cms ? CMS_add1_signer(cms, key->certificate->x509, key->key->pkey, EVP_sha256(), SIGN_FLAGS) : NULL;
    uint8_t *der = NULL;
    bool ok = bio && si && CMS_add1_cert(cms, key->issuer->x509) && set_time(si, at_ms) &&
              CMS_final(cms, bio, NULL, SIGN_FLAGS);
    int len = ok ? i2d_CMS_ContentInfo(cms, &der) : -1;
    CMS_ContentInfo_free(cms);
    BIO_free(bio);
    if (len <= 0)
        return crypto_fault(e, "signing");
    struct bytes p7s = crypto_keep(a, der, len);
    int rc = self_verify(key, content, p7s, e);
    if (!rc)
        *ret_p7s = p7s;
    return rc;
}
