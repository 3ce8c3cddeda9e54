/* EPCIS 2.0 (JSON-LD): who had which container where, in the words of the GS1 core business vocabulary. Containers carry
 * ISBT 128 numbers, which are no GS1 keys: they are named by private URIs under the log's origin, as CBV 8.2 allows. */
#include <string.h>

#include "exports/formats.h"

static const struct map_row rows[] = {
    {"batch_fill", "containers", "TransformationEvent.outputEPCList[]", MAP_CODE},
    {"fill_container", "container_id", "outputEPCList[]", MAP_CODE},
    {"fill_container", "*", "amounts are no custody; see FHIR and B2MML", MAP_LEFT},
    {"batch_fill", "expires_at", "TransformationEvent.ilmd.cbvmda:itemExpirationDate", MAP_TEXT},
    {"batch_fill", "*", "volumes are no custody; see FHIR and B2MML", MAP_LEFT},
    {"batch_open", "batch_id", "TransformationEvent.transformationID", MAP_URI},
    {"batch_open", "collection_id", "TransformationEvent.inputEPCList[]", MAP_URI},
    {"batch_open", "*", "opening moves nothing", MAP_LEFT},
    {"label_print", "container_id", "ObjectEvent.epcList[]", MAP_URI},
    {"label_print", "copy", "ObjectEvent.stemma:copy", MAP_NUMBER},
    {"label_print", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"label_print", "statements", "the label's words; see FHIR", MAP_LEFT},
    {"label_apply", "container_id", "ObjectEvent.epcList[]", MAP_URI},
    {"label_apply", "copy", "ObjectEvent.stemma:copy", MAP_NUMBER},
    {"label_apply", "replaces", "ObjectEvent.stemma:replaces", MAP_NUMBER},
    {"label_apply", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"label_apply", "*", "what was scanned is the label's own; see FHIR", MAP_LEFT},
    {"container_store", "container_id", "ObjectEvent.epcList[]", MAP_URI},
    {"container_store", "equipment_id", "ObjectEvent.readPoint.id", MAP_URI},
    {"container_store", "position", "ObjectEvent.stemma:position", MAP_TEXT},
    {"hand_over", "transfer_id", "ObjectEvent.bizTransactionList[0].bizTransaction", MAP_URI},
    {"hand_over", "receiver_id", "ObjectEvent.destinationList[0].destination", MAP_URI},
    {"hand_over", "destination", "ObjectEvent.stemma:destination", MAP_TEXT},
    {"hand_over", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"hand_over", "condition", "ObjectEvent.stemma:condition", MAP_TEXT},
    {"hand_over", "seal_number", "ObjectEvent.stemma:seal_number", MAP_TEXT},
    {"hand_over", "temperature_c", "ObjectEvent.sensorElementList[0].sensorReport[0].value", MAP_NUMBER},
    {"hand_over", "transfer_sha256", "ObjectEvent.stemma:transfer_sha256", MAP_TEXT},
    {"receive", "transfer_id", "ObjectEvent.bizTransactionList[0].bizTransaction", MAP_URI},
    {"receive", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"receive", "condition", "ObjectEvent.stemma:condition", MAP_TEXT},
    {"receive", "seal_number", "ObjectEvent.stemma:seal_number", MAP_TEXT},
    {"receive", "transfer_sha256", "ObjectEvent.stemma:transfer_sha256", MAP_TEXT},
    {"ship_pack", "transfer_id", "ObjectEvent.bizTransactionList[0].bizTransaction", MAP_URI},
    {"ship_pack", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"ship_pack", "shipper_id", "ObjectEvent.readPoint.id", MAP_URI},
    {"ship_pack", "logger_id", "ObjectEvent.stemma:logger", MAP_URI},
    {"ship_pack", "seal_number", "ObjectEvent.stemma:seal_number", MAP_TEXT},
    {"ship_pack", "receiver_id", "ObjectEvent.stemma:consignee", MAP_URI},
    {"ship_pack", "carrier", "ObjectEvent.stemma:carrier", MAP_TEXT},
    {"ship_pack", "waybill", "ObjectEvent.stemma:waybill", MAP_TEXT},
    {"ship_pack", "due_at", "ObjectEvent.stemma:due_at", MAP_TEXT},
    {"ship_pack", "*", "what the shipper is qualified for is in the dossier", MAP_LEFT},
    {"ship_unpack", "transfer_id", "ObjectEvent.bizTransactionList[0].bizTransaction", MAP_URI},
    {"ship_unpack", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"ship_unpack", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"ship_unpack", "min_c", "ObjectEvent.sensorElementList[0].sensorReport[0].minValue", MAP_NUMBER},
    {"ship_unpack", "max_c", "ObjectEvent.sensorElementList[0].sensorReport[0].maxValue", MAP_NUMBER},
    {"ship_unpack", "outside_min", "ObjectEvent.stemma:outside_min", MAP_NUMBER},
    {"ship_unpack", "mismatches", "ObjectEvent.stemma:mismatches", MAP_TEXT},
    {"ship_unpack", "decision", "ObjectEvent.stemma:decision", MAP_TEXT},
    {"ship_unpack", "*", "each reading is in the dossier", MAP_LEFT},
    {"ship_receive", "transfer_id", "ObjectEvent.bizTransactionList[0].bizTransaction", MAP_URI},
    {"ship_receive", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"ship_receive", "condition", "ObjectEvent.stemma:condition", MAP_TEXT},
    {"ship_receive", "seal_number", "ObjectEvent.stemma:seal_number", MAP_TEXT},
    {"ship_receive", "min_c", "ObjectEvent.sensorElementList[0].sensorReport[0].minValue", MAP_NUMBER},
    {"ship_receive", "max_c", "ObjectEvent.sensorElementList[0].sensorReport[0].maxValue", MAP_NUMBER},
    {"ship_receive", "outside_min", "ObjectEvent.stemma:outside_min", MAP_NUMBER},
    {"ship_receive", "mismatches", "ObjectEvent.stemma:mismatches", MAP_TEXT},
    {"ship_receive", "decision", "ObjectEvent.stemma:decision", MAP_TEXT},
    {"ship_receive", "transfer_sha256", "ObjectEvent.stemma:transfer_sha256", MAP_TEXT},
    {"ship_receive", "*", "each reading and check is in the dossier", MAP_LEFT},
    {"temperature_reading", "*", "each reading is in the dossier", MAP_LEFT},
    {"container_pool", "parents", "TransformationEvent.inputEPCList[]", MAP_CODE},
    {"container_pool", "container_id", "TransformationEvent.outputEPCList[]", MAP_URI},
    {"container_pool", "expires_at", "TransformationEvent.ilmd.cbvmda:itemExpirationDate", MAP_TEXT},
    {"container_pool", "pooled_at", "TransformationEvent.stemma:pooled_at", MAP_TEXT},
    {"container_pool", "donors", "TransformationEvent.stemma:donors", MAP_TEXT},
    {"container_pool", "reason", "TransformationEvent.stemma:reason", MAP_TEXT},
    {"container_pool", "*", "volumes are no custody; see FHIR and CSV", MAP_LEFT},
    {"pool_part", "*", "volumes are no custody; see FHIR and CSV", MAP_LEFT},
    {"pool_verify", "container_id", "ObjectEvent.epcList[]", MAP_URI},
    {"pool_verify", "pool", "the event that it verifies is of the same container", MAP_LEFT},
    {"sample_take", "container_id", "ObjectEvent.epcList[]", MAP_URI},
    {"sample_take", "sample_id", "ObjectEvent.epcList[]", MAP_URI},
    {"sample_take", "volume_ml", "ObjectEvent.stemma:volume_ml", MAP_NUMBER},
    {"sample_take", "sample_point", "ObjectEvent.stemma:sample_point", MAP_TEXT},
    {"sample_take", "place", "ObjectEvent.stemma:place", MAP_TEXT},
    {"sample_take", "taken_at", "ObjectEvent.stemma:taken_at", MAP_TEXT},
    {"sample_take", "*", "what a sample is for is no custody; see FHIR", MAP_LEFT},
    {"sample_due", "*", "what a sample is for is no custody; see FHIR", MAP_LEFT},
    {"sample_send", "samples", "ObjectEvent.epcList[]", MAP_CODE},
    {"sample_send", "laboratory", "ObjectEvent.stemma:destination", MAP_TEXT},
    {"sample_send", "carrier", "ObjectEvent.stemma:carrier", MAP_TEXT},
    {"sample_receive", "samples", "ObjectEvent.epcList[]", MAP_CODE},
    {"sample_receive", "condition", "ObjectEvent.stemma:condition", MAP_TEXT},
    {"sample_receive", "place", "ObjectEvent.stemma:place", MAP_TEXT},
    {"sample_receive", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"sample_end", "samples", "ObjectEvent.epcList[]", MAP_CODE},
    {"sample_end", "outcome", "ObjectEvent.stemma:outcome", MAP_TEXT},
    {"sample_end", "place", "ObjectEvent.stemma:place", MAP_TEXT},
    {"sample_end", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"container_destroy", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"container_destroy", "method", "ObjectEvent.stemma:method", MAP_TEXT},
    {"container_destroy", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"container_destroy", "witness_id", "ObjectEvent.stemma:witness", MAP_URI},
    {"container_destroy", "destroyed_at", "ObjectEvent.stemma:destroyed_at", MAP_TEXT},
    {"destroy_witness", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"destroy_witness", "destroyed_by", "ObjectEvent.stemma:destroyed_by", MAP_URI},
    {"destroy_witness", "destroy_seq", "ObjectEvent.stemma:destruction", MAP_NUMBER},
    {"destroy_cancel", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"destroy_cancel", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"destroy_cancel", "destroyed_by", "ObjectEvent.stemma:destroyed_by", MAP_URI},
    {"destroy_cancel", "destroy_seq", "ObjectEvent.stemma:destruction", MAP_NUMBER},
    {"destroy_cancel", "back", "it stands as before the destruction; see FHIR", MAP_LEFT},
    {"container_loss", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"container_loss", "text", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"container_loss", "deviation_class", "ObjectEvent.stemma:deviation", MAP_TEXT},
    {"container_loss", "aware_at", "ObjectEvent.stemma:aware_at", MAP_TEXT},
    {"container_loss", "held", "who held it is in FHIR", MAP_LEFT},
    {"return_give", "transfer_id", "ObjectEvent.bizTransactionList[0].bizTransaction", MAP_URI},
    {"return_give", "receiver_id", "ObjectEvent.destinationList[0].destination", MAP_URI},
    {"return_give", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"return_give", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"return_give", "condition", "ObjectEvent.stemma:condition", MAP_TEXT},
    {"return_give", "seal_number", "ObjectEvent.stemma:seal_number", MAP_TEXT},
    {"return_give", "temperature_c", "ObjectEvent.sensorElementList[0].sensorReport[0].value", MAP_NUMBER},
    {"return_give", "transfer_sha256", "ObjectEvent.stemma:transfer_sha256", MAP_TEXT},
    {"return_receive", "transfer_id", "ObjectEvent.bizTransactionList[0].bizTransaction", MAP_URI},
    {"return_receive", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"return_receive", "condition", "ObjectEvent.stemma:condition", MAP_TEXT},
    {"return_receive", "seal_number", "ObjectEvent.stemma:seal_number", MAP_TEXT},
    {"return_receive", "temperature_c", "ObjectEvent.sensorElementList[0].sensorReport[0].value", MAP_NUMBER},
    {"return_receive", "transfer_sha256", "ObjectEvent.stemma:transfer_sha256", MAP_TEXT},
    {"container_decide", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"container_decide", "decision", "ObjectEvent.stemma:decision", MAP_TEXT},
    {"container_decide", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"container_decide", "held_by", "ObjectEvent.stemma:held_by", MAP_TEXT},
    {"administer", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"dose_container", "*", "volumes are no custody; see CSV", MAP_LEFT},
    {"administer", "dose_cells", "ObjectEvent.stemma:dose_cells", MAP_NUMBER},
    {"administer", "dose_cells_per_kg", "ObjectEvent.stemma:dose_cells_per_kg", MAP_NUMBER},
    {"administer", "route", "ObjectEvent.stemma:route", MAP_TEXT},
    {"administer", "started_at", "ObjectEvent.stemma:started_at", MAP_TEXT},
    {"administer", "ended_at", "ObjectEvent.stemma:ended_at", MAP_TEXT},
    {"administer", "*", "the recipient's course is no custody; it is in the dossier", MAP_LEFT},
    {"recall", "containers", "ObjectEvent.epcList[]", MAP_CODE},
    {"recall_container", "*", "how each stands is no custody event", MAP_LEFT},
    {"recall", "cause", "ObjectEvent.stemma:cause", MAP_TEXT},
    {"recall", "cause_id", "ObjectEvent.stemma:cause_id", MAP_TEXT},
    {"recall", "recall_class", "ObjectEvent.stemma:recall_class", MAP_TEXT},
    {"recall", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"recall", "begun_at", "ObjectEvent.stemma:begun_at", MAP_TEXT},
    {"recall", "unaccounted", "ObjectEvent.stemma:unaccounted", MAP_NUMBER},
    {"recall", "taken_min", "ObjectEvent.stemma:taken_min", MAP_NUMBER},
    {"batch_release", "remark", "ObjectEvent.stemma:remark", MAP_TEXT},
    {"batch_release", "gate", "the gate is no custody; see FHIR", MAP_LEFT},
    {"batch_release", "exceptional", "ObjectEvent.disposition", MAP_CODE},
    {"batch_release", "conditional", "ObjectEvent.disposition", MAP_CODE},
    {"batch_certify", "remark", "ObjectEvent.stemma:remark", MAP_TEXT},
    {"batch_reject", "reason", "ObjectEvent.stemma:reason", MAP_TEXT},
    {"fill_correct", "old_value", "TransformationEvent.stemma:was", MAP_CODE},
    {"fill_correct", "lapsed", "stemma:unsigned_by_entry, stemma:signature", MAP_CODE},
    {"batch_correct", "lapsed", "stemma:unsigned_by_entry, stemma:signature", MAP_CODE},
    {"test_correct", "lapsed", "stemma:unsigned_by_entry, stemma:signature", MAP_CODE},
    {"custody_correct", "old_value", "ObjectEvent.stemma:was", MAP_CODE},
    {"custody_correct", "findings", "ObjectEvent.stemma:findings[]", MAP_CODE},
    {"custody_correct", "lapsed", "stemma:unsigned_by_entry, stemma:signature", MAP_CODE},
    {"*", "batch_id", "it is the transformation", MAP_LEFT},
    {"*", "*", "no custody event", MAP_LEFT},
};

