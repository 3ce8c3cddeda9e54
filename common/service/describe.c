#include "service/describe.h"

#include <string.h>

#include "fsm/machines.h"
#include "service/settings.h"

static void describe_verb(struct buf *b, const struct verb_row *v)
{
    buf_printf(b, "## %s\n\n%s\n\n", v->name, v->doc);
    buf_printf(b, "| kind | in | out | roles | stream | meaning | flags |\n|---|---|---|---|---|---|---|\n");
    buf_printf(b, "| %s | [%s](%s-records.md#%s) | [%s](%s-records.md#%s) | %s | %s | %s | %s%s%s |\n\n", verb_kind_name(v->kind),
               v->in->name, v->service, v->in->name, v->out->name, v->service, v->out->name,
               roles_text(b->arena, v->roles), v->stream_field, v->meaning, (v->flags & VERB_FRESH) != 0 ? "fresh " : "",
               (v->flags & VERB_NO_SESSION) != 0 ? "no-session " : "",
               (v->flags & (VERB_PEER_AUDIT | VERB_PEER_SEQUENCER)) != 0 ? "peers-only" : "");
}

static void describe_verbs(struct buf *b, const struct service *service)
{
    buf_printf(b, "# Verbs of service %s\n\n%s\n\n", service->name, service->doc);
    for (size_t i = 0; i < service->verb_count; i++)
        describe_verb(b, verb_find(service->verbs[i].verb));
}

static bool uses(const struct service *service, const struct record_type *type)
{
    for (size_t i = 0; i < service->verb_count; i++) {
        const struct verb_row *v = verb_find(service->verbs[i].verb);
        const struct record_type *both[2] = {v->in, v->out};
        for (int k = 0; k < 2; k++) {
            if (both[k] == type)
                return true;
            for (size_t f = 0; f < both[k]->count; f++)
                if (both[k]->fields[f].rows == type)
                    return true;
        }
    }
    return false;
}

static void describe_records(struct buf *b, const struct service *service)
{
    buf_printf(b, "# Records of service %s\n\n", service->name);
    for (size_t i = 0; i < record_count(); i++)
        if (uses(service, record_type_at(i)))
            record_doc(b, record_type_at(i));
}

static void describe_errors(struct buf *b, const struct service *service)
{
    (void)service;
    buf_put(b, "# Refusals\n\n| code | HTTP | SQLSTATE | sentence | hint |\n|---|---|---|---|---|\n");
    for (int i = 1; i < ERR_COUNT; i++) {
        const struct err_row *r = err_row(i);
        buf_printf(b, "| `%s` | %d | %s | %s | %s |\n", r->code, r->http, r->sqlstate, r->sentence, r->hint);
    }
}

static void describe_setting(struct buf *b, const struct setting *s)
{
    buf_printf(b, "| `%s` | %s | %s |\n", s->name, s->standard == NULL ? "(needed)" : s->standard, s->doc);
}

static void describe_settings(struct buf *b, const struct service *service)
{
    size_t count;
    const struct setting *common = settings_common(&count);
    buf_printf(b, "# Settings of service %s\n\n| name | default | meaning |\n|---|---|---|\n", service->name);
    for (size_t i = 0; i < count; i++)
        describe_setting(b, &common[i]);
    for (size_t i = 0; i < service->setting_count; i++)
        describe_setting(b, &service->settings[i]);
}

static void describe_facts(struct buf *b, const struct fsm_machine *m, unsigned bits)
{
    buf_put(b, " |");
    for (size_t i = 0; i < m->fact_count; i++)
        if ((bits & m->facts[i].bit) != 0)
            buf_printf(b, " `%s`", m->facts[i].name);
}

/* what the diagram's words mean: a state as people read it, a fact by what is said where it refuses */
static void describe_words(struct buf *b, const struct fsm_machine *m)
{
    buf_put(b, "| state | is |\n|---|---|\n");
    for (size_t i = 0; i < m->state_count; i++)
        buf_printf(b, "| %s | %s |\n", m->states[i].name, m->states[i].label);
    if (m->fact_count > 0)
        buf_put(b, "\n| fact | where it refuses |\n|---|---|\n");
    for (size_t i = 0; i < m->fact_count; i++)
        buf_printf(b, "| `%s` | `%s`: %s |\n", m->facts[i].name, err_row(m->facts[i].refusal)->code, m->facts[i].sentence);
}

static void describe_machines(struct buf *b, const struct service *service)
{
    (void)service;
    buf_put(b, "# State machines\n\nA row is one way from a state to the next, by a verb or by what follows from one; what is in no row is"
               " refused.\n");
    for (size_t i = 0; i < fsm_machine_count(); i++) {
        const struct fsm_machine *m = fsm_machine_at(i);
        buf_printf(b, "\n## %s\n\n```mermaid\n", m->title);
        fsm_to_mermaid(b, m);
        buf_put(b, "```\n\n");
        describe_words(b, m);
        buf_put(b, "\n| rule | from | event | to | needs | forbids | why |\n|---|---|---|---|---|---|---|\n");
        for (size_t k = 0; k < m->rule_count; k++) {
            const struct fsm_rule *r = &m->rules[k];
            buf_printf(b, "| %s-%d | %s | `%s` | %s", m->name, r->id, m->states[r->from].name, r->event, m->states[r->to].name);
            describe_facts(b, m, r->needs);
            describe_facts(b, m, r->forbids);
            buf_printf(b, " | %s |\n", r->why);
        }
    }
}

const char *describe(struct arena *a, const struct service *service, const char *what)
{
    static const struct {
        const char *what;
        void (*write)(struct buf *b, const struct service *service);
    } pages[] = {{"verbs", describe_verbs}, {"records", describe_records}, {"errors", describe_errors},
                 {"settings", describe_settings}, {"machines", describe_machines}};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (strcmp(what, pages[i].what) == 0) {
            struct buf b = buf_new(a);
            pages[i].write(&b, service);
            return b.text;
        }
    return NULL;
}
