#include <stdlib.h>
#include <string.h>

#include "fsm/machines.h"
#include "support/test.h"

static const struct fsm_rule *rule;

static int step(const char *state, const char *event, unsigned facts, struct err *e)
{
    return fsm_step(&fsm_batch, state, event, facts, &rule, e);
}

CASE(fsm_every_machine_is_well_formed)
{
    struct err e;
    for (size_t i = 0; i < fsm_machine_count(); i++)
        if (fsm_check(fsm_machine_at(i), &e) != 0)
            fail_msg("%s", e.text);
}

CASE(fsm_facts_have_one_bit_in_the_whole_house)
{
    unsigned all = 0;
    for (size_t i = 0; i < fsm_machine_count(); i++) {
        const struct fsm_machine *m = fsm_machine_at(i);
        for (size_t k = 0; k < m->fact_count; k++) {
            assert_int_equal(all & m->facts[k].bit, 0);
            all |= m->facts[k].bit;
        }
    }
}

/* Every state, event and combination of the machine's facts against the plain reading of the row. */
static void exhaust(const struct fsm_machine *m)
{
    struct err e;
    for (size_t s = 0; s < m->state_count; s++) {
        for (size_t k = 0; k < m->rule_count; k++) {
            const struct fsm_rule *want = fsm_find(m, (int)s, m->rules[k].event), *got = NULL;
            for (unsigned mask = 0; mask < 1u << m->fact_count; mask++) {
                unsigned facts = 0;
                for (size_t f = 0; f < m->fact_count; f++)
                    facts |= mask & 1u << f ? m->facts[f].bit : 0;
                int code = fsm_step(m, m->states[s].name, m->rules[k].event, facts, &got, &e);
                bool may = want && (want->needs & facts) == want->needs && (want->forbids & facts) == 0;
                if (may != (code == 0) || (may && got != want) || (!want && code != ERR_STATE_FORBIDS) || code < 0)
                    fail_msg("%s: %s in %s with %x", m->name, m->rules[k].event, m->states[s].name, facts);
            }
        }
    }
}

CASE(fsm_document_exhaustive) { exhaust(&fsm_document); }
CASE(fsm_oos_exhaustive) { exhaust(&fsm_oos); }
CASE(fsm_lot_exhaustive) { exhaust(&fsm_lot); }
CASE(fsm_container_exhaustive) { exhaust(&fsm_container); }
CASE(fsm_shipment_exhaustive) { exhaust(&fsm_shipment); }
CASE(fsm_sample_exhaustive) { exhaust(&fsm_sample); }
CASE(fsm_label_exhaustive) { exhaust(&fsm_label); }
CASE(fsm_batch_exhaustive) { exhaust(&fsm_batch); }

CASE(fsm_rules_are_as_reviewed)
{
    size_t len = 0;
    char *golden = test_read(GOLDEN, &len);
    struct arena *a = arena_new(0);
    struct buf b = buf_new(a);
    for (size_t i = 0; i < fsm_machine_count(); i++)
        fsm_to_text(&b, fsm_machine_at(i));
    assert_non_null(golden);
    assert_string_equal(b.text, golden);
    free(golden);
    arena_free(a);
}

CASE(gate_batch_leaves_hold_by_qa_only)
{
    struct err e;
    for (size_t i = 0; i < fsm_batch.rule_count; i++) {
        const struct fsm_rule *r = &fsm_batch.rules[i];
        if (r->from == FSM_BATCH_ON_HOLD && r->to != FSM_BATCH_ON_HOLD)
            assert_true(r->needs & FACT_ACTOR_QA);
    }
    assert_int_equal(step("on_hold", "quality.unhold_test", 0, &e), ERR_ROLE_MISSING);
    assert_string_equal(e.field, "actor_qa");
    assert_string_equal(e.rule, "batch-67");
}

CASE(gate_release_needs_gate_review_and_an_uninvolved_qa)
{
    unsigned all = FACT_ACTOR_QA | FACT_ACTOR_UNINVOLVED | FACT_REVIEWED | FACT_GATE_OPEN;
    struct err e;
    assert_int_equal(step("in_test", "release.release", all, &e), 0);
    assert_string_equal(fsm_target(&fsm_batch, rule), "released");
    assert_int_equal(step("in_test", "release.release", all & ~(unsigned)FACT_GATE_OPEN, &e), ERR_GATE_CLOSED);
    assert_int_equal(step("in_test", "release.release", all & ~(unsigned)FACT_ACTOR_UNINVOLVED, &e), ERR_DUTIES_SEGREGATED);
    assert_int_equal(step("in_test", "release.release", all & ~(unsigned)FACT_REVIEWED, &e), ERR_ORDER_FORBIDS);
    assert_int_equal(step("in_test", "release.release", all | FACT_OOS_OPEN, &e), ERR_STATE_FORBIDS);
    assert_int_equal(step("on_hold", "release.release", all, &e), ERR_STATE_FORBIDS);
}