const struct map epcis_map = MAP("epcis", "EPCIS 2.0", rows);

/* What an event of each statement type is in CBV. */
struct event_row {
    const char *type, *event, *step, *disposition;
    bool ends;                       /* the containers are no more */
};

static const struct event_row events[] = {
    {"batch.fill", "TransformationEvent", "commissioning", "in_progress", false},
    {"custody.label_print", "ObjectEvent", "encoding", "encoded", false},
    {"custody.label_apply", "ObjectEvent", "commissioning", "in_progress", false},
    {"custody.container_store", "ObjectEvent", "storing", "in_progress", false},
    {"release.release", "ObjectEvent", "inspecting", "conformant", false},
    {"release.certify", "ObjectEvent", "inspecting", "conformant", false},
    {"release.reject", "ObjectEvent", "inspecting", "non_conformant", false},
    {"custody.hand_over", "ObjectEvent", "shipping", "in_transit", false},
    {"custody.receive", "ObjectEvent", "receiving", "in_progress", false},
    {"custody.ship_pack", "ObjectEvent", "packing", "in_progress", false},
    {"custody.ship_unpack", "ObjectEvent", "unpacking", "in_progress", false},
    {"custody.ship_receive", "ObjectEvent", "receiving", "in_progress", false},
    {"custody.pool", "TransformationEvent", "commissioning", "in_progress", false},
    {"custody.pool_verify", "ObjectEvent", "inspecting", "in_progress", false},
    {"custody.sample_take", "ObjectEvent", "sampling", "in_progress", false},
    {"custody.sample_send", "ObjectEvent", "shipping", "in_transit", false},
    {"custody.sample_receive", "ObjectEvent", "receiving", "in_progress", false},
    {"custody.sample_end", "ObjectEvent", "inspecting", "in_progress", false},
    {"custody.container_destroy", "ObjectEvent", "destroying", "in_progress", false},
    {"custody.destroy_witness", "ObjectEvent", "destroying", "destroyed", true},
    {"custody.destroy_cancel", "ObjectEvent", "inspecting", "in_progress", false},
    {"custody.container_loss", "ObjectEvent", "inspecting", "unknown", true},
    {"custody.return_give", "ObjectEvent", "shipping", "returned", false},
    {"custody.return_receive", "ObjectEvent", "receiving", "returned", false},
    {"custody.container_decide", "ObjectEvent", "inspecting", "non_conformant", false},
    {"custody.recall", "ObjectEvent", "inspecting", "recalled", false},
    {"custody.administer", "ObjectEvent", "dispensing", "dispensed", true},
};

