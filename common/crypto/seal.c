#include "crypto/seal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/inside.h"

#define IV_LEN 12
#define TAG_LEN 16

static const char info[] = "stemma-seal/1";

static EVP_PKEY *pkey_of_point(const uint8_t point[KEY_POINT_LEN])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pkey = NULL;
    uint8_t copy[KEY_POINT_LEN];   /* OSSL_PARAM wants bytes it could write to */
    char group[] = "P-256";
    memcpy(copy, point, sizeof copy);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy),
                           OSSL_PARAM_construct_end()};
    if (copy[0] != 4 || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return pkey;
}

static bool agree(EVP_PKEY *own, EVP_PKEY *other, uint8_t ret_shared[32])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(own, NULL);
    size_t len = 32;
    bool ok = context && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer_ex(context, other, 1) == 1 &&
              EVP_PKEY_derive(context, ret_shared, &len) == 1 && len == 32;
    EVP_PKEY_CTX_free(context);
    return ok;
}

static bool expand(const uint8_t shared[32], const uint8_t salt[KEY_POINT_LEN], uint8_t ret_key[32])
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
    size_t len = 32;
    bool ok = context && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1 &&
              EVP_PKEY_CTX_set1_hkdf_salt(context, salt, KEY_POINT_LEN) == 1 &&
              EVP_PKEY_CTX_set1_hkdf_key(context, shared, 32) == 1 &&
              EVP_PKEY_CTX_add1_hkdf_info(context, (const unsigned char *)info, sizeof info - 1) == 1 &&
              EVP_PKEY_derive(context, ret_key, &len) == 1;
    EVP_PKEY_CTX_free(context);
    return ok;
}

/* The AES key between ${own} and ${other} for this ephemeral point; what leads to it is wiped. */
static bool key_between(EVP_PKEY *own, EVP_PKEY *other, const uint8_t ephemeral[KEY_POINT_LEN], uint8_t ret[32])
{
    uint8_t shared[32];
    bool ok = own && other && agree(own, other, shared) && expand(shared, ephemeral, ret);
    OPENSSL_cleanse(shared, sizeof shared);
    return ok;
}

static bool cipher(int encrypt, const uint8_t key[32], const uint8_t iv[IV_LEN], struct bytes text, struct bytes in,
                   uint8_t *out, uint8_t tag[TAG_LEN])
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    uint8_t context[DIGEST_LEN];
    int n = 0;
    digest_sha256(text.data, text.len, context);
    bool ok = c && EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, iv, encrypt) &&
              (encrypt || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_LEN, tag)) &&
              EVP_CipherUpdate(c, NULL, &n, context, sizeof context) &&
              EVP_CipherUpdate(c, out, &n, in.data, (int)in.len) && EVP_CipherFinal_ex(c, out + n, &n) > 0 &&
              (!encrypt || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_LEN, tag));
    EVP_CIPHER_CTX_free(c);
    ERR_clear_error();
    return ok;
}

int seal_to(struct arena *a, const uint8_t point[KEY_POINT_LEN], struct bytes text, struct bytes plain,
            struct bytes *ret, struct err *e)
{
    if (plain.len > SEAL_PLAIN_MAX)
        return err_raise(e, ERR_FIELD_TOO_LONG, "secret", NULL, "at most %d bytes can be sealed", SEAL_PLAIN_MAX);
    EVP_PKEY *other = pkey_of_point(point);
    if (!other)
        return err_raise(e, ERR_FIELD_TYPE, "public_key", NULL, "no point of P-256");
    CLEANUP(key_done) struct key *ephemeral = NULL;
    int rc = key_new(KEY_P256, &ephemeral, e);
    uint8_t *out = arena_alloc(a, SEAL_OVERHEAD + plain.len), *iv = out + KEY_POINT_LEN, *body = iv + IV_LEN, aes[32];
    random_fill(iv, IV_LEN);
    bool ok = !rc && key_point(ephemeral, out) && key_between(ephemeral->pkey, other, out, aes) &&
              cipher(1, aes, iv, text, plain, body, body + plain.len);
    OPENSSL_cleanse(aes, sizeof aes);
    EVP_PKEY_free(other);
    if (!ok)
        return crypto_fault(e, "sealing");
    *ret = (struct bytes){out, SEAL_OVERHEAD + plain.len};
    return ERR_NONE;
}

int seal_open(const struct key *k, struct bytes text, struct bytes sealed, uint8_t ret[SEAL_PLAIN_MAX],
              size_t *ret_len, struct err *e)
{
    size_t len = sealed.len - SEAL_OVERHEAD;
    if (sealed.len < SEAL_OVERHEAD || len > SEAL_PLAIN_MAX)
        return err_raise(e, ERR_SECRET_WRONG, "secret_sealed", NULL, "no sealed secret");
    const uint8_t *iv = sealed.data + KEY_POINT_LEN, *body = iv + IV_LEN;
    uint8_t tag[TAG_LEN], aes[32], plain[SEAL_PLAIN_MAX];
    memcpy(tag, body + len, TAG_LEN);
    EVP_PKEY *other = pkey_of_point(sealed.data);
    bool ok = key_between(k->pkey, other, sealed.data, aes) &&
              cipher(0, aes, iv, text, (struct bytes){body, len}, plain, tag);
    OPENSSL_cleanse(aes, sizeof aes);
    EVP_PKEY_free(other);
    if (ok) {
        memcpy(ret, plain, len);
        *ret_len = len;
        if (len < SEAL_PLAIN_MAX)
            ret[len] = '\0';
    }
    OPENSSL_cleanse(plain, sizeof plain);
    return ok ? ERR_NONE : err_raise(e, ERR_SECRET_WRONG, "secret_sealed", NULL, "not sealed to this key for this text");
}
