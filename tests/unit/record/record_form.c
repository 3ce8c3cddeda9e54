#include "sample.h"

CASE(record_form_describes_fields_for_people)
{
    FIXTURE(f);
    struct buf b = buf_new(f.a);
    record_form(&b, &record_reading);
    assert_string_equal(b.text,
        "{\"record\":\"reading\",\"title\":\"Reading\",\"fields\":["
        "{\"name\":\"name\",\"kind\":\"text\",\"label\":\"Name\",\"unit\":\"\",\"max\":10,\"required\":true},"
        "{\"name\":\"volume\",\"kind\":\"decimal\",\"label\":\"Volume\",\"unit\":\"mL\",\"max\":60},"
        "{\"name\":\"total\",\"kind\":\"decimal\",\"label\":\"Total\",\"unit\":\"mL\",\"max\":60,\"computed\":true}]}");
}

CASE(record_form_carries_words_and_nested_records)
{
    FIXTURE(f);
    struct buf b = buf_new(f.a);
    record_form(&b, &record_sample);
    assert_non_null(strstr(b.text, "\"words\":[\"clear\",\"yellow\",\"red\"]"));
    assert_non_null(strstr(b.text, "\"rows\":{\"record\":\"reading\""));
    assert_non_null(strstr(b.text, "\"secret\":true"));
}

CASE(record_reference_page_has_a_row_a_field)
{
    FIXTURE(f);
    struct buf b = buf_new(f.a);
    record_doc(&b, &record_sample);
    size_t rows = 0;
    for (const char *p = b.text; (p = strstr(p, "\n| `")); p++)
        rows++;
    assert_int_equal(rows, record_sample.count);
    assert_non_null(strstr(b.text, "| `batch_id` | stream | required, key | 32 | B | Batch |"));
    assert_non_null(strstr(b.text, "list of [reading](#reading)"));
}

CASE(record_fields_are_found_by_exact_name)
{
    assert_int_equal(record_field(&record_sample, "batch_id", 8), 0);
    assert_int_equal(record_field(&record_sample, "batch_i", 7), -1);
    assert_int_equal(record_field(&record_sample, "batch_id_", 9), -1);
    assert_int_equal(record_field(&record_sample, "", 0), -1);
    for (size_t i = 0; i < record_sample.count; i++)
        assert_int_equal(record_field(&record_sample, record_sample.fields[i].name, strlen(record_sample.fields[i].name)), i);
}
