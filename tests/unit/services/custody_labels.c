/* What is said of a label by the rules alone: where the batch and the container stand, who witnesses; and its machine in SQL. */
#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "end_rules.h"
#include "fsm/machines.h"
#include "record/record.h"

#define K "A999926000001-S00002Aa"

static struct arena *arena;
static struct err err;
static struct container_facts stock[1];
static struct label_copies copies;

static struct custody_facts with(const char *batch, const char *container)
{
    arena = arena_free(arena);
    arena = arena_new(0);
    label_copies_begin(arena, 9, &copies);
    copies.item[copies.count++] = (struct label_copy){K, "printed", "U-1", NULL, 1};
    stock[0] = (struct container_facts){K, 9, container, true, "7.0", "700000000", 0, false, NULL};
    return (struct custody_facts){.state = batch, .containers = stock, .container_count = 1};
}

static int apply(const char *batch, const char *container, bool held)
{
    struct custody_facts facts = with(batch, container);
    struct label_apply in = {"B-1", K, 1, "=+02000=A99992600000100=<S00002Aa", "scanned", NULL, INTEGER_ABSENT};
    facts.held = held;
    memset(&err, 0, sizeof err);
    return rule_label_apply(arena, &in, &facts, &copies, &err);
}

CASE(R07_a_label_is_scanned_back_on_what_the_lab_keeps)
{
    assert_int_equal(apply("in_process", "kept", false), 0);
    assert_int_equal(apply("in_test", "kept", false), 0);
    assert_int_equal(apply("on_hold", "kept", false), 0);
    assert_int_equal(apply("released", "kept", false), ERR_STATE_FORBIDS);
    assert_int_equal(apply("open", "kept", false), ERR_STATE_FORBIDS);
    assert_int_equal(apply(NULL, "kept", false), ERR_NOT_FOUND);
    assert_int_equal(apply("in_test", "lost", false), ERR_STATE_FORBIDS);
    assert_int_equal(apply("in_test", "kept", true), ERR_CONSENT_MISSING);
    struct custody_facts facts = with("in_test", "kept");
    struct label_apply in = {"B-1", "A999926000001-S00002Ba", 1, "x", "scanned", NULL, INTEGER_ABSENT};
    assert_int_equal(rule_label_apply(arena, &in, &facts, &copies, &err), ERR_NOT_FOUND);
    arena = arena_free(arena);
}

static int destroy(const char *batch, const char *account, unsigned roles)
{
    struct custody_facts facts = with(batch, "kept");
    struct label_end in = {"B-1", K, 1, "destroyed", "not needed any more", "U-2"};
    struct receiver_facts other = {account, roles};
    memset(&err, 0, sizeof err);
    return rule_label_end(arena, &in, &facts, &copies, "U-1", &other, &err);
}

CASE(R10_the_witness_of_a_label_has_an_open_account_of_the_lab)
{
    assert_int_equal(destroy("in_test", "open", ROLE_TECHNICIAN), 0);
    assert_int_equal(destroy("rejected", "open", ROLE_QC), 0);
    assert_int_equal(destroy("released", "open", ROLE_QC), ERR_STATE_FORBIDS);
    assert_int_equal(destroy("in_test", NULL, 0), ERR_NOT_FOUND);
    assert_int_equal(destroy("in_test", "closed", ROLE_TECHNICIAN), ERR_CUSTODY_REFUSED);
    assert_int_equal(destroy("in_test", "open", ROLE_COURIER), ERR_CUSTODY_REFUSED);
    struct custody_facts facts = with("in_test", "lost");          /* what it was printed for is gone: the label is not */
    struct label_end in = {"B-1", K, 1, "spoiled", "its container was lost", NULL};
    assert_int_equal(rule_label_end(arena, &in, &facts, &copies, "U-1", NULL, &err), 0);
    copies.item[0].state = "destroying";
    copies.item[0].witness = "U-2";
    struct label_witness seen = {"B-1", K, 1, NULL};
    assert_int_equal(rule_label_witness(&seen, &facts, &copies, "U-1", &err), ERR_DUTIES_SEGREGATED);
    assert_int_equal(rule_label_witness(&seen, &facts, &copies, "U-2", &err), 0);
    assert_string_equal(seen.destroyed_by, "U-1");
    facts.state = "released";
    assert_int_equal(rule_label_witness(&seen, &facts, &copies, "U-2", &err), ERR_STATE_FORBIDS);
    arena = arena_free(arena);
}

CASE(fsm_label_rows_in_sql_are_the_machines)
{
    with("in_test", "kept");
    struct buf rows = buf_new(arena);
    size_t len;
    char *sql = test_read(STEMMA_SQL "/api/label_fsm.sql", &len);
    assert_non_null(sql);
    fsm_to_sql(&rows, &fsm_label);
    const char *values = strstr(sql, "values\n");
    assert_non_null(values);
    assert_int_equal(strncmp(values + 7, rows.text, rows.len), 0);
    assert_string_equal(values + 7 + rows.len, ";\n");
    free(sql);
    arena = arena_free(arena);
}
