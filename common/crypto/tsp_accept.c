/* What a token must be before it is kept, beyond what a verifier demands of one that is there (ledger.md §6, 26). */
#include <openssl/err.h>

#include "crypto/inside.h"
#include "crypto/tsp.h"

/* Go into, or past, the element at ${*at}; its tag, or -1 */
static int element(const uint8_t **at, const uint8_t *end, bool into, long *ret_len)
{
    int tag = -1, class = 0;
    const uint8_t *p = *at;
    if (p >= end || (ASN1_get_object(&p, ret_len, &tag, &class, end - p) & 0x80) != 0 || class != V_ASN1_UNIVERSAL)
        return -1;
    *at = into ? p : p + *ret_len;
    return tag;
}

/* SigningCertificateV2: the first ESSCertIDv2's hash is of SHA-256's length at least */
static bool hash_is_long(const ASN1_STRING *value)
{
    const uint8_t *at = ASN1_STRING_get0_data(value), *end = at + ASN1_STRING_length(value);
    long len = 0;
    for (int depth = 0; depth < 3; depth++)
        if (element(&at, end, true, &len) != V_ASN1_SEQUENCE)
            return false;
    int tag = element(&at, end, false, &len);
    if (tag == V_ASN1_SEQUENCE)
        tag = element(&at, end, false, &len);
    return tag == V_ASN1_OCTET_STRING && len >= DIGEST_LEN;
}

static const char *weakness(CMS_ContentInfo *token)
{
    STACK_OF(CMS_SignerInfo) *all = token != NULL ? CMS_get0_SignerInfos(token) : NULL;
    if (all == NULL || sk_CMS_SignerInfo_num(all) != 1)
        return "not one signature";
    CMS_SignerInfo *si = sk_CMS_SignerInfo_value(all, 0);
    X509_ALGOR *digest = NULL, *signature = NULL;
    const ASN1_OBJECT *name = NULL;
    CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
    X509_ALGOR_get0(&name, NULL, NULL, digest);
    int nid = OBJ_obj2nid(name);
    if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512)
        return "signed over a digest other than SHA-2";
    int at = CMS_signed_get_attr_by_NID(si, NID_id_smime_aa_signingCertificateV2, -1);
    if (at < 0 || CMS_signed_get_attr_by_NID(si, NID_id_smime_aa_signingCertificate, -1) >= 0)
        return "its certificate is named by SHA-1";
    ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(si, at), 0);
    if (value == NULL || value->type != V_ASN1_SEQUENCE || !hash_is_long(value->value.sequence))
        return "its certificate is named by a short hash";
    return NULL;
}

static bool answers(struct bytes request, TS_RESP *reply)
{
    const uint8_t *at = request.data;
    TS_REQ *q = d2i_TS_REQ(NULL, &at, (long)request.len);
    const ASN1_INTEGER *asked = q != NULL ? TS_REQ_get_nonce(q) : NULL;
    const ASN1_INTEGER *said = TS_TST_INFO_get_nonce(TS_RESP_get_tst_info(reply));
    bool ok = q != NULL && (asked == NULL || (said != NULL && ASN1_INTEGER_cmp(asked, said) == 0));
    TS_REQ_free(q);
    return ok;
}

int tsp_accept(const struct tsp_trust *t, struct bytes data, struct bytes request, struct bytes reply, int64_t *ret_ms,
               struct err *e)
{
    int r = tsp_verify(t, data, reply, ret_ms, e);
    if (r != 0)
        return r;
    const uint8_t *at = reply.data;
    TS_RESP *resp = d2i_TS_RESP(NULL, &at, (long)reply.len);
    CMS_ContentInfo *token = resp != NULL ? tsp_reply_token(resp) : NULL;
    const char *why = weakness(token);
    if (why == NULL && !answers(request, resp))
        why = "it answers another request";
    CMS_ContentInfo_free(token);
    TS_RESP_free(resp);
    ERR_clear_error();
    return why == NULL ? 0 : err_raise(e, ERR_SIGNATURE_REFUSED, "token", NULL, "the time-stamp is not kept: %s", why);
}
