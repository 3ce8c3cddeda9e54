#include "crypto/webauthn.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "crypto/inside.h"
#include "crypto/keys.h"

/* authenticatorData, §6.1: SHA-256 of the RP id, flags, counter */
#define FLAGS_AT 32
#define COUNTER_AT 33
#define DATA_LEN 37
#define USER_PRESENT 0x01
#define USER_VERIFIED 0x04
#define BACKUP_ELIGIBLE 0x08
#define BACKED_UP 0x10
#define ATTESTED 0x40
#define EXTENDED 0x80

static bool is_host(const char *host, size_t len)
{
    bool has_letter = false;
    for (size_t i = 0; i < len; i++) {
        bool letter = host[i] >= 'a' && host[i] <= 'z', digit = host[i] >= '0' && host[i] <= '9';
        if (!letter && !digit && host[i] != '-' && (host[i] != '.' || i == 0 || i + 1 == len || host[i - 1] == '.'))
            return false;
        has_letter = has_letter || letter;
    }
    return has_letter && len <= 253;   /* an IPv4 address has none, an IPv6 one has colons */
}

/* `https://HOST` or `https://HOST:PORT`, HOST the RP id or below it */
static bool is_origin(const char *origin, size_t len, const char *rp_id)
{
    static const char scheme[] = "https://";
    size_t front = sizeof scheme - 1, rp = strlen(rp_id);
    if (len <= front || memcmp(origin, scheme, front) != 0)
        return false;
    const char *host = origin + front, *colon = memchr(host, ':', len - front);
    size_t host_len = colon != NULL ? (size_t)(colon - host) : len - front, port = len - front - host_len;
    if (colon != NULL && (port < 2 || port > 6 || strspn(colon + 1, "0123456789") < port - 1))
        return false;
    return is_host(host, host_len) && host_len >= rp && memcmp(host + host_len - rp, rp_id, rp) == 0 &&
           (host_len == rp || host[host_len - rp - 1] == '.');
}

int webauthn_site_check(const struct webauthn_site *site, struct err *e)
{
    if (!is_host(site->rp_id, strlen(site->rp_id)))
        return err_raise(e, ERR_FIELD_TYPE, "rp_id", NULL, "an RP id is a host name in small letters, no address: not %s", site->rp_id);
    for (const char *at = site->origins;;) {
        size_t len = strcspn(at, " ");
        if (!is_origin(at, len, site->rp_id))
            return err_raise(e, ERR_FIELD_TYPE, "origins", NULL, "not an https origin at %s: %s", site->rp_id, at);
        if (at[len] == '\0')
            return 0;
        at += len + 1;
    }
}

/* the key if it is on P-256 and comes back byte by byte; NULL otherwise */
static struct key *key_of(struct bytes spki)
{
    struct key *k = NULL;
    struct err other;
    uint8_t *again = NULL;
    const uint8_t *at = spki.data;
    EVP_PKEY *pkey = spki.len != WEBAUTHN_KEY_LEN ? NULL : d2i_PUBKEY(NULL, &at, (long)spki.len);
    int len = pkey != NULL ? i2d_PUBKEY(pkey, &again) : 0;
    bool same = len > 0 && (size_t)len == spki.len && memcmp(again, spki.data, spki.len) == 0;
    OPENSSL_free(again);
    if (pkey != NULL && key_of_pkey(pkey, &k, &other) != 0)
        k = NULL;
    crypto_reason();
    return k != NULL && same && k->kind == KEY_P256 ? k : key_free(k);
}

int webauthn_credential_check(const struct webauthn_credential *c, struct err *e)
{
    if (c->id.len == 0 || c->id.len > WEBAUTHN_ID_MAX)
        return err_raise(e, ERR_FIELD_TYPE, "credential_id", "R01", "a credential id has 1 to %d bytes", WEBAUTHN_ID_MAX);
    CLEANUP(key_done) struct key *k = key_of(c->public_key);
    return k != NULL ? 0 : err_raise(e, ERR_FIELD_TYPE, "public_key", "R01", "not a P-256 public key: only ES256 is taken");
}

void webauthn_challenge(struct bytes text, uint8_t ret[DIGEST_LEN])
{
    static const char front[] = "stemma-webauthn/1\n";
    uint8_t inner[DIGEST_LEN];
    digest_sha256(text.data, text.len, inner);
    digest_sha256_two(front, sizeof front - 1, inner, sizeof inner, ret);
}

static int refuse(struct err *e, const char *what)
{
    return err_raise(e, ERR_SIGNATURE_REFUSED, "second_factor", "R01", "the authenticator's assertion does not hold: %s", what);
}

static bool take(struct bytes *at, const char *text)
{
    size_t n = strlen(text);
    if (at->len < n || CRYPTO_memcmp(at->data, text, n) != 0)
        return false;
    at->data += n;
    at->len -= n;
    return true;
}

