/* A file becomes a result: it is of this batch, it is the file that was said, and nobody picks among its values. */
#include <string.h>

#include "crypto/digest.h"
#include "domain/test_source.h"
#include "support/test.h"

#define HEADER "Sample ID,Viable (x10^6) cells/mL,Viability (%)\n"

static struct arena *a;
static struct err e;
static struct file_import in;

static int import(const char *text)
{
    uint8_t digest[DIGEST_LEN];
    digest_sha256(text, strlen(text), digest);
    record_init(&record_file_import, &in);
    memset(&e, 0, sizeof e);
    in.batch_id = "B-1";
    in.file_name = "x.csv";
    in.file_sha256 = in.file_sha256 != NULL ? in.file_sha256 : hex_text(a, digest, sizeof digest);
    return file_import_new(a, (struct bytes){(const uint8_t *)text, strlen(text)}, &in, &e);
}

/* as it is read again by whoever has the record in which it was kept */
static int import_again(const char *text)
{
    struct file_import again;
    record_init(&record_file_import, &again);
    again.batch_id = "B-1";
    again.file_sha256 = in.file_sha256;
    return file_import_read(a, (struct bytes){(const uint8_t *)text, strlen(text)}, &again, &e);
}

static int result_of(const char *quantity, const char *unit, int replicates, const char **ret)
{
    const char *found;
    struct file_wanted want = {quantity, unit, replicates, NULL};
    memset(&e, 0, sizeof e);
    return file_result(a, &in, &want, ret, &found, &e);
}

CASE(T52_file_is_bound_to_the_batch_that_it_names)
{
    a = arena_new(0);
    assert_int_equal(import(HEADER "B-2,0.5,97\nB-1,0.6,96.5\nB-10,1,1\nB-1-S2,0.7,95\nB-1-S,1,1\nB-1-Sx,1,1\n"), 0);
    assert_int_equal(in.values.count, 4);
    assert_int_equal(in.others, 8);
    assert_int_equal(in.size, strlen(HEADER "B-2,0.5,97\nB-1,0.6,96.5\nB-10,1,1\nB-1-S2,0.7,95\nB-1-S,1,1\nB-1-Sx,1,1\n"));
    assert_string_equal(in.format, "vi_cell_blu");
    assert_int_equal(import(HEADER "B-2,0.5,97\nB-10,0.5,97\n"), ERR_RESULT_REFUSED);
    assert_string_equal(e.text, "it is of B-2, B-10, not of B-1");
    assert_string_equal(e.rule, "T52");
    assert_int_equal(import(HEADER ",0.5,97\n"), ERR_RESULT_REFUSED);
    assert_string_equal(e.text, "it is of no sample at all, not of B-1");
    a = arena_free(a);
}

CASE(T52_file_is_the_one_whose_digest_was_said)
{
    a = arena_new(0);
    record_init(&record_file_import, &in);
    in.batch_id = "B-1";
    in.file_sha256 = "0000000000000000000000000000000000000000000000000000000000000000";
    assert_int_equal(file_import_read(a, (struct bytes){(const uint8_t *)HEADER, strlen(HEADER)}, &in, &e), ERR_RESULT_REFUSED);
    assert_string_equal(e.field, "file_sha256");
    a = arena_free(a);
}

CASE(T38_file_that_names_a_patient_is_refused)
{
    a = arena_new(0);
    assert_int_equal(import("MSH|^~\\&|LAB\rPID|1||R-1||Doe^Jane\rOBR|1||B-1\rOBX|1|NM|718-7||13.2|g/dL|||||F\r"), ERR_RESULT_REFUSED);
    assert_string_equal(e.rule, "T38");
    assert_non_null(strstr(e.text, "line 2 (PID-5)"));
    a = arena_free(a);
}

CASE(R25_result_is_every_value_that_the_file_has)
{
    const char *result;
    a = arena_new(0);
    assert_int_equal(import(HEADER "B-1,0.5,97.0\nB-1,0.6,96.5\n"), 0);
    assert_int_equal(result_of("viability", "%", 2, &result), 0);
    assert_string_equal(result, "97.0; 96.5");
    assert_int_equal(result_of("viability", "%", 1, &result), ERR_RESULT_REFUSED);
    assert_string_equal(e.text, "the file has 2 values of viability, the test takes 1");
    assert_int_equal(result_of("potency", "%", 1, &result), ERR_RESULT_REFUSED);
    assert_int_equal(result_of("viable_density", "cells/uL", 2, &result), ERR_RESULT_REFUSED);
    assert_string_equal(e.rule, "T11");
    assert_int_equal(import("Image;1-2-c-B-1;\nLive (cells/ml);2E6;\nViability (%);68.2 (Out of optimal range);\n"), 0);
    assert_int_equal(result_of("viable_density", "cells/mL", 1, &result), 0);
    assert_string_equal(result, "2000000");
    assert_int_equal(result_of("viability", "%", 1, &result), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "line 3: the instrument says \"Out of optimal range\" of it"));
    a = arena_free(a);
}

CASE(R25_values_of_two_samples_are_no_replicates)
{
    const char *result;
    a = arena_new(0);
    assert_int_equal(import(HEADER "B-1-S1,0.5,97.0\nB-1-S2,0.6,96.5\n"), 0);
    assert_int_equal(result_of("viability", "%", 2, &result), ERR_RESULT_REFUSED);
    assert_string_equal(e.field, "quantity");
    assert_string_equal(e.text, "the file has it of B-1-S1 and of B-1-S2: type it, or import one sample");
    assert_int_equal(import(HEADER "B-1-S1,0.5,97.0\nB-1-S1,0.6,96.5\nB-2,0.6,90\n"), 0);
    assert_int_equal(result_of("viability", "%", 2, &result), 0);
    assert_string_equal(result, "97.0; 96.5");
    a = arena_free(a);
}

