#include <string.h>

#include "base/text.h"
#include "domain/specification.h"

struct outcome {
    struct arena *arena;
    const struct specification *spec;
    const struct specification_result *results;
    size_t count;
    struct specification_outcome *out;
};

static void line_judge(struct outcome *o, const struct specification_test *test, struct specification_line *line)
{
    const struct specification_result *found = NULL;
    struct specification_verdict v;
    size_t times = 0;
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->results[i].code, test->code) == 0) {
            found = &o->results[i];
            times++;
        }
    *line = (struct specification_line){test, TEST_MISSING, "", arena_printf(o->arena, "%s: no result", test->title), false};
    if (times == 0)
        return;
    specification_judge(o->arena, test, found, &v);
    line->reported = v.reported;
    line->sentence = v.sentence;
    line->state = v.verdict == VERDICT_PASS ? TEST_PASS : v.verdict == VERDICT_FAIL ? TEST_FAIL
        : v.is_pending ? TEST_PENDING : TEST_CANNOT_EVALUATE;
    if (times > 1) {
        line->state = TEST_CANNOT_EVALUATE;
        line->sentence = arena_printf(o->arena, "%s: %zu results stand, only one may", test->title, times);
    }
}

static struct specification_line *line_of(struct outcome *o, const char *code)
{
    for (size_t i = 0; i < o->out->line_count; i++)
        if (strcmp(o->out->lines[i].test->code, code) == 0)
            return &o->out->lines[i];
    return NULL;
}

/* a test that was not made is covered by another of its either/or slot that has passed (T23); a doubtful one is not */
static void slot_cover(struct outcome *o, struct specification_line *line)
{
    const char *slot = line->test->slot;
    bool unmade = line->state == TEST_MISSING || strcmp(line->reported, "n/a") == 0 || strcmp(line->reported, "not done") == 0;
    if (slot == NULL || !unmade)
        return;
    for (size_t i = 0; i < o->out->line_count; i++) {
        const struct specification_line *other = &o->out->lines[i];
        if (other != line && other->test->slot != NULL && strcmp(other->test->slot, slot) == 0 && other->state == TEST_PASS) {
            line->state = TEST_COVERED;
            line->sentence = arena_printf(o->arena, "%s: covered by %s", line->test->title, other->test->title);
            return;
        }
    }
}

/* pending is no reason to wait where the document allows it and its surrogate has passed (domain 2.8) */
static bool pending_passes(struct outcome *o, const struct specification_line *line)
{
    if (line->state != TEST_PENDING || !line->test->pending_allowed)
        return false;
    return line->test->surrogate == NULL || line_of(o, line->test->surrogate)->state == TEST_PASS;
}

static void line_weigh(struct outcome *o, struct specification_line *line)
{
    struct specification_outcome *out = o->out;
    bool gates = line->test->gating == GATING_RELEASE;
    bool fails = line->state == TEST_FAIL && line->test->gating != GATING_INFO;
    line->blocks = fails || (gates && line->state != TEST_PASS && line->state != TEST_COVERED && !pending_passes(o, line));
    out->failed += fails;
    if (!gates)
        return;
    out->missing += line->state == TEST_MISSING;
    out->pending += line->state == TEST_PENDING;
    out->cannot += line->state == TEST_CANNOT_EVALUATE;
}

void specification_outcome(struct arena *a, const struct specification *spec, const struct specification_result *results,
    size_t n, struct specification_outcome *ret)
{
    struct outcome o = {a, spec, results, n, ret};
    const struct specification_test *tests = spec->tests.items;
    bool blocked = false;
    *ret = (struct specification_outcome){.lines = ARENA_ARRAY(a, struct specification_line, spec->tests.count),
        .line_count = spec->tests.count};
    for (size_t i = 0; i < ret->line_count; i++)
        line_judge(&o, &tests[i], &ret->lines[i]);
    for (size_t i = 0; i < ret->line_count; i++)
        slot_cover(&o, &ret->lines[i]);
    for (size_t i = 0; i < ret->line_count; i++) {
        line_weigh(&o, &ret->lines[i]);
        blocked |= ret->lines[i].blocks;
    }
    ret->verdict = ret->failed > 0 ? VERDICT_FAIL : blocked ? VERDICT_CANNOT_EVALUATE : VERDICT_PASS;
    ret->sentence = arena_printf(a, "%s version %d: %s; %zu failed, %zu missing, %zu pending, %zu not to be evaluated", spec->id, spec->version,
        verdict_words[ret->verdict], ret->failed, ret->missing, ret->pending, ret->cannot);
}
