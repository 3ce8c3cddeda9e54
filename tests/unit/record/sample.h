/*
 * The records of these tests, expanded as a contract does; each test file is its own program, so the tables may stand
 * in this header.
 */
#pragma once
#include <string.h>

#include "support/test.h"

#include "record/structs_begin.h"
#include "sample.records.def"
#include "record/structs_end.h"

#include "record/tables_begin.h"
#include "sample.records.def"
#include "record/tables_end.h"

struct fixture {
    struct arena *a;
    struct sample s;
    struct err e;
};

static inline void fixture_done(struct fixture *f)
{
    arena_free(f->a);
}

static inline struct fixture fixture_new(void)
{
    struct fixture f = {.a = arena_new(0)};
    record_init(&record_sample, &f.s);
    return f;
}
#define FIXTURE(f) CLEANUP(fixture_done) struct fixture f = fixture_new()

static inline int sample_read(struct fixture *f, enum record_mode mode, const char *json)
{
    return record_from_json(f->a, &record_sample, json, strlen(json), mode, &f->s, &f->e);
}

static inline const char *sample_write(struct fixture *f, enum record_mode mode)
{
    struct buf b = buf_new(f->a);
    record_to_json(&b, &record_sample, &f->s, mode);
    return b.text;
}
