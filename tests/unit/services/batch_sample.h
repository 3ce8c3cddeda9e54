/*
 * The small lab of the batch tests: a marrow procedure of four steps, and facts that hold, which each case spoils in one
 * place. Times are minutes after noon.
 */
#pragma once
#include <string.h>

#include "batch_rules.h"
#include "record/record.h"

#define NOON INT64_C(1780000000000)
#define MINUTES(n) (NOON + (int64_t)(n) * 60000)

static const char SAMPLE_DOCUMENT[] =
    "{\"id\":\"P-TEST\",\"version\":2,\"title\":\"Marrow concentrate\",\"product\":\"Concentrate\",\"product_code\":\"D0002100\","
    "\"sources\":[\"marrow\"],\"use\":\"autologous\",\"specification\":\"Q-TEST\",\"storage\":\"2-8 degC\",\"shelf_life_h\":\"24\","
    "\"steps\":["
    "{\"no\":1,\"name\":\"Receive\",\"stage\":\"receipt\",\"instruction\":\"Look.\",\"verify\":false,\"max_hold_h\":\"6\",\"fields\":["
    "{\"name\":\"volume_ml\",\"kind\":\"decimal\",\"unit\":\"mL\",\"decimals\":1,\"required\":true,\"critical\":true,"
    "\"hard_min\":\"1\",\"hard_max\":\"1500\",\"warn_min\":\"20\",\"warn_max\":\"240\",\"typical\":\"60\"},"
    "{\"name\":\"n_live\",\"kind\":\"integer\",\"unit\":\"cells\",\"required\":true,\"hard_min\":\"0\"}],"
    "\"computed\":[{\"name\":\"third\",\"unit\":\"cells\",\"decimals\":1,\"formula\":\"n_live / 3\"}]},"
    "{\"no\":2,\"name\":\"Concentrate\",\"stage\":\"concentration\",\"instruction\":\"Spin.\",\"verify\":true,\"max_hold_h\":\"2\","
    "\"fields\":[{\"name\":\"out_ml\",\"kind\":\"decimal\",\"unit\":\"mL\",\"decimals\":1,\"required\":true}],"
    "\"computed\":[{\"name\":\"back\",\"unit\":\"cells\",\"decimals\":2,\"formula\":\"third * 3\"}],"
    "\"materials\":[{\"name\":\"kit\",\"required\":true},{\"name\":\"saline\",\"required\":false}],"
    "\"equipment\":[{\"name\":\"centrifuge\",\"required\":true}]},"
    "{\"no\":3,\"name\":\"Remark\",\"stage\":\"formulation\",\"instruction\":\"Note.\",\"verify\":false,\"fields\":[]},"
    "{\"no\":4,\"name\":\"Fill\",\"stage\":\"fill\",\"instruction\":\"Fill.\",\"verify\":true,\"fields\":[]}]}";

static struct arena *arena;
static struct err err;
static const struct batch_limits LIMITS = {900000, 5000, "2", "0.5"};

static inline const struct procedure *sample(void)
{
    struct procedure *doc = NULL;
    memset(&err, 0, sizeof err);
    arena = arena_free(arena);
    arena = arena_new(0);
    int code = procedure_parse(arena, SAMPLE_DOCUMENT, strlen(SAMPLE_DOCUMENT), &doc, &err);
    if (code != 0)
        print_message("%s: %s\n", err.field, err.text);
    assert_int_equal(code, 0);
    return doc;
}

/** The refusal named: its code, its field, its rule. */
#define assert_refused(call, expected, expected_field, expected_rule)                                                   \
    do {                                                                                                                \
        memset(&err, 0, sizeof err);                                                                                    \
        assert_int_equal((call), (expected));                                                                           \
        assert_string_equal(err.field, (expected_field));                                                               \
        assert_string_equal(err.rule, (expected_rule));                                                                 \
        assert_true(err.text[0] != '\0');                                                                               \
    } while (0)

#define assert_passes(call)                                                                                             \
    do {                                                                                                                \
        int passes_code = (call);                                                                                       \
        if (passes_code != 0)                                                                                           \
            print_message("%s %s: %s\n", err.field, err.rule, err.text);                                                \
        assert_int_equal(passes_code, 0);                                                                               \
    } while (0)
