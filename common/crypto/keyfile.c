/* The encrypted key file of a person (keys.h): a readable head, which is GCM's additional data, and one line of data. */
#include "crypto/inside.h"

#include <openssl/crypto.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SALT_LEN 16
#define IV_LEN 12
#define TAG_LEN 16
#define DER_MAX 512
#define MEMORY_MAX_KIB (1024u * 1024u)
#define PASSES_MAX 16u

/* What a file locks: a key, or what a token wrapped (token.h). The first line says which, and is authenticated. */
enum file_kind { FILE_OF_KEY, FILE_OF_WRAPPED };

static const char *const kinds[] = {[FILE_OF_KEY] = "stemma-key/1", [FILE_OF_WRAPPED] = "stemma-token-key/1"};
static const char head_format[] = "%s\nkdf argon2id %u %u %s\ncipher aes-256-gcm %s\n";

struct head {
    struct key_cost cost;
    uint8_t salt[SALT_LEN], iv[IV_LEN];
    const char *text;              /* as it stands in the file */
    size_t len;
};

static int derive(struct bytes secret, const struct key_cost *cost, const uint8_t salt[SALT_LEN], uint8_t ret[32],
                  struct err *e)
{
    if (sodium_init() < 0)
        return err_fault(e, "libsodium does not start");
    if (!cost->passes || cost->passes > PASSES_MAX || cost->memory_kib < 8 || cost->memory_kib > MEMORY_MAX_KIB)
        return err_raise(e, ERR_FIELD_RANGE, "argon2id", NULL, "%u KiB, %u passes", cost->memory_kib, cost->passes);
    if (crypto_pwhash(ret, 32, (const char *)secret.data, secret.len, salt, cost->passes,
                      (size_t)cost->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13))
        return err_fault(e, "argon2id: no memory for %u KiB", cost->memory_kib);
    return ERR_NONE;
}

/* AES-256-GCM over ${in}; the tag stands behind the ciphertext. */
static bool cipher(int encrypt, const uint8_t key[32], const struct head *head, struct bytes in, uint8_t *out)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    size_t body = encrypt ? in.len : in.len - TAG_LEN;
    uint8_t tag[TAG_LEN];
    int n = 0;
    if (!encrypt)
        memcpy(tag, in.data + body, TAG_LEN);
    bool ok = c && EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, head->iv, encrypt) &&
              (encrypt || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG_LEN, tag)) &&
              EVP_CipherUpdate(c, NULL, &n, (const uint8_t *)head->text, (int)head->len) &&
              EVP_CipherUpdate(c, out, &n, in.data, (int)body) && EVP_CipherFinal_ex(c, out + n, &n) > 0 &&
              (!encrypt || EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG_LEN, out + body));
    EVP_CIPHER_CTX_free(c);
    return ok;
}

static int lock(struct arena *a, enum file_kind kind, struct bytes plain, struct bytes secret, const struct key_cost *cost,
                struct bytes *ret_file, struct err *e)
{
    struct head head = {.cost = *cost};
    char salt_hex[2 * SALT_LEN + 1], iv_hex[2 * IV_LEN + 1];
    uint8_t aes[32], locked[DER_MAX + TAG_LEN];
    random_fill(head.salt, SALT_LEN);
    random_fill(head.iv, IV_LEN);
    head.text = arena_printf(a, head_format, kinds[kind], cost->memory_kib, cost->passes,
                             hex_of(head.salt, SALT_LEN, salt_hex), hex_of(head.iv, IV_LEN, iv_hex));
    head.len = strlen(head.text);
    int rc = derive(secret, cost, head.salt, aes, e);
    if (rc)
        return rc;
    bool ok = plain.len > 0 && plain.len <= DER_MAX && cipher(1, aes, &head, plain, locked);
    OPENSSL_cleanse(aes, sizeof aes);
    if (!ok)
        return crypto_fault(e, "locking a key");
    const char *file = arena_printf(a, "%s%s\n", head.text, base64_of(a, locked, plain.len + TAG_LEN));
    *ret_file = (struct bytes){(const uint8_t *)file, strlen(file)};
    return ERR_NONE;
}

int key_lock(struct arena *a, const struct key *k, struct bytes secret, const struct key_cost *cost,
             struct bytes *ret_file, struct err *e)
{
    uint8_t *der = NULL;
    int len = i2d_PrivateKey(k->pkey, &der);
    int rc = len > 0 ? lock(a, FILE_OF_KEY, (struct bytes){der, (size_t)len}, secret, cost, ret_file, e)
                     : crypto_fault(e, "locking a key");
    OPENSSL_clear_free(der, len > 0 ? (size_t)len : 0);
    return rc;
}

