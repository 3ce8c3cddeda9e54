/*
 * The lab's machines (domain.md §4.1, §2.9): batch, document (procedure, specification), out-of-specification case,
 * material lot, container, shipment, sample, copy of a label. State names are the words of the records.
 */
#pragma once
#include "fsm/fsm.h"

#define STATE(symbol, name, kind, label) FSM_##symbol,
#define FACT(symbol, number, name, refusal, sentence)
#define RULE(id, from, event, to, needs, forbids, why)
enum fsm_batch_state {
#include "fsm/batch.fsm.def"
};
enum fsm_document_state {
#include "fsm/document.fsm.def"
};
enum fsm_oos_state {
#include "fsm/oos.fsm.def"
};
enum fsm_lot_state {
#include "fsm/lot.fsm.def"
};
enum fsm_container_state {
#include "fsm/container.fsm.def"
};
enum fsm_shipment_state {
#include "fsm/shipment.fsm.def"
};
enum fsm_sample_state {
#include "fsm/sample.fsm.def"
};
enum fsm_label_state {
#include "fsm/label.fsm.def"
};
#undef STATE
#undef FACT

/* Facts of all machines; a number is used by one fact in the whole house. */
#define STATE(symbol, name, kind, label)
#define FACT(symbol, number, name, refusal, sentence) FACT_##symbol = 1 << (number),
enum fsm_fact_bit {
#include "fsm/batch.fsm.def"
#include "fsm/document.fsm.def"
#include "fsm/oos.fsm.def"
#include "fsm/lot.fsm.def"
#include "fsm/container.fsm.def"
#include "fsm/shipment.fsm.def"
#include "fsm/sample.fsm.def"
#include "fsm/label.fsm.def"
};
#undef STATE
#undef FACT
#undef RULE

extern const struct fsm_machine fsm_batch, fsm_document, fsm_oos, fsm_lot, fsm_container, fsm_shipment, fsm_sample, fsm_label;

/** fsm_machine_count(), fsm_machine_at(i): all machines, for reference pages, seeds and tests. */
size_t fsm_machine_count(void);
const struct fsm_machine *fsm_machine_at(size_t i);
