/* human/dossier.pdf of a real dossier: drawn, signed, accepted by poppler's pdfsig, and what pdfsig lets pass is noticed. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/zone.h"
#include "crypto/tsp.h"
#include "dossier/dossier.h"
#include "paper/paper.h"
#include "pdf/pdf.h"
#include "support/house.h"

#define BATCH "B-20260001"

static struct err e;

static struct dossier_file fetch(bool redacted)
{
    struct dossier_request in;
    struct dossier_file out;
    struct house_person *p = house_login("U-RUTH");
    record_init(&record_dossier_request, &in);
    in.batch_id = BATCH;
    if (redacted)
        in.redacted = 1;
    desk_timeout(p->desk, 120000);
    if (desk_call(p->desk, house_arena(), "audit.dossier", &in, &out, &e) != 0)
        fail_msg("%s", e.text);
    return out;
}

static struct zip open_zip(const struct dossier_file *file)
{
    struct zip zip;
    if (zip_read(house_arena(), file->file, &zip, &e) != 0)
        fail_msg("%s", e.text);
    return zip;
}

static struct bytes find(const struct zip *zip, const char *name)
{
    const struct zip_member *member = zip_member(zip, name);
    if (member == NULL)
        fail_msg("the dossier has no %s", name);
    return member->data;
}

static struct bytes paper_of(bool redacted)
{
    struct dossier_file file = fetch(redacted);
    struct zip zip = open_zip(&file);
    return find(&zip, "human/dossier.pdf");
}

/* What ${program} says of ${data}, with ${words} before (NULL: none) and behind the file's name. */
static const char *said(const char *program, struct bytes data, const char *before, const char *behind[2], int *ret_status)
{
    char path[] = "/tmp/stemma-paper-XXXXXX", text[65536];
    int fd = mkstemp(path), ends[2], status;
    size_t n = 0;
    assert_true(fd >= 0 && write(fd, data.data, data.len) == (ssize_t)data.len);
    close(fd);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        const char *argv[6] = {program};
        int k = 1;
        if (before != NULL)
            argv[k++] = before;
        argv[k++] = path;
        argv[k++] = behind[0];
        argv[k] = behind[0] != NULL ? behind[1] : NULL;
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execvp(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got; n + 1 < sizeof text && (got = read(ends[0], text + n, sizeof text - n - 1)) > 0;)
        n += (size_t)got;
    text[n] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    unlink(path);
    *ret_status = WEXITSTATUS(status);
    if (*ret_status == 127)
        test_skip_without(program);
    return arena_text(house_arena(), text);
}

static const char *pdfsig(struct bytes pdf)
{
    int status;
    return said("pdfsig", pdf, "-nocert", (const char *[]){NULL, NULL}, &status);
}

static struct cms_trust *lab(void)
{
    char *root = test_read(arena_printf(house_arena(), "%s/trust/lab-root.pem", house_dir()), NULL);
    struct cms_trust *trust = root == NULL ? NULL : cms_trust_new(root, &e);
    assert_non_null(trust);
    free(root);
    return trust;
}

static int judge(struct bytes pdf)
{
    struct cms_signer signer;
    struct cms_trust *trust = lab();
    int code = pdf_verify(house_arena(), trust, pdf, clock_ms(), &signer, &e);
    if (code == 0)
        assert_string_equal(signer.common_name, "audit");
    cms_trust_free(trust);
    return code;
}

CASE(dossier_has_a_paper_that_pdfsig_accepts)
{
    struct bytes pdf = paper_of(false);
    const char *text = pdfsig(pdf);
    if (strstr(text, "Signature is Valid") == NULL || strstr(text, "Total document signed") == NULL ||
        strstr(text, "Signer Certificate Common Name: audit") == NULL || strstr(text, "adbe.pkcs7.detached") == NULL)
        fail_msg("%s", text);
    assert_int_equal(judge(pdf), 0);
}

CASE(L22_paper_changed_or_updated_after_signing_is_noticed)
{
    struct bytes pdf = paper_of(false);
    char *other = arena_dup(house_arena(), pdf.data, pdf.len + 0);
    other[pdf.len / 3] ^= 1;
    assert_true(judge((struct bytes){(const uint8_t *)other, pdf.len}) > 0);
    assert_null(strstr(pdfsig((struct bytes){(const uint8_t *)other, pdf.len}), "Signature is Valid"));
    other = arena_alloc(house_arena(), pdf.len + 2);
    memcpy(other, pdf.data, pdf.len);
    other[pdf.len] = '\n';
    assert_true(judge((struct bytes){(const uint8_t *)other, pdf.len + 1}) > 0);
    assert_non_null(strstr(pdfsig((struct bytes){(const uint8_t *)other, pdf.len + 1}), "Not total document signed"));
}

