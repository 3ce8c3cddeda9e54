/* A pool in the exported files: as corrections of what was filled make it, with what was signed beside it. */
#include "support/test.h"

#include <string.h>

#include "base/clock.h"
#include "exports/exports.h"
#include "support/batch_fixture.h"

#define BAG "A999926000001-D0001VA0"
#define POOL "A999926000001-D0001VC0"

static struct batch_fixture f;
static struct err e;

static void *fresh(const char *type) { return batch_fixture_fresh(&f, type); }

static int64_t add(const char *type, const void *record)
{
    return batch_fixture_add(&f, B, type, MEANING_PERFORMED, record)->entry.seq;
}

static void begin(void)
{
    batch_fixture_begin(&f, 9, "2026-03-02T08:00:00.000Z", 1500);
    struct batch_open *open = fresh("batch.open");
    *open = (struct batch_open){.batch_id = "B-1", .procedure_id = "P-BMAC", .procedure_version = 1, .specification_id = "Q-BMAC",
                                .specification_version = 1, .collection_id = "C-1", .donor_id = "D-1"};
    add("batch.open", open);
}

static const char *made(const char *name)
{
    struct zip_member *files;
    size_t n;
    if (exports_make(f.a, &f.d, NULL, &files, &n, &e) != 0)
        fail_msg("%s", e.text);
    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i].name, name) == 0)
            return arena_dup(f.a, files[i].data.data, files[i].data.len);
    fail_msg("no %s", name);
    return NULL;
}

CASE(R12_a_pool_expires_in_every_file_as_the_fill_was_corrected)
{
    begin();
    struct batch_fill *fill = fresh("batch.fill");
    *fill = (struct batch_fill){.batch_id = "B-1", .volume_in_ml = "2.0", .samples_ml = "0", .waste_ml = "0", .expires_at = f.now_ms + 1000000};
    *(struct fill_container *)record_list_add(f.a, &record_fill_container, &fill->containers) =
        (struct fill_container){.container_id = BAG, .volume_ml = "2.0", .cells = "1000000"};
    int64_t expires_ms = fill->expires_at, filled = add("batch.fill", fill);
    struct container_pool *pool = fresh("custody.pool");
    *pool = (struct container_pool){.batch_id = "B-1", .container_id = POOL, .volume_ml = "2.0", .waste_ml = "0", .cells = "1000000",
                                    .pooled_at = f.now_ms, .expires_at = expires_ms, .verify = BOOLEAN_ABSENT, .late_min = INTEGER_ABSENT};
    texts_add(f.a, &pool->parents, BAG);
    char was[CLOCK_TEXT], now[CLOCK_TEXT];
    clock_to_text(expires_ms, was);
    clock_to_text(expires_ms - 60000, now);
    add("custody.pool", pool);
    const char *lines = strstr(made("custody.csv"), "custody.pool,");
    assert_non_null(strstr(lines, was));
    struct fill_correct *in = fresh("batch.fill_correct");
    *in = (struct fill_correct){.batch_id = "B-1", .field = "expires_at", .old_value = arena_text(f.a, was), .new_value = arena_text(f.a, now),
                                .reason = "read off the wrong line", .corrects = filled};
    *(struct fill_container *)record_list_add(f.a, &record_fill_container, &in->pooled) =
        (struct fill_container){.container_id = POOL, .volume_ml = "2.0", .cells = "1000000"};
    add("batch.fill_correct", in);
    lines = strstr(made("custody.csv"), "custody.pool,");
    assert_non_null(strstr(lines, arena_printf(f.a, ",1000000,%s,", now)));
    assert_non_null(strstr(lines, arena_printf(f.a, "expires_at: %s", was)));
    const char *events = made("epcis.jsonld"), *pooled = strstr(events, "\"stemma:pooled_at\"");
    assert_non_null(pooled);
    assert_null(strstr(events, arena_printf(f.a, "\"cbvmda:itemExpirationDate\": \"%s\"", was)));
    assert_non_null(strstr(events, arena_printf(f.a, "\"stemma:expires_at\": \"%s\"", was)));
    f.a = arena_free(f.a);
}
