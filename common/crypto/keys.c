#include "crypto/inside.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

const char *crypto_reason(void)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    return reason ? reason : "no reason given";
}

int crypto_fault(struct err *e, const char *what)
{
    return err_fault(e, "%s: %s", what, crypto_reason());
}

int crypto_refuse(struct err *e, const char *what)
{
    ERR_clear_error();
    return err_raise(e, ERR_SIGNATURE_REFUSED, NULL, NULL, "%s", what);
}

struct bytes crypto_keep(struct arena *a, uint8_t *der, int len)
{
    struct bytes kept = {(const uint8_t *)arena_dup(a, der, (size_t)len), (size_t)len};
    OPENSSL_free(der);
    return kept;
}

static bool is_p256(const EVP_PKEY *pkey)
{
    char group[32] = "";
    size_t len = 0;
    return EVP_PKEY_is_a(pkey, "EC") && EVP_PKEY_get_group_name(pkey, group, sizeof group, &len) &&
           !strcmp(group, "prime256v1");
}

static bool take_note_halves(struct key *k)
{
    size_t seed = 32, public = NOTE_PUBLIC_LEN;
    return EVP_PKEY_get_raw_private_key(k->pkey, k->note, &seed) == 1 && seed == 32 &&
           EVP_PKEY_get_raw_public_key(k->pkey, k->note + seed, &public) == 1 && public == NOTE_PUBLIC_LEN;
}

int key_of_pkey(EVP_PKEY *pkey, struct key **ret, struct err *e)
{
    bool p256 = pkey && is_p256(pkey), note = pkey && EVP_PKEY_is_a(pkey, "ED25519");
    struct key *k = p256 || note ? calloc(1, sizeof *k) : NULL;
    if (!k) {
        EVP_PKEY_free(pkey);
        return err_raise(e, ERR_BODY_MALFORMED, "key", NULL, "no P-256 or Ed25519 key");
    }
    k->kind = p256 ? KEY_P256 : KEY_ED25519;
    k->pkey = pkey;
    if (note && !take_note_halves(k)) {
        key_free(k);
        return crypto_fault(e, "reading an Ed25519 key");
    }
    *ret = k;
    return ERR_NONE;
}

int key_new(enum key_kind kind, struct key **ret, struct err *e)
{
    EVP_PKEY *pkey = kind == KEY_P256 ? EVP_EC_gen("P-256") : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    return pkey ? key_of_pkey(pkey, ret, e) : crypto_fault(e, "making a key");
}

struct key *key_free(struct key *k)
{
    if (k) {
        EVP_PKEY_free(k->pkey);
        OPENSSL_cleanse(k->note, sizeof k->note);
    }
    free(k);
    return NULL;
}

void key_done(struct key **k)
{
    *k = key_free(*k);
}

bool key_point(const struct key *k, uint8_t ret[KEY_POINT_LEN])
{
    uint8_t *point = NULL;
    bool ok = k->kind == KEY_P256 && EVP_PKEY_get1_encoded_public_key(k->pkey, &point) == KEY_POINT_LEN &&
              point[0] == 4;
    if (ok)
        memcpy(ret, point, KEY_POINT_LEN);
    OPENSSL_free(point);
    return ok;
}

/* A BIO's text copied into the arena; the BIO is freed, wiping what it held. */
static const char *text_of_bio(struct arena *a, BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    const char *text = arena_dup(a, data, (size_t)len);
    OPENSSL_cleanse(data, (size_t)len);
    BIO_free(bio);
    return text;
}

const char *key_to_pem(struct arena *a, const struct key *k, struct err *e)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    if (bio && PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL))
        return text_of_bio(a, bio);
    BIO_free(bio);
    crypto_fault(e, "writing a key");
    return NULL;
}

/* An encrypted PEM must be refused, not asked for on the terminal. */
static int no_password(char *to, int size, int writing, void *data)
{
    (void)to, (void)size, (void)writing, (void)data;
    return -1;
}

int key_from_pem(struct bytes pem, struct key **ret, struct err *e)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return key_of_pkey(pkey, ret, e);
}

int key_sign_p256(struct arena *a, const struct key *k, struct bytes data, struct bytes *ret, struct err *e)
{
    uint8_t signature[80];
    size_t len = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && k->kind == KEY_P256 &&
              EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, k->pkey, NULL) == 1 &&
              EVP_DigestSign(context, signature, &len, data.data, data.len) == 1;
    EVP_MD_CTX_free(context);
    if (!ok)
        return crypto_fault(e, "signing");
    *ret = (struct bytes){(const uint8_t *)arena_dup(a, signature, len), len};
    return ERR_NONE;
}

bool key_note_public(const struct key *k, uint8_t ret[NOTE_PUBLIC_LEN])
{
    size_t len = NOTE_PUBLIC_LEN;
    return k->kind == KEY_ED25519 && EVP_PKEY_get_raw_public_key(k->pkey, ret, &len) && len == NOTE_PUBLIC_LEN;
}

const char *key_note_public_pem(struct arena *a, const uint8_t public[NOTE_PUBLIC_LEN], struct err *e)
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public, NOTE_PUBLIC_LEN);
    BIO *bio = BIO_new(BIO_s_mem());
    bool ok = pkey && bio && PEM_write_bio_PUBKEY(bio, pkey);
    EVP_PKEY_free(pkey);
    if (ok)
        return text_of_bio(a, bio);
    BIO_free(bio);
    crypto_fault(e, "writing a public key");
    return NULL;
}

int key_note_public_from_pem(struct bytes pem, uint8_t ret[NOTE_PUBLIC_LEN], struct err *e)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    EVP_PKEY *pkey = bio ? PEM_read_bio_PUBKEY(bio, NULL, no_password, NULL) : NULL;
    size_t len = NOTE_PUBLIC_LEN;
    bool ok = pkey && EVP_PKEY_is_a(pkey, "ED25519") && EVP_PKEY_get_raw_public_key(pkey, ret, &len) &&
              len == NOTE_PUBLIC_LEN;
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    ERR_clear_error();
    return ok ? ERR_NONE : err_raise(e, ERR_BODY_MALFORMED, "key", NULL, "no Ed25519 public key");
}

int key_note_sign(const struct key *k, struct bytes message, uint8_t ret[NOTE_SIGNATURE_LEN], struct err *e)
{
    bool ok = k->kind == KEY_ED25519 && crypto_sign_detached(ret, NULL, message.data, message.len, k->note) == 0;
    return ok ? ERR_NONE : err_fault(e, "signing a note: no Ed25519 key");
}

bool key_note_verify(const uint8_t public[NOTE_PUBLIC_LEN], const void *data, size_t len,
                     const uint8_t signature[NOTE_SIGNATURE_LEN])
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public, NOTE_PUBLIC_LEN);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = pkey && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey) == 1 &&
              EVP_DigestVerify(context, signature, NOTE_SIGNATURE_LEN, data, len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    return ok;
}
