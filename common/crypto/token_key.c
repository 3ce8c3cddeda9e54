/* A key in a token as OpenSSL sees it: its public half, and a method that asks the token for the signature. OpenSSL 3 knows
 * such a key as foreign and leaves it to its method; the newer way would be a provider, a library of its own to load. */
#include "crypto/token_inside.h"

#include <openssl/ec.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/** What an EC_KEY carries. */
struct in_token {
    struct token *token;
    ck_object_handle_t object;
    bool is_passing;
};

static int slot = -1;                  /* of in_token at an EC_KEY */
static EC_KEY_METHOD *method;

static ECDSA_SIG *signature_of(const uint8_t raw[TOKEN_DIGEST_SIGNATURE])
{
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);
    if (signature != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(signature, r, s))
        return signature;
    ECDSA_SIG_free(signature);
    BN_free(r);
    BN_free(s);
    return NULL;
}

static ECDSA_SIG *sign(const unsigned char *digest, int len, const BIGNUM *inverse, const BIGNUM *r, EC_KEY *ec)
{
    const struct in_token *in = EC_KEY_get_ex_data(ec, slot);
    uint8_t raw[TOKEN_DIGEST_SIGNATURE];
    if (in == NULL || inverse != NULL || r != NULL || len != DIGEST_LEN || !token_sign(in->token, in->object, digest, raw))
        return NULL;
    return signature_of(raw);
}

/* OpenSSL's shape of it */
static void end(void *parent, void *data, CRYPTO_EX_DATA *of, int index, long argl, void *argp)
{
    struct in_token *in = data;
    (void)parent, (void)of, (void)index, (void)argl, (void)argp;
    if (in != NULL && in->is_passing)
        token_forget(in->token, in->object);
    free(in);
}

static int no_copy(CRYPTO_EX_DATA *to, const CRYPTO_EX_DATA *from, void **data, int index, long argl, void *argp)
{
    (void)to, (void)from, (void)data, (void)index, (void)argl, (void)argp;
    return 0;                          /* two owners would end the key twice */
}

static bool begin(void)
{
    int (*outer)(int, const unsigned char *, int, unsigned char *, unsigned int *, const BIGNUM *, const BIGNUM *, EC_KEY *);
    if (slot < 0)
        slot = EC_KEY_get_ex_new_index(0, NULL, NULL, no_copy, end);
    if (method == NULL && slot >= 0 && (method = EC_KEY_METHOD_new(EC_KEY_OpenSSL())) != NULL) {
        EC_KEY_METHOD_get_sign(method, &outer, NULL, NULL);
        EC_KEY_METHOD_set_sign(method, outer, NULL, sign);
    }
    return method != NULL;
}

static EC_KEY *public_half(const uint8_t point[KEY_POINT_LEN])
{
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    if (ec != NULL && EC_KEY_oct2key(ec, point, KEY_POINT_LEN, NULL) && EC_KEY_check_key(ec) && EC_KEY_set_method(ec, method))
        return ec;
    EC_KEY_free(ec);
    return NULL;
}

int token_key_of(struct token *t, ck_object_handle_t object, bool is_passing, const uint8_t point[KEY_POINT_LEN],
                 struct key **ret, struct err *e)
{
    struct in_token *in = begin() ? calloc(1, sizeof *in) : NULL;
    EC_KEY *ec = in != NULL ? public_half(point) : NULL;
    EVP_PKEY *pkey = ec != NULL ? EVP_PKEY_new() : NULL;
    if (pkey == NULL || !EVP_PKEY_set1_EC_KEY(pkey, ec) || !EC_KEY_set_ex_data(ec, slot, in)) {
        free(in);
        EVP_PKEY_free(pkey);
        EC_KEY_free(ec);
        if (is_passing)
            token_forget(t, object);
        return crypto_fault(e, "a key of the token");
    }
    *in = (struct in_token){t, object, is_passing};
    EC_KEY_free(ec);                   /* the EVP_PKEY has its own hold on it */
    return key_of_pkey(pkey, ret, e);
}
