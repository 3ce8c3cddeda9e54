/* The signature in a PDF: strict where viewers are lenient. */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "pdf/pdf.h"
#include "unit/crypto/pki.h"

static struct err e;

/* The least PDF of one page, with a cross-reference table that fits. */
static struct bytes drawn(struct arena *a)
{
    static const char *const objects[] = {"1 0 obj\n<< /Type /Pages /Kids [ 2 0 R ] /Count 1 >>\nendobj\n",
                                          "2 0 obj\n<< /Type /Page /Parent 1 0 R /MediaBox [ 0 0 200 100 ] >>\nendobj\n",
                                          "3 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\n"};
    struct buf b = buf_new(a), xref = buf_new(a);
    buf_put(&b, "%PDF-1.5\n");
    buf_put(&xref, "xref\n0 4\n0000000000 65535 f \n");
    for (size_t i = 0; i < 3; i++) {
        buf_printf(&xref, "%010zu 00000 n \n", b.len);
        buf_put(&b, objects[i]);
    }
    size_t at = b.len;
    buf_printf(&b, "%strailer\n<< /Size 4 /Root 3 0 R >>\nstartxref\n%zu\n%%%%EOF\n", xref.text, at);
    return (struct bytes){(const uint8_t *)b.text, b.len};
}

struct lab {
    struct pki *pki;
    struct arena *a;
    struct cms_trust *trust;
    struct bytes prepared, file;
    int64_t now_ms;
};

static struct lab lab_new(void)
{
    struct lab l = {.pki = pki_new()};
    struct bytes covered, p7s;
    l.a = l.pki->a;
    l.now_ms = clock_ms();
    l.trust = cms_trust_new(certificate_to_pem(l.a, l.pki->root), &e);
    assert_non_null(l.trust);
    assert_int_equal(pdf_prepare(l.a, drawn(l.a), "Copy", &l.prepared, &e), 0);
    assert_int_equal(pdf_covered(l.a, l.prepared, &covered, &e), 0);
    assert_int_equal(cms_sign(l.a, &l.pki->audit_signs, covered, l.now_ms, &p7s, &e), 0);
    assert_int_equal(pdf_fill(l.a, l.prepared, p7s, &l.file, &e), 0);
    return l;
}

static void lab_free(struct lab *l)
{
    cms_trust_free(l->trust);
    pki_free(l->pki);
}

static int judge(struct lab *l, struct bytes file)
{
    struct cms_signer signer;
    return pdf_verify(l->a, l->trust, file, l->now_ms, &signer, &e);
}

static struct bytes appended(struct lab *l, const char *text)
{
    const char *all = arena_printf(l->a, "%.*s%s", (int)l->file.len, (const char *)l->file.data, text);
    return (struct bytes){(const uint8_t *)all, strlen(all)};
}

static size_t place_of(struct bytes file, const char *word)
{
    const uint8_t *at = memmem(file.data, file.len, word, strlen(word));
    assert_non_null(at);
    return (size_t)(at - file.data);
}

/* the file with ${text} written over what is at ${at} */
static struct bytes changed(struct lab *l, size_t at, const char *text)
{
    char *all = arena_dup(l->a, l->file.data, l->file.len);
    memcpy(all + at, text, strlen(text));
    return (struct bytes){(const uint8_t *)all, l->file.len};
}

CASE(pdf_signed_by_audit_holds)
{
    struct lab l = lab_new();
    struct cms_signer signer;
    assert_int_equal(pdf_verify(l.a, l.trust, l.file, l.now_ms, &signer, &e), 0);
    assert_string_equal(signer.common_name, "audit");
    lab_free(&l);
}

CASE(pdf_signature_holds_for_openssl_too)
{
    struct lab l = lab_new();
    struct bytes covered;
    size_t at = place_of(l.file, "/Contents <") + 11;
    uint8_t der[PDF_SIGNATURE_MAX];
    assert_true(hex_to((const char *)l.file.data + at, 2 * sizeof der, der));
    assert_int_equal(pdf_covered(l.a, l.file, &covered, &e), 0);
    pki_write(l.pki, "covered", covered);
    pki_write(l.pki, "p7s", (struct bytes){der, 4 + ((size_t)der[2] << 8 | der[3])});
    assert_int_equal(pki_run(l.pki, "openssl cms -verify -cades -binary -inform DER -in @p7s -content @covered -CAfile @root.pem "
                                    "-purpose any"), 0);
    lab_free(&l);
}

CASE(L22_update_after_signing_is_noticed)
{
    struct lab l = lab_new();
    assert_true(judge(&l, appended(&l, "2 0 obj\n<< /Type /Page /Parent 1 0 R /MediaBox [ 0 0 9 9 ] >>\nendobj\nxref\n2 1\n"
                                       "0000009000 00000 n \ntrailer\n<< /Size 6 /Root 3 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n")) > 0);
    assert_non_null(strstr(e.text, "goes on behind"));
    lab_free(&l);
}

