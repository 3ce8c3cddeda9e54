/* Receipts at commit held against a dossier: what was promised and is not there is named; what cannot be judged is not. */
#include "support/test.h"

#include <string.h>

#include "crypto/keys.h"
#include "dossier/promises.h"
#include "support/dossier_fixture.h"

static struct fixture *f;
static struct trust trust;
static struct key *secret;
static struct note_key key;
static struct dossier read_back;
static struct buf receipts;
static struct err e;

static void begin(void)
{
    uint8_t public[NOTE_PUBLIC_LEN];
    f = fixture_new(SPOIL_NONE);
    assert_int_equal(key_new(KEY_ED25519, &secret, &e), 0);
    assert_true(key_note_public(secret, public));
    key = note_key_make(f->a, receipt_note_key_name(f->a, f->origin, "batch"), NOTE_KEY_ED25519, public);
    assert_int_equal(trust_open(f->a, &f->trust, &trust, &e), 0);
    assert_int_equal(trust_with_receipts(f->a, &trust, arena_printf(f->a, "%s\n", note_vkey_text(f->a, &key)), &e), 0);
    receipts = buf_new(f->a);
    struct zip zip;
    struct dossier_place place;
    assert_int_equal(zip_read(f->a, fixture_file(f), &zip, &e), 0);
    assert_int_equal(dossier_read(f->a, &zip, &read_back, &place, &e), 0);
}

static void end(void)
{
    trust_close(&trust);
    secret = key_free(secret);
    fixture_free(f);
}

static const struct dossier_entry *entry_of(const char *stream, int64_t seq)
{
    return dossier_entry(dossier_stream(&read_back, stream), seq);
}

static void promise(const char *stream, int64_t seq, int64_t time_ms, const uint8_t leaf[DIGEST_LEN])
{
    uint8_t signature[NOTE_SIGNATURE_LEN];
    struct receipt_note r = {.origin = f->origin, .stream = stream, .seq = seq, .time_ms = time_ms};
    memcpy(r.leaf, leaf, DIGEST_LEN);
    struct bytes body = receipt_note_body(f->a, &r);
    assert_int_equal(key_note_sign(secret, body, signature, &e), 0);
    struct bytes note = note_text(f->a, body, note_line_text(f->a, &key, signature));
    buf_add(&receipts, note.data, note.len);
}

static struct findings judge(size_t *ret_kept)
{
    struct promises p = {.count = 0};
    struct findings verdict;
    struct bytes file = fixture_file(f);
    if (promises_read(f->a, (struct bytes){(const uint8_t *)receipts.text, receipts.len}, &trust, &p, &e) != 0)
        fail_msg("%s", e.text);
    dossier_verify(f->a, file, &trust, NULL, &verdict);
    assert_int_equal(verdict.fault_count, 0);
    *ret_kept = promises_check(f->a, &p, file, &verdict);
    return verdict;
}

CASE(L33_receipts_of_entries_that_are_there_are_kept)
{
    size_t kept;
    begin();
    for (int64_t seq = 0; seq < 5; seq++)
        promise("B-1", seq, entry_of("B-1", seq)->entry.time_ms, entry_of("B-1", seq)->leaf);
    assert_int_equal(judge(&kept).fault_count, 0);
    assert_int_equal(kept, 5);
    end();
}

CASE(L33_receipt_of_an_entry_that_was_dropped_names_it)
{
    size_t kept;
    begin();
    promise("B-1", 5, entry_of("B-1", 4)->entry.time_ms - 3600000, entry_of("B-1", 4)->leaf);
    struct findings v = judge(&kept);
    assert_int_equal(v.fault_count, 1);
    assert_int_equal(v.fault[0].place.seq, 5);
    assert_non_null(strstr(fault_text(f->a, &v.fault[0]), "B-1 5 10: dropped: "));
    assert_non_null(strstr(v.fault[0].text, "nothing is"));
    end();
}

CASE(L33_receipt_of_an_entry_that_was_replaced_names_it)
{
    size_t kept;
    begin();
    promise("B-1", 3, entry_of("B-1", 3)->entry.time_ms, entry_of("B-1", 2)->leaf);
    struct findings v = judge(&kept);
    assert_int_equal(v.fault_count, 1);
    assert_non_null(strstr(v.fault[0].text, "another one is"));
    end();
}

