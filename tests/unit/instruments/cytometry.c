/* Flow cytometry files: header, TEXT by both readings, and the place of the data that header and TEXT must agree on. */
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

CASE(T52_fcs_events_are_those_of_the_reference)
{
    a = arena_new(0);
    const char *path = test_data("fcs/EXPECTED.json");
    if (path == NULL) {
        arena_free(a);
        test_skip_without("shared/data/fcs");
    }
    json_t *root = json_load_file(path, 0, NULL), *one;
    const char *name;
    size_t read = 0, refused = 0;
    json_object_foreach(root, name, one) {
        size_t len;
        if (name[0] == '_')
            continue;
        char *bytes = test_read(test_data(arena_printf(a, "fcs/data/%s", name)), &len);
        int code = bytes == NULL ? -1 : read_bytes(bytes, len);
        free(bytes);
        if (strstr(name, "discrepancy") != NULL) {
            assert_int_equal(code, ERR_RESULT_REFUSED);
            assert_non_null(strstr(e.text, "the header has the data from byte 5555, TEXT from 6081"));
            refused++;
            continue;
        }
        if (code != 0)
            fail_msg("%s: %s", name, e.text);
        const char *total = json_string_value(json_object_get(one, "$TOT"));
        assert_string_equal(LIST_AT(file.values, struct instrument_value, 0)->value, arena_printf(a, "%d", (int)strtol(total, NULL, 10)));
        read++;
    }
    json_decref(root);
    assert_true(read >= 9 && refused == 1);
    a = arena_free(a);
}

/* a file whose data are one byte behind TEXT */
static int read_made(const char *text, const char *more)
{
    size_t len = strlen(text), begin = 58, data = begin + len;
    return read_bytes(arena_printf(a, "FCS3.1    %8zu%8zu%8zu%8zu%8d%8d%s%s", begin, data - 1, data, data, 0, 0, text, more), data + strlen(more));
}

CASE(T52_fcs_two_delimiters_are_one_or_an_empty_value)
{
    a = arena_new(0);
    assert_int_equal(read_made("/$PAR/1/$P1N/FL//1/$TOT/ 7 /$SMNO/B-1/", "x"), 0);
    const struct instrument_value *v = LIST_AT(file.values, struct instrument_value, 0);
    assert_string_equal(v->sample, "B-1");
    assert_string_equal(v->value, "7");
    assert_string_equal(v->quantity, "events");
    assert_int_equal(read_made("\\$PAR\\1\\$P1S\\\\$P1N\\FL1\\$TOT\\7\\Sample ID\\B-1 \\", "x"), 0);    /* $P1N is lost by the first reading */
    assert_string_equal(LIST_AT(file.values, struct instrument_value, 0)->sample, "B-1");
    a = arena_free(a);
}

CASE(T52_fcs_whose_last_byte_is_missing_is_refused)
{
    a = arena_new(0);
    assert_int_equal(read_made("/$PAR/1/$P1N/A/$TOT/7/", "x"), 0);
    assert_int_equal(read_made("/$PAR/1/$P1N/A/$TOT/7/", ""), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "the data are not in the file: bytes 80 to 80 of 80"));
    a = arena_free(a);
}

CASE(T52_fcs_that_does_not_hold_together_is_refused)
{
    a = arena_new(0);
    assert_int_equal(read_made("/$PAR/2/$P1N/A/$TOT/7/", "x"), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "does not name the $PAR parameters"));
    assert_int_equal(read_made("/$PAR/1/$P1N/A/", "x"), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "$TOT"));
    assert_int_equal(read_made("/$PAR/1/$P1N/A/$TOT/7/$BEGINDATA/9/", "x"), ERR_RESULT_REFUSED);
    assert_int_equal(read_bytes("FCS3.1    ", 10), ERR_RESULT_REFUSED);
    assert_int_equal(read_bytes("FCS3.1          58    9999", 26), ERR_RESULT_REFUSED);
    a = arena_free(a);
}