CASE(R31_T29_what_is_exceptional_is_never_certified_nor_released)
{
    static const char *const states[] = {"except_released", "except_handed_over", "except_received"};
    unsigned all = FACT_ACTOR_QA | FACT_ACTOR_UNINVOLVED | FACT_REVIEWED | FACT_GATE_OPEN | FACT_OOS_CONFIRMED;
    struct err e;
    assert_int_equal(step("on_hold", "release.exceptional", all, &e), 0);
    assert_string_equal(fsm_target(&fsm_batch, rule), "except_released");
    assert_int_equal(step("on_hold", "release.exceptional", all & ~(unsigned)FACT_OOS_CONFIRMED, &e), ERR_STATE_FORBIDS);
    assert_int_equal(step("in_test", "release.exceptional", all, &e), ERR_STATE_FORBIDS);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(step(states[i], "release.certify", all, &e), ERR_STATE_FORBIDS);
        assert_int_equal(step(states[i], "release.release", all, &e), ERR_STATE_FORBIDS);
        for (size_t k = 0; k < fsm_batch.rule_count; k++)
            if (strcmp(fsm_batch.states[fsm_batch.rules[k].from].name, states[i]) == 0) {
                const char *to = fsm_batch.states[fsm_batch.rules[k].to].name;
                assert_true(strcmp(to, "released") != 0 && strcmp(to, "handed_over") != 0 && strcmp(to, "received") != 0 && strncmp(to, "cond_", 5) != 0);
            }
    }
}

CASE(fsm_complete_needs_steps_verified_and_balance)
{
    unsigned all = FACT_STEPS_DONE | FACT_STEPS_VERIFIED | FACT_BALANCE_CLOSED;
    struct err e;
    assert_int_equal(step("in_process", "batch.complete", all, &e), 0);
    assert_string_equal(fsm_target(&fsm_batch, rule), "in_test");
    assert_int_equal(step("in_process", "batch.complete", FACT_STEPS_DONE | FACT_STEPS_VERIFIED, &e), ERR_BALANCE_OPEN);
    assert_int_equal(step("in_process", "batch.complete", 0, &e), ERR_ORDER_FORBIDS);
    assert_int_equal(step("open", "batch.complete", all, &e), ERR_STATE_FORBIDS);
}

CASE(fsm_rejected_is_never_undone)
{
    struct err e;
    for (size_t i = 0; i < fsm_batch.rule_count; i++)
        assert_true(step("rejected", fsm_batch.rules[i].event, ~0u, &e) != 0 || rule->to == FSM_BATCH_REJECTED);
}

CASE(R34_what_is_on_its_way_arrives_whatever_became_of_the_batch)
{
    static const char *const states[] = {"released", "handed_over", "on_hold", "in_test", "rejected", "cond_released", "cond_handed_over",
                                         "failed_post_release", "failed_handed_over", "except_released", "except_handed_over"};
    struct err e;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        assert_int_equal(step(states[i], "custody.receive", 0, &e), 0);
        assert_int_equal(step(states[i], "custody.receive_all", FACT_ALL_RECEIVED, &e), 0);
        assert_int_equal(step(states[i], "custody.receive_all", 0, &e), ERR_CUSTODY_REFUSED);
    }
    assert_int_equal(step("in_process", "custody.receive", 0, &e), ERR_STATE_FORBIDS);
}

CASE(S4_6_a_deviation_of_distributed_product_is_recorded)
{
    static const char *const states[] = {"handed_over", "received"};
    struct err e;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(step(states[i], "quality.deviation_open", 0, &e), 0);
        assert_int_equal(step(states[i], "quality.deviation_close", 0, &e), ERR_ROLE_MISSING);
    }
}

CASE(fsm_oos_is_not_invalidated_without_a_cause)
{
    struct err e;
    assert_int_equal(fsm_step(&fsm_oos, "investigated", "invalidate", FACT_CLOSER_QA, &rule, &e), ERR_RESULT_REFUSED);
    assert_int_equal(fsm_step(&fsm_oos, "open", "confirm", FACT_CLOSER_QA, &rule, &e), ERR_STATE_FORBIDS);
    assert_int_equal(fsm_step(&fsm_oos, "investigated", "confirm", FACT_CLOSER_QA | FACT_CLOSER_TESTED, &rule, &e),
                     ERR_DUTIES_SEGREGATED);
}

CASE(fsm_document_is_never_approved_by_its_author)
{
    struct err e;
    assert_int_equal(fsm_step(&fsm_document, "draft", "approve", FACT_DOCUMENT_CHECKED | FACT_APPROVER_QA | FACT_APPROVER_AUTHOR,
                              &rule, &e), ERR_DUTIES_SEGREGATED);
}