static const char *event_id(const struct facts *f, const struct fact *x)
{
    return arena_printf(f->arena, "%s/%s/%lld", f->base, f->batch, (long long)x->entry->entry.seq);
}

static void put_filled(const struct facts *f, struct tree *t, const char *list)
{
    FACTS_EACH(f, x, "batch.fill") {
        const struct batch_fill *in = x->record;
        for (size_t i = 0; i < in->containers.count; i++)
            tree_text(t, list, facts_uri(f, LIST_AT(in->containers, struct fill_container, i)->container_id));
    }
}

/* of a shipment only where its logger was read */
static bool has_temperature(const struct fact *x)
{
    if (x->verb->in == &record_ship_receive)
        return ((const struct ship_receive *)x->record)->min_c != NULL;
    if (x->verb->in == &record_ship_unpack)
        return ((const struct ship_unpack *)x->record)->min_c != NULL;
    return record_field(x->verb->in, "temperature_c", 13) >= 0;
}

/* the parties: who hands over gives from hand to hand, who receives has it now */
static void put_parties(const struct facts *f, const struct fact *x, struct tree *t)
{
    const char *actor = facts_uri(f, x->statement->actor), *type = x->statement->type;
    if (strcmp(type, "custody.hand_over") == 0 || strcmp(type, "custody.return_give") == 0) {
        tree_text(t, "bizTransactionList[0].type", "desadv");
        tree_text(t, "sourceList[0].type", "possessing_party");
        tree_text(t, "sourceList[0].source", actor);
        tree_text(t, "destinationList[0].type", "possessing_party");
    } else if (strcmp(type, "custody.receive") == 0 || strcmp(type, "custody.return_receive") == 0 ||
               strcmp(type, "custody.ship_receive") == 0) {
        tree_text(t, "bizTransactionList[0].type", "recadv");
        tree_text(t, "destinationList[0].type", "possessing_party");
        tree_text(t, "destinationList[0].destination", actor);
    }
    if (has_temperature(x)) {
        tree_text(t, "sensorElementList[0].sensorReport[0].type", "Temperature");
        tree_text(t, "sensorElementList[0].sensorReport[0].uom", "CEL");
    }
}

