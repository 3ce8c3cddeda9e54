#include "support/test.h"

#include <string.h>

#include "plan.h"

#define FOLDERS "[supervisor]\nrun = r\nlog = l\n"

static int parse(struct arena *a, const char *text, struct plan *ret, struct err *e)
{
    memset(e, 0, sizeof *e);
    return plan_parse(a, text, ret, e);
}

CASE(supervisor_plan_reads_programs_in_order)
{
    struct arena *a = arena_new(0);
    struct plan p;
    struct err e;
    assert_int_equal(parse(a, FOLDERS "[notary]\ncommand = bin/notary --config  n.ini\nready_ms=500\n"
                              "[batch]\ncommand = bin/batch\nafter = notary\nready = start\n", &p, &e), 0);
    assert_int_equal(p.count, 2);
    assert_string_equal(p.run_folder, "r");
    assert_string_equal(p.programs[0].words[2], "n.ini");
    assert_null(p.programs[0].words[3]);
    assert_true(p.programs[0].has_notice);
    assert_int_equal(p.programs[0].ready_ms, 500);
    assert_false(p.programs[1].has_notice);
    assert_int_equal(p.programs[1].after_count, 1);
    assert_int_equal(p.programs[1].after[0], 0);
    arena_free(a);
}

CASE(supervisor_plan_refuses_what_it_does_not_know)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"[a]\ncommand = x\n", "run and log"},
        {FOLDERS, "no program"},
        {FOLDERS "[a]\nafter =\n", "no command"},
        {FOLDERS "[a]\ncommand = x\ncolour = red\n", "colour"},
        {FOLDERS "[a]\ncommand = x\nready = maybe\n", "maybe"},
        {FOLDERS "[a]\ncommand = x\nready_ms = 1s\n", "1s"},
        {FOLDERS "[a]\ncommand = x\nready_ms = -1\n", "-1"},
        {FOLDERS "[a]\ncommand = x\nafter = b\n", "no such other program"},
        {FOLDERS "[a]\ncommand = x\nafter = a\n", "no such other program"},
        {FOLDERS "[a]\ncommand = x\nafter = b\n[b]\ncommand = x\nafter = a\n", "circle"},
        {FOLDERS "[a]\ncommand = x\nnonsense\n", "not INI"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *a = arena_new(0);
        struct plan p;
        struct err e;
        assert_true(parse(a, rows[i].text, &p, &e) < 0);
        assert_non_null(strstr(e.text, rows[i].says));
        arena_free(a);
    }
}

CASE(supervisor_plan_orders_start_and_stop)
{
    struct arena *a = arena_new(0);
    struct plan p;
    struct err e;
    assert_int_equal(parse(a, FOLDERS "[c]\ncommand = x\nafter = a b\n[a]\ncommand = x\n[b]\ncommand = x\nafter = a\n", &p, &e),
                     0);
    bool ready[3] = {false, false, false};
    assert_false(plan_may_start(&p, 0, ready));
    assert_true(plan_may_start(&p, 1, ready));
    assert_false(plan_may_start(&p, 2, ready));
    ready[1] = true;
    assert_false(plan_may_start(&p, 0, ready));
    assert_true(plan_may_start(&p, 2, ready));
    bool gone[3] = {false, false, false};
    assert_true(plan_may_stop(&p, 0, gone));
    assert_false(plan_may_stop(&p, 1, gone));
    gone[0] = true;
    assert_false(plan_may_stop(&p, 1, gone));
    gone[2] = true;
    assert_true(plan_may_stop(&p, 1, gone));
    arena_free(a);
}

CASE(supervisor_backoff_doubles_and_is_bounded)
{
    assert_int_equal(plan_backoff_ms(0), 0);
    assert_int_equal(plan_backoff_ms(1), 100);
    assert_int_equal(plan_backoff_ms(2), 200);
    assert_int_equal(plan_backoff_ms(7), 6400);
    assert_int_equal(plan_backoff_ms(8), 10000);
    assert_int_equal(plan_backoff_ms(4000000000u), 10000);
}
