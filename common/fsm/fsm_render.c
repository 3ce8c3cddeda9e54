#include "fsm/fsm.h"

static void put_facts(struct buf *b, const struct fsm_machine *m, unsigned bits, const char *quote, const char *between)
{
    const char *first = "";
    for (size_t i = 0; i < m->fact_count; i++) {
        if (bits & m->facts[i].bit) {
            buf_printf(b, "%s%s%s%s", first, quote, m->facts[i].name, quote);
            first = between;
        }
    }
}

void fsm_to_mermaid(struct buf *b, const struct fsm_machine *m)
{
    buf_printf(b, "stateDiagram-v2\n    [*] --> %s\n", fsm_start(m));
    for (size_t i = 0; i < m->rule_count; i++) {
        const struct fsm_rule *r = &m->rules[i];
        if (r->from != r->to)
            buf_printf(b, "    %s --> %s: %s\n", m->states[r->from].name, m->states[r->to].name, r->event);
    }
    for (size_t i = 0; i < m->state_count; i++)
        if (m->states[i].kind == FSM_END)
            buf_printf(b, "    %s --> [*]\n", m->states[i].name);
}

void fsm_to_json(struct buf *b, const struct fsm_machine *m)
{
    buf_printf(b, "{\"machine\":\"%s\",\"title\":\"%s\",\"start\":\"%s\",\"states\":[", m->name, m->title, fsm_start(m));
    for (size_t i = 0; i < m->state_count; i++)
        buf_printf(b, "%s{\"name\":\"%s\",\"label\":\"%s\",\"end\":%s}", i > 0 ? "," : "", m->states[i].name,
                   m->states[i].label, m->states[i].kind == FSM_END ? "true" : "false");
    buf_put(b, "],\"rules\":[");
    for (size_t i = 0; i < m->rule_count; i++) {
        const struct fsm_rule *r = &m->rules[i];
        buf_printf(b, "%s{\"id\":%d,\"from\":\"%s\",\"event\":\"%s\",\"to\":\"%s\",\"needs\":[", i > 0 ? "," : "", r->id,
                   m->states[r->from].name, r->event, m->states[r->to].name);
        put_facts(b, m, r->needs, "\"", ",");
        buf_put(b, "],\"forbids\":[");
        put_facts(b, m, r->forbids, "\"", ",");
        buf_printf(b, "],\"why\":\"%s\"}", r->why);
    }
    buf_put(b, "]}");
}

void fsm_to_sql(struct buf *b, const struct fsm_machine *m)
{
    for (size_t i = 0; i < m->rule_count; i++) {
        const struct fsm_rule *r = &m->rules[i];
        buf_printf(b, "%s('%s', %d, '%s', '%s', '%s', '{", i > 0 ? ",\n" : "", m->name, r->id, m->states[r->from].name,
                   r->event, m->states[r->to].name);
        put_facts(b, m, r->needs, "", ",");
        buf_put(b, "}', '{");
        put_facts(b, m, r->forbids, "", ",");
        buf_put(b, "}')");
    }
}

void fsm_to_text(struct buf *b, const struct fsm_machine *m)
{
    for (size_t i = 0; i < m->rule_count; i++) {
        const struct fsm_rule *r = &m->rules[i];
        buf_printf(b, "%s-%d %s + %s -> %s", m->name, r->id, m->states[r->from].name, r->event, m->states[r->to].name);
        if (r->needs) {
            buf_put(b, " needs ");
            put_facts(b, m, r->needs, "", ",");
        }
        if (r->forbids) {
            buf_put(b, " forbids ");
            put_facts(b, m, r->forbids, "", ",");
        }
        buf_char(b, '\n');
    }
}
