/* The answering side of RFC 3161, for the small authority of demo and tests. */
#include <openssl/err.h>
#include <openssl/ts.h>

#include "base/clock.h"
#include "crypto/inside.h"
#include "crypto/tsp.h"

static ASN1_INTEGER *serial_for(TS_RESP_CTX *context, void *data)
{
    (void)context;
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    if (serial && ASN1_INTEGER_set_uint64(serial, *(const uint64_t *)data))
        return serial;
    ASN1_INTEGER_free(serial);
    return NULL;
}

/* The same clock as everywhere, so that tests can set it. */
static int time_for(TS_RESP_CTX *context, void *data, long *ret_s, long *ret_us)
{
    (void)context, (void)data;
    int64_t now = clock_ms();
    *ret_s = (long)(now / 1000);
    *ret_us = (long)(now % 1000) * 1000;
    return 1;
}

static TS_RESP_CTX *context_new(const struct tsp_authority *t, uint64_t *serial)
{
    TS_RESP_CTX *c = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj(t->policy, 1);
    bool ok = c && policy &&
              TS_RESP_CTX_set_signer_cert(c, t->certificate->x509) && TS_RESP_CTX_set_signer_key(c, t->key->pkey) &&
              TS_RESP_CTX_set_signer_digest(c, EVP_sha256()) && TS_RESP_CTX_set_ess_cert_id_digest(c, EVP_sha256()) &&
              TS_RESP_CTX_set_def_policy(c, policy) && TS_RESP_CTX_add_md(c, EVP_sha256()) && TS_RESP_CTX_add_md(c, EVP_sha512()) &&
              TS_RESP_CTX_set_accuracy(c, 0, (int)t->accuracy_ms, 0) && TS_RESP_CTX_set_clock_precision_digits(c, 3);
    ASN1_OBJECT_free(policy);
    if (ok) {
        TS_RESP_CTX_set_serial_cb(c, serial_for, serial);
        TS_RESP_CTX_set_time_cb(c, time_for, NULL);
        return c;
    }
    TS_RESP_CTX_free(c);
    return NULL;
}

int tsp_reply(struct arena *a, const struct tsp_authority *authority, struct bytes request, uint64_t serial,
              struct bytes *ret, struct err *e)
{
    TS_RESP_CTX *context = context_new(authority, &serial);
    BIO *bio = BIO_new_mem_buf(request.data, (int)request.len);
    TS_RESP *resp = context && bio ? TS_RESP_create_response(context, bio) : NULL;
    uint8_t *der = NULL;
    int len = resp ? i2d_TS_RESP(resp, &der) : -1;
    TS_RESP_free(resp);
    BIO_free(bio);
    TS_RESP_CTX_free(context);
    if (len <= 0)
        return crypto_fault(e, "answering a time-stamp request");
    ERR_clear_error();
    *ret = crypto_keep(a, der, len);
    return ERR_NONE;
}
