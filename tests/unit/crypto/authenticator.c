#include "authenticator.h"

#include <string.h>

#include "support/test.h"

struct answered answered_new(const struct key *key, struct bytes text)
{
    return (struct answered){key, "webauthn.get", "https://lab.example", ",\"crossOrigin\":false", "lab.example", text, VERIFIED, 0, 0};
}

static struct bytes client_data(struct arena *a, const struct answered *w)
{
    uint8_t challenge[DIGEST_LEN];
    webauthn_challenge(w->text, challenge);
    char *base64 = base64_of(a, challenge, sizeof challenge);
    for (char *c = base64; *c != '\0'; c++)
        *c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '\0' : *c);
    const char *text = arena_printf(a, "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}", w->type, base64, w->origin, w->after);
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}

struct webauthn_assertion answered_sign(struct arena *a, const struct answered *w)
{
    struct webauthn_assertion made = {.client_data = client_data(a, w)};
    struct err e;
    size_t len = DIGEST_LEN + 5 + w->extra;
    uint8_t *data = arena_alloc(a, len + DIGEST_LEN);
    memset(data, 0, len);
    digest_sha256(w->rp_id, strlen(w->rp_id), data);
    data[DIGEST_LEN] = w->flags;
    for (int i = 0; i < 4; i++)
        data[DIGEST_LEN + 1 + i] = (uint8_t)(w->counter >> (8 * (3 - i)));
    digest_sha256(made.client_data.data, made.client_data.len, data + len);
    made.authenticator_data = (struct bytes){data, len};
    assert_int_equal(key_sign_p256(a, w->key, (struct bytes){data, len + DIGEST_LEN}, &made.signature, &e), 0);
    return made;
}

struct bytes authenticator_public(struct arena *a, const struct key *key)
{
    static const uint8_t front[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                                    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
    uint8_t *spki = arena_alloc(a, sizeof front + KEY_POINT_LEN);
    memcpy(spki, front, sizeof front);
    assert_true(key_point(key, spki + sizeof front));
    return (struct bytes){spki, sizeof front + KEY_POINT_LEN};
}
