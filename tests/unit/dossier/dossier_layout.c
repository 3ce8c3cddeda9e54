/* The texts inside a dossier: one form each. */
#include "support/test.h"

#include <string.h>

#include "dossier/layout.h"
#include "dossier/manifest.h"
#include "support/dossier_fixture.h"

static struct err e;

static struct bytes as_bytes(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void same(struct bytes x, struct bytes y)
{
    assert_int_equal(x.len, y.len);
    assert_memory_equal(x.data, y.data, x.len);
}

CASE(F_dossier_read_and_written_again_is_the_same)
{
    struct fixture *f = fixture_new(SPOIL_NONE);
    struct dossier d;
    struct dossier_place place;
    struct zip zip;
    assert_int_equal(zip_read(f->a, fixture_file(f), &zip, &e), 0);
    assert_int_equal(dossier_read(f->a, &zip, &d, &place, &e), 0);
    same(layout_index(f->a, &d), zip_find(&zip, "dossier.txt"));
    same(layout_chain(f->a, &d.stream[0]), zip_find(&zip, "streams/B-1/chain.txt"));
    same(layout_proofs(f->a, &d.stream[2]), zip_find(&zip, "streams/SYS/proofs.txt"));
    same(layout_heads(f->a, &d.heads), zip_find(&zip, "log/heads.txt"));
    same(layout_stamps(f->a, &d), zip_find(&zip, "log/stamps.txt"));
    same(manifest_build(f->a, &zip), zip_find(&zip, MANIFEST_NAME));
    fixture_free(f);
}

CASE(F_dossier_layout_of_the_members)
{
    static const char *const names[] = {
        "mimetype", "README.txt", "dossier.txt", "streams/B-1/chain.txt", "streams/B-1/proofs.txt",
        "streams/B-1/acts/000000.stmt", "streams/B-1/acts/000000.p7s", "streams/B-1/acts/000004.p7s",
        "streams/B-1/observations", "streams/P-1/acts/000001.stmt", "streams/SYS/observations", "log/checkpoint",
        "log/checkpoint.tsr", "log/cosignatures", "log/heads.txt", "log/stamps.txt", "pki/issuing.crl",
        "human/dossier.pdf", MANIFEST_NAME, MANIFEST_SIGNATURE};
    struct fixture *f = fixture_new(SPOIL_NONE);
    struct zip zip;
    assert_int_equal(zip_read(f->a, fixture_file(f), &zip, &e), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(zip_member(&zip, names[i]));
    assert_null(zip_member(&zip, "streams/P-1/observations"));
    fixture_free(f);
}

CASE(F_dossier_index_malformed)
{
    static const char *const bad[] = {
        "", "stemma-dossier/2\nsubject B-1\ncheckpoint 1\nwhole B-1 1\n", "stemma-dossier/1\nsubject b\ncheckpoint 1\n",
        "stemma-dossier/1\nsubject B-1\ncheckpoint 01\n", "stemma-dossier/1\nsubject B-1\ncheckpoint 1\nall B-1 1\n",
        "stemma-dossier/1\nsubject B-1\ncheckpoint 1\nwhole B-1 0\n", "stemma-dossier/1\nsubject B-1\ncheckpoint 1\nwhole B-1 1",
        "stemma-dossier/1\nsubject B-1\ncheckpoint 1\nwhole B-2 1\nwhole B-1 1\n",
        "stemma-dossier/1\nsubject B-1\ncheckpoint 1\nwhole B-1 1\npart B-1 1\n"};
    struct arena *a = arena_new(0);
    struct dossier d;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(layout_index_read(a, as_bytes(bad[i]), &d, &e), ERR_DOSSIER_REFUSED);
    assert_int_equal(layout_index_read(a, as_bytes("stemma-dossier/1\nsubject B-1\ncheckpoint 9\nwhole B-1 1\n"), &d, &e), 0);
    assert_true(d.size == 9 && d.stream_count == 1 && d.stream[0].whole);
    arena_free(a);
}

/* Memory is not taken at the word of dossier.txt: the arena would end the program without a verdict. */
CASE(F_dossier_more_entries_than_the_chain_can_hold)
{
    struct arena *a = arena_new((size_t)1 << 20);
    struct dossier_stream s = {.id = "B-1", .whole = true, .count = 1000000};
    int64_t seq;
    assert_int_equal(layout_chain_read(a, as_bytes("stemma-entry/1\n"), &s, &seq, &e), ERR_DOSSIER_REFUSED);
    assert_string_equal(e.rule, "5");
    arena_free(a);
}

CASE(F_dossier_heads_malformed)
{
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    static const char *const bad[] = {
        "", "heads 1 2 3 " HASH "\nline 0 B-1 4 " HASH "\nproof 1\n", "heads 1 2 3 " HASH "\nline 0 B-1 4 " HASH "\nproof 0",
        "heads 1 2 3 " HASH "\nline 0 B-1 4 " HASH "\nproof 0 12\n", "heads 1 2 3 " HASH "\nline 0 B-1 4 " HASH "\nproof 0\n\n",
        "heads 1 2 3\nline 0 B-1 4 " HASH "\nproof 0\n"};
    struct arena *a = arena_new(0);
    struct dossier_heads h;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(layout_heads_read(a, as_bytes(bad[i]), &h, &e), ERR_DOSSIER_REFUSED);
    assert_int_equal(layout_heads_read(a, as_bytes("heads 1 2 3 " HASH "\nline 0 B-1 4 " HASH "\nproof 0 " HASH "\n"), &h, &e), 0);
    assert_int_equal(h.proof.count, 1);
    arena_free(a);
}

CASE(F_dossier_stamps_ascend)
{
    struct arena *a = arena_new(0);
    struct dossier d = {.size = 0};
    assert_int_equal(layout_stamps_read(a, as_bytes("stamp 1 5\nconsistency 5 " HASH "\nstamp 2 9\nconsistency 9\n"), &d, &e), 0);
    assert_int_equal(d.stamp_count, 2);
    d = (struct dossier){.size = 0};
    assert_int_not_equal(layout_stamps_read(a, as_bytes("stamp 1 5\nconsistency 5\nstamp 2 5\nconsistency 5\n"), &d, &e), 0);
    d = (struct dossier){.size = 0};
    assert_int_not_equal(layout_stamps_read(a, as_bytes("stamp 1 5\nconsistency 6\n"), &d, &e), 0);
    d = (struct dossier){.size = 0};
    assert_int_not_equal(layout_stamps_read(a, as_bytes("stamp 1 5\n"), &d, &e), 0);
    arena_free(a);
}

/* Whatever byte of the file is changed, the verifier refuses. Every 3rd byte, to keep the case short. */
CASE(F_dossier_every_flipped_byte_is_refused)
{
    struct fixture *f = fixture_new(SPOIL_NONE);
    struct bytes file = fixture_file(f);
    struct trust trust;
    assert_int_equal(trust_open(f->a, &f->trust, &trust, &e), 0);
    struct arena *a = arena_new(0);
    uint8_t *copy = arena_alloc(f->a, file.len);
    memcpy(copy, file.data, file.len);
    for (size_t i = 0; i < file.len; i += 3) {
        struct findings verdict;
        copy[i] ^= (uint8_t)(1 << i % 8);
        dossier_verify(a, (struct bytes){copy, file.len}, &trust, NULL, &verdict);
        assert_true(verdict.fault_count > 0);
        copy[i] = file.data[i];
        arena_reset(a);
    }
    arena_free(a);
    trust_close(&trust);
    fixture_free(f);
}
