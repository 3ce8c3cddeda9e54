#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "crypto/keys.h"
#include "unit/crypto/pki.h"

static const struct key_cost cheap = {64, 1};

static struct bytes locked(struct arena *a, const struct key *k, const char *secret)
{
    struct bytes file;
    struct err e;
    assert_int_equal(key_lock(a, k, pki_bytes(secret), &cheap, &file, &e), 0);
    return file;
}

struct one {
    struct arena *a;
    struct key *k;
};

static struct one one_new(enum key_kind kind)
{
    struct one o = {arena_new(0), NULL};
    struct err e;
    assert_int_equal(key_new(kind, &o.k, &e), 0);
    return o;
}

static void one_done(struct one *o)
{
    key_free(o->k);
    arena_free(o->a);
}

CASE(key_file_opens_with_its_secret)
{
    CLEANUP(one_done) struct one o = one_new(KEY_P256);
    CLEANUP(key_done) struct key *back = NULL;
    struct err e;
    uint8_t p[KEY_POINT_LEN], q[KEY_POINT_LEN];
    assert_int_equal(key_unlock(locked(o.a, o.k, "correct horse"), pki_bytes("correct horse"), &back, &e), 0);
    assert_true(key_point(o.k, p) && key_point(back, q));
    assert_memory_equal(p, q, sizeof p);
}

CASE(key_file_refuses_a_wrong_secret)
{
    CLEANUP(one_done) struct one o = one_new(KEY_P256);
    struct key *back = NULL;
    struct err e;
    assert_int_equal(key_unlock(locked(o.a, o.k, "correct horse"), pki_bytes("correct horsf"), &back, &e), ERR_SECRET_WRONG);
    assert_int_equal(key_unlock(locked(o.a, o.k, "correct horse"), pki_bytes(""), &back, &e), ERR_SECRET_WRONG);
    assert_null(back);
}

CASE(key_file_states_its_cost_and_hides_the_key)
{
    CLEANUP(one_done) struct one o = one_new(KEY_P256);
    struct bytes file = locked(o.a, o.k, "s3cret");
    assert_int_equal(strncmp((const char *)file.data, "stemma-key/1\nkdf argon2id 64 1 ", 31), 0);
    assert_null(strstr((const char *)file.data, "s3cret"));
    assert_null(strstr((const char *)file.data, "PRIVATE"));
}

CASE(key_file_twice_is_never_the_same)
{
    CLEANUP(one_done) struct one o = one_new(KEY_P256);
    struct bytes one = locked(o.a, o.k, "x"), two = locked(o.a, o.k, "x");
    assert_true(one.len == two.len && memcmp(one.data, two.data, one.len));
}

/* every byte of the file matters: the head is authenticated with the key */
CASE(key_file_with_any_byte_changed_does_not_open)
{
    CLEANUP(one_done) struct one o = one_new(KEY_P256);
    struct bytes file = locked(o.a, o.k, "x");
    struct err e;
    for (size_t i = 0; i < file.len; i++) {
        char *changed = arena_dup(o.a, file.data, file.len);
        struct key *back = NULL;
        changed[i] = (char)(changed[i] ^ 1);
        int rc = key_unlock((struct bytes){(uint8_t *)changed, file.len}, pki_bytes("x"), &back, &e);
        if (rc == 0)
            fail_msg("byte %zu may be changed", i);
    }
}

CASE(key_file_with_an_absurd_cost_is_refused_without_the_work)
{
    struct key *back = NULL;
    struct err e;
    const char *file = "stemma-key/1\nkdf argon2id 9999999 99 00112233445566778899aabbccddeeff\n"
                       "cipher aes-256-gcm 00112233445566778899aabb\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
    assert_int_equal(key_unlock(pki_bytes(file), pki_bytes("x"), &back, &e), ERR_FIELD_RANGE);
}

CASE(key_note_ed25519_is_rfc_8032_test_1)
{
    /* secret 9d61..7f60, public d75a..511a, empty message */
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    CLEANUP(key_done) struct key *k = NULL;
    struct err e;
    uint8_t public[NOTE_PUBLIC_LEN], signature[NOTE_SIGNATURE_LEN];
    char hex[2 * NOTE_SIGNATURE_LEN + 1];
    assert_int_equal(key_from_pem(pki_bytes(pem), &k, &e), 0);
    assert_true(key_note_public(k, public));
    assert_string_equal(hex_of(public, sizeof public, hex), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_int_equal(key_note_sign(k, (struct bytes){(const uint8_t *)"", 0}, signature, &e), 0);
    assert_string_equal(hex_of(signature, sizeof signature, hex),
                        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
}

CASE(key_note_signature_holds_for_its_message_and_key_alone)
{
    CLEANUP(one_done) struct one o = one_new(KEY_ED25519);
    CLEANUP(one_done) struct one other = one_new(KEY_ED25519);
    uint8_t public[NOTE_PUBLIC_LEN], stranger[NOTE_PUBLIC_LEN], signature[NOTE_SIGNATURE_LEN];
    struct err e;
    assert_true(key_note_public(o.k, public) && key_note_public(other.k, stranger));
    assert_int_equal(key_note_sign(o.k, pki_bytes("lab\n3\n"), signature, &e), 0);
    assert_true(key_note_verify(public, "lab\n3\n", 6, signature));
    assert_false(key_note_verify(public, "lab\n4\n", 6, signature));
    assert_false(key_note_verify(stranger, "lab\n3\n", 6, signature));
    signature[63] ^= 1;
    assert_false(key_note_verify(public, "lab\n3\n", 6, signature));
}

CASE(key_note_public_travels_as_pem)
{
    CLEANUP(one_done) struct one o = one_new(KEY_ED25519);
    uint8_t public[NOTE_PUBLIC_LEN], back[NOTE_PUBLIC_LEN];
    struct err e;
    assert_true(key_note_public(o.k, public));
    const char *pem = key_note_public_pem(o.a, public, &e);
    assert_int_equal(key_note_public_from_pem(pki_bytes(pem), back, &e), 0);
    assert_memory_equal(public, back, sizeof back);
    assert_int_equal(key_note_public_from_pem(pki_bytes("no key"), back, &e), ERR_BODY_MALFORMED);
}

CASE(L16_key_of_another_kind_is_refused)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct key *k = NULL;
    struct err e;
    assert_int_equal(pki_run(p, "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out @p384.key"), 0);
    assert_int_equal(key_from_pem(pki_read(p, "p384.key"), &k, &e), ERR_BODY_MALFORMED);
    assert_int_equal(key_from_pem(pki_bytes("hello"), &k, &e), ERR_BODY_MALFORMED);
}

CASE(key_sign_p256_verifies_with_the_openssl_command)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct bytes signature;
    struct err e;
    pki_write(p, "data", pki_bytes("some bytes"));
    assert_int_equal(key_sign_p256(p->a, p->person_key, pki_bytes("some bytes"), &signature, &e), 0);
    pki_write(p, "data.sig", signature);
    assert_int_equal(pki_run(p, "openssl pkey -in @person.key -pubout -out @person.pub"), 0);
    assert_int_equal(pki_run(p, "openssl dgst -sha256 -verify @person.pub -signature @data.sig @data"), 0);
}