int key_lock_wrapped(struct arena *a, struct bytes wrapped, struct bytes secret, const struct key_cost *cost,
                     struct bytes *ret_file, struct err *e)
{
    return lock(a, FILE_OF_WRAPPED, wrapped, secret, cost, ret_file, e);
}

/* The head must be what head_format writes of the values read from it: no second spelling of a file. */
static bool head_read(struct arena *a, enum file_kind kind, const char *file, struct head *ret)
{
    char salt_hex[2 * SALT_LEN + 1] = "", iv_hex[2 * IV_LEN + 1] = "";
    const char *rest = strchr(file, '\n');
    if (rest == NULL || sscanf(rest, "\nkdf argon2id %7u %2u %32[0-9a-f]\ncipher aes-256-gcm %24[0-9a-f]\n",
                               &ret->cost.memory_kib, &ret->cost.passes, salt_hex, iv_hex) != 4)
        return false;
    ret->text = arena_printf(a, head_format, kinds[kind], ret->cost.memory_kib, ret->cost.passes, salt_hex, iv_hex);
    ret->len = strlen(ret->text);
    return !strncmp(file, ret->text, ret->len) && hex_to(salt_hex, strlen(salt_hex), ret->salt) &&
           hex_to(iv_hex, strlen(iv_hex), ret->iv) && strlen(salt_hex) == 2 * SALT_LEN && strlen(iv_hex) == 2 * IV_LEN;
}

/* ${ret} has room for DER_MAX bytes and is the caller's to wipe */
static int unlock(struct arena *a, enum file_kind kind, struct bytes file, struct bytes secret, uint8_t *ret, size_t *ret_len,
                  struct err *e)
{
    struct head head = {0};
    struct bytes locked;
    const char *text = arena_dup(a, file.data, file.len);
    if (!head_read(a, kind, text, &head) || file.len < head.len + 1 || text[file.len - 1] != '\n' ||
        !base64_to(a, text + head.len, file.len - head.len - 1, &locked) || locked.len <= TAG_LEN ||
        locked.len > DER_MAX + TAG_LEN)
        return err_raise(e, ERR_BODY_MALFORMED, "key", NULL, "no key file");
    uint8_t aes[32];
    int rc = derive(secret, &head.cost, head.salt, aes, e);
    if (rc)
        return rc;
    bool ok = cipher(0, aes, &head, locked, ret);
    OPENSSL_cleanse(aes, sizeof aes);
    *ret_len = locked.len - TAG_LEN;
    return ok ? ERR_NONE : err_raise(e, ERR_SECRET_WRONG, NULL, NULL, "the secret does not open this key");
}

static int open_file(enum file_kind kind, struct bytes file, struct bytes secret, uint8_t *ret, size_t *ret_len, struct err *e)
{
    if (file.len > 4096)
        return err_raise(e, ERR_BODY_MALFORMED, "key", NULL, "no key file");
    struct arena *a = arena_new(0);
    int rc = unlock(a, kind, file, secret, ret, ret_len, e);
    arena_free(a);
    return rc;
}

int key_unlock(struct bytes file, struct bytes secret, struct key **ret, struct err *e)
{
    uint8_t der[DER_MAX];
    size_t len = 0;
    int rc = open_file(FILE_OF_KEY, file, secret, der, &len, e);
    const uint8_t *at = der;
    if (rc == 0)
        rc = key_of_pkey(d2i_AutoPrivateKey(NULL, &at, (long)len), ret, e);
    OPENSSL_cleanse(der, sizeof der);
    return rc;
}

bool key_file_is_wrapped(struct bytes file)
{
    size_t len = strlen(kinds[FILE_OF_WRAPPED]);
    return file.len > len && !memcmp(file.data, kinds[FILE_OF_WRAPPED], len) && file.data[len] == '\n';
}

int key_unlock_wrapped(struct arena *a, struct bytes file, struct bytes secret, struct bytes *ret, struct err *e)
{
    uint8_t wrapped[DER_MAX];
    size_t len = 0;
    int rc = open_file(FILE_OF_WRAPPED, file, secret, wrapped, &len, e);
    if (rc == 0)
        *ret = (struct bytes){(const uint8_t *)arena_dup(a, wrapped, len), len};
    OPENSSL_cleanse(wrapped, sizeof wrapped);
    return rc;
}

void key_spend(const struct key_cost *cost)
{
    static const uint8_t salt[SALT_LEN] = "nobody";
    uint8_t aes[32];
    struct err ignored;
    (void)derive((struct bytes){salt, sizeof salt}, cost, salt, aes, &ignored);
    OPENSSL_cleanse(aes, sizeof aes);
}
