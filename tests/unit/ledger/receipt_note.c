#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/keys.h"
#include "ledger/receipt_note.h"

#define ORIGIN "stemma.lab.example/2026"

static struct arena *arena;
static struct err e;
static struct key *secret;
static struct note_key key;

static void begin(const char *service)
{
    uint8_t public[NOTE_PUBLIC_LEN];
    arena = arena_new(0);
    assert_int_equal(key_new(KEY_ED25519, &secret, &e), 0);
    assert_true(key_note_public(secret, public));
    key = note_key_make(arena, receipt_note_key_name(arena, ORIGIN, service), NOTE_KEY_ED25519, public);
}

static void end(void)
{
    secret = key_free(secret);
    arena = arena_free(arena);
}

static struct receipt_note of(const char *stream, int64_t seq)
{
    struct receipt_note r = {.origin = ORIGIN, .stream = stream, .seq = seq, .leaf = {7, 8, 9}};
    clock_from_text("2026-03-02T08:00:05.120Z", 24, &r.time_ms);
    return r;
}

static struct bytes note_of(const char *stream, int64_t seq)
{
    uint8_t signature[NOTE_SIGNATURE_LEN];
    struct receipt_note r = of(stream, seq);
    struct bytes body = receipt_note_body(arena, &r);
    assert_int_equal(key_note_sign(secret, body, signature, &e), 0);
    return note_text(arena, body, note_line_text(arena, &key, signature));
}

static int read_one(struct bytes text, struct receipt_note *ret)
{
    struct line_reader r = line_reader_of(text.data, text.len);
    return receipt_note_next(arena, &r, ret, &e);
}

CASE(F_receipt_round_trip)
{
    begin("batch");
    struct receipt_note r;
    struct bytes text = note_of("B-1", 12);
    assert_true(receipt_note_is(text));
    assert_int_equal(read_one(text, &r), 0);
    assert_string_equal(r.origin, ORIGIN);
    assert_string_equal(r.stream, "B-1");
    assert_int_equal(r.seq, 12);
    assert_int_equal(r.time_ms, of("B-1", 12).time_ms);
    assert_int_equal(r.leaf[2], 9);
    assert_int_equal(receipt_note_verify(&r, &key, 1, key_note_verify, &e), 0);
    end();
}

CASE(F_receipt_same_entry_same_bytes)
{
    begin("batch");
    struct bytes one = note_of("B-1", 12), two = note_of("B-1", 12);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    end();
}

CASE(F_receipt_file_is_one_behind_the_other)
{
    begin("batch");
    struct buf b = buf_new(arena);
    for (int64_t seq = 0; seq < 3; seq++) {
        struct bytes one = note_of("B-1", seq);
        buf_add(&b, one.data, one.len);
    }
    struct line_reader r = line_reader_of(b.text, b.len);
    for (int64_t seq = 0; seq < 3; seq++) {
        struct receipt_note note;
        assert_int_equal(receipt_note_next(arena, &r, &note, &e), 0);
        assert_int_equal(note.seq, seq);
    }
    assert_true(line_at_end(&r));
    end();
}

/* every byte of it changed in turn: malformed, or not signed so */
CASE(F_receipt_forged_in_any_byte_is_refused)
{
    begin("batch");
    struct bytes text = note_of("B-1", 12);
    for (size_t i = 0; i < text.len; i++) {
        struct receipt_note r;
        char *copy = arena_dup(arena, text.data, text.len);
        copy[i] ^= 1;
        if (read_one((struct bytes){(const uint8_t *)copy, text.len}, &r) == 0 &&
            receipt_note_verify(&r, &key, 1, key_note_verify, &e) == 0)
            fail_msg("byte %zu may be changed", i);
    }
    end();
}

CASE(F_receipt_of_another_key_is_refused)
{
    begin("batch");
    struct receipt_note r;
    struct bytes text = note_of("B-1", 12);
    assert_int_equal(read_one(text, &r), 0);
    struct note_key other = note_key_make(arena, key.name, NOTE_KEY_ED25519, (const uint8_t[NOTE_PUBLIC]){3});
    assert_int_equal(receipt_note_verify(&r, &other, 1, key_note_verify, &e), ERR_DOSSIER_REFUSED);
    assert_int_equal(receipt_note_verify(&r, &key, 0, key_note_verify, &e), ERR_DOSSIER_REFUSED);
    end();
}

/* the log's own key, and a witness's, sign no receipts; nor does another log's receipt key */
CASE(F_receipt_of_a_key_for_something_else_is_refused)
{
    static const char *const names[] = {ORIGIN, ORIGIN "/receipts/batch", "stemma.lab.example/2027/receipt/batch", "witness.example/north"};
    begin("batch");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct receipt_note r;
        key = note_key_make(arena, names[i], NOTE_KEY_ED25519, key.public_key);
        assert_int_equal(read_one(note_of("B-1", 12), &r), 0);
        assert_int_equal(receipt_note_verify(&r, &key, 1, key_note_verify, &e), ERR_DOSSIER_REFUSED);
    }
    end();
}

CASE(F_receipt_malformed_is_refused)
{
    static const char *const wrong[] = {
        "", "stemma-receipt/2\n", "stemma-receipt/1\n" ORIGIN "\nB-1 1\n", "stemma-receipt/1\n" ORIGIN "\nb-1 1\nAA==\n2026-03-02T08:00:05.120Z\n\n",
        "stemma-receipt/1\n" ORIGIN "\nB-1 01\nBwgJAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n2026-03-02T08:00:05.120Z\n\n",
        "stemma-receipt/1\n" ORIGIN "\nB-1 1\nBwgJAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n2026-02-30T08:00:05.120Z\n\n",
        "stemma-receipt/1\n" ORIGIN "\nB-1 1\nBwgJAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n2026-03-02T08:00:05.120Z\n\n",
        "stemma-receipt/1\n" ORIGIN "\nB-1 1\nBwgJAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n2026-03-02T08:00:05.120Z\nmore\n\n",
    };
    begin("batch");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct receipt_note r;
        assert_int_equal(read_one((struct bytes){(const uint8_t *)wrong[i], strlen(wrong[i])}, &r), ERR_DOSSIER_REFUSED);
    }
    end();
}
