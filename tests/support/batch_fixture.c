#include "support/batch_fixture.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "support/test.h"

#define CERTIFICATE "ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01ab01"

static const char *seed(const struct batch_fixture *f, const char *name)
{
    json_t *root = json_load_file(arena_printf(f->a, "%s/sql/seed/%s", STEMMA_SOURCE, name), 0, NULL);
    assert_non_null(root);
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    const char *kept = arena_text(f->a, text);
    free(text);
    json_decref(root);
    return kept;
}

void *batch_fixture_fresh(const struct batch_fixture *f, const char *type) { return record_new(f->a, verb_find(type)->in); }

/* A test may spoil what it says so that it is no statement any more: then there are no bytes, and who reads them says so. */
struct dossier_entry *batch_fixture_add(struct batch_fixture *f, int which, const char *type, enum meaning meaning,
                                        const void *record)
{
    struct dossier_stream *s = &f->stream[which];
    struct dossier_entry *x = &s->entry[s->count];
    struct buf body = buf_new(f->a);
    char command[COMMAND_HEX];
    struct err e;
    record_to_json(&body, verb_find(type)->in, record, RECORD_STATEMENT);
    buf_char(&body, '\n');
    command_new(command);
    x->statement = (struct statement){
        .type = type, .stream = s->id, .actor = "U-1", .terminal = "T-1", .signer = "U-1", .meaning = meaning,
        .signer_cert = CERTIFICATE, .rendered = true, .reviewed_seq = (int64_t)s->count - 1, .template_id = "verb",
        .template_version = 1, .at_ms = f->now_ms, .command = arena_text(f->a, command),
        .body = {(const uint8_t *)body.text, body.len}};
    if (statement_build(f->a, &x->statement, &x->stmt, &e) != 0)
        x->stmt = (struct bytes){NULL, 0};
    x->entry = (struct entry){.origin = "lab.example/2026", .stream = s->id, .seq = (int64_t)s->count++,
                              .time_ms = f->now_ms += f->step_ms};
    return x;
}

void batch_fixture_begin(struct batch_fixture *f, size_t entries, const char *at, int64_t step_ms)
{
    static const char *const ids[BATCH_STREAMS] = {"B-1", "C-1", "D-1", "P-BMAC", "Q-BMAC", "U-1"};
    *f = (struct batch_fixture){.a = arena_new((size_t)512 << 20), .step_ms = step_ms};
    for (int i = 0; i < BATCH_STREAMS; i++)
        f->stream[i] = (struct dossier_stream){ids[i], true, ARENA_ARRAY(f->a, struct dossier_entry, entries), 0};
    f->d = (struct dossier){.subject = "B-1", .stream = f->stream, .stream_count = BATCH_STREAMS};
    clock_from_text(at, 24, &f->now_ms);
    struct procedure_author *p = batch_fixture_fresh(f, "batch.procedure_author");
    struct specification_author *q = batch_fixture_fresh(f, "quality.specification_author");
    *p = (struct procedure_author){"P-BMAC", 1, seed(f, "procedure_bmac.json")};
    *q = (struct specification_author){"Q-BMAC", 1, seed(f, "specification_bmac.json")};
    batch_fixture_add(f, P, "batch.procedure_author", MEANING_AUTHORED, p);
    batch_fixture_add(f, Q, "quality.specification_author", MEANING_AUTHORED, q);
}