/* of a release all that was filled; else what the statement lists, samples too */
static void put_containers(const struct facts *f, const struct fact *x, struct tree *t)
{
    const struct list listed = facts_containers(f, x);
    for (size_t i = 0; i < listed.count; i++)
        tree_text(t, "epcList[]", facts_uri(f, TEXTS_AT(listed, i)));
    const struct list samples = facts_samples(x);
    for (size_t i = 0; i < samples.count; i++)
        tree_text(t, "epcList[]", facts_uri(f, TEXTS_AT(samples, i)));
    if (strncmp(x->statement->type, "release.", 8) != 0)
        return;
    put_filled(f, t, "epcList[]");
    FACTS_EACH(f, y, "custody.pool")
        if (y < x)
            tree_text(t, "epcList[]", facts_uri(f, ((const struct container_pool *)y->record)->container_id));
}

static void put_parents(const struct facts *f, const struct container_pool *pool, struct tree *t)
{
    for (size_t i = 0; i < pool->parents.count; i++)
        tree_text(t, "inputEPCList[]", facts_uri(f, TEXTS_AT(pool->parents, i)));
}

/* A release that lapsed, or that waits, decides nothing (PI 041, R14); nor does the certificate of one that lapsed. */
static const char *disposition_of(const struct facts *f, const struct event_row *row, const struct fact *x)
{
    const struct fact *released = NULL;
    if (strcmp(row->type, "custody.container_decide") == 0 && strcmp(((const struct container_decide *)x->record)->decision, "use") == 0)
        return "conformant";
    if (strcmp(row->disposition, "conformant") != 0)
        return row->disposition;
    if (strcmp(row->type, "release.release") == 0 && ((const struct batch_release *)x->record)->exceptional == 1 && x->unsigned_by == NULL)
        return "non_conformant";         /* it went out of specification, by a physician's acceptance */
    FACTS_EACH(f, y, "release.release")
        released = y <= x ? y : released;
    bool is_waiting = released == x && ((const struct batch_release *)x->record)->conditional == 1;
    return is_waiting || (released != NULL && released->unsigned_by != NULL) ? "in_progress" : row->disposition;
}

