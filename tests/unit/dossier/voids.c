/* Rule 11 for voids: what is struck out was recorded, by somebody else, and is struck out once. */
#include "support/test.h"

#include <string.h>

#include "contract/contract.h"
#include "dossier/recompute.h"

static struct arena *a;
static struct err e;
static struct dossier_entry entries[4];
static struct dossier_stream stream;
static struct dossier dossier;

static void state(const char *type, const char *actor, const void *record)
{
    struct dossier_entry *x = &entries[stream.count];
    struct buf body = buf_new(a);
    record_to_json(&body, verb_find(type)->in, record, RECORD_STATEMENT);
    buf_char(&body, '\n');
    x->entry.seq = (int64_t)stream.count++;
    x->statement = (struct statement){.type = type, .actor = actor, .body = {(const uint8_t *)body.text, body.len}};
}

/* a note, a reading, and a void of entry ${seq}, whose old value is said to be ${old} */
static struct dossier_entry *voided(int64_t seq, const char *act, const char *field, const char *old, const char *person)
{
    struct batch_note note = {"B-1", "the bag arrived torn"};
    struct batch_reading reading = {"B-1", "E-1", "temperature_c", "4.1", 0};
    struct batch_void v = {.batch_id = "B-1", .corrects = seq, .reason = "read on the incubator of another batch", .act = act,
                           .field = field, .old_value = old, .new_value = "void"};
    a = arena_free(a);
    a = arena_new(0);
    memset(entries, 0, sizeof entries);
    stream = (struct dossier_stream){.id = "B-1", .entry = entries};
    dossier = (struct dossier){.subject = "B-1", .stream = &stream, .stream_count = 1};
    state("batch.note", "U-1", &note);
    state("batch.reading", "U-1", &reading);
    state("batch.void", person, &v);
    return &entries[2];
}

static int check(const struct dossier_entry *entry)
{
    struct recompute_memory memory = {.procedure = NULL};
    struct recompute_case c = {a, &dossier, &stream, entry, &memory};
    return recompute_check(recompute_row(recompute_rows(), "batch.void"), &c, &e);
}

CASE(R12_rule_11_a_void_says_what_it_strikes_out)
{
    assert_int_equal(check(voided(1, "batch.reading", "value", "4.1", "U-2")), 0);
    assert_int_equal(check(voided(1, "batch.reading", "value", "5.1", "U-2")), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(voided(1, "batch.note", "text", NULL, "U-2")), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(voided(0, "batch.note", "text", NULL, "U-2")), 0);
    a = arena_free(a);
}

CASE(R12_rule_11_a_void_of_what_is_no_reading)
{
    assert_int_equal(check(voided(2, "batch.void", "value", NULL, "U-2")), ERR_DOSSIER_REFUSED);
    assert_int_equal(check(voided(3, "batch.reading", "value", "4.1", "U-2")), ERR_DOSSIER_REFUSED);
    a = arena_free(a);
}

CASE(R10_rule_11_a_void_by_who_recorded_it)
{
    assert_int_equal(check(voided(1, "batch.reading", "value", "4.1", "U-1")), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "who recorded it"));
    a = arena_free(a);
}

CASE(R12_rule_11_a_void_twice)
{
    voided(1, "batch.reading", "value", "4.1", "U-2");
    entries[3] = entries[2];
    entries[3].entry.seq = 3;
    stream.count = 4;
    assert_int_equal(check(&entries[3]), ERR_DOSSIER_REFUSED);
    assert_non_null(strstr(e.text, "void already"));
    a = arena_free(a);
}
