/*
 * State machines as data: one row a transition, facts as bits, no code in a row. (from, event) is unique, so the order
 * of rows never matters; rule ids are stable and never used again. The same rows give the verdict, the SQL rows, the
 * diagram and the list of what is possible now. Who may act is the verb row's; a fact says what must be so.
 * Rows (a <machine>.fsm.def):
 *   STATE(symbol, "name", kind, "label")                          kind: START, MIDDLE or END
 *   FACT(symbol, bit, "name", refusal, "what is wrong when it does not hold")
 *   RULE(id, from, "event", to, needs, forbids, "why")            needs, forbids: FACT_... bits or 0
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

enum fsm_state_kind { FSM_START, FSM_MIDDLE, FSM_END };

struct fsm_state {
    const char *name;
    enum fsm_state_kind kind;
    const char *label;
};

struct fsm_fact {
    unsigned bit;                /* 1u << number */
    const char *name;
    int refusal;                 /* ERR_* when it is needed and missing, or forbidden and there */
    const char *sentence;        /* what is wrong when a rule that names it fails */
};

struct fsm_rule {
    int id;
    int from;
    const char *event;           /* the verb, or the outcome of one */
    int to;
    unsigned needs, forbids;
    const char *why;
};

struct fsm_machine {
    const char *name, *title;
    const struct fsm_state *states;
    size_t state_count;
    const struct fsm_fact *facts;
    size_t fact_count;
    const struct fsm_rule *rules;
    size_t rule_count;
};

/**
 * fsm_step(m, state, event, facts, ret_rule, e): may ${event} happen in the state called ${state}, ${facts} being so?
 * ${ret_rule} gets the row; the new state is fsm_target(m, rule).
 * Returns 0; ERR_STATE_FORBIDS where there is no row; the refusal of the first fact that is wrong (its sentence in
 * e->text, its name in e->field, the rule as "batch-12" in e->rule); a fault for an unknown state.
 */
int fsm_step(const struct fsm_machine *m, const char *state, const char *event, unsigned facts,
             const struct fsm_rule **ret_rule, struct err *e);

/** fsm_target(m, rule): the name of the state that ${rule} leads to. */
const char *fsm_target(const struct fsm_machine *m, const struct fsm_rule *rule);

/** fsm_state(m, name): its number, -1 if there is none. fsm_start(m): the first state. */
int fsm_state(const struct fsm_machine *m, const char *name);
const char *fsm_start(const struct fsm_machine *m);

/** fsm_find(m, from, event): the row, NULL if there is none; facts are not looked at. */
const struct fsm_rule *fsm_find(const struct fsm_machine *m, int from, const char *event);

/**
 * fsm_check(m, e): well-formed: ids rise, (from, event) unique, exactly one start, no exit from an end, every state
 * reachable and, but for ends, left again; facts one bit each; no row needs and forbids the same. Returns 0 or a fault.
 */
int fsm_check(const struct fsm_machine *m, struct err *e);

/** fsm_to_mermaid, fsm_to_json, fsm_to_sql, fsm_to_text: append the machine as a diagram, as JSON for screens, as rows
 *  for `insert into fsm_rule`, as one line a row (for review of changes). */
void fsm_to_mermaid(struct buf *b, const struct fsm_machine *m);
void fsm_to_json(struct buf *b, const struct fsm_machine *m);
void fsm_to_sql(struct buf *b, const struct fsm_machine *m);
void fsm_to_text(struct buf *b, const struct fsm_machine *m);