/* the dossier was cut before it, or does not hold that stream whole, or is of another log: nothing follows */
CASE(receipts_that_the_dossier_cannot_tell_about_are_no_faults)
{
    size_t kept;
    begin();
    promise("B-1", 5, entry_of("B-1", 4)->entry.time_ms + 86400000, entry_of("B-1", 4)->leaf);
    promise("P-1", 400, entry_of("B-1", 0)->entry.time_ms - 3600000, entry_of("B-1", 4)->leaf);
    promise("B-2", 0, entry_of("B-1", 0)->entry.time_ms - 3600000, entry_of("B-1", 4)->leaf);
    assert_int_equal(judge(&kept).fault_count, 0);
    assert_int_equal(kept, 0);
    end();
}

CASE(F_receipt_that_nobody_signed_is_forged)
{
    struct promises p = {.count = 0};
    begin();
    promise("B-1", 3, entry_of("B-1", 3)->entry.time_ms, entry_of("B-1", 3)->leaf);
    char *at = strstr(receipts.text, "B-1 3");
    assert_non_null(at);
    at[4] = '4';
    struct bytes file = {(const uint8_t *)receipts.text, receipts.len};
    assert_int_equal(promises_read(f->a, file, &trust, &p, &e), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "forged: entry 4 of B-1"));
    assert_int_equal(p.count, 0);
    trust.receipt_count = 0;
    assert_int_equal(promises_read(f->a, file, &trust, &p, &e), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "receipts.txt"));
    end();
}

/* After a recovery the terminal's file goes on: receipts of the closed log and of the new one stand one behind the other. */
CASE(receipts_of_another_log_are_counted_and_the_others_judged)
{
    struct promises p = {.count = 0};
    begin();
    const char *here = f->origin;
    f->origin = "stemma.former.example/2025";
    promise("B-1", 0, entry_of("B-1", 0)->entry.time_ms, entry_of("B-1", 0)->leaf);
    f->origin = here;
    promise("B-1", 1, entry_of("B-1", 1)->entry.time_ms, entry_of("B-1", 1)->leaf);
    assert_int_equal(promises_read(f->a, (struct bytes){(const uint8_t *)receipts.text, receipts.len}, &trust, &p, &e), 0);
    assert_int_equal(p.count, 1);
    assert_int_equal(p.foreign, 1);
    end();
}

/* Eight services whose keys were changed now and then: the former lines stay, and no dossier is refused for it. */
CASE(receipts_may_be_signed_by_more_keys_than_a_note_has_lines)
{
    begin();
    struct buf lines = buf_new(f->a);
    const char *line = note_vkey_text(f->a, &key);
    for (int i = 0; i < 200; i++)
        buf_printf(&lines, "%s\n", line);
    assert_int_equal(trust_with_receipts(f->a, &trust, lines.text, &e), 0);
    assert_int_equal(trust.receipt_count, 200);
    for (int i = 0; i < 1000; i++)
        buf_printf(&lines, "%s\n", line);
    assert_int_equal(trust_with_receipts(f->a, &trust, lines.text, &e), ERR_DOSSIER_REFUSED);
    end();
}

/* The power went while a receipt was kept: those before and behind it are judged, what is left of it promises nothing. */
CASE(receipts_that_are_broken_off_hide_no_others)
{
    struct bytes whole;
    size_t third;
    begin();
    for (int64_t seq = 0; seq < 3; seq++) {
        third = receipts.len;
        promise("B-1", seq, entry_of("B-1", seq)->entry.time_ms, entry_of("B-1", seq)->leaf);
    }
    whole = (struct bytes){(const uint8_t *)receipts.text, receipts.len};
    const size_t first = third / 2;
    for (size_t left = 1; left < first; left++) {
        struct promises p = {.count = 0};
        struct buf b = buf_new(f->a);
        buf_add(&b, whole.data, first + left);                       /* the second, broken off */
        buf_add(&b, whole.data + third, whole.len - third);
        assert_int_equal(promises_read(f->a, (struct bytes){(const uint8_t *)b.text, b.len}, &trust, &p, &e), 0);
        assert_int_equal(p.broken, 1);
        assert_int_equal(p.count, 2);
        assert_int_equal(p.note[1].seq, 2);
    }
    end();
}