static const char SPECIFICATION[] =
    "{\"id\":\"Q-1\",\"product\":\"x\",\"tests\":[{\"code\":\"viability\",\"gating\":\"release\",\"limit\":\"70\",\"method\":\"m\",\"op\":\">=\","
    "\"pending_allowed\":false,\"replicates\":1,\"rounding\":\"usp\",\"sample_point\":\"p\",\"title\":\"Viability\",\"unit\":\"%\"}],"
    "\"title\":\"x\",\"version\":1}";

static int fill(struct test_report *t, const char *result, const char *quantity, bool with_file)
{
    struct specification *spec;
    assert_int_equal(specification_parse(a, SPECIFICATION, strlen(SPECIFICATION), &spec, &e), 0);
    record_init(&record_test_report, t);
    t->code = "viability";
    t->result = result;
    t->quantity = quantity;
    if (with_file || quantity != NULL)
        t->file_seq = 3;
    return test_source_fill(a, spec, with_file ? &in : NULL, t, &e);
}

CASE(custody_SAMPLE_a_file_of_another_sample_gives_no_result)
{
    const char *result, *found;
    struct file_wanted want = {"viability", "%", 1, "B-1-S2"};
    a = arena_new(0);
    in.file_sha256 = NULL;
    assert_int_equal(import(HEADER "B-1-S2,0.7,95\n"), 0);
    assert_int_equal(file_result(a, &in, &want, &result, &found, &e), 0);
    want.sample = "B-1-S20";
    assert_int_equal(file_result(a, &in, &want, &result, &found, &e), ERR_SAMPLE_REFUSED);
    assert_string_equal(e.field, "sample_id");
    in.file_sha256 = NULL;
    assert_int_equal(import(HEADER "B-1,0.7,95\n"), 0);   /* it names the batch alone */
    assert_int_equal(file_result(a, &in, &want, &result, &found, &e), 0);
    a = arena_free(a);
}

CASE(R23_result_comes_from_the_file_or_was_typed)
{
    struct test_report t;
    a = arena_new(0);
    assert_int_equal(import(HEADER "B-1,0.5,97.0\n"), 0);
    assert_int_equal(fill(&t, NULL, "viability", true), 0);
    assert_string_equal(t.result, "97.0");
    assert_string_equal(t.found, "viability in %, of B-1: line 2, column 9");
    assert_string_equal(t.file_sha256, in.file_sha256);
    assert_int_equal(fill(&t, "97.0", "viability", true), 0);
    assert_int_equal(fill(&t, "97", "viability", true), ERR_RESULT_REFUSED);        /* not the digits that were read */
    assert_string_equal(e.rule, "R23");
    assert_int_equal(fill(&t, "95", NULL, true), 0);                                 /* typed, the file beside it */
    assert_string_equal(t.result, "95");
    assert_null(t.found);
    assert_non_null(t.file_sha256);
    assert_int_equal(fill(&t, NULL, NULL, true), ERR_FIELD_MISSING);
    assert_int_equal(fill(&t, NULL, NULL, false), ERR_FIELD_MISSING);
    assert_int_equal(fill(&t, "97", NULL, false), 0);
    assert_null(t.file_sha256);
    assert_int_equal(fill(&t, "97", "viability", false), ERR_NOT_FOUND);
    a = arena_free(a);
}

CASE(T52_file_that_is_cut_off_is_not_kept_any_more)
{
    static const char whole[] = "\x05\x02" "1H|\\^&\rO|1|B-1\rR|1|^^^a|1|g\rL|1|N\r\x03" "6D\r\n\x04";
    static const char cut[] = "\x05\x02" "1H|\\^&\rO|1|B-1\rR|1|^^^a|1|g\r\x03" "9D\r\n\x04";
    a = arena_new(0);
    assert_int_equal(import(whole), 0);
    assert_int_equal(import(cut), ERR_RESULT_REFUSED);
    assert_string_equal(e.field, "file");
    assert_string_equal(e.rule, "T52");
    assert_string_equal(e.text, "the message of line 1 has no terminator (L): it is cut off");
    assert_int_equal(import_again(cut), 0);      /* what was kept before verifies as ever */
    a = arena_free(a);
}

CASE(T52_file_of_more_columns_than_are_read_is_refused)
{
    a = arena_new(0);
    for (int columns = 200; columns <= 201; columns++) {
        struct buf b = buf_new(a);
        buf_put(&b, "Sample ID,Viable (x10^6) cells/mL,Viability (%)");
        for (int i = 3; i < columns; i++)
            buf_put(&b, ",x");
        buf_put(&b, "\nB-1,0.5,97");
        for (int i = 3; i < columns; i++)
            buf_put(&b, ",1");
        buf_put(&b, "\n");
        int code = import(b.text);
        assert_int_equal(code, columns == 200 ? 0 : ERR_RESULT_REFUSED);
        if (code != 0)
            assert_string_equal(e.text, "line 1 has more than 200 columns");
        assert_int_equal(import_again(b.text), 0);
    }
    a = arena_free(a);
}
