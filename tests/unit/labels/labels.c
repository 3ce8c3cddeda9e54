/* Labels: what the symbols say is read back as a scanner reads it, nothing is cut, a reprint is told from the first copy. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/zone.h"
#include "domain/identifier.h"
#include "labels/labels.h"

#define FONTS "/usr/share/fonts/truetype/dejavu"

static struct arena *a;
static struct err e;
static struct labels_facts facts;
static const char *const law[] = {"FOR AUTOLOGOUS USE ONLY", "NOT EVALUATED FOR INFECTIOUS SUBSTANCES",
                                  "WARNING: Advise recipient of communicable disease risks"};

static void begin(void)
{
    a = arena_new((size_t)64 << 20);
    facts = (struct labels_facts){.container_id = "A999926000001-D0001VA0", .batch_id = "B-20260001", .product = "MSC(WJ), cryopreserved",
                                  .volume_ml = "38.0", .cells = "178600000", .statement = law, .statement_count = 3, .copy = 1};
    assert_int_equal(zone_set("Europe/Vienna", &e), 0);
    assert_true(clock_from_text("2028-11-20T16:54:00.000Z", 24, &facts.expires_ms));
    assert_true(clock_from_text("2026-11-21T16:55:00.000Z", 24, &facts.printed_ms));
}

static struct bytes pdf(void)
{
    struct bytes made;
    if (labels_pdf(a, &facts, FONTS, &made, &e) != 0)
        fail_msg("%s", e.text);
    return made;
}

static const char *zpl(void)
{
    struct bytes made;
    if (labels_zpl(a, &facts, &made, &e) != 0)
        fail_msg("%s", e.text);
    return arena_dup(a, made.data, made.len);
}

/* What ${words}, a program and its arguments, say of the file ${path}, which comes last. */
static const char *said(const char *const words[4], const char *path)
{
    char text[8192];
    size_t n = 0;
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        const char *argv[6] = {words[0]};
        int k = 1;
        for (; k < 4 && words[k] != NULL; k++)
            argv[k] = words[k];
        argv[k] = path;
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execvp(words[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(ends[1]);
    for (ssize_t got; n + 1 < sizeof text && (got = read(ends[0], text + n, sizeof text - n - 1)) > 0;)
        n += (size_t)got;
    text[n] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    if (WEXITSTATUS(status) == 127)
        test_skip_without(words[0]);
    return arena_text(a, text);
}

/* The label as a camera at 300 dots an inch sees it. */
static const char *picture_of(struct bytes made)
{
    char path[] = "/tmp/stemma-label-XXXXXX";
    int fd = mkstemp(path), status;
    assert_true(fd >= 0 && write(fd, made.data, made.len) == (ssize_t)made.len);
    close(fd);
    pid_t child = fork();
    if (child == 0) {
        execlp("pdftoppm", "pdftoppm", "-r", "300", "-png", "-singlefile", path, path, (char *)NULL);
        _exit(127);
    }
    waitpid(child, &status, 0);
    unlink(path);
    if (WEXITSTATUS(status) == 127)
        test_skip_without("pdftoppm");
    return arena_printf(a, "%s.png", path);
}

CASE(T37_label_message_is_parsed_whole_by_our_own_reader)
{
    struct isbt_part *part;
    size_t n;
    const char *message;
    char when[17];
    begin();
    assert_int_equal(labels_message(a, &facts, &message, &e), 0);
    assert_string_equal(message, "=+03000=A99992600000100=<D0001VA0&>0283251754");
    assert_int_equal(isbt_parse(a, message, &part, &n, &e), 0);
    assert_int_equal(n, 3);
    assert_string_equal(part[0].content, "A99992600000100");
    assert_string_equal(part[1].content, "D0001VA0");
    assert_true(isbt_date(part[2].content, when));
    assert_string_equal(when, "2028-11-20 17:54");
    arena_free(a);
}

CASE(R06_a_reprint_bears_flag_05_and_its_number)
{
    const char *scan;
    struct din din;
    begin();
    assert_int_equal(labels_scan(a, &facts, &scan, &e), 0);
    assert_string_equal(scan, "=A99992600000100");
    assert_null(strstr(zpl(), "reprint"));
    facts.copy = 2;
    assert_int_equal(labels_scan(a, &facts, &scan, &e), 0);
    assert_string_equal(scan, "=A99992600000105");
    assert_int_equal(din_from_scan(scan, &din, &e), 0);
    assert_string_equal(din.flags, "05");
    assert_non_null(strstr(zpl(), "copy 2, reprint"));
    arena_free(a);
}

CASE(T53_label_expiry_is_in_the_facilitys_zone)
{
    begin();
    assert_string_equal(labels_expiry(a, facts.expires_ms), "2028-11-20 17:54 CET");
    assert_true(clock_from_text("2028-07-20T16:54:00.000Z", 24, &facts.expires_ms));
    assert_string_equal(labels_expiry(a, facts.expires_ms), "2028-07-20 18:54 CEST");
    arena_free(a);
}

CASE(label_same_facts_give_the_same_bytes)
{
    begin();
    struct bytes one = pdf(), two = pdf();
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.data, two.data, one.len);
    facts.copy = 2;
    two = pdf();
    assert_true(one.len != two.len || memcmp(one.data, two.data, one.len) != 0);
    arena_free(a);
}

CASE(label_symbols_are_read_by_other_programs)
{
    begin();
    const char *picture = picture_of(pdf());
    const char *matrix = said((const char *[]){"dmtxread", "-N1", NULL, NULL}, picture);
    const char *linear = said((const char *[]){"zbarimg", "--raw", "-q", "--nodbus"}, picture);
    if (getenv("STEMMA_SHOTS") == NULL)
        unlink(picture);
    assert_string_equal(matrix, "=+03000=A99992600000100=<D0001VA0&>0283251754");
    assert_string_equal(linear, "=A99992600000100\n");
    arena_free(a);
}

/* What is shown before it is printed is the same drawing: its symbols are read as the print's are. */
CASE(R06_the_picture_of_a_label_is_read_as_its_print_is)
{
    struct bytes shown;
    char path[] = "/tmp/stemma-label-XXXXXX.png";
    begin();
    facts.copy = 2;
    assert_int_equal(labels_png(a, &facts, FONTS, &shown, &e), 0);
    assert_memory_equal(shown.data, "\x89PNG\r\n\x1a\n", 8);
    assert_true(shown.len < 200000);
    int fd = mkstemps(path, 4);
    assert_true(fd >= 0 && write(fd, shown.data, shown.len) == (ssize_t)shown.len);
    close(fd);
    const char *matrix = said((const char *[]){"dmtxread", "-N1", NULL, NULL}, path);
    const char *linear = said((const char *[]){"zbarimg", "--raw", "-q", "--nodbus"}, path);
    if (getenv("STEMMA_SHOTS") == NULL)
        unlink(path);
    assert_string_equal(matrix, "=+03000=A99992600000105=<D0001VA0&>0283251754");
    assert_string_equal(linear, "=A99992600000105\n");
    arena_free(a);
}

CASE(R07_the_picture_of_a_label_is_refused_where_the_label_is)
{
    struct bytes shown;
    const char *many[20];
    begin();
    for (size_t i = 0; i < 20; i++)
        many[i] = "WARNING: Advise recipient of communicable disease risks";
    facts.statement = many;
    facts.statement_count = 20;
    assert_int_equal(labels_pdf(a, &facts, FONTS, &shown, &e), ERR_LABEL_REFUSED);
    assert_int_equal(labels_png(a, &facts, FONTS, &shown, &e), ERR_LABEL_REFUSED);
    arena_free(a);
}

/* The image that a reviewer approved, module by module: 22 by 22. */
CASE(label_matrix_is_the_golden_image)
{
    struct labels_symbol symbol;
    const char *message;
    begin();
    assert_int_equal(labels_message(a, &facts, &message, &e), 0);
    assert_int_equal(labels_matrix(a, message, &symbol, &e), 0);
    char *golden = test_read(LABEL_GOLDEN, NULL);
    assert_non_null(golden);
    struct buf drawn = buf_new(a);
    for (size_t row = 0; row < symbol.rows; row++) {
        for (size_t x = 0; x < symbol.width; x++)
            buf_char(&drawn, symbol.modules[row * symbol.width + x] == '1' ? '#' : '.');
        buf_char(&drawn, '\n');
    }
    assert_string_equal(drawn.text, golden);
    free(golden);
    arena_free(a);
}

CASE(R07_every_statement_stands_on_the_label)
{
    begin();
    facts.recipient_code = "R-0009";
    const char *printed = zpl();
    for (size_t i = 0; i < facts.statement_count; i++)
        assert_non_null(strstr(printed, law[i]));
    assert_true(strstr(printed, "Expires 2028-11-20 17:54 CET") != NULL && strstr(printed, "for recipient R-0009") != NULL);
    assert_non_null(strstr(printed, "A9999 26 000001 [8]"));
    pdf();
    arena_free(a);
}

/* the legend as the printer is sent it: the dots of a row, `#` dark */
static const char *legend_art(const char *printed)
{
    int total, wide;
    const char *at = strstr(printed, "^GFA,");
    if (at == NULL || sscanf(at, "^GFA,%d,%*d,%d,", &total, &wide) != 2)
        return NULL;
    struct buf art = buf_new(a);
    for (int commas = 0; commas < 4; at++)
        commas += *at == ',';
    for (int i = 0; i < total; i++, at += 2) {
        unsigned byte;
        assert_int_equal(sscanf(at, "%2X", &byte), 1);
        for (int bit = 7; bit >= 0; bit--)
            buf_char(&art, byte >> bit & 1 ? '#' : '.');
        if (i % wide == wide - 1)
            buf_char(&art, '\n');
    }
    assert_string_equal(arena_dup(a, at, 3), "^FS");
    return art.text;
}

/* The picture that a reviewer approved, dot by dot: 112 by 112. */
CASE(E1271_90_the_biohazard_legend_is_the_golden_image)
{
    begin();
    assert_null(strstr(zpl(), "BIOHAZARD"));
    assert_null(legend_art(zpl()));
    facts.biohazard = true;
    const char *printed = zpl();
    assert_non_null(strstr(printed, "^FDBIOHAZARD^FS"));
    if (getenv("STEMMA_SHOTS") != NULL) {
        FILE *f = fopen(arena_printf(a, "%s/legend.txt", getenv("STEMMA_SHOTS")), "w");
        assert_true(f != NULL && fputs(legend_art(printed), f) >= 0 && fclose(f) == 0);
    }
    char *golden = test_read(LEGEND_GOLDEN, NULL);
    assert_non_null(golden);
    assert_string_equal(legend_art(printed), golden);
    free(golden);
    arena_free(a);
}

CASE(E1271_90_the_biohazard_legend_stands_on_the_drawn_label)
{
    begin();
    struct bytes without = pdf();
    facts.biohazard = true;
    struct bytes with = pdf();
    assert_true(with.len > without.len);
    const char *picture = picture_of(with);
    const char *matrix = said((const char *[]){"dmtxread", "-N1", NULL, NULL}, picture);
    const char *linear = said((const char *[]){"zbarimg", "--raw", "-q", "--nodbus"}, picture);
    if (getenv("STEMMA_SHOTS") == NULL)
        unlink(picture);
    assert_string_equal(matrix, "=+03000=A99992600000100=<D0001VA0&>0283251754");
    assert_string_equal(linear, "=A99992600000100\n");
    arena_free(a);
}

/* ineligible, for a relative, by the EU's rules: the most that a label bears */
CASE(R07_the_fullest_lawful_label_fits)
{
    static const char *const full[] = {"FOR USE BY INTENDED RECIPIENT ONLY", "WARNING: Advise recipient of communicable disease risks",
        "WARNING: Advise patient of communicable disease risks", "BIOLOGICAL HAZARD",
        "WARNING: Reactive test results for hepatitis B virus"};
    begin();
    facts.statement = full;
    facts.statement_count = 5;
    facts.recipient_code = "R-0009";
    facts.biohazard = true;
    zpl();
    const char *picture = picture_of(pdf());
    if (getenv("STEMMA_SHOTS") == NULL)
        unlink(picture);
    arena_free(a);
}

CASE(R07_what_does_not_fit_is_refused_and_never_cut)
{
    const char *many[20];
    struct bytes made;
    begin();
    for (size_t i = 0; i < 20; i++)
        many[i] = law[2];
    facts.statement = many;
    facts.statement_count = 20;
    assert_int_equal(labels_pdf(a, &facts, FONTS, &made, &e), ERR_LABEL_REFUSED);
    assert_int_equal(labels_zpl(a, &facts, &made, &e), ERR_LABEL_REFUSED);
    arena_free(a);
}

CASE(label_of_no_container_is_refused)
{
    struct bytes made;
    begin();
    facts.container_id = "A999926000001";
    assert_int_equal(labels_pdf(a, &facts, FONTS, &made, &e), ERR_IDENTIFIER_REFUSED);
    assert_int_equal(labels_zpl(a, &facts, &made, &e), ERR_IDENTIFIER_REFUSED);
    arena_free(a);
}

CASE(label_zpl_takes_marks_of_its_language_as_text)
{
    begin();
    facts.product = "a^XZ~b_ µ";
    const char *printed = zpl();
    assert_non_null(strstr(printed, "a_5EXZ_7Eb_5F _C2_B5"));
    const char *end = strstr(printed, "^XZ");
    assert_string_equal(end, "^XZ\n");
    arena_free(a);
}
