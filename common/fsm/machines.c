#include "fsm/machines.h"

/* Each def lists states, facts and rules in one file; three tables need three passes over it, so the rows of one kind
 * are given and the other two kinds say nothing. */
#define STATE(symbol, name, kind, label) {name, FSM_##kind, label},
#define FACT(symbol, number, name, refusal, sentence)
#define RULE(id, from, event, to, needs, forbids, why)
static const struct fsm_state batch_states[] = {
#include "fsm/batch.fsm.def"
};
static const struct fsm_state document_states[] = {
#include "fsm/document.fsm.def"
};
static const struct fsm_state oos_states[] = {
#include "fsm/oos.fsm.def"
};
static const struct fsm_state lot_states[] = {
#include "fsm/lot.fsm.def"
};
static const struct fsm_state container_states[] = {
#include "fsm/container.fsm.def"
};
static const struct fsm_state shipment_states[] = {
#include "fsm/shipment.fsm.def"
};
static const struct fsm_state sample_states[] = {
#include "fsm/sample.fsm.def"
};
static const struct fsm_state label_states[] = {
#include "fsm/label.fsm.def"
};
#undef STATE
#undef FACT

#define STATE(symbol, name, kind, label)
#define FACT(symbol, number, name, refusal, sentence) {1u << (number), name, refusal, sentence},
static const struct fsm_fact batch_facts[] = {
#include "fsm/batch.fsm.def"
};
static const struct fsm_fact document_facts[] = {
#include "fsm/document.fsm.def"
};
static const struct fsm_fact oos_facts[] = {
#include "fsm/oos.fsm.def"
};
static const struct fsm_fact lot_facts[] = {
#include "fsm/lot.fsm.def"
};
static const struct fsm_fact container_facts[] = {
#include "fsm/container.fsm.def"
};
static const struct fsm_fact shipment_facts[] = {
#include "fsm/shipment.fsm.def"
};
static const struct fsm_fact sample_facts[] = {
#include "fsm/sample.fsm.def"
};
static const struct fsm_fact label_facts[] = {
#include "fsm/label.fsm.def"
};
#undef FACT
#undef RULE

#define FACT(symbol, number, name, refusal, sentence)
#define RULE(id, from, event, to, needs, forbids, why) \
    {id, (int)FSM_##from, event, (int)FSM_##to, (unsigned)(needs), (unsigned)(forbids), why},
static const struct fsm_rule batch_rules[] = {
#include "fsm/batch.fsm.def"
};
static const struct fsm_rule document_rules[] = {
#include "fsm/document.fsm.def"
};
static const struct fsm_rule oos_rules[] = {
#include "fsm/oos.fsm.def"
};
static const struct fsm_rule lot_rules[] = {
#include "fsm/lot.fsm.def"
};
static const struct fsm_rule container_rules[] = {
#include "fsm/container.fsm.def"
};
static const struct fsm_rule shipment_rules[] = {
#include "fsm/shipment.fsm.def"
};
static const struct fsm_rule sample_rules[] = {
#include "fsm/sample.fsm.def"
};
static const struct fsm_rule label_rules[] = {
#include "fsm/label.fsm.def"
};
#undef STATE
#undef FACT
#undef RULE

#define ROWS(table) table, sizeof table / sizeof table[0]
#define MACHINE(name, title) \
    const struct fsm_machine fsm_##name = {#name, title, ROWS(name##_states), ROWS(name##_facts), ROWS(name##_rules)}

MACHINE(batch, "Batch");
MACHINE(document, "Procedure or specification");
MACHINE(oos, "Out-of-specification case");
MACHINE(lot, "Material lot");
MACHINE(container, "Container");
MACHINE(shipment, "Shipment");
MACHINE(sample, "Sample");
MACHINE(label, "Copy of a label");

static const struct fsm_machine *const machines[] = {&fsm_batch, &fsm_document, &fsm_oos, &fsm_lot, &fsm_container, &fsm_shipment,
                                                     &fsm_sample, &fsm_label};

size_t fsm_machine_count(void)
{
    return sizeof machines / sizeof machines[0];
}

const struct fsm_machine *fsm_machine_at(size_t i)
{
    return machines[i];
}
