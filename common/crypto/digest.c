#include "crypto/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct digest {
    EVP_MD_CTX *context;
};

static _Thread_local EVP_MD *sha256, *sha512;
static _Thread_local EVP_MD_CTX *kept;

/* Without a digest nothing can be recorded or proved: the program ends, as it does without memory. */
static void demand(int ok)
{
    if (ok)
        return;
    fputs("SHA-2 is not available\n", stderr);
    abort();
}

static pthread_key_t leaving;

/* of the thread that ends */
static void let_go(void *unused)
{
    (void)unused;
    EVP_MD_CTX_free(kept);
    EVP_MD_free(sha256);
    EVP_MD_free(sha512);
    kept = NULL;
}

static void begin(void)
{
    demand(pthread_key_create(&leaving, let_go) == 0);
}

static void fetch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (kept)
        return;
    pthread_once(&once, begin);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    sha512 = EVP_MD_fetch(NULL, "SHA512", NULL);
    kept = EVP_MD_CTX_new();
    demand(sha256 && sha512 && kept && pthread_setspecific(leaving, kept) == 0);
}

void digest_sha256(const void *data, size_t len, uint8_t ret[DIGEST_LEN])
{
    digest_sha256_two(data, len, NULL, 0, ret);
}

void digest_sha256_two(const void *a, size_t a_len, const void *b, size_t b_len, uint8_t ret[DIGEST_LEN])
{
    fetch();
    demand(EVP_DigestInit_ex2(kept, sha256, NULL) && EVP_DigestUpdate(kept, a, a_len) &&
           (!b_len || EVP_DigestUpdate(kept, b, b_len)) && EVP_DigestFinal_ex(kept, ret, NULL));
}

void digest_sha512_two(const void *a, size_t a_len, const void *b, size_t b_len, uint8_t ret[DIGEST_LONG_LEN])
{
    fetch();
    demand(EVP_DigestInit_ex2(kept, sha512, NULL) && EVP_DigestUpdate(kept, a, a_len) &&
           (!b_len || EVP_DigestUpdate(kept, b, b_len)) && EVP_DigestFinal_ex(kept, ret, NULL));
}

char *digest_hex(const void *data, size_t len, char ret[DIGEST_HEX])
{
    uint8_t sum[DIGEST_LEN];
    digest_sha256(data, len, sum);
    return hex_of(sum, sizeof sum, ret);
}

struct digest *digest_new(void)
{
    fetch();
    struct digest *d = calloc(1, sizeof *d);
    demand(d && (d->context = EVP_MD_CTX_new()) && EVP_DigestInit_ex2(d->context, sha256, NULL));
    return d;
}

void digest_add(struct digest *d, const void *data, size_t len)
{
    demand(!len || EVP_DigestUpdate(d->context, data, len));
}

void digest_end(struct digest *d, uint8_t ret[DIGEST_LEN])
{
    demand(EVP_DigestFinal_ex(d->context, ret, NULL) && EVP_DigestInit_ex2(d->context, sha256, NULL));
}

struct digest *digest_free(struct digest *d)
{
    if (d)
        EVP_MD_CTX_free(d->context);
    free(d);
    return NULL;
}

void digest_hmac(const void *key, size_t key_len, const void *data, size_t len, uint8_t ret[DIGEST_LEN])
{
    fetch();
    demand(HMAC(sha256, key, (int)key_len, data, len, ret, NULL) != NULL);
}
