#include "sample.h"

#define LEAST "\"batch_id\":\"B-1\",\"volume\":\"2.50\""

static void refused(enum record_mode mode, const char *json, int code, const char *field)
{
    FIXTURE(f);
    assert_int_equal(sample_read(&f, mode, json), code);
    assert_int_equal(f.e.code, code);
    assert_string_equal(f.e.field, field);
}

CASE(record_reads_every_kind)
{
    FIXTURE(f);
    const char *json =
        "{" LEAST ",\"remark\":\"ok\",\"count\":-7,\"turbid\":false,\"taken_at\":\"2026-03-01T08:30:00.250Z\","
        "\"image\":\"AAEC\",\"image_sha256\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
        "\"colour\":\"red\",\"values\":[{\"name\":\"a\",\"volume\":\"1\"},{\"name\":\"b\"}],\"notes\":[\"x\",\"y\"],"
        "\"settings\":{\"b\":[1,null,true],\"a\":\"q\"}}";
    assert_int_equal(sample_read(&f, RECORD_CLIENT, json), 0);
    assert_string_equal(f.s.batch_id, "B-1");
    assert_int_equal(f.s.count, -7);
    assert_int_equal(f.s.turbid, 0);
    assert_true(f.s.taken_at % 1000 == 250);
    assert_int_equal(f.s.image.len, 3);
    assert_int_equal(f.s.values.count, 2);
    assert_string_equal(LIST_AT(f.s.values, struct reading, 1)->name, "b");
    assert_null(LIST_AT(f.s.values, struct reading, 1)->volume);
    assert_string_equal(TEXTS_AT(f.s.notes, 1), "y");
    assert_string_equal(f.s.settings, "{\"a\":\"q\",\"b\":[1,null,true]}");
    assert_null(f.s.mean);
}

CASE(record_absent_values_are_told_from_zero)
{
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST "}"), 0);
    assert_true(f.s.count == INTEGER_ABSENT);
    assert_int_equal(f.s.turbid, BOOLEAN_ABSENT);
    assert_true(f.s.taken_at == TIME_ABSENT);
    assert_null(f.s.image.data);
}

CASE(F_body_keys_ascend_and_absent_fields_are_left_out)
{
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{\"volume\":\"2.50\", \"count\" : 0,\n\"batch_id\":\"B-1\",\"notes\":[]}"), 0);
    assert_string_equal(sample_write(&f, RECORD_STATEMENT), "{\"batch_id\":\"B-1\",\"count\":0,\"volume\":\"2.50\"}");
}

CASE(F_body_escapes_only_quote_and_backslash)
{
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST ",\"remark\":\"a\\\"\\\\\\/\\u00b5L\"}"), 0);
    assert_string_equal(sample_write(&f, RECORD_STATEMENT),
                        "{\"batch_id\":\"B-1\",\"remark\":\"a\\\"\\\\/\xc2\xb5L\",\"volume\":\"2.50\"}");
}

CASE(F_body_statement_must_be_canonical)
{
    const char *good = "{\"batch_id\":\"B-1\",\"mean\":\"1\",\"sample_id\":\"X-1\",\"volume\":\"2.50\"}\n";
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_STATEMENT, good), 0);
    refused(RECORD_STATEMENT, "{\"batch_id\":\"B-1\", \"mean\":\"1\",\"sample_id\":\"X-1\",\"volume\":\"2.50\"}",
            ERR_STATEMENT_MALFORMED, "body");
    refused(RECORD_STATEMENT, "{\"mean\":\"1\",\"batch_id\":\"B-1\",\"sample_id\":\"X-1\",\"volume\":\"2.50\"}",
            ERR_STATEMENT_MALFORMED, "body");
    refused(RECORD_STATEMENT, "{\"batch_id\":\"B-1\",\"mean\":\"1\",\"notes\":[],\"sample_id\":\"X-1\",\"volume\":\"2.50\"}",
            ERR_STATEMENT_MALFORMED, "body");
    refused(RECORD_STATEMENT, "{\"batch_id\":\"B-1\",\"mean\":\"1\",\"remark\":\"\\u0041\",\"sample_id\":\"X-1\",\"volume\":\"2.50\"}",
            ERR_STATEMENT_MALFORMED, "body");
}

