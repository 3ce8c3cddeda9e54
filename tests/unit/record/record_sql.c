#include "sample.h"

static const char *names[] = {"batch_id", "remark", "count", "turbid", "volume", "taken_at", "image", "image_sha256", "colour",
                              "values", "notes", "settings", "mean", "sample_id", "letter", "secret", "donor_name"};
#define N (sizeof names / sizeof names[0])
#define HEX64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

CASE(record_values_are_postgresql_text)
{
    FIXTURE(f);
    const char *v[N];
    f.s.count = 3;
    f.s.turbid = 1;
    f.s.volume = "2.50";
    f.s.taken_at = 0;
    f.s.image = (struct bytes){(const uint8_t *)"\x01\xff", 2};
    f.s.image_sha256 = HEX64;
    texts_add(f.a, &f.s.notes, "a \"b\" \\c, {d}");
    texts_add(f.a, &f.s.notes, "e");
    ((struct reading *)record_list_add(f.a, &record_reading, &f.s.values))->name = "n";
    record_to_values(f.a, &record_sample, &f.s, v);
    assert_null(v[0]);
    assert_string_equal(v[2], "3");
    assert_string_equal(v[3], "t");
    assert_string_equal(v[4], "2.50");
    assert_string_equal(v[5], "1970-01-01T00:00:00.000Z");
    assert_string_equal(v[6], "\\x01ff");
    assert_string_equal(v[7], "\\x" HEX64);
    assert_string_equal(v[9], "[{\"name\":\"n\"}]");
    assert_string_equal(v[10], "{\"a \\\"b\\\" \\\\c, {d}\",\"e\"}");
    assert_null(v[11]);
}

CASE(record_cells_fill_the_struct)
{
    FIXTURE(f);
    const char *cells[N] = {"B-1", "hi", "-3", "f", "2.50", "2026-03-01 08:30:00.25+00", "\\x01ff", "\\x" HEX64, "red",
                            "[{\"name\": \"a\", \"volume\": null}]", "{\"a \\\"b\\\"\",c}", "{\"b\": 1, \"a\": 2}", NULL, NULL, NULL, NULL, NULL};
    int64_t want = 0;
    assert_int_equal(record_from_cells(f.a, &record_sample, names, cells, N, &f.s, &f.e), 0);
    assert_true(clock_from_text("2026-03-01T08:30:00.250Z", 24, &want));
    assert_true(f.s.taken_at == want);
    assert_int_equal(f.s.count, -3);
    assert_int_equal(f.s.turbid, 0);
    assert_int_equal(f.s.image.len, 2);
    assert_string_equal(f.s.image_sha256, HEX64);
    assert_string_equal(LIST_AT(f.s.values, struct reading, 0)->name, "a");
    assert_string_equal(TEXTS_AT(f.s.notes, 0), "a \"b\"");
    assert_string_equal(TEXTS_AT(f.s.notes, 1), "c");
    assert_string_equal(f.s.settings, "{\"a\":2,\"b\":1}");
    assert_null(f.s.mean);
}

CASE(record_values_and_cells_round_trip)
{
    FIXTURE(f);
    const char *v[N];
    struct sample back;
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{\"batch_id\":\"B-1\",\"volume\":\"1\",\"count\":0,\"turbid\":true,"
        "\"taken_at\":\"2026-03-01T08:30:00.001Z\",\"image\":\"\",\"notes\":[\"\",\"NULL\",\"\\\\\"],\"settings\":{},"
        "\"values\":[{\"name\":\"x\"},{\"name\":\"y\",\"volume\":\"0.1\"}]}"), 0);
    record_to_values(f.a, &record_sample, &f.s, v);
    assert_int_equal(record_from_cells(f.a, &record_sample, names, v, N, &back, &f.e), 0);
    const char *before = sample_write(&f, RECORD_REPLY);
    f.s = back;
    assert_string_equal(sample_write(&f, RECORD_REPLY), before);
}

CASE(record_cells_in_another_order_are_a_fault)
{
    FIXTURE(f);
    const char *swapped[N], *cells[N] = {NULL};
    memcpy(swapped, names, sizeof swapped);
    swapped[0] = names[1];
    swapped[1] = names[0];
    assert_int_equal(record_from_cells(f.a, &record_sample, swapped, cells, N, &f.s, &f.e), ERR_FAULT);
    assert_non_null(strstr(f.e.text, "remark"));
    assert_int_equal(record_from_cells(f.a, &record_sample, names, cells, N - 1, &f.s, &f.e), ERR_FAULT);
}

CASE(record_cell_of_the_wrong_kind_is_a_fault)
{
    FIXTURE(f);
    static const struct { size_t i; const char *cell; } wrong[] = {
        {2, "3x"}, {3, "yes"}, {5, "2026-03-01 08:30:00+02"}, {5, "x"}, {6, "01"}, {7, "\\xaa"}, {9, "{"}, {10, "a,b"}, {10, "{\"a"}, {11, "[]"}};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        const char *cells[N] = {NULL};
        cells[wrong[k].i] = wrong[k].cell;
        assert_int_equal(record_from_cells(f.a, &record_sample, names, cells, N, &f.s, &f.e), ERR_FAULT);
        assert_non_null(strstr(f.e.text, names[wrong[k].i]));
    }
}

CASE(record_stored_times_below_a_millisecond_are_cut)
{
    FIXTURE(f);
    const char *cells[N] = {NULL};
    cells[5] = "2026-03-01 08:30:00.123999+00";
    assert_int_equal(record_from_cells(f.a, &record_sample, names, cells, N, &f.s, &f.e), 0);
    assert_true(f.s.taken_at % 1000 == 123);
    cells[5] = "2026-03-01T08:30:00+00:00";
    assert_int_equal(record_from_cells(f.a, &record_sample, names, cells, N, &f.s, &f.e), 0);
    assert_true(f.s.taken_at % 1000 == 0);
}
