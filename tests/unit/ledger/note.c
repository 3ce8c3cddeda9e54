#include "support/test.h"

#include <string.h>

#include "crypto/digest.h"
#include "ledger/note.h"

static struct arena *arena;
static struct err e;
static const uint8_t public_key[NOTE_PUBLIC] = {1, 2, 3}, root[DIGEST_LEN] = {9};

/* A stand-in for Ed25519 that binds message and key: SHA-256 twice. The curve is tested in unit.keys. */
static void sign(const uint8_t pub[NOTE_PUBLIC], const void *data, size_t len, uint8_t ret[NOTE_SIGNATURE])
{
    digest_sha256_two(pub, NOTE_PUBLIC, data, len, ret);
    memcpy(ret + DIGEST_LEN, ret, DIGEST_LEN);
}

static bool judge(const uint8_t pub[NOTE_PUBLIC], const void *data, size_t len, const uint8_t sig[NOTE_SIGNATURE])
{
    uint8_t want[NOTE_SIGNATURE];
    sign(pub, data, len, want);
    return memcmp(sig, want, sizeof want) == 0;
}

static struct bytes signed_note(const struct note_key *key, const char *origin, uint64_t size)
{
    uint8_t sig[NOTE_SIGNATURE];
    struct bytes body = note_body(arena, origin, size, root);
    sign(key->public_key, body.data, body.len, sig);
    return note_text(arena, body, note_line_text(arena, key, sig));
}

static struct note_key log_key(void)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    return note_key_make(arena, "stemma.lab.example/2026", NOTE_KEY_ED25519, public_key);
}

CASE(F_checkpoint_round_trip)
{
    struct note_key key = log_key();
    struct bytes text = signed_note(&key, key.name, 42);
    struct checkpoint c;
    assert_int_equal(note_parse(arena, (const char *)text.data, text.len, &c, &e), 0);
    assert_string_equal(c.origin, key.name);
    assert_int_equal(c.size, 42);
    assert_memory_equal(c.root, root, DIGEST_LEN);
    assert_int_equal(note_verify(&c, &key, judge, &e), 0);
    arena = arena_free(arena);
}

CASE(F_checkpoint_key_id_as_specified)
{
    struct note_key key = log_key();
    struct buf b = buf_new(arena);
    uint8_t want[DIGEST_LEN];
    buf_put(&b, "stemma.lab.example/2026\n\x01");
    buf_add(&b, public_key, NOTE_PUBLIC);
    digest_sha256(b.text, b.len, want);
    assert_memory_equal(key.id, want, 4);
    arena = arena_free(arena);
}

CASE(F_checkpoint_any_flipped_byte_is_refused)
{
    struct note_key key = log_key();
    struct bytes text = signed_note(&key, key.name, 42);
    for (size_t i = 0; i < text.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            struct checkpoint c;
            char *bad = arena_dup(arena, text.data, text.len);
            bad[i] = (char)(bad[i] ^ (1 << bit));
            assert_true(note_parse(arena, bad, text.len, &c, &e) != 0 || note_verify(&c, &key, judge, &e) != 0);
        }
    arena = arena_free(arena);
}

static int parse(const char *text)
{
    struct checkpoint c;
    return note_parse(arena, text, strlen(text), &c, &e);
}

CASE(F_checkpoint_malformed_is_refused)
{
    struct note_key key = log_key();
    const char *good = (const char *)signed_note(&key, key.name, 42).data;
    assert_int_equal(parse(good), 0);
    assert_int_not_equal(parse(arena_printf(arena, "%s\n", good)), 0);
    assert_int_not_equal(parse(arena_printf(arena, "X%s", strchr(good, '\n'))), 0);
    assert_int_not_equal(parse(strchr(good, '\n')), 0);
    assert_int_not_equal(parse(arena_printf(arena, "a\n042%s", strstr(good, "42\n") + 2)), 0);
    assert_int_not_equal(parse(arena_printf(arena, "a\n42\nAAAA\n%s", strstr(good, "\n\n"))), 0);
    arena = arena_free(arena);
}

CASE(F_checkpoint_has_no_extension_lines)
{
    struct note_key key = log_key();
    uint8_t sig[NOTE_SIGNATURE];
    struct bytes body = note_body(arena, key.name, 1, root);
    struct buf b = buf_new(arena);
    buf_add(&b, body.data, body.len);
    buf_put(&b, "extension\n");
    sign(public_key, b.text, b.len, sig);
    struct bytes text = note_text(arena, (struct bytes){(const uint8_t *)b.text, b.len}, note_line_text(arena, &key, sig));
    assert_int_equal(parse((const char *)text.data), ERR_DOSSIER_REFUSED);
    arena = arena_free(arena);
}

