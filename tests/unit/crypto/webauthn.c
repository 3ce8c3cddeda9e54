/* Assertions as an authenticator and a browser make them, then each part of them wrong by itself. */
#include "support/test.h"

#include <string.h>

#include "authenticator.h"
#include "pki.h"

static const struct webauthn_site site = {"lab.example", "https://lab.example https://lab.example:8443", true};
static struct err e;

struct desk {
    struct arena *a;
    struct key *key, *other;
    struct webauthn_credential c;
    struct answered w;
    int64_t counter;
};

static struct desk desk_new(void)
{
    struct desk d = {.a = arena_new(0)};
    assert_int_equal(key_new(KEY_P256, &d.key, &e), 0);
    assert_int_equal(key_new(KEY_P256, &d.other, &e), 0);
    d.c = (struct webauthn_credential){"lab.example", pki_bytes("an id"), authenticator_public(d.a, d.key), 0};
    d.w = answered_new(d.key, pki_bytes(SAMPLE));
    return d;
}

static void desk_done(struct desk *d)
{
    key_done(&d->key);
    key_done(&d->other);
    arena_free(d->a);
}

static int verify(struct desk *d, const struct webauthn_site *where)
{
    struct webauthn_assertion made = answered_sign(d->a, &d->w);
    return webauthn_verify(d->a, where, &d->c, pki_bytes(SAMPLE), &made, &d->counter, &e);
}

static void refused(struct desk *d, const char *why)
{
    assert_int_equal(verify(d, &site), ERR_SIGNATURE_REFUSED);
    if (strstr(e.text, why) == NULL)
        fail_msg("not because of %s: %s", why, e.text);
}

CASE(P11_19_an_assertion_over_this_text_made_here_is_good)
{
    CLEANUP(desk_done) struct desk d = desk_new();
    assert_int_equal(verify(&d, &site), 0);
    assert_int_equal(d.counter, 0);
    d.w.origin = "https://lab.example:8443";
    d.w.after = ",\"crossOrigin\":false,\"other_keys_can_be_added_here\":\"do not compare\"";
    d.w.counter = 0x01020304;
    assert_int_equal(verify(&d, &site), 0);
    assert_int_equal(d.counter, 0x01020304);
}

/* the challenge as anybody computes it: printf 'stemma-webauthn/1\n'; sha256 of the text, of both, base64url */
CASE(P11_19_the_challenge_is_the_text_of_its_own_domain)
{
    uint8_t challenge[DIGEST_LEN], inner[DIGEST_LEN], both[18 + DIGEST_LEN] = "stemma-webauthn/1\n", again[DIGEST_LEN];
    digest_sha256("text", 4, inner);
    memcpy(both + 18, inner, sizeof inner);
    digest_sha256(both, sizeof both, again);
    webauthn_challenge(pki_bytes("text"), challenge);
    assert_memory_equal(challenge, again, sizeof again);
}

CASE(P11_19_an_assertion_serves_its_own_text_alone)
{
    CLEANUP(desk_done) struct desk d = desk_new();
    d.w.text = pki_bytes(SAMPLE "x");
    refused(&d, "another text");
}

CASE(P11_19_an_assertion_of_another_page_is_refused)
{
    static const char *const others[] = {"http://lab.example", "https://lab.example.evil.example", "https://evil.example", "https://lab.example:1",
                                         "https://lab.exampl", "https://lab.example https://lab.example:8443", ""};
    CLEANUP(desk_done) struct desk d = desk_new();
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        d.w.origin = others[i];
        refused(&d, "origins");
    }
}

CASE(P11_19_an_assertion_asked_for_within_anothers_page_is_refused)
{
    static const char *const frames[] = {",\"crossOrigin\":true", "", ",\"crossOrigin\":falsely", ",\"x\":\"\",\"crossOrigin\":false"};
    CLEANUP(desk_done) struct desk d = desk_new();
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        d.w.after = frames[i];
        assert_int_equal(verify(&d, &site), ERR_SIGNATURE_REFUSED);
    }
}

CASE(P11_19_a_registration_is_no_assertion)
{
    CLEANUP(desk_done) struct desk d = desk_new();
    d.w.type = "webauthn.create";
    refused(&d, "type");
}

