/* Reading a token, whoever made it: its time, who signed it, how long that can be believed. */
#include <openssl/err.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/inside.h"
#include "crypto/tsp.h"

#define REPLY_MAX (64 * 1024)
#define LAST_MS 999              /* a certificate is good during its last second, too */

TS_RESP *tsp_reply_read(struct bytes reply)
{
    const uint8_t *at = reply.data;
    TS_RESP *resp = reply.len && reply.len <= REPLY_MAX ? d2i_TS_RESP(NULL, &at, (long)reply.len) : NULL;
    if (resp && at != reply.data + reply.len) {
        TS_RESP_free(resp);
        resp = NULL;
    }
    return resp;
}

CMS_ContentInfo *tsp_reply_token(TS_RESP *reply)
{
    uint8_t *der = NULL;
    int len = TS_RESP_get_token(reply) != NULL ? i2d_PKCS7(TS_RESP_get_token(reply), &der) : 0;
    const uint8_t *at = der;
    CMS_ContentInfo *c = len > 0 ? d2i_CMS_ContentInfo(NULL, &at, len) : NULL;
    OPENSSL_free(der);
    return c;
}

/* GeneralizedTime `YYYYMMDDHHMMSS[.f+]Z`; a fraction counts to the millisecond, what is beyond is dropped. */
static int64_t gen_time_ms(const ASN1_GENERALIZEDTIME *t)
{
    const unsigned char *text = ASN1_STRING_get0_data(t);
    int len = ASN1_STRING_length(t), fraction = 0, scale = 100;
    int64_t whole = certificate_time_ms(t);
    if (whole == TIME_ABSENT || len < 15 || text[len - 1] != 'Z')
        return TIME_ABSENT;
    if (len > 15 && text[14] != '.')
        return TIME_ABSENT;
    for (int i = 15; i < len - 1; i++, scale /= 10) {
        if (text[i] < '0' || text[i] > '9')
            return TIME_ABSENT;
        fraction += (text[i] - '0') * scale;
    }
    return whole + fraction;
}

int64_t tsp_time_ms(TS_RESP *reply)
{
    TS_TST_INFO *info = TS_RESP_get_tst_info(reply);
    return info ? gen_time_ms(TS_TST_INFO_get_time(info)) : TIME_ABSENT;
}

static bool take_signer(struct arena *a, X509 *x509, struct tsp_facts *ret)
{
    uint8_t *der = NULL, hash[DIGEST_LEN];
    char name[128] = "";
    int len = i2d_X509(x509, &der);
    if (len <= 0)
        return false;
    X509_NAME_get_text_by_NID(X509_get_subject_name(x509), NID_commonName, name, sizeof name);
    digest_sha256(der, (size_t)len, hash);
    hex_of(hash, sizeof hash, ret->certificate);
    ret->authority = arena_text(a, name);
    OPENSSL_free(der);
    return true;
}

/* The signer's certificate among those that the token carries, caller frees; the first of them to end takes the token with it. */
static X509 *find_signer(CMS_ContentInfo *token, int64_t *ret_ends_ms)
{
    STACK_OF(X509) *all = CMS_get1_certs(token);
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(token);
    CMS_SignerInfo *signer = signers != NULL && sk_CMS_SignerInfo_num(signers) == 1 ? sk_CMS_SignerInfo_value(signers, 0) : NULL;
    X509 *found = NULL;
    bool ok = signer != NULL;
    *ret_ends_ms = TIME_ABSENT;
    for (int i = 0; ok && i < sk_X509_num(all); i++) {
        X509 *x509 = sk_X509_value(all, i);
        int64_t ends_ms = certificate_time_ms(X509_get0_notAfter(x509));
        ok = ends_ms != TIME_ABSENT;
        if (ok && (*ret_ends_ms == TIME_ABSENT || ends_ms + LAST_MS < *ret_ends_ms))
            *ret_ends_ms = ends_ms + LAST_MS;
        if (ok && found == NULL && CMS_SignerInfo_cert_cmp(signer, x509) == 0 && X509_up_ref(x509))
            found = x509;
    }
    sk_X509_pop_free(all, X509_free);
    if (ok)
        return found;
    X509_free(found);
    return NULL;
}

int64_t tsp_ends_ms(TS_RESP *reply)
{
    CMS_ContentInfo *token = tsp_reply_token(reply);
    int64_t ends_ms = TIME_ABSENT;
    X509 *signer = token != NULL ? find_signer(token, &ends_ms) : NULL;
    bool carries = signer != NULL;
    X509_free(signer);
    CMS_ContentInfo_free(token);
    ERR_clear_error();
    return carries ? ends_ms : TIME_ABSENT;
}

int tsp_facts_of(struct arena *a, struct bytes reply, struct tsp_facts *ret, struct err *e)
{
    TS_RESP *resp = tsp_reply_read(reply);
    CMS_ContentInfo *token = resp != NULL ? tsp_reply_token(resp) : NULL;
    *ret = (struct tsp_facts){.time_ms = TIME_ABSENT, .ends_ms = TIME_ABSENT};
    X509 *signer = token != NULL ? find_signer(token, &ret->ends_ms) : NULL;
    if (signer != NULL)
        ret->time_ms = tsp_time_ms(resp);
    bool ok = ret->time_ms != TIME_ABSENT && take_signer(a, signer, ret);
    X509_free(signer);
    CMS_ContentInfo_free(token);
    TS_RESP_free(resp);
    ERR_clear_error();
    return ok ? ERR_NONE : err_raise(e, ERR_SIGNATURE_REFUSED, "token", NULL, "no time-stamp, or without its signer's certificate");
}