CASE(F_checkpoint_without_signature_is_refused)
{
    struct note_key key = log_key();
    struct bytes text = note_text(arena, note_body(arena, key.name, 1, root), "");
    assert_int_equal(parse((const char *)text.data), ERR_DOSSIER_REFUSED);
    arena = arena_free(arena);
}

CASE(L03_checkpoint_of_another_origin_or_key_is_refused)
{
    struct note_key key = log_key();
    const uint8_t other[NOTE_PUBLIC] = {4};
    struct note_key other_key = note_key_make(arena, key.name, NOTE_KEY_ED25519, other);
    struct bytes text = signed_note(&other_key, key.name, 1);
    struct checkpoint c;
    assert_int_equal(note_parse(arena, (const char *)text.data, text.len, &c, &e), 0);
    assert_int_equal(note_verify(&c, &key, judge, &e), ERR_DOSSIER_REFUSED);
    text = signed_note(&key, "another.example/2026", 1);
    assert_int_equal(note_parse(arena, (const char *)text.data, text.len, &c, &e), 0);
    assert_int_equal(note_verify(&c, &key, judge, &e), ERR_DOSSIER_REFUSED);
    arena = arena_free(arena);
}

CASE(F_vkey_round_trip)
{
    struct note_key key = log_key(), again;
    const char *text = note_vkey_text(arena, &key);
    assert_int_equal(note_vkey_parse(arena, text, strlen(text), &again, &e), 0);
    assert_string_equal(again.name, key.name);
    assert_memory_equal(again.public_key, public_key, NOTE_PUBLIC);
    arena = arena_free(arena);
}

CASE(F_vkey_of_the_specification)
{
    const char *text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    struct note_key key;
    arena = arena_new(0);
    assert_int_equal(note_vkey_parse(arena, text, strlen(text), &key, &e), 0);
    assert_string_equal(key.name, "PeterNeumann");
    assert_string_equal(note_vkey_text(arena, &key), text);
    arena = arena_free(arena);
}

CASE(F_vkey_malformed_is_refused)
{
    static const char *const bad[] = {
        "", "a", "a+b", "a+c74f20a3+", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "P+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    struct note_key key;
    arena = arena_new(0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(note_vkey_parse(arena, bad[i], strlen(bad[i]), &key, &e), ERR_DOSSIER_REFUSED);
    arena = arena_free(arena);
}

CASE(F_cosignature_signs_time_and_body)
{
    struct note_key key = log_key();
    struct bytes body = note_body(arena, key.name, 7, root), message = cosignature_message(arena, body, 1700000000);
    assert_memory_equal(message.data, "cosignature/v1\ntime 1700000000\n", 31);
    assert_memory_equal(message.data + 31, body.data, body.len);
    arena = arena_free(arena);
}

CASE(F_cosignature_round_trip_and_refusals)
{
    struct note_key key = log_key(), witness = note_key_make(arena, "witness.example/1", NOTE_KEY_COSIGNATURE, public_key);
    const uint8_t other[NOTE_PUBLIC] = {8};
    struct note_key absent = note_key_make(arena, "witness.example/2", NOTE_KEY_COSIGNATURE, other);
    uint8_t sig[NOTE_SIGNATURE];
    uint64_t time_s;
    struct checkpoint c;
    struct bytes body = note_body(arena, key.name, 7, root), message = cosignature_message(arena, body, 1700000000);
    sign(public_key, message.data, message.len, sig);
    struct bytes text = note_text(arena, body, cosignature_line_text(arena, &witness, 1700000000, sig));
    assert_int_equal(note_parse(arena, (const char *)text.data, text.len, &c, &e), 0);
    assert_int_equal(cosignature_verify(arena, &c, &witness, judge, &time_s, &e), 0);
    assert_int_equal(time_s, 1700000000);
    assert_int_equal(cosignature_verify(arena, &c, &absent, judge, &time_s, &e), ERR_DOSSIER_REFUSED);
    text = note_text(arena, body, cosignature_line_text(arena, &witness, 1700000001, sig));
    assert_int_equal(note_parse(arena, (const char *)text.data, text.len, &c, &e), 0);
    assert_int_equal(cosignature_verify(arena, &c, &witness, judge, &time_s, &e), ERR_DOSSIER_REFUSED);
    arena = arena_free(arena);
}
