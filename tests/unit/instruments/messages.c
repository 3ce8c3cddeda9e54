/* ASTM and HL7 results: captures of instruments, their check characters, whose they are, and the patient that they must not name. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "instruments/instruments.h"
#include "support/test.h"

static struct arena *a;
static struct err e;
static struct instrument_file file;

static int read_bytes(const void *data, size_t len)
{
    memset(&e, 0, sizeof e);
    return instrument_read(a, (struct bytes){(const uint8_t *)arena_dup(a, data, len), len}, &file, &e);
}

static char *data_of(const char *name, size_t *ret_len)
{
    const char *path = test_data(arena_printf(a, "astm-hl7/%s", name));
    if (path == NULL) {
        arena_free(a);
        test_skip_without("shared/data/astm-hl7");
    }
    return test_read(path, ret_len);
}

static void read_data(const char *name)
{
    size_t len;
    char *bytes = data_of(name, &len);
    int code = read_bytes(bytes, len);
    free(bytes);
    if (code != 0)
        fail_msg("%s: %s", name, e.text);
}

static const struct instrument_value *at(size_t i)
{
    assert_true(i < file.values.count);
    return LIST_AT(file.values, const struct instrument_value, i);
}

CASE(T52_astm_results_are_those_of_the_reference)
{
    a = arena_new(0);
    free(data_of("EXPECTED.json", NULL));
    json_t *root = json_load_file(test_data("astm-hl7/EXPECTED.json"), 0, NULL), *one, *result;
    const char *name;
    size_t i, compared = 0;
    json_object_foreach(json_object_get(root, "astm"), name, one) {
        if (!json_is_array(json_object_get(one, "results")) || json_array_size(json_object_get(one, "results")) == 0)
            continue;
        read_data(arena_printf(a, "astm/%s", name));
        assert_string_equal(file.format, "astm");
        assert_null(file.lacks);
        assert_int_equal(file.values.count, json_array_size(json_object_get(one, "results")));
        json_array_foreach(json_object_get(one, "results"), i, result) {
            assert_string_equal(at(i)->value, json_string_value(json_object_get(result, "value")));
            assert_string_equal(at(i)->unit, json_string_value(json_object_get(result, "unit")));
            compared++;
        }
    }
    json_decref(root);
    assert_true(compared >= 24);
    read_data("astm/cobas_c111.txt");
    assert_string_equal(at(0)->sample, "T20 10134GA D28");
    assert_string_equal(at(0)->quantity, "413");
    read_data("astm/sysmex_xp100.txt");
    assert_string_equal(at(0)->sample, "113");
    assert_string_equal(at(0)->quantity, "WBC");
    a = arena_free(a);
}

CASE(T52_astm_frame_that_was_spoiled_or_lost_is_refused)
{
    size_t len;
    a = arena_new(0);
    char *bytes = data_of("astm/cobas_c111.txt", &len), *digit = strstr(bytes, "40.13");
    assert_non_null(digit);
    digit[0] = '9';
    assert_int_equal(read_bytes(bytes, len), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "line 4, column 1: the frame's check characters are not"));
    digit[0] = '4';
    char *third = strstr(bytes, "\x02" "3O"), *fourth = strstr(bytes, "\x02" "4R");
    assert_true(third != NULL && fourth > third);
    memmove(third, fourth, len - (size_t)(fourth - bytes));
    assert_int_equal(read_bytes(bytes, len - (size_t)(fourth - third)), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "a frame is missing before this one"));
    assert_int_equal(read_bytes(bytes, 20), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "the frame has no end"));
    free(bytes);
    read_data("astm/dca_vantage.txt");
    bytes = data_of("astm/spotchem_el.txt", &len);
    assert_int_equal(read_bytes(bytes, len), ERR_RESULT_REFUSED);                   /* frames, but nothing that is E1394 */
    free(bytes);
    a = arena_free(a);
}

CASE(T38_hl7_results_and_the_patient_that_they_name)
{
    a = arena_new(0);
    read_data("hl7/ORU_R01_2.5.1_SampleTestCase1.hl7");
    assert_string_equal(file.format, "hl7");
    assert_string_equal(at(0)->quantity, "10368-9");
    assert_string_equal(at(0)->value, "50");
    assert_string_equal(at(0)->unit, "ug/dL");
    assert_string_equal(at(0)->sample, "9700123");
    assert_non_null(strstr(file.person, "PID-5"));
    read_data("hl7/oru-example.hl7");
    assert_non_null(file.person);
    a = arena_free(a);
}

