#include "domain/rule_set.h"

#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static struct arena *arena;
static struct err err;

static struct rule_set *seed(const char *path)
{
    struct rule_set *set = NULL;
    size_t len;
    char *json = test_read(path, &len);
    assert_non_null(json);
    arena = arena_free(arena);
    arena = arena_new(0);
    if (rule_set_parse(arena, json, len, &set, &err) != 0)
        fail_msg("%s: %s", err.field, err.text);
    free(json);
    return set;
}

/* the shipped US rules with one text replaced; its refusal */
static int spoiled(const char *old, const char *new)
{
    struct rule_set *set;
    size_t len;
    char *json = test_read(STEMMA_SEED "/rules_us.json", &len);
    arena = arena_free(arena);
    arena = arena_new(0);
    memset(&err, 0, sizeof err);
    char *at = strstr(json, old);
    assert_non_null(at);
    const char *text = arena_printf(arena, "%.*s%s%s", (int)(at - json), json, new, at + strlen(old));
    free(json);
    return rule_set_parse(arena, text, strlen(text), &set, &err);
}

CASE(T51_shipped_rule_sets_read)
{
    const struct rule_set *us = seed(STEMMA_SEED "/rules_us.json");
    assert_string_equal(us->id, "L-US");
    assert_int_equal(us->autologous, AUTOLOGOUS_NOT_REQUIRED);
    assert_null(us->retest);
    assert_int_equal(rule_set_window(us, "marrow")->before_days, 30);
    assert_int_equal(rule_set_window(us, "placenta")->before_days, 7);
    const struct rule_set *eu = seed(STEMMA_SEED "/rules_eu.json");
    assert_int_equal(eu->jurisdiction, JURISDICTION_EU);
    assert_int_equal(eu->autologous, AUTOLOGOUS_TESTED);
    assert_int_equal(eu->retest->after_days, 180);
}

CASE(T51_the_first_rules_read_and_stay)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    const struct rule_set *first = rule_set_first(arena);
    assert_non_null(first);
    assert_int_equal(first->assays.count, 11);
    assert_null(first->dilution);
    assert_false(rule_assay_needed(first->assays.items, "skin"));
    assert_true(rule_assay_needed(first->assays.items, "placenta"));
}

CASE(T51_a_rule_set_that_does_not_hold_together_is_refused)
{
    assert_int_equal(spoiled("\"L-US\"", "\"Q-US\""), ERR_DOCUMENT_REFUSED);
    assert_int_equal(spoiled("\"anti_hcv\"", "\"anti_xyz\""), ERR_DOCUMENT_REFUSED);
    assert_int_equal(spoiled("\"anti_hcv\"", "\"hcv_nat\""), ERR_DOCUMENT_REFUSED);            /* twice */
    assert_int_equal(spoiled("\"hiv_2\"", "\"hiv_3\""), ERR_DOCUMENT_REFUSED);
    assert_int_equal(spoiled("\"adipose\", \"umbilical_cord\", \"cord_blood\", \"placenta\"], \"before_days\"",
                             "\"adipose\", \"umbilical_cord\", \"cord_blood\"], \"before_days\""), ERR_DOCUMENT_REFUSED);
    assert_string_equal(err.field, "windows");
    assert_int_equal(spoiled("\"until_month\": 10", "\"informs\": true"), ERR_DOCUMENT_REFUSED);
    assert_int_equal(spoiled("\"overruled_by\": \"syphilis_treponemal\"", "\"overruled_by\": \"syphilis_screen\""), ERR_DOCUMENT_REFUSED);
    assert_int_equal(spoiled("\"0.025\"", "\"0\""), ERR_DOCUMENT_REFUSED);
    assert_int_equal(spoiled("\"0.025\"", "\"0.026\""), 0);
}