CASE(F_body_round_trip_gives_the_same_bytes)
{
    const char *body = "{\"batch_id\":\"B-1\",\"count\":9,\"image\":\"AAECAwQ=\",\"mean\":\"1.0\",\"notes\":[\"x\"],"
                       "\"sample_id\":\"X-1\",\"settings\":{\"a\":{\"b\":[\"\xce\xb1\"]}},\"taken_at\":\"2026-03-01T08:30:00.000Z\","
                       "\"turbid\":true,\"values\":[{\"name\":\"n\",\"total\":\"3\"}],\"volume\":\"0.10\"}";
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_STATEMENT, body), 0);
    assert_string_equal(sample_write(&f, RECORD_STATEMENT), body);
}

CASE(record_unknown_field_is_named)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"volum\":\"1\"}", ERR_FIELD_UNKNOWN, "volum");
    refused(RECORD_CLIENT, "{" LEAST ",\"volume_\":\"1\"}", ERR_FIELD_UNKNOWN, "volume_");
}

CASE(record_nested_field_is_named_with_its_path)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"values\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":3}]}", ERR_FIELD_TYPE, "values[2].name");
    refused(RECORD_CLIENT, "{" LEAST ",\"values\":[{}]}", ERR_FIELD_MISSING, "values[0].name");
    refused(RECORD_CLIENT, "{" LEAST ",\"notes\":[\"a\",1]}", ERR_FIELD_TYPE, "notes[1]");
}

CASE(record_missing_field_is_named)
{
    refused(RECORD_CLIENT, "{\"batch_id\":\"B-1\"}", ERR_FIELD_MISSING, "volume");
    refused(RECORD_CLIENT, "{\"volume\":\"1\"}", ERR_FIELD_MISSING, "batch_id");
}

CASE(record_null_is_not_absent)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":null}", ERR_FIELD_TYPE, "remark");
}

CASE(record_wrong_types_are_refused)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":1}", ERR_FIELD_TYPE, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"count\":\"1\"}", ERR_FIELD_TYPE, "count");
    refused(RECORD_CLIENT, "{" LEAST ",\"count\":1.0}", ERR_FIELD_TYPE, "count");
    refused(RECORD_CLIENT, "{" LEAST ",\"turbid\":1}", ERR_FIELD_TYPE, "turbid");
    refused(RECORD_CLIENT, "{" LEAST ",\"values\":{}}", ERR_FIELD_TYPE, "values");
    refused(RECORD_CLIENT, "{" LEAST ",\"values\":[1]}", ERR_FIELD_TYPE, "values[0]");
    refused(RECORD_CLIENT, "{" LEAST ",\"settings\":[]}", ERR_FIELD_TYPE, "settings");
}

CASE(T01_decimals_are_strings_never_floats)
{
    refused(RECORD_CLIENT, "{\"batch_id\":\"B-1\",\"volume\":2.5}", ERR_FIELD_TYPE, "volume");
    refused(RECORD_CLIENT, "{\"batch_id\":\"B-1\",\"volume\":\"2,5\"}", ERR_FIELD_TYPE, "volume");
    refused(RECORD_CLIENT, "{\"batch_id\":\"B-1\",\"volume\":\"02.5\"}", ERR_FIELD_TYPE, "volume");
    refused(RECORD_CLIENT, "{\"batch_id\":\"B-1\",\"volume\":\"1e3\"}", ERR_FIELD_TYPE, "volume");
    refused(RECORD_CLIENT, "{\"batch_id\":\"B-1\",\"volume\":\"-0\"}", ERR_FIELD_TYPE, "volume");
}

CASE(record_times_are_exact_utc)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"taken_at\":\"2026-03-01T08:30:00Z\"}", ERR_FIELD_TYPE, "taken_at");
    refused(RECORD_CLIENT, "{" LEAST ",\"taken_at\":\"2026-02-29T08:30:00.000Z\"}", ERR_FIELD_TYPE, "taken_at");
    refused(RECORD_CLIENT, "{" LEAST ",\"taken_at\":\"2026-03-01 08:30:00+00\"}", ERR_FIELD_TYPE, "taken_at");
}