static bool take_challenge(struct arena *a, struct bytes *at, struct bytes text)
{
    uint8_t challenge[DIGEST_LEN];
    webauthn_challenge(text, challenge);
    char *base64 = base64_of(a, challenge, sizeof challenge);
    base64[strcspn(base64, "=")] = '\0';
    for (char *c = base64; *c != '\0'; c++)
        *c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c);   /* base64url: RFC 4648 §5 */
    return take(at, arena_printf(a, ",\"challenge\":\"%s\"", base64));
}

static bool take_origin(struct arena *a, struct bytes *at, const char *origins)
{
    while (*origins != '\0') {
        size_t len = strcspn(origins, " ");
        if (take(at, arena_printf(a, ",\"origin\":\"%.*s\"", (int)len, origins)))
            return true;
        origins += len + (origins[len] == ' ');
    }
    return false;
}

/* §5.8.1.2: browsers write these members first and in this order, so that no parser of JSON is needed */
static int check_client_data(struct arena *a, const struct webauthn_site *site, struct bytes text, struct bytes data, struct err *e)
{
    if (data.len > WEBAUTHN_CLIENT_DATA_MAX || !take(&data, "{\"type\":\"webauthn.get\""))
        return refuse(e, "its type");
    if (!take_challenge(a, &data, text))
        return refuse(e, "it is for another text");
    if (!take_origin(a, &data, site->origins))
        return refuse(e, "the page's address is not among `origins`");
    if (!take(&data, ",\"crossOrigin\":false"))
        return refuse(e, "a page within another's asked");
    return data.len > 0 && ((data.data[0] == '}' && data.len == 1) || (data.data[0] == ',' && data.data[data.len - 1] == '}'))
               ? 0 : refuse(e, "the client data's form");
}

static int check_data(const struct webauthn_site *site, const struct webauthn_credential *c, struct bytes data, int64_t *ret_counter,
                      struct err *e)
{
    uint8_t rp[DIGEST_LEN];
    if (data.len < DATA_LEN || data.len > WEBAUTHN_AUTHENTICATOR_DATA_MAX)
        return refuse(e, "the authenticator data's length");
    uint8_t flags = data.data[FLAGS_AT];
    digest_sha256(c->rp_id, strlen(c->rp_id), rp);
    if (CRYPTO_memcmp(rp, data.data, sizeof rp) != 0)
        return refuse(e, "it is for another RP id");
    if ((flags & USER_PRESENT) == 0 || (site->user_verified && (flags & USER_VERIFIED) == 0))
        return refuse(e, (flags & USER_PRESENT) == 0 ? "nobody touched it" : "it did not verify its user");
    if ((flags & ATTESTED) != 0 || ((flags & EXTENDED) == 0) != (data.len == DATA_LEN) ||
        (flags & (BACKUP_ELIGIBLE | BACKED_UP)) == BACKED_UP)
        return refuse(e, "the authenticator data's form");
    const uint8_t *n = data.data + COUNTER_AT;
    *ret_counter = (int64_t)n[0] << 24 | (int64_t)n[1] << 16 | (int64_t)n[2] << 8 | n[3];
    if ((*ret_counter != 0 || c->counter != 0) && *ret_counter <= c->counter)
        return refuse(e, "its counter went back: there is a copy of it");
    return 0;
}

static int check_signature(struct arena *a, const struct webauthn_credential *c, const struct webauthn_assertion *assertion, struct err *e)
{
    CLEANUP(key_done) struct key *k = key_of(c->public_key);
    struct bytes data = assertion->authenticator_data, signature = assertion->signature;
    if (k == NULL || signature.len == 0 || signature.len > WEBAUTHN_SIGNATURE_MAX)
        return refuse(e, "the signature's form");
    uint8_t *covered = arena_alloc(a, data.len + DIGEST_LEN);
    memcpy(covered, data.data, data.len);
    digest_sha256(assertion->client_data.data, assertion->client_data.len, covered + data.len);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool holds = context != NULL && EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, k->pkey, NULL) == 1 &&
                 EVP_DigestVerify(context, signature.data, signature.len, covered, data.len + DIGEST_LEN) == 1;
    EVP_MD_CTX_free(context);
    crypto_reason();
    return holds ? 0 : refuse(e, "the signature");
}

int webauthn_verify(struct arena *a, const struct webauthn_site *site, const struct webauthn_credential *c, struct bytes text,
                    const struct webauthn_assertion *assertion, int64_t *ret_counter, struct err *e)
{
    int64_t counter = 0;
    int code = check_client_data(a, site, text, assertion->client_data, e);
    if (code == 0)
        code = check_data(site, c, assertion->authenticator_data, &counter, e);
    if (code == 0)
        code = check_signature(a, c, assertion, e);
    if (code == 0)
        *ret_counter = counter;
    return code;
}