CASE(P11_19_an_assertion_for_another_rp_id_is_refused)
{
    CLEANUP(desk_done) struct desk d = desk_new();
    d.w.rp_id = "example";
    refused(&d, "RP id");
}

CASE(P11_19_the_user_was_there_and_proved_who_they_are_where_the_lab_wants_it)
{
    static const struct webauthn_site touch = {"lab.example", "https://lab.example", false};
    CLEANUP(desk_done) struct desk d = desk_new();
    d.w.flags = TOUCHED;
    refused(&d, "verify its user");
    assert_int_equal(verify(&d, &touch), 0);
    d.w.flags = 0x04;
    refused(&d, "touched");
}

CASE(P11_19_a_counter_that_does_not_rise_is_a_copys)
{
    static const struct {
        int64_t before;
        uint32_t now;
        int code;
    } rows[] = {{0, 0, 0}, {0, 1, 0}, {1, 2, 0}, {1, 1, ERR_SIGNATURE_REFUSED}, {2, 1, ERR_SIGNATURE_REFUSED}, {1, 0, ERR_SIGNATURE_REFUSED},
                {0xfffffffe, 0xffffffff, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(desk_done) struct desk d = desk_new();
        d.c.counter = rows[i].before;
        d.w.counter = rows[i].now;
        assert_int_equal(verify(&d, &site), rows[i].code);
        assert_int_equal(d.counter, rows[i].code == 0 ? rows[i].now : 0);
    }
}

CASE(P11_19_authenticator_data_has_one_form)
{
    static const struct {
        uint8_t flags;
        size_t extra;
        int code;
    } rows[] = {{VERIFIED, 1, ERR_SIGNATURE_REFUSED},        {VERIFIED | 0x80, 0, ERR_SIGNATURE_REFUSED}, {VERIFIED | 0x80, 1, 0},
                {VERIFIED | 0x40, 0, ERR_SIGNATURE_REFUSED}, {VERIFIED | 0x18, 0, 0},                     {VERIFIED | 0x10, 0, ERR_SIGNATURE_REFUSED},
                {VERIFIED | 0x80, 2000, ERR_SIGNATURE_REFUSED}};
    CLEANUP(desk_done) struct desk d = desk_new();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        d.w.flags = rows[i].flags;
        d.w.extra = rows[i].extra;
        assert_int_equal(verify(&d, &site), rows[i].code);
    }
}

CASE(P11_19_an_assertion_cut_short_or_changed_anywhere_is_refused)
{
    CLEANUP(desk_done) struct desk d = desk_new();
    struct webauthn_assertion made = answered_sign(d.a, &d.w);
    struct bytes *const parts[] = {&made.client_data, &made.authenticator_data, &made.signature};
    for (size_t p = 0; p < 3; p++) {
        const struct bytes whole = *parts[p];
        for (size_t i = 0; i < whole.len; i++) {
            uint8_t *copy = (uint8_t *)arena_dup(d.a, whole.data, whole.len);
            copy[i] ^= 1;
            *parts[p] = (struct bytes){copy, whole.len};
            assert_int_equal(webauthn_verify(d.a, &site, &d.c, pki_bytes(SAMPLE), &made, &d.counter, &e), ERR_SIGNATURE_REFUSED);
            *parts[p] = (struct bytes){whole.data, i};
            assert_int_equal(webauthn_verify(d.a, &site, &d.c, pki_bytes(SAMPLE), &made, &d.counter, &e), ERR_SIGNATURE_REFUSED);
        }
        *parts[p] = whole;
    }
    assert_int_equal(webauthn_verify(d.a, &site, &d.c, pki_bytes(SAMPLE), &made, &d.counter, &e), 0);
}

CASE(P11_19_what_is_too_large_is_not_looked_at)
{
    CLEANUP(desk_done) struct desk d = desk_new();
    char *long_member = arena_alloc(d.a, WEBAUTHN_CLIENT_DATA_MAX + 1);
    memset(long_member, 'x', WEBAUTHN_CLIENT_DATA_MAX);
    long_member[WEBAUTHN_CLIENT_DATA_MAX] = '\0';
    d.w.after = arena_printf(d.a, ",\"crossOrigin\":false,\"x\":\"%s\"", long_member);
    refused(&d, "type");
    d.w = answered_new(d.key, pki_bytes(SAMPLE));
    struct webauthn_assertion made = answered_sign(d.a, &d.w);
    uint8_t padded[WEBAUTHN_SIGNATURE_MAX + 1] = {0};
    memcpy(padded, made.signature.data, made.signature.len);
    made.signature = (struct bytes){padded, sizeof padded};
    assert_int_equal(webauthn_verify(d.a, &site, &d.c, pki_bytes(SAMPLE), &made, &d.counter, &e), ERR_SIGNATURE_REFUSED);
}