CASE(T52_hl7_without_a_name_and_what_is_not_final)
{
    a = arena_new(0);
    const char text[] = "MSH|^~\\&|LAB|X|Y|Z|20260301||ORU^R01|1|P|2.5.1\rPID|1||R-1||\rOBR|1||B-2026000123|718-7\r"
                        "OBX|1|NM|718-7^Hb^LN||13.2|g/dL|||||F\rOBX|2|SN|6690-2||<^0.05|EU/mL|||||P\rOBX|3|CE|600-7||NG^No growth||||||F\r";
    assert_int_equal(read_bytes(text, strlen(text)), 0);
    assert_null(file.person);
    assert_int_equal(file.values.count, 3);
    assert_string_equal(at(0)->sample, "B-2026000123");
    assert_null(at(0)->note);
    assert_int_equal(at(0)->line, 4);
    assert_int_equal(at(0)->column, 5);
    assert_string_equal(at(1)->value, "<0.05");
    assert_string_equal(at(1)->note, "status P");
    assert_string_equal(at(2)->value, "NG");
    a = arena_free(a);
}

static int read_hl7(const char *text)
{
    text = arena_printf(a, "MSH|^~\\&|LAB\r%s", text);
    return read_bytes(text, strlen(text));
}

static int read_astm(const char *records)
{
    const char *text = arena_printf(a, "1%s\x03", records);
    unsigned sum = 0;
    for (const char *p = text; *p != '\0'; p++)
        sum += (unsigned char)*p;
    text = arena_printf(a, "\x05\x02%s%02X\r\n\x04", text, sum & 0xff);
    return read_bytes(text, strlen(text));
}

CASE(T38_patient_is_not_hidden_by_a_quote_or_a_repetition)
{
    a = arena_new(0);
    assert_int_equal(read_hl7("PID|1||X|\"|Doe^Jane\r"), 0);
    assert_string_equal(file.person, "line 2 (PID-5)");
    assert_int_equal(read_hl7("PID|1||X||~Doe^Jane\r"), 0);
    assert_string_equal(file.person, "line 2 (PID-5)");
    assert_int_equal(read_hl7("PID|1||X|\"|\r"), 0);
    assert_null(file.person);
    assert_int_equal(read_astm("H|\\^&\rP|1|||\"|Doe^Jane\r"), 0);
    assert_string_equal(file.person, "line 2 (P-6)");
    a = arena_free(a);
}

CASE(T52_result_behind_another_patient_is_not_of_the_sample_before)
{
    a = arena_new(0);
    assert_int_equal(read_hl7("PID|1||R-1\rOBR|1||B-1\rOBX|1|NM|a||1|g|||||F\rPID|2||R-2\rOBX|1|NM|a||2|g|||||F\r"
                              "OBR|1||B-2\rOBX|1|NM|a||3|g|||||F\rMSH|^~\\&|LAB\rOBX|1|NM|a||4|g|||||F\r"), 0);
    assert_string_equal(at(0)->sample, "B-1");
    assert_null(at(1)->sample);
    assert_string_equal(at(2)->sample, "B-2");
    assert_null(at(3)->sample);
    assert_int_equal(read_astm("H|\\^&\rP|1\rO|1|B-1\rR|1|^^^a|1|g\rP|2\rR|1|^^^a|2|g\rO|1|B-2\rR|1|^^^a|3|g\rH|\\^&\rR|1|^^^a|4|g\r"), 0);
    assert_string_equal(at(0)->sample, "B-1");
    assert_null(at(1)->sample);
    assert_string_equal(at(2)->sample, "B-2");
    assert_null(at(3)->sample);
    a = arena_free(a);
}

CASE(T52_hl7_text_that_is_too_long_is_named_not_dropped)
{
    a = arena_new(0);
    assert_int_equal(read_hl7(arena_printf(a, "OBR|1||B-1\rOBX|1|TX|600-7||%081d||||||F\rOBX|2|TX|600-8||%080d||||||F\r", 7, 7)), 0);
    assert_int_equal(file.values.count, 2);
    assert_string_equal(at(0)->quantity, "600-7");
    assert_null(at(0)->value);
    assert_string_equal(at(0)->note, "longer than 80 bytes, left out");
    assert_int_equal(strlen(at(1)->value), 80);
    a = arena_free(a);
}

CASE(T52_astm_message_without_its_terminator_lacks_it)
{
    a = arena_new(0);
    assert_int_equal(read_astm("H|\\^&\rO|1|B-1\rR|1|^^^a|1|g\rL|1|N\r"), 0);
    assert_null(file.lacks);
    assert_int_equal(read_astm("H|\\^&\rO|1|B-1\rR|1|^^^a|1|g\r"), 0);
    assert_string_equal(file.lacks, "the message of line 1 has no terminator (L): it is cut off");
    assert_int_equal(read_astm("H|\\^&\rO|1|B-1\rR|1|^^^a|1|g\rL|1|N\rH|\\^&\rO|1|B-1\rR|1|^^^a|2|g\r"), 0);
    assert_string_equal(file.lacks, "the message of line 5 has no terminator (L): it is cut off");
    assert_int_equal(read_astm("H|\\^&\rO|1|B-1\rH|\\^&\rO|1|B-1\rR|1|^^^a|2|g\rL|1|N\r"), 0);
    assert_string_equal(file.lacks, "the message of line 1 has no terminator (L): it is cut off");
    a = arena_free(a);
}
