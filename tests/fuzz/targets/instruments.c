/* Instruments' files: whatever comes is read or refused within the memory of a request, and what was read is what a record takes. */
#include "fuzz.h"

#include "base/number.h"
#include "instruments/instruments.h"
#include "record/record.h"

/* A request's arena (64 MiB, wire/server.c) stops the service when it is full. A group that fails is run again in the same
   memory, so that a file may take half of it. */
#define REQUEST_MEMORY ((size_t)32 << 20)

static void must_be_text(const char *text)
{
    struct err e;
    MUST(text == NULL || (text[0] != '\0' && record_check_text(text, strlen(text), "it", &e) == 0));
}

FUZZ(a, data, len)
{
    struct err e;
    struct instrument_file file, again;
    struct buf one = buf_new(a), other = buf_new(a);
    struct arena *request = arena_new(REQUEST_MEMORY);
    int code = instrument_read(request, (struct bytes){data, len}, &again, &e);
    arena_free(request);
    if (code != instrument_read(a, (struct bytes){data, len}, &file, &e) || code != 0) {
        MUST(code != 0);
        return;
    }
    MUST(word_list_has(&words_instrument_format, file.format));
    for (size_t i = 0; i < file.values.count; i++) {
        const struct instrument_value *v = LIST_AT(file.values, const struct instrument_value, i);
        must_be_text(v->sample), must_be_text(v->quantity), must_be_text(v->value), must_be_text(v->note);
        MUST(v->line > 0 && v->column >= 0);
        MUST(strcmp(file.format, "hl7") == 0 || v->value == NULL || decimal_is_valid(v->value + (v->value[0] == '<' || v->value[0] == '>')));
        record_to_json(&one, &record_instrument_value, v, RECORD_STATEMENT);
    }
    MUST(instrument_read(a, (struct bytes){data, len}, &again, &e) == 0 && again.values.count == file.values.count);
    for (size_t i = 0; i < again.values.count; i++)
        record_to_json(&other, &record_instrument_value, LIST_AT(again.values, const struct instrument_value, i), RECORD_STATEMENT);
    MUST(one.len == other.len && (one.len == 0 || memcmp(one.text, other.text, one.len) == 0));
}