/* what the last correction of an administration shows of it */
static void put_findings(const struct facts *f, const struct fact *x, struct tree *t)
{
    const struct fact *by = x->was == NULL ? NULL : facts_about(f, "custody.correct", "corrects", x->entry->entry.seq);
    const struct list *findings = by == NULL ? NULL : &((const struct custody_correct *)by->record)->findings;
    for (size_t i = 0; findings != NULL && i < findings->count; i++)
        tree_text(t, "stemma:findings[]", TEXTS_AT(*findings, i));
}

/* what corrections made of the event: which signature is none until reviewed, and what had been recorded */
static void put_corrected(const struct facts *f, const struct fact *x, struct tree *t)
{
    if (x->was != NULL)
        map_was(f, x->verb->in, x->was, x->record, "stemma:", tree_at(t, "stemma:was"));
    put_findings(f, x, t);
    if (x->unsigned_by == NULL)
        return;
    tree_text(t, "stemma:signature", "unsigned until reviewed");
    tree_raw(t, "stemma:unsigned_by_entry", arena_printf(f->arena, "%lld", (long long)x->unsigned_by->entry->entry.seq));
    if (strcmp(x->unsigned_by->statement->stream, f->batch) != 0)
        tree_text(t, "stemma:unsigned_by_stream", x->unsigned_by->statement->stream);
}