CASE(P11_19_an_assertion_by_another_key_is_refused)
{
    CLEANUP(desk_done) struct desk d = desk_new();
    d.w.key = d.other;
    refused(&d, "signature");
}

/* RFC 5480: the same form on another curve; RFC 8410: Ed25519. Neither is ES256. */
CASE(P11_19_only_a_p256_key_is_registered)
{
    CLEANUP(pki_done) struct pki *p = pki_new();
    struct webauthn_credential c = {"lab.example", pki_bytes("an id"), authenticator_public(p->a, p->person_key), 0};
    assert_int_equal(webauthn_credential_check(&c, &e), 0);
    const struct bytes good = c.public_key;
    static const char *const kinds[] = {"EC -pkeyopt ec_paramgen_curve:P-384", "EC -pkeyopt ec_paramgen_curve:secp256k1", "ED25519",
                                        "RSA -pkeyopt rsa_keygen_bits:2048"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        assert_int_equal(pki_run(p, arena_printf(p->a, "openssl genpkey -algorithm %s -out @other.pem", kinds[i])), 0);
        assert_int_equal(pki_run(p, "openssl pkey -in @other.pem -pubout -outform DER -out @other.der"), 0);
        c.public_key = pki_read(p, "other.der");
        assert_int_equal(webauthn_credential_check(&c, &e), ERR_FIELD_TYPE);
    }
    uint8_t *copy = (uint8_t *)arena_dup(p->a, good.data, good.len);
    copy[good.len - 1] ^= 1;             /* no point of the curve */
    c.public_key = (struct bytes){copy, good.len};
    assert_int_equal(webauthn_credential_check(&c, &e), ERR_FIELD_TYPE);
    c.public_key = (struct bytes){good.data, good.len - 1};
    assert_int_equal(webauthn_credential_check(&c, &e), ERR_FIELD_TYPE);
    c = (struct webauthn_credential){"lab.example", {good.data, 0}, good, 0};
    assert_int_equal(webauthn_credential_check(&c, &e), ERR_FIELD_TYPE);
    c.id = (struct bytes){arena_alloc(p->a, WEBAUTHN_ID_MAX + 1), WEBAUTHN_ID_MAX + 1};
    assert_int_equal(webauthn_credential_check(&c, &e), ERR_FIELD_TYPE);
}

CASE(P11_19_an_rp_id_is_a_host_name_and_its_pages_lie_there)
{
    static const struct {
        struct webauthn_site site;
        int code;
    } rows[] = {{{"localhost", "https://localhost:8443", false}, 0},
                {{"lab.example", "https://lab.example https://pages.lab.example", false}, 0},
                {{"127.0.0.1", "https://127.0.0.1", false}, ERR_FIELD_TYPE},
                {{"Lab.example", "https://lab.example", false}, ERR_FIELD_TYPE},
                {{"https://lab.example", "https://lab.example", false}, ERR_FIELD_TYPE},
                {{"lab.example", "http://lab.example", false}, ERR_FIELD_TYPE},
                {{"lab.example", "https://lab.example/", false}, ERR_FIELD_TYPE},
                {{"lab.example", "https://evillab.example", false}, ERR_FIELD_TYPE},
                {{"lab.example", "https://lab.example:", false}, ERR_FIELD_TYPE},
                {{"lab.example", "https://lab.example:8x", false}, ERR_FIELD_TYPE},
                {{"lab.example", "https://lab.example  https://lab.example", false}, ERR_FIELD_TYPE},
                {{"lab.example", "https://lab.example\"", false}, ERR_FIELD_TYPE},
                {{"lab.example", "", false}, ERR_FIELD_TYPE},
                {{"", "", false}, ERR_FIELD_TYPE}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (webauthn_site_check(&rows[i].site, &e) != rows[i].code)
            fail_msg("%s at %s", rows[i].site.rp_id, rows[i].site.origins);
}
