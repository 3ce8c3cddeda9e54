#include "support/test.h"

#include <string.h>

#include "crypto/seal.h"
#include "unit/crypto/pki.h"

struct sealed {
    struct arena *a;
    struct key *k;
    uint8_t point[KEY_POINT_LEN];
    struct bytes box;
};

static struct sealed sealed_new(const char *text, const char *plain)
{
    struct sealed s = {.a = arena_new(0)};
    struct err e;
    assert_int_equal(key_new(KEY_P256, &s.k, &e), 0);
    assert_true(key_point(s.k, s.point));
    assert_int_equal(seal_to(s.a, s.point, pki_bytes(text), pki_bytes(plain), &s.box, &e), 0);
    return s;
}

static void sealed_done(struct sealed *s)
{
    key_free(s->k);
    arena_free(s->a);
}

CASE(seal_opens_with_its_key_and_text)
{
    CLEANUP(sealed_done) struct sealed s = sealed_new("statement", "correct horse");
    uint8_t out[SEAL_PLAIN_MAX];
    size_t len = 0;
    struct err e;
    assert_int_equal(s.box.len, SEAL_OVERHEAD + 13);
    assert_int_equal(seal_open(s.k, pki_bytes("statement"), s.box, out, &len, &e), 0);
    assert_int_equal(len, 13);
    assert_string_equal((char *)out, "correct horse");
}

/* a sealed secret that is caught opens no other act */
CASE(seal_for_one_text_does_not_open_for_another)
{
    CLEANUP(sealed_done) struct sealed s = sealed_new("statement", "x");
    uint8_t out[SEAL_PLAIN_MAX];
    size_t len = 0;
    struct err e;
    assert_int_equal(seal_open(s.k, pki_bytes("statemenu"), s.box, out, &len, &e), ERR_SECRET_WRONG);
}

CASE(seal_to_another_key_does_not_open)
{
    CLEANUP(sealed_done) struct sealed s = sealed_new("t", "x");
    CLEANUP(sealed_done) struct sealed other = sealed_new("t", "x");
    uint8_t out[SEAL_PLAIN_MAX];
    size_t len = 0;
    struct err e;
    assert_int_equal(seal_open(other.k, pki_bytes("t"), s.box, out, &len, &e), ERR_SECRET_WRONG);
}

CASE(seal_with_any_byte_changed_does_not_open)
{
    CLEANUP(sealed_done) struct sealed s = sealed_new("t", "secret");
    uint8_t out[SEAL_PLAIN_MAX];
    size_t len = 0;
    struct err e;
    for (size_t i = 0; i < s.box.len; i++) {
        uint8_t *changed = (uint8_t *)arena_dup(s.a, s.box.data, s.box.len);
        changed[i] ^= 1;
        assert_int_equal(seal_open(s.k, pki_bytes("t"), (struct bytes){changed, s.box.len}, out, &len, &e), ERR_SECRET_WRONG);
    }
}

CASE(seal_cut_short_or_too_long_does_not_open)
{
    CLEANUP(sealed_done) struct sealed s = sealed_new("t", "");
    uint8_t out[SEAL_PLAIN_MAX];
    static const uint8_t huge[SEAL_OVERHEAD + SEAL_PLAIN_MAX + 1];
    size_t len = 0;
    struct err e;
    for (size_t cut = 0; cut < s.box.len; cut++)
        assert_int_equal(seal_open(s.k, pki_bytes("t"), (struct bytes){s.box.data, cut}, out, &len, &e), ERR_SECRET_WRONG);
    assert_int_equal(seal_open(s.k, pki_bytes("t"), (struct bytes){huge, sizeof huge}, out, &len, &e), ERR_SECRET_WRONG);
    assert_int_equal(seal_open(s.k, pki_bytes("t"), s.box, out, &len, &e), 0);
    assert_int_equal(len, 0);
}

CASE(seal_to_a_point_off_the_curve_is_refused)
{
    CLEANUP(sealed_done) struct sealed s = sealed_new("t", "x");
    struct bytes box;
    struct err e;
    s.point[64] ^= 1;
    assert_int_equal(seal_to(s.a, s.point, pki_bytes("t"), pki_bytes("x"), &box, &e), ERR_FIELD_TYPE);
}