static void put_event(const struct facts *f, const struct event_row *row, const struct fact *x, struct tree *t)
{
    bool made = strcmp(row->event, "TransformationEvent") == 0;
    tree_text(t, "type", row->event);
    tree_text(t, "eventID", event_id(f, x));
    tree_text(t, "eventTime", x->at);
    tree_text(t, "recordTime", x->time);
    tree_text(t, "eventTimeZoneOffset", "+00:00");
    tree_text(t, "action", made ? NULL : row->ends ? "DELETE" : "OBSERVE");
    tree_text(t, "bizStep", row->step);
    tree_text(t, "disposition", disposition_of(f, row, x));
    tree_text(t, "stemma:actor", x->statement->actor);
    put_corrected(f, x, t);
    map_record(f, &epcis_map, x->verb->in, x->record, row->event, t);
    put_parties(f, x, t);
    put_containers(f, x, t);
    if (strcmp(row->type, "custody.pool") == 0)
        put_parents(f, x->record, t);
    else if (made) {
        map_record(f, &epcis_map, &record_batch_open, f->open, row->event, t);
        put_filled(f, t, "outputEPCList[]");
    }
}

struct bytes epcis_document(const struct facts *f)
{
    struct tree *t = tree_new(f->arena);
    struct buf text = buf_new(f->arena);
    tree_text(t, "@context[0]", "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld");
    tree_text(tree_at(t, "@context[1]"), "stemma", arena_printf(f->arena, "%s/epcis/", f->base));
    tree_text(t, "id", arena_printf(f->arena, "%s/epcis", facts_uri(f, f->batch)));
    tree_text(t, "type", "EPCISDocument");
    tree_text(t, "schemaVersion", "2.0");
    tree_text(t, "creationDate", f->fact[f->count - 1].time);
    struct tree *list = tree_at(t, "epcisBody.eventList");
    tree_array(list);
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < sizeof events / sizeof events[0]; k++)
            if (strcmp(f->fact[i].statement->type, events[k].type) == 0)
                put_event(f, &events[k], &f->fact[i], tree_at(list, "[]"));
    tree_to_json(&text, t);
    return (struct bytes){(const uint8_t *)text.text, text.len};
}