CASE(L22_one_byte_more_is_noticed)
{
    struct lab l = lab_new();
    assert_true(judge(&l, appended(&l, "\n")) > 0);
    lab_free(&l);
}

CASE(L22_second_signature_is_refused)
{
    struct lab l = lab_new();
    assert_true(judge(&l, appended(&l, "9 0 obj\n<< /Type /Sig /ByteRange [0 1 2 3] >>\nendobj\n")) > 0);
    assert_non_null(strstr(e.text, "more than one"));
    lab_free(&l);
}

CASE(L22_any_changed_byte_is_noticed)
{
    struct lab l = lab_new();
    size_t gap = place_of(l.file, "/Contents <"), behind = gap + 11 + 2 * PDF_SIGNATURE_MAX;
    for (size_t i = 0; i < l.file.len; i += i > gap + 600 && i < behind - 1500 ? 997 : 7) {
        const char other[2] = {l.file.data[i] == '0' ? '1' : '0', '\0'};
        if (judge(&l, changed(&l, i, other)) == 0)
            fail_msg("byte %zu of %zu can be changed", i, l.file.len);
    }
    lab_free(&l);
}

CASE(L23_gap_in_byte_range_is_contents_and_nothing_else)
{
    struct lab l = lab_new();
    size_t at = place_of(l.file, "/ByteRange [0 ") + 14, gap = place_of(l.file, "/Contents <") + 10;
    size_t end = gap + 2 * PDF_SIGNATURE_MAX + 2, rest = l.file.len - end;
    static const struct {
        int gap, end, rest;
    } wrong[] = {{-1, 0, 0}, {1, 0, 0}, {0, -1, 1}, {0, 1, -1}, {0, 0, -1}, {0, 0, 1}, {-11, 0, 0}, {0, 9, -9}};
    assert_int_equal(judge(&l, changed(&l, at, arena_printf(l.a, "%010zu %010zu %010zu", gap, end, rest))), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *range = arena_printf(l.a, "%010zu %010zu %010zu", gap + (size_t)(long)wrong[i].gap, end + (size_t)(long)wrong[i].end,
                                         rest + (size_t)(long)wrong[i].rest);
        assert_true(judge(&l, changed(&l, at, range)) > 0);
        assert_true(strstr(e.text, "gap") != NULL || strstr(e.text, "goes on") != NULL);
    }
    lab_free(&l);
}

CASE(L23_contents_is_hex_and_padded_with_zeros)
{
    struct lab l = lab_new();
    size_t gap = place_of(l.file, "/Contents <") + 11;
    assert_true(judge(&l, changed(&l, gap + 2 * PDF_SIGNATURE_MAX - 4, "> /X")) > 0);
    assert_true(judge(&l, changed(&l, gap + 2 * PDF_SIGNATURE_MAX - 4, "0a0b")) > 0);
    assert_true(judge(&l, l.prepared) > 0);
    lab_free(&l);
}

CASE(pdf_prepared_is_the_same_bytes_again)
{
    struct lab l = lab_new();
    struct bytes again;
    assert_int_equal(pdf_prepare(l.a, drawn(l.a), "Copy", &again, &e), 0);
    assert_int_equal(again.len, l.prepared.len);
    assert_memory_equal(again.data, l.prepared.data, again.len);
    lab_free(&l);
}

CASE(pdf_takes_one_signature_that_fits)
{
    struct lab l = lab_new();
    struct bytes out;
    uint8_t big[PDF_SIGNATURE_MAX + 1] = {0x30, 0x82};
    assert_true(pdf_fill(l.a, l.prepared, (struct bytes){big, sizeof big}, &out, &e) > 0);
    assert_true(pdf_fill(l.a, l.file, (struct bytes){big, 100}, &out, &e) > 0);
    assert_true(pdf_fill(l.a, drawn(l.a), (struct bytes){big, 100}, &out, &e) > 0);
    lab_free(&l);
}

CASE(pdf_what_is_none_is_not_prepared)
{
    struct arena *a = arena_new(0);
    struct bytes out, good = drawn(a);
    assert_int_equal(pdf_prepare(a, pki_bytes("%PDF-1.5 and no more of it"), "Copy", &out, &e), ERR_FAULT);
    assert_int_equal(pdf_prepare(a, (struct bytes){good.data + 1, good.len - 1}, "Copy", &out, &e), ERR_FAULT);
    assert_int_equal(pdf_prepare(a, (struct bytes){good.data, good.len / 2}, "Copy", &out, &e), ERR_FAULT);
    arena_free(a);
}
