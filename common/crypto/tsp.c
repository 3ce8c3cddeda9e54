/* Asking for and checking time-stamps; the authority's side is tsp_authority.c. */
#include "crypto/tsp.h"

#include <openssl/err.h>
#include <openssl/ts.h>
#include <stdlib.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/inside.h"

struct tsp_trust {
    X509_STORE *roots;
};

static TS_MSG_IMPRINT *imprint_new(int nid, const uint8_t *imprint, int len)
{
    TS_MSG_IMPRINT *m = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    uint8_t copy[DIGEST_LONG_LEN];
    for (int i = 0; i < len; i++)
        copy[i] = imprint[i];
    bool ok = m && algorithm && X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), V_ASN1_NULL, NULL) &&
              TS_MSG_IMPRINT_set_algo(m, algorithm) && TS_MSG_IMPRINT_set_msg(m, copy, len);
    X509_ALGOR_free(algorithm);
    if (ok)
        return m;
    TS_MSG_IMPRINT_free(m);
    return NULL;
}

static bool set_nonce(TS_REQ *request)
{
    uint8_t random[8];
    random_fill(random, sizeof random);
    random[0] = (uint8_t)((random[0] & 0x7f) | 0x40);
    BIGNUM *number = BN_bin2bn(random, sizeof random, NULL);
    ASN1_INTEGER *nonce = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
    bool ok = nonce && TS_REQ_set_nonce(request, nonce);
    ASN1_INTEGER_free(nonce);
    BN_free(number);
    return ok;
}

/* ${m} is taken */
static int request_of(struct arena *a, TS_MSG_IMPRINT *m, bool with_nonce, struct bytes *ret, struct err *e)
{
    TS_REQ *request = TS_REQ_new();
    uint8_t *der = NULL;
    bool ok = request && m && TS_REQ_set_version(request, 1) && TS_REQ_set_msg_imprint(request, m) &&
              TS_REQ_set_cert_req(request, 1) && (!with_nonce || set_nonce(request));
    int len = ok ? i2d_TS_REQ(request, &der) : -1;
    TS_MSG_IMPRINT_free(m);
    TS_REQ_free(request);
    if (len <= 0)
        return crypto_fault(e, "making a time-stamp request");
    *ret = crypto_keep(a, der, len);
    return ERR_NONE;
}

int tsp_request(struct arena *a, const uint8_t imprint[DIGEST_LEN], bool with_nonce, struct bytes *ret, struct err *e)
{
    return request_of(a, imprint_new(NID_sha256, imprint, DIGEST_LEN), with_nonce, ret, e);
}

int tsp_request_long(struct arena *a, struct bytes data, struct bytes *ret, struct err *e)
{
    uint8_t imprint[DIGEST_LONG_LEN];
    digest_sha512_two(data.data, data.len, NULL, 0, imprint);
    return request_of(a, imprint_new(NID_sha512, imprint, DIGEST_LONG_LEN), true, ret, e);
}

struct tsp_trust *tsp_trust_new(const char *root_pem, struct err *e)
{
    struct tsp_trust *t = calloc(1, sizeof *t);
    if (t && (t->roots = certificate_roots(root_pem, e)))
        return t;
    free(t);
    return NULL;
}

struct tsp_trust *tsp_trust_free(struct tsp_trust *t)
{
    if (t)
        X509_STORE_free(t->roots);
    free(t);
    return NULL;
}

/* The store is asked as of the token's own time: an authority's certificate may have ended since (ledger.md §2.7). */
static X509_STORE *store_at(const struct tsp_trust *t, int64_t at_ms)
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509_OBJECT) *roots = X509_STORE_get0_objects(t->roots);
    bool ok = store != NULL;
    for (int i = 0; ok && i < sk_X509_OBJECT_num(roots); i++)
        ok = X509_STORE_add_cert(store, X509_OBJECT_get0_X509(sk_X509_OBJECT_value(roots, i))) == 1;
    if (ok) {
        X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)(at_ms / 1000));
        return store;
    }
    X509_STORE_free(store);
    return NULL;
}

static bool reply_holds(const struct tsp_trust *t, TS_RESP *resp, struct bytes data, int64_t at_ms, bool is_long)
{
    TS_VERIFY_CTX *context = TS_VERIFY_CTX_new();
    X509_STORE *store = store_at(t, at_ms);
    uint8_t *imprint = OPENSSL_malloc(DIGEST_LONG_LEN);
    bool ok = context && store && imprint;
    if (ok) {
        if (is_long)
            digest_sha512_two(data.data, data.len, NULL, 0, imprint);
        else
            digest_sha256(data.data, data.len, imprint);
        /* the context takes store and imprint, and frees them */
        TS_VERIFY_CTX_set_store(context, store);
        TS_VERIFY_CTX_set_imprint(context, imprint, is_long ? DIGEST_LONG_LEN : DIGEST_LEN);
        TS_VERIFY_CTX_set_flags(context, TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE);
        ok = TS_RESP_verify_response(context, resp) == 1;
    } else {
        X509_STORE_free(store);
        OPENSSL_free(imprint);
    }
    TS_VERIFY_CTX_free(context);
    return ok;
}

int tsp_verify_times(const struct tsp_trust *t, struct bytes data, struct bytes reply, struct tsp_times *ret, struct err *e)
{
    TS_RESP *resp = tsp_reply_read(reply);
    if (!resp)
        return crypto_refuse(e, "no time-stamp reply, or something after it");
    TS_TST_INFO *info = TS_RESP_get_tst_info(resp);
    TS_MSG_IMPRINT *imprint = info ? TS_TST_INFO_get_msg_imprint(info) : NULL;
    const ASN1_OBJECT *algorithm = NULL;
    if (imprint)
        X509_ALGOR_get0(&algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
    int64_t at_ms = tsp_time_ms(resp);
    int nid = algorithm ? OBJ_obj2nid(algorithm) : NID_undef;
    bool ok = (nid == NID_sha256 || nid == NID_sha512) && at_ms != TIME_ABSENT &&
              reply_holds(t, resp, data, at_ms, nid == NID_sha512);
    int64_t ends_ms = ok ? tsp_ends_ms(resp) : TIME_ABSENT;
    TS_RESP_free(resp);
    if (!ok)
        return err_raise(e, ERR_SIGNATURE_REFUSED, NULL, NULL, "the time-stamp does not hold: %s", crypto_reason());
    *ret = (struct tsp_times){at_ms, ends_ms};
    return ERR_NONE;
}

int tsp_verify(const struct tsp_trust *t, struct bytes data, struct bytes reply, int64_t *ret_ms, struct err *e)
{
    struct tsp_times times;
    int rc = tsp_verify_times(t, data, reply, &times, e);
    if (rc == ERR_NONE)
        *ret_ms = times.at_ms;
    return rc;
}