CASE(T17_a_day_alone_is_no_time)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"taken_at\":\"2026-03-01\"}", ERR_FIELD_TYPE, "taken_at");
    refused(RECORD_CLIENT, "{" LEAST ",\"taken_at\":\"2026-03-01T00:00Z\"}", ERR_FIELD_TYPE, "taken_at");
    refused(RECORD_CLIENT, "{" LEAST ",\"taken_at\":\"2026-03-01T00:00:00.000+01:00\"}", ERR_FIELD_TYPE, "taken_at");
}

CASE(record_sizes_are_capped_by_the_row)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"123456789012345678901\"}", ERR_FIELD_TOO_LONG, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"image\":\"AAAAAAAAAAAA\"}", ERR_FIELD_TOO_LONG, "image");
    refused(RECORD_CLIENT, "{" LEAST ",\"notes\":[\"1\",\"2\",\"3\",\"4\"]}", ERR_FIELD_TOO_LONG, "notes");
    refused(RECORD_CLIENT, "{" LEAST ",\"count\":1001}", ERR_FIELD_RANGE, "count");
    refused(RECORD_CLIENT, "{" LEAST ",\"count\":-1001}", ERR_FIELD_RANGE, "count");
}

CASE(record_length_counts_characters_not_bytes)
{
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST ",\"remark\":\"\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5"
                     "\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\xc2\xb5\"}"), 0);
}

CASE(record_words_are_from_their_list)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"colour\":\"blue\"}", ERR_FIELD_RANGE, "colour");
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST ",\"colour\":\"blue\"}"), ERR_FIELD_RANGE);
    assert_non_null(strstr(f.e.text, "clear, yellow, red"));
}

CASE(record_stream_ids_follow_the_format_and_kind)
{
    refused(RECORD_CLIENT, "{\"batch_id\":\"b-1\",\"volume\":\"1\"}", ERR_FIELD_TYPE, "batch_id");
    refused(RECORD_CLIENT, "{\"batch_id\":\"D-1\",\"volume\":\"1\"}", ERR_FIELD_TYPE, "batch_id");
    assert_true(record_stream_is_valid("SYS"));
    assert_true(record_stream_is_valid("B-2026000123"));
    assert_false(record_stream_is_valid("B-"));
    assert_false(record_stream_is_valid("ABCDE-1"));
    assert_false(record_stream_is_valid("B-2026-1"));
    assert_false(record_stream_is_valid("B-1234567890123456789012345678"));
}

CASE(record_client_must_not_send_computed_fields)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"mean\":\"1\"}", ERR_FIELD_UNKNOWN, "mean");
    refused(RECORD_CLIENT, "{" LEAST ",\"values\":[{\"name\":\"a\",\"total\":\"1\"}]}", ERR_FIELD_UNKNOWN, "values[0].total");
}

CASE(record_statement_needs_computed_and_assigned_fields)
{
    refused(RECORD_STATEMENT, "{\"batch_id\":\"B-1\",\"sample_id\":\"X-1\",\"volume\":\"1\"}", ERR_FIELD_MISSING, "mean");
    refused(RECORD_STATEMENT, "{\"batch_id\":\"B-1\",\"mean\":\"1\",\"volume\":\"1\"}", ERR_FIELD_MISSING, "sample_id");
}

CASE(record_personal_and_secret_never_enter_a_statement)
{
    refused(RECORD_STATEMENT, "{\"batch_id\":\"B-1\",\"donor_name\":\"N\",\"mean\":\"1\",\"sample_id\":\"X-1\",\"volume\":\"1\"}",
            ERR_FIELD_UNKNOWN, "donor_name");
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST ",\"secret\":\"s\",\"donor_name\":\"N\"}"), 0);
    assert_null(strstr(sample_write(&f, RECORD_STATEMENT), "donor_name"));
    assert_null(strstr(sample_write(&f, RECORD_STATEMENT), "secret"));
    assert_null(strstr(sample_write(&f, RECORD_LOG), "secret"));
    assert_non_null(strstr(sample_write(&f, RECORD_REPLY), "\"secret\":\"s\""));
}

