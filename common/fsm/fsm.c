#include "fsm/fsm.h"

#include <stdio.h>
#include <string.h>

int fsm_state(const struct fsm_machine *m, const char *name)
{
    for (size_t i = 0; i < m->state_count; i++)
        if (strcmp(m->states[i].name, name) == 0)
            return (int)i;
    return -1;
}

const char *fsm_start(const struct fsm_machine *m)
{
    size_t i = 0;
    while (m->states[i].kind != FSM_START)
        i++;
    return m->states[i].name;
}

const char *fsm_target(const struct fsm_machine *m, const struct fsm_rule *rule)
{
    return m->states[rule->to].name;
}

const struct fsm_rule *fsm_find(const struct fsm_machine *m, int from, const char *event)
{
    for (size_t i = 0; i < m->rule_count; i++)
        if (m->rules[i].from == from && strcmp(m->rules[i].event, event) == 0)
            return &m->rules[i];
    return NULL;
}

int fsm_step(const struct fsm_machine *m, const char *state, const char *event, unsigned facts,
             const struct fsm_rule **ret_rule, struct err *e)
{
    int from = fsm_state(m, state);
    if (from < 0)
        return err_fault(e, "%s has no state %s", m->name, state);
    const struct fsm_rule *rule = fsm_find(m, from, event);
    if (!rule)
        return err_raise(e, ERR_STATE_FORBIDS, "state", NULL, "%s is not possible while the %s is %s", event, m->name, state);
    unsigned wrong = (rule->needs & ~facts) | (rule->forbids & facts);
    for (size_t i = 0; i < m->fact_count; i++) {
        const struct fsm_fact *f = &m->facts[i];
        if (wrong & f->bit) {
            char id[32];
            snprintf(id, sizeof id, "%s-%d", m->name, rule->id);
            return err_raise(e, f->refusal, f->name, id, "%s", f->sentence);
        }
    }
    *ret_rule = rule;
    return 0;
}

static int check_states(const struct fsm_machine *m, struct err *e)
{
    size_t starts = 0;
    for (size_t i = 0; i < m->state_count; i++) {
        bool entered = m->states[i].kind == FSM_START, left = false;
        starts += m->states[i].kind == FSM_START;
        for (size_t k = 0; k < m->rule_count; k++) {
            entered = entered || (m->rules[k].to == (int)i && m->rules[k].from != (int)i);
            left = left || (m->rules[k].from == (int)i && m->rules[k].to != (int)i);
        }
        if (!entered || left == (m->states[i].kind == FSM_END))
            return err_fault(e, "%s: state %s is %s", m->name, m->states[i].name,
                             !entered ? "never entered" : left ? "an end and left" : "never left");
        if (fsm_state(m, m->states[i].name) != (int)i)
            return err_fault(e, "%s: state %s is there twice", m->name, m->states[i].name);
    }
    return starts == 1 ? 0 : err_fault(e, "%s has %zu starts", m->name, starts);
}

static int check_facts(const struct fsm_machine *m, struct err *e)
{
    unsigned all = 0, used = 0;
    for (size_t i = 0; i < m->fact_count; i++) {
        if (all & m->facts[i].bit)
            return err_fault(e, "%s: fact %s shares its bit", m->name, m->facts[i].name);
        all |= m->facts[i].bit;
    }
    for (size_t i = 0; i < m->rule_count; i++)
        used |= m->rules[i].needs | m->rules[i].forbids;
    return used == all ? 0 : err_fault(e, "%s: facts named and facts used differ (%x, %x)", m->name, all, used);
}

static int check_rules(const struct fsm_machine *m, struct err *e)
{
    for (size_t i = 0; i < m->rule_count; i++) {
        const struct fsm_rule *r = &m->rules[i];
        if (i > 0 && r->id <= m->rules[i - 1].id)
            return err_fault(e, "%s: rule ids do not rise at %d", m->name, r->id);
        if (fsm_find(m, r->from, r->event) != r)
            return err_fault(e, "%s: rule %d has a twin", m->name, r->id);
        if (r->needs & r->forbids)
            return err_fault(e, "%s: rule %d needs what it forbids", m->name, r->id);
    }
    return 0;
}

/* Entered from another state is not yet reachable from the start: walk. */
static int check_reach(const struct fsm_machine *m, struct err *e)
{
    unsigned long reached = 1ul << fsm_state(m, fsm_start(m)), before = 0;
    while (reached != before) {
        before = reached;
        for (size_t i = 0; i < m->rule_count; i++)
            if (reached & 1ul << m->rules[i].from)
                reached |= 1ul << m->rules[i].to;
    }
    return reached == (1ul << m->state_count) - 1 ? 0 : err_fault(e, "%s: a state cannot be reached", m->name);
}

int fsm_check(const struct fsm_machine *m, struct err *e)
{
    int code = check_states(m, e);
    if (code == 0)
        code = check_facts(m, e);
    if (code == 0)
        code = check_rules(m, e);
    return code != 0 ? code : check_reach(m, e);
}
