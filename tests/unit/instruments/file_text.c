/* What a reader of files refuses, by line and column; and numbers, which stay the digits that were written. */
#include <string.h>

#include "instruments/instruments.h"
#include "support/test.h"

#define HEADER "Sample ID,Viable (x10^6) cells/mL,Viability (%)\r\n"

static struct arena *a;
static struct err e;
static struct instrument_file file;

static int read_bytes(const void *data, size_t len)
{
    memset(&e, 0, sizeof e);
    return instrument_read(a, (struct bytes){(const uint8_t *)arena_dup(a, data, len), len}, &file, &e);
}

static int read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static void refused(const char *text, const char *why)
{
    assert_int_equal(read_text(text), ERR_RESULT_REFUSED);
    assert_string_equal(e.field, "file");
    if (strstr(e.text, why) == NULL)
        fail_msg("%s, not %s", e.text, why);
}

/* the value of a table's one cell */
static const char *number(const char *cell)
{
    if (read_text(arena_printf(a, "%sS,,%s\n", HEADER, cell)) != 0)
        fail_msg("%s: %s", cell, e.text);
    return file.values.count == 0 ? NULL : LIST_AT(file.values, struct instrument_value, 0)->value;
}

static void begin(void) { a = arena_new(0); }
static void end(void) { a = arena_free(a); }

CASE(T52_bytes_that_are_no_text_are_named_by_line_and_column)
{
    begin();
    refused(HEADER "S1,0.5,97\r\nS\xb5,0.5,97\r\n", "line 3, column 2: the byte 0xb5 is no UTF-8");
    refused(HEADER "S1,0.5,97\nS2,0.5,9\x01\n", "line 3, column 9: the character U+0001");
    refused(HEADER "S1,0.5,97\rS2,0.5,97\xe2\x82\r", "line 3, column 10");          /* a character cut in two */
    assert_int_equal(read_bytes("\xff\xfe" "S\0\n\0" "1\0\x00\xdc", 10), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "line 2, column 2: half of a character in UTF-16"));
    assert_int_equal(read_bytes("\xfe\xff\0S\0", 5), ERR_RESULT_REFUSED);
    assert_non_null(strstr(e.text, "line 1, column 2: half of a character at the end"));
    end();
}

CASE(T11_decimal_comma_is_refused_by_line_and_column)
{
    begin();
    refused(HEADER "S1,0.5,\"96,9\"\n", "line 2, column 8: a decimal comma in \"96,9\"");
    refused(HEADER "S1,0.5,96,9\n", "line 2, column 11: 4 columns, the header has 3 (a decimal comma");
    refused("Image;1-2-c-S1;\nLive (cells/ml);2,45E6;\nViability (%);68.2;\n", "line 2, column 17: a decimal comma");
    end();
}

CASE(T52_what_is_no_number_is_refused_not_guessed)
{
    static const char *const bad[] = {"97%", "ninety", "1.2.3", "--5", "+5", ".5", "5.", "1E", "0x10", "1E999", "97 98", "<", "1\xc2\xa0" "00",
                                      "(97)", "97 (a) b", "1e31"};
    begin();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refused(arena_printf(a, "%sS1,0.5,%s\n", HEADER, bad[i]), "line 2, column 8");
    refused(arena_printf(a, "%sS1,0.5,%070d\n", HEADER, 7), "line 2");
    refused(arena_printf(a, "%sS1,0.5,-1.%049dE-30\n", HEADER, 7), "longer than a number may be");    /* as many digits as there can be */
    refused(arena_printf(a, "%sS1,0.5,-1%049dE30\n", HEADER, 7), "longer than a number may be");
    end();
}

CASE(T52_numbers_keep_the_digits_that_were_written)
{
    begin();
    assert_string_equal(number("97.0"), "97.0");
    assert_string_equal(number("097.50"), "97.50");
    assert_string_equal(number("2.45E6"), "2450000");
    assert_string_equal(number("1.60e+1"), "16.0");
    assert_string_equal(number("7.5E-3"), "0.0075");
    assert_string_equal(number("0.00"), "0.00");
    assert_string_equal(number("-0.0"), "0.0");
    assert_string_equal(number("-1.5"), "-1.5");
    assert_string_equal(number("< 8"), "<8");
    assert_string_equal(number("1\xc2\xa0" "274\xe2\x80\xaf" "000"), "1274000");
    assert_null(number(""));
    assert_null(number("Not determined"));
    assert_string_equal(LIST_AT(file.values, struct instrument_value, 0)->note, "Not determined");
    assert_string_equal(number("3.58E3 (Out of optimal range)"), "3580");
    assert_string_equal(LIST_AT(file.values, struct instrument_value, 0)->note, "Out of optimal range");
    assert_int_equal(read_text(HEADER "S,0.075,97\n"), 0);
    assert_string_equal(LIST_AT(file.values, struct instrument_value, 0)->value, "75000");
    end();
}

CASE(T52_lines_and_cells)
{
    begin();
    assert_int_equal(read_text("\xef\xbb\xbf" HEADER "\"B-1, first\",\"0.5\",97\r\r\n\n,,\n\"say \"\"it\"\"\",1,2"), 0);
    assert_int_equal(file.values.count, 4);
    assert_string_equal(LIST_AT(file.values, struct instrument_value, 0)->sample, "B-1, first");
    assert_int_equal(LIST_AT(file.values, struct instrument_value, 2)->line, 6);
    refused("", "in no format");
    refused("a,b\n1,2\n", "in no format");
    refused(HEADER "S1,0.5\n", "2 columns, the header has 3");
    refused("Image;1-2-c-S1;\nLive (cells/ml);2;\nLive (cells/ml);3;\n", "line 3, column 1: Live (cells/ml) stands in the report a second time");
    end();
}

/* small as a file, and more than the memory of a request holds if every value is kept */
CASE(T52_file_of_too_many_values_is_refused)
{
    begin();
    struct buf b = buf_new(a);
    buf_put(&b, "Well Name,Live Concentration (E6),Total Concentration (E6),Dead Concentration (E6),Viability (%),Live Count,Dead Count,"
                "Total Count,Live Diameter,Dead Diameter\n");
    for (int i = 0; i < 18900; i++)
        buf_put(&b, ",1,1,1,1,1,1,1,1,1\n");
    refused(b.text, "line 2224, column 6: more than 20000 values in one file");
    end();
}

CASE(T52_quotes_are_of_csv_alone)
{
    begin();
    assert_int_equal(read_text("0\t1\t2\t3\t#ARC-FILE#\t5\t6\t7\t7.0\n40\t12:00\t\"B-1\t3\t4\t5\tGLN2B\t7\tmmol/L\t\t2.45\n"), 0);
    assert_int_equal(file.values.count, 1);
    assert_string_equal(LIST_AT(file.values, struct instrument_value, 0)->sample, "\"B-1");
    assert_string_equal(LIST_AT(file.values, struct instrument_value, 0)->value, "2.45");
    end();
}