CASE(record_repeated_key_refuses_the_body)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"volume\":\"3\"}", ERR_BODY_MALFORMED, "");
    refused(RECORD_CLIENT, "{" LEAST ",\"settings\":{\"a\":1,\"a\":2}}", ERR_BODY_MALFORMED, "");
}

CASE(record_body_must_be_one_object)
{
    refused(RECORD_CLIENT, "", ERR_BODY_MALFORMED, "");
    refused(RECORD_CLIENT, "[]", ERR_BODY_MALFORMED, "");
    refused(RECORD_CLIENT, "{" LEAST "} {}", ERR_BODY_MALFORMED, "");
    refused(RECORD_CLIENT, "{" LEAST ",}", ERR_BODY_MALFORMED, "");
}

CASE(F_body_forbidden_characters_are_refused_by_field)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"a\\nb\"}", ERR_FIELD_TYPE, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"a\\u202eb\"}", ERR_FIELD_TYPE, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"a\\u200bb\"}", ERR_FIELD_TYPE, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"\\ufeff\"}", ERR_FIELD_TYPE, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"\\ufdd0\"}", ERR_FIELD_TYPE, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"\\u007f\"}", ERR_FIELD_TYPE, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"\\u0085\"}", ERR_FIELD_TYPE, "remark");
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"\\ud800\"}", ERR_BODY_MALFORMED, "");
    refused(RECORD_CLIENT, "{" LEAST ",\"notes\":[\"\\u2066\"]}", ERR_FIELD_TYPE, "notes[0]");
}

CASE(F_body_text_is_nfc)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"remark\":\"e\\u0301\"}", ERR_FIELD_TYPE, "remark");
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST ",\"remark\":\"\\u00e9\"}"), 0);
}

CASE(F_body_document_is_in_the_strict_profile)
{
    refused(RECORD_CLIENT, "{" LEAST ",\"settings\":{\"A\":1}}", ERR_FIELD_TYPE, "settings");
    refused(RECORD_CLIENT, "{" LEAST ",\"settings\":{\"a\":1.5}}", ERR_FIELD_TYPE, "settings");
    refused(RECORD_CLIENT, "{" LEAST ",\"settings\":{\"a\":9007199254740992}}", ERR_FIELD_RANGE, "settings");
    refused(RECORD_CLIENT, "{" LEAST ",\"settings\":{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{\"h\":1}}}}}}}}}", ERR_FIELD_TYPE, "settings");
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST ",\"settings\":{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":1}}}}}}}}"), 0);
}

CASE(record_refusal_leaves_the_output_alone)
{
    FIXTURE(f);
    f.s.remark = "before";
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST ",\"remark\":\"after\",\"count\":true}"), ERR_FIELD_TYPE);
    assert_string_equal(f.s.remark, "before");
}

CASE(record_without_fields_is_an_empty_object)
{
    FIXTURE(f);
    struct buf b = buf_new(f.a);
    assert_int_equal(record_from_json(f.a, &record_empty, "{}", 2, RECORD_STATEMENT, &f.s, &f.e), 0);
    record_to_json(&b, &record_empty, &f.s, RECORD_CLIENT);
    assert_string_equal(b.text, "{}");
    assert_int_equal(record_from_json(f.a, &record_empty, "{\"a\":1}", 7, RECORD_CLIENT, &f.s, &f.e), ERR_FIELD_UNKNOWN);
}

CASE(record_with_one_boolean_fits_its_struct)
{
    FIXTURE(f);
    struct flagged g;
    assert_int_equal(record_from_json(f.a, &record_flagged, "{\"on\":true}", 11, RECORD_CLIENT, &g, &f.e), 0);
    assert_int_equal(g.on, 1);
}

CASE(record_list_grows_row_by_row)
{
    FIXTURE(f);
    for (int i = 0; i < 100; i++)
        ((struct reading *)record_list_add(f.a, &record_reading, &f.s.values))->name = arena_printf(f.a, "n%d", i);
    assert_int_equal(f.s.values.count, 100);
    assert_string_equal(LIST_AT(f.s.values, struct reading, 0)->name, "n0");
    assert_string_equal(LIST_AT(f.s.values, struct reading, 99)->name, "n99");
}