CASE(R41_paper_says_what_the_dossier_holds_and_what_was_changed)
{
    int status;
    struct dossier_file file = fetch(false);
    struct zip zip = open_zip(&file);
    const char *text = said("pdftotext", find(&zip, "human/dossier.pdf"), "-layout", (const char *[]){"-", NULL}, &status);
    static const char *const words[] = {BATCH, "Released", "Peter Novak", "U-PETER", "Batch record", "Tests and disposition",
                                        "Containers and custody", "Genealogy", "All entries",
                                        "changed since original entry: nothing"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]) == NULL)
            fail_msg("the paper does not say \"%s\"", words[i]);
    assert_non_null(strstr(text, arena_printf(house_arena(), "complete: entries 1 to %lld", (long long)file.entries)));
}

static int64_t stamped(const struct dossier *d)
{
    int64_t ms;
    char *root = test_read(arena_printf(house_arena(), "%s/trust/tsa-root.pem", house_dir()), NULL);
    struct tsp_trust *trust = root == NULL ? NULL : tsp_trust_new(root, &e);
    assert_non_null(trust);
    assert_int_equal(tsp_verify(trust, d->checkpoint, d->token, &ms, &e), 0);
    tsp_trust_free(trust);
    free(root);
    return ms;
}

/* Anybody who has the dossier can draw its paper again, byte for byte but for the signature: it says nothing of its own. */
static void draw_again(bool redacted)
{
    struct dossier_file file = fetch(redacted);
    struct zip zip = open_zip(&file);
    struct arena *a = house_arena();
    struct dossier d;
    struct dossier_place place;
    struct bytes drawn, prepared, again, given;
    if (dossier_read(a, &zip, &d, &place, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < d.stream_count; i++)
        for (size_t k = 0; k < d.stream[i].count; k++) {
            struct dossier_entry *x = &d.stream[i].entry[k];
            assert_int_equal(statement_parse(a, (const char *)x->stmt.data, x->stmt.len, &x->statement, &e), 0);
        }
    const struct paper_options options = {"/usr/share/fonts/truetype/dejavu", stamped(&d), redacted, 0};
    assert_int_equal(zone_set("UTC", &e), 0);
    if (paper_draw(a, &d, &options, &drawn, &e) != 0 || pdf_prepare(a, drawn, "Copy for reading; the record is the dossier", &prepared, &e) != 0)
        fail_msg("%s", e.text);
    assert_int_equal(pdf_covered(a, prepared, &again, &e), 0);
    assert_int_equal(pdf_covered(a, find(&zip, "human/dossier.pdf"), &given, &e), 0);
    assert_int_equal(again.len, given.len);
    assert_memory_equal(again.data, given.data, given.len);
}

CASE(paper_is_drawn_again_from_the_dossier_alone)
{
    draw_again(false);
}

CASE(paper_redacted_is_drawn_again_from_the_redacted_dossier_alone)
{
    draw_again(true);
}

static int verifies(const struct dossier_file *file)
{
    int status;
    const char *text = said(arena_printf(house_arena(), "%s/bin/stemma-verify", house_dir()), file->file, NULL,
                            (const char *[]){"--trust", arena_printf(house_arena(), "%s/trust", house_dir())}, &status);
    print_message("%s", text);
    return status;
}

CASE(dossier_redacted_verifies_and_names_nobody_on_paper)
{
    int status;
    struct dossier_file file = fetch(true), whole = fetch(false);
    struct zip zip = open_zip(&file);
    const char *text = said("pdftotext", find(&zip, "human/dossier.pdf"), "-layout", (const char *[]){"-", NULL}, &status);
    assert_int_equal(verifies(&whole), 0);
    assert_int_equal(verifies(&file), 0);
    const char *by_script = said("sh", file.file, VERIFY_SH, (const char *[]){arena_printf(house_arena(), "%s/trust", house_dir()), NULL}, &status);
    if (status != 0)
        fail_msg("%s", by_script);
    assert_true(strstr(text, "Novak") == NULL && strstr(text, "Lindqvist") == NULL && strstr(text, "U-PETER") != NULL);
    for (size_t i = 0; i < zip.count; i++) {
        const struct zip_member *m = &zip.member[i];
        assert_true(strncmp(m->name, "pki/U-", 6) != 0);
        assert_null(memmem(m->data.data, m->data.len, "access.person_", 14));
    }
    assert_non_null(memmem(find(&zip, "README.txt").data, find(&zip, "README.txt").len, "REDACTED", 8));
}