/* the machine's part of the page, from its title to the next */
static const char *part_of(struct arena *a, const char *page, const struct fsm_machine *m)
{
    const char *head = arena_printf(a, "\n## %s\n", m->title), *at = strstr(page, head);
    if (at == NULL)
        fail_msg("%s is not drawn", m->name);
    const char *next = strstr(at + 1, "\n## ");
    return next == NULL ? at : arena_dup(a, at, (size_t)(next - at));
}

static void says(const char *part, const char *text)
{
    if (strstr(part, text) == NULL)
        fail_msg("the page has no %s", text);
}

/* the page that people read: every machine, every state that it may be in with its way, every row, what every fact refuses */
CASE(S4_4_every_machine_is_drawn_whole)
{
    char *page = test_read(STEMMA_SOURCE "/docs/reference/machines.md", NULL);
    struct arena *a = arena_new(0);
    assert_non_null(page);
    for (size_t i = 0; i < fsm_machine_count(); i++) {
        const struct fsm_machine *m = fsm_machine_at(i);
        const char *part = part_of(a, page, m);
        struct buf drawn = buf_new(a);
        fsm_to_mermaid(&drawn, m);
        says(part, drawn.text);
        for (size_t k = 0; k < m->state_count; k++) {
            says(drawn.text, arena_printf(a, "%s> %s%s", "--", m->states[k].name, k == 0 ? "\n" : ""));
            says(part, arena_printf(a, "| %s | %s |", m->states[k].name, m->states[k].label));
        }
        for (size_t k = 0; k < m->fact_count; k++)
            says(part, m->facts[k].sentence);
        for (size_t k = 0; k < m->rule_count; k++) {
            const struct fsm_rule *r = &m->rules[k];
            const char *from = m->states[r->from].name, *to = m->states[r->to].name;
            says(part, arena_printf(a, "| %s-%d | %s | `%s` | %s |", m->name, r->id, from, r->event, to));
            if (r->from != r->to)
                says(drawn.text, arena_printf(a, "    %s --> %s: %s\n", from, to, r->event));
        }
    }
    arena_free(a);
    free(page);
}

CASE(fsm_unknown_state_is_a_fault)
{
    struct err e;
    assert_int_equal(step("lost", "batch.step", 0, &e), ERR_FAULT);
}

CASE(fsm_check_finds_each_kind_of_slip)
{
    static const struct fsm_state states[] = {{"a", FSM_START, "A"}, {"b", FSM_END, "B"}};
    static const struct fsm_rule twin[] = {{1, 0, "x", 1, 0, 0, ""}, {2, 0, "x", 0, 0, 0, ""}};
    static const struct fsm_rule falling[] = {{2, 0, "x", 1, 0, 0, ""}, {1, 0, "y", 0, 0, 0, ""}};
    static const struct fsm_rule exits[] = {{1, 0, "x", 1, 0, 0, ""}, {2, 1, "y", 0, 0, 0, ""}};
    static const struct fsm_rule stuck[] = {{1, 0, "x", 0, 0, 0, ""}, {2, 0, "y", 0, 0, 0, ""}};
    static const struct fsm_rule unnamed[] = {{1, 0, "x", 1, 1, 0, ""}, {2, 0, "y", 0, 0, 0, ""}};
    static const struct fsm_rule *const wrong[] = {twin, falling, exits, stuck, unnamed};
    struct err e;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct fsm_machine m = {"m", "M", states, 2, NULL, 0, wrong[i], 2};
        assert_int_equal(fsm_check(&m, &e), ERR_FAULT);
    }
}

CASE(fsm_renders_diagram_json_and_sql)
{
    struct arena *a = arena_new(0);
    struct buf b = buf_new(a);
    fsm_to_mermaid(&b, &fsm_lot);
    assert_string_equal(b.text, "stateDiagram-v2\n    [*] --> quarantine\n    quarantine --> released: release\n"
                                "    quarantine --> rejected: reject\n    released --> rejected: reject\n    rejected --> [*]\n");
    b = buf_new(a);
    fsm_to_sql(&b, &fsm_lot);
    assert_non_null(strstr(b.text, "('lot', 10, 'quarantine', 'release', 'released', '{lot_in_date,releaser_quality}', '{releaser_received}')"));
    b = buf_new(a);
    fsm_to_json(&b, &fsm_oos);
    assert_non_null(strstr(b.text, "{\"id\":13,\"from\":\"investigated\",\"event\":\"invalidate\",\"to\":\"closed\","
                                   "\"needs\":[\"cause_assigned\",\"closer_qa\"],\"forbids\":[\"closer_tested\"]"));
    arena_free(a);
}