CASE(record_list_is_cut_at_its_fields_most_and_says_so)
{
    FIXTURE(f);
    int8_t more = BOOLEAN_ABSENT;
    for (int i = 0; i < 3; i++)
        record_list_add(f.a, &record_reading, &f.s.values);
    record_list_cut(&record_sample, &f.s, &f.s.values, &more);
    assert_int_equal(f.s.values.count, 3);
    assert_int_equal(more, BOOLEAN_ABSENT);
    ((struct reading *)record_list_add(f.a, &record_reading, &f.s.values))->name = "fourth";
    record_list_cut(&record_sample, &f.s, &f.s.values, &more);
    assert_int_equal(f.s.values.count, 3);
    assert_int_equal(more, 1);
}

CASE(record_typed_text_sets_one_field_by_kind)
{
    FIXTURE(f);
    assert_int_equal(record_from_text(f.a, &record_sample, "count", "12", &f.s, &f.e), 0);
    assert_int_equal(record_from_text(f.a, &record_sample, "turbid", "true", &f.s, &f.e), 0);
    assert_int_equal(record_from_text(f.a, &record_sample, "notes", "one", &f.s, &f.e), 0);
    assert_int_equal(record_from_text(f.a, &record_sample, "notes", "two", &f.s, &f.e), 0);
    assert_int_equal(record_from_text(f.a, &record_sample, "values", "[{\"name\":\"a\"}]", &f.s, &f.e), 0);
    assert_int_equal(record_from_text(f.a, &record_sample, "volume", "1.50", &f.s, &f.e), 0);
    assert_string_equal(sample_write(&f, RECORD_CLIENT), "{\"count\":12,\"notes\":[\"one\",\"two\"],\"turbid\":true,"
                                                         "\"values\":[{\"name\":\"a\"}],\"volume\":\"1.50\"}");
    assert_int_equal(record_from_text(f.a, &record_sample, "count", "12x", &f.s, &f.e), ERR_FIELD_TYPE);
    assert_int_equal(record_from_text(f.a, &record_sample, "nothing", "1", &f.s, &f.e), ERR_FIELD_UNKNOWN);
    assert_int_equal(record_from_text(f.a, &record_sample, "mean", "1", &f.s, &f.e), ERR_FIELD_UNKNOWN);
}

CASE(record_lines_carry_line_feeds_beside_the_record)
{
    FIXTURE(f);
    assert_int_equal(sample_read(&f, RECORD_CLIENT, "{" LEAST ",\"letter\":\"a\\nb\\n\"}"), 0);
    assert_string_equal(f.s.letter, "a\nb\n");
    assert_string_equal(sample_write(&f, RECORD_REPLY), "{\"batch_id\":\"B-1\",\"letter\":\"a\\nb\\n\",\"volume\":\"2.50\"}");
    assert_null(strstr(sample_write(&f, RECORD_STATEMENT), "letter"));
    refused(RECORD_CLIENT, "{" LEAST ",\"letter\":\"a\\tb\"}", ERR_FIELD_TYPE, "letter");
    refused(RECORD_CLIENT, "{" LEAST ",\"letter\":\"1234567890123\"}", ERR_FIELD_TOO_LONG, "letter");
    refused(RECORD_STATEMENT, "{\"batch_id\":\"B-1\",\"letter\":\"a\",\"mean\":\"1\",\"sample_id\":\"X-1\",\"volume\":\"1\"}",
            ERR_FIELD_UNKNOWN, "letter");
}

CASE(record_answer_may_be_an_empty_list)
{
    FIXTURE(f);
    struct answer out;
    assert_int_equal(record_from_json(f.a, &record_answer, "{}", 2, RECORD_REPLY, &out, &f.e), 0);
    assert_int_equal(out.readings.count, 0);
    assert_int_equal(record_from_json(f.a, &record_answer, "{}", 2, RECORD_CLIENT, &out, &f.e), ERR_FIELD_MISSING);
    assert_int_equal(record_from_json(f.a, &record_answer, "{\"readings\":[]}", 15, RECORD_CLIENT, &out, &f.e), ERR_FIELD_MISSING);
}
