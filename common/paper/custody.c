/* Containers and their way: filled, labelled, stored, handed over, received, and the end of each. And the corrections, each with its reason. */
#include <string.h>

#include "domain/custody_record.h"
#include "domain/shipment.h"
#include "dossier/reach.h"
#include "fsm/machines.h"
#include "paper/chapters.h"
#include "paper/labels_said.h"
#include "paper/table.h"

static void containers(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Container", 34, false}, {"Volume, mL", 14, true}, {"Viable cells", 18, true},
                                            {"Expires", 27, false}, {"Filled by", 27, false}};
    struct batch_fill fill, now;
    const struct dossier_entry *entry;
    for (size_t at = 0; (entry = matter_next(f, "batch.fill", &at, &fill)) != NULL;) {
        struct table t;
        const char *tolerance = fill.tolerance_percent == NULL || fill.tolerance_ml == NULL ? ""
            : arena_printf(f->a, "; balanced within %s %% or %s mL, whichever is more", fill.tolerance_percent, fill.tolerance_ml);
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN,
                   arena_printf(f->a, "Volume formulated %s mL, samples %s mL, waste %s mL (entry %lld)%s.",
                                matter_corrected(f, entry->entry.seq, -1, "volume_in_ml", fill.volume_in_ml),
                                matter_corrected(f, entry->entry.seq, -1, "samples_ml", fill.samples_ml),
                                matter_corrected(f, entry->entry.seq, -1, "waste_ml", fill.waste_ml), (long long)entry->entry.seq + 1, tolerance));
        bool is_kept = matter_fill(f, &now) == NULL || now.expires_at == fill.expires_at;
        const char *expires = is_kept ? matter_time(f, fill.expires_at)
            : arena_printf(f->a, "%s %s", matter_struck(f, matter_time(f, fill.expires_at)), matter_time(f, now.expires_at));
        sheet_gap(s, 4);
        table_begin(&t, s, columns, 5);
        for (size_t i = 0; i < fill.containers.count; i++) {
            const struct fill_container *c = LIST_AT(fill.containers, const struct fill_container, i);
            const char *id = arena_printf(f->a, "containers.%s", c->container_id);
            table_row(&t, (const char *[]){sheet_escape(f->a, c->container_id),
                                           matter_corrected(f, entry->entry.seq, -1, arena_printf(f->a, "%s.volume_ml", id), c->volume_ml),
                                           matter_corrected(f, entry->entry.seq, -1, arena_printf(f->a, "%s.cells", id), c->cells), expires,
                                           matter_is_lapsed(f, entry->entry.seq) ? matter_signed(f, entry) : matter_who(f, entry->statement.actor)});
        }
        table_end(&t);
    }
}

static const char *joined(const struct matter *f, const struct list *texts)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < texts->count; i++)
        buf_printf(&b, "%s%s", i > 0 ? "\n" : "", sheet_escape(f->a, TEXTS_AT(*texts, i)));
    return b.text;
}

struct event {
    const char *what, *containers, *where;
};

/* found good, damaged or doubtful; what was recorded of it struck before it */
static const char *condition(const struct matter *f, const struct dossier_entry *entry, const char *recorded)
{
    const char *now = matter_now(f, entry->entry.seq, -1, "condition", recorded);
    return strcmp(now, recorded) == 0 ? matter_mark(f, recorded)
                                      : arena_printf(f->a, "%s %s", matter_struck(f, recorded), matter_mark(f, now));
}

/* the record of ${entry}, which is of ${type}; false for another type */
static bool is(struct matter *f, const struct dossier_entry *entry, const char *type, void *record)
{
    size_t at = (size_t)(entry - f->batch->entry);
    return strcmp(entry->statement.type, type) == 0 && matter_next(f, type, &at, record) == entry;
}

static bool label_event(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    return labels_event(f, entry, &ret->what, &ret->containers, &ret->where);
}

static bool handed_event(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    struct container_store store;
    struct hand_over given;
    struct receive taken;
    if (is(f, entry, "custody.container_store", &store))
        *ret = (struct event){"stored", sheet_escape(f->a, store.container_id),
                              arena_printf(f->a, "%s, %s", store.equipment_id, sheet_escape(f->a, store.position))};
    else if (is(f, entry, "custody.hand_over", &given))
        *ret = (struct event){arena_printf(f->a, "<b>handed over</b>, transfer %s\n%s", sheet_escape(f->a, given.transfer_id),
                                           condition(f, entry, given.condition)), joined(f, &given.containers),
                              arena_printf(f->a, "to %s, %s; seal %s, %s °C", matter_who(f, given.receiver_id),
                                           matter_corrected(f, entry->entry.seq, -1, "destination", given.destination),
                                           sheet_escape(f->a, given.seal_number),
                                           matter_corrected(f, entry->entry.seq, -1, "temperature_c", given.temperature_c))};
    else if (is(f, entry, "custody.receive", &taken))
        *ret = (struct event){arena_printf(f->a, "<b>received</b>, transfer %s\n%s", sheet_escape(f->a, taken.transfer_id),
                                           condition(f, entry, taken.condition)), joined(f, &taken.containers),
                              arena_printf(f->a, "seal found %s; same digest %.16s", sheet_escape(f->a, taken.seal_number),
                                           taken.transfer_sha256)};
    else
        return false;
    return true;
}

static const char *doses(struct matter *f, int64_t seq, const struct list *containers)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < containers->count; i++) {
        const struct dose_container *k = LIST_AT(*containers, const struct dose_container, i);
        const char *id = arena_printf(f->a, "containers.%s", k->container_id);
        buf_printf(&b, "%s%s: %s mL, %s mL left", i > 0 ? "\n" : "", sheet_escape(f->a, k->container_id),
                   matter_corrected(f, seq, -1, arena_printf(f->a, "%s.volume_given_ml", id), k->volume_given_ml),
                   matter_corrected(f, seq, -1, arena_printf(f->a, "%s.residual_ml", id), k->residual_ml));
    }
    return b.text;
}

/* an administration as it stands, and what its last correction shows of it */
static struct administer given_now(struct matter *f, int64_t seq, const struct administer *recorded, const struct list **ret_findings)
{
    static const struct list none = {NULL, 0};
    struct administer now = *recorded;
    struct custody_correct *in = record_new(f->a, &record_custody_correct);
    struct err ignored;
    *ret_findings = &none;
    for (size_t at = 0; matter_next(f, "custody.correct", &at, in) != NULL; in = record_new(f->a, &record_custody_correct))
        if (in->corrects == seq && custody_record_stand(f->a, "custody.administer", &now, in, &ignored) == 0)
            *ret_findings = &in->findings;
    return now;
}

static const char *was_number(struct matter *f, const char *was, const char *now)
{
    return was == NULL || now == NULL || strcmp(was, now) == 0 ? matter_number(f, was)
        : arena_printf(f->a, "%s %s", matter_struck(f, matter_number(f, was)), matter_number(f, now));
}

static const char *adverse(struct matter *f, const struct administer *in)
{
    return in->adverse_event == 1 ? arena_printf(f->a, "<b>adverse event</b>: %s", matter_free(f, in->adverse_text)) : "no adverse event";
}

static const char *found(struct matter *f, const struct list *findings)
{
    struct buf b = buf_new(f->a);
    buf_put(&b, "");
    for (size_t i = 0; i < findings->count; i++)
        buf_printf(&b, "%s%s", i == 0 ? "; <b>as it stands</b>: " : ", ", matter_words(f, TEXTS_AT(*findings, i)));
    return b.text;
}

static const char *course(struct matter *f, int64_t seq, const struct administer *in)
{
    const struct list *findings;
    const struct administer now = given_now(f, seq, in, &findings);
    bool same_time = now.started_at == in->started_at && now.ended_at == in->ended_at, same_event = now.adverse_event == in->adverse_event;
    const char *span = matter_span(f, now.started_at, now.ended_at);
    return arena_printf(f->a, "%s cells, %s a kg at %s kg; %s, %s; guided by %s; %s; %s%s%s",
                        was_number(f, in->dose_cells, now.dose_cells), was_number(f, in->dose_cells_per_kg, now.dose_cells_per_kg),
                        matter_corrected(f, seq, -1, "weight_kg", in->weight_kg), matter_corrected(f, seq, -1, "route", in->route),
                        matter_corrected(f, seq, -1, "site", in->site), matter_corrected(f, seq, -1, "imaging", in->imaging),
                        same_time ? span : arena_printf(f->a, "%s %s", matter_struck(f, matter_span(f, in->started_at, in->ended_at)), span),
                        same_event ? adverse(f, &now) : arena_printf(f->a, "%s %s", matter_struck(f, adverse(f, in)), adverse(f, &now)),
                        now.late_min != INTEGER_ABSENT ? arena_printf(f->a, "; late by %lld min: %s", (long long)now.late_min,
                                                                      matter_free(f, now.reason)) : "", found(f, findings));
}

static const char *back(struct matter *f, const struct list *containers)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < containers->count; i++) {
        const struct container_back *k = LIST_AT(*containers, const struct container_back, i);
        buf_printf(&b, "%s%s: %s again", i > 0 ? "\n" : "", sheet_escape(f->a, k->container_id), matter_words(f, k->state));
    }
    return b.text;
}

static const char *held(struct matter *f, const struct list *containers)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < containers->count; i++) {
        const struct loss_holder *k = LIST_AT(*containers, const struct loss_holder, i);
        buf_printf(&b, "%s%s: held by the %s%s%s", i > 0 ? "\n" : "", sheet_escape(f->a, k->container_id), matter_words(f, k->side),
                   k->person_id != NULL ? ", " : "", k->person_id != NULL ? matter_who(f, k->person_id) : "");
    }
    return b.text;
}

static const char *known_later(struct matter *f, const struct list *later)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < later->count; i++) {
        const struct known_later *k = LIST_AT(*later, const struct known_later, i);
        const char *of = k->unit_id != NULL ? k->unit_id : k->stream_id;
        buf_printf(&b, "; <b>before it was known</b>: %s%s%s, entry %lld%s%s", matter_words(f, k->what), k->state != NULL ? " " : "",
                   k->state != NULL ? matter_words(f, k->state) : "", (long long)k->entry + 1, of != NULL ? " of " : "",
                   of != NULL ? sheet_escape(f->a, of) : "");
    }
    return b.text != NULL ? b.text : "";
}

static bool end_event(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    struct container_destroy destroyed;
    struct destroy_witness witness;
    struct destroy_cancel cancel;
    struct container_loss lost;
    struct administer given;
    if (is(f, entry, "custody.container_destroy", &destroyed))
        *ret = (struct event){arena_printf(f->a, "<b>destruction begun</b>, %s", matter_words(f, destroyed.method)),
                              joined(f, &destroyed.containers),
                              arena_printf(f->a, "%s; witness %s", matter_free(f, destroyed.reason), matter_who(f, destroyed.witness_id))};
    else if (is(f, entry, "custody.destroy_witness", &witness))
        *ret = (struct event){"<b>destroyed</b>, witnessed", joined(f, &witness.containers),
                              arena_printf(f->a, "destruction of entry %lld by %s", (long long)witness.destroy_seq + 1,
                                           matter_who(f, witness.destroyed_by))};
    else if (is(f, entry, "custody.destroy_cancel", &cancel))
        *ret = (struct event){"<b>destruction taken back</b>,\nnothing was destroyed", back(f, &cancel.back),
                              arena_printf(f->a, "destruction of entry %lld by %s is taken back: %s", (long long)cancel.destroy_seq + 1,
                                           matter_who(f, cancel.destroyed_by), matter_free(f, cancel.reason))};
    else if (is(f, entry, "custody.container_loss", &lost))
        *ret = (struct event){arena_printf(f->a, "<b>lost</b>, deviation %s", matter_words(f, lost.deviation_class)),
                              lost.held.count > 0 ? held(f, &lost.held) : joined(f, &lost.containers), matter_free(f, lost.text)};
    else if (is(f, entry, "custody.administer", &given))
        *ret = (struct event){arena_printf(f->a, "<b>administered</b> to %s", sheet_escape(f->a, given.recipient_code)),
                              doses(f, entry->entry.seq, &given.containers),
                              arena_printf(f->a, "%s%s", course(f, entry->entry.seq, &given), known_later(f, &given.known_later))};
    else
        return false;
    return true;
}

static bool return_event(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    struct return_give given;
    struct return_receive taken;
    struct container_decide decided;
    if (is(f, entry, "custody.return_give", &given))
        *ret = (struct event){arena_printf(f->a, "given back, return %s\n%s", sheet_escape(f->a, given.transfer_id),
                                           condition(f, entry, given.condition)), joined(f, &given.containers),
                              arena_printf(f->a, "to %s: %s; seal %s, %s °C", matter_who(f, given.receiver_id),
                                           matter_corrected(f, entry->entry.seq, -1, "reason", given.reason),
                                           sheet_escape(f->a, given.seal_number),
                                           matter_corrected(f, entry->entry.seq, -1, "temperature_c", given.temperature_c))};
    else if (is(f, entry, "custody.return_receive", &taken))
        *ret = (struct event){arena_printf(f->a, "<b>returned</b>, in quarantine, return %s\n%s", sheet_escape(f->a, taken.transfer_id),
                                           condition(f, entry, taken.condition)), joined(f, &taken.containers),
                              arena_printf(f->a, "seal found %s, %s °C; same digest %.16s", sheet_escape(f->a, taken.seal_number),
                                           matter_corrected(f, entry->entry.seq, -1, "temperature_c", taken.temperature_c),
                                           taken.transfer_sha256)};
    else if (is(f, entry, "custody.container_decide", &decided))
        *ret = (struct event){arena_printf(f->a, "<b>decided</b>: %s%s", matter_words(f, decided.decision),
                                           decided.renews == INTEGER_ABSENT ? ""
                                           : arena_printf(f->a, ", anew for entry %lld", (long long)decided.renews + 1)),
                              joined(f, &decided.containers),
                              arena_printf(f->a, "%s%s%s", matter_free(f, decided.reason), decided.held_by.count > 0 ? "\nheld by " : "",
                                           joined(f, &decided.held_by))};
    else
        return false;
    return true;
}

static const char *with_whom(struct matter *f, const struct list *containers)
{
    struct buf b = buf_new(f->a);
    for (size_t i = 0; i < containers->count; i++) {
        const struct recall_container *k = LIST_AT(*containers, const struct recall_container, i);
        buf_printf(&b, "%s%s: %s%s%s", i > 0 ? "\n" : "", sheet_escape(f->a, k->container_id), matter_words(f, k->state),
                   k->consignee != NULL ? ", " : "", matter_free(f, k->consignee));
    }
    return b.text;
}

static bool recall_event(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    struct recall recalled;
    bool tried = is(f, entry, "custody.mock_recall", &recalled);
    if (!tried && !is(f, entry, "custody.recall", &recalled))
        return false;
    *ret = (struct event){arena_printf(f->a, tried ? "recall tried, %s" : "<b>recalled</b>, %s", matter_words(f, recalled.recall_class)),
                          with_whom(f, &recalled.containers),
                          arena_printf(f->a, "from %s %s: %s; %lld unaccounted for, known in %lld min", matter_words(f, recalled.cause),
                                       sheet_escape(f->a, recalled.cause_id), matter_free(f, recalled.reason),
                                       (long long)recalled.unaccounted, (long long)recalled.taken_min)};
    return true;
}

/* "4 to 6 °C in 3 readings, 0 min outside", or that nobody knows; and what does not fit */
static const char *cold(struct matter *f, const char *min_c, const char *max_c, size_t readings, int64_t outside_min, const struct list *mismatches)
{
    struct buf b = buf_new(f->a);
    if (min_c == NULL)
        buf_printf(&b, "no reading of its time");
    else
        buf_printf(&b, "%s to %s °C in %zu readings, %lld min outside", min_c, max_c, readings, (long long)outside_min);
    if (mismatches->count > 0)
        buf_printf(&b, "\n<b>%s</b>", joined(f, mismatches));
    return b.text;
}

static bool shipment_event(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    struct ship_pack packed;
    struct ship_unpack unpacked;
    struct ship_receive arrived;
    if (is(f, entry, "custody.ship_pack", &packed))
        *ret = (struct event){arena_printf(f->a, "packed, transfer %s", sheet_escape(f->a, packed.transfer_id)), joined(f, &packed.containers),
                              arena_printf(f->a, "shipper %s (%s to %s °C), logger %s, seal %s; to %s by %s, %s, due %s", packed.shipper_id,
                                           packed.low_c != NULL ? packed.low_c : "any", packed.high_c != NULL ? packed.high_c : "any",
                                           packed.logger_id, sheet_escape(f->a, packed.seal_number), matter_who(f, packed.receiver_id),
                                           matter_free(f, packed.carrier), matter_free(f, packed.waybill), matter_time(f, packed.due_at))};
    else if (is(f, entry, "custody.ship_unpack", &unpacked))
        *ret = (struct event){arena_printf(f->a, shipment_unpack_is_held(&unpacked) ? "unpacked, <b>on hold</b>, transfer %s" : "unpacked, transfer %s",
                                           sheet_escape(f->a, unpacked.transfer_id)), joined(f, &unpacked.containers),
                              arena_printf(f->a, "%s%s%s", matter_free(f, unpacked.reason), unpacked.decision != NULL ? "; " : "",
                                           unpacked.decision == NULL ? "" : cold(f, unpacked.min_c, unpacked.max_c, unpacked.readings.count,
                                                                                 unpacked.outside_min, &unpacked.mismatches))};
    else if (is(f, entry, "custody.ship_receive", &arrived))
        *ret = (struct event){arena_printf(f->a, "<b>received</b>, %s, transfer %s\n%s", matter_words(f, arrived.decision),
                                           sheet_escape(f->a, arrived.transfer_id), matter_mark(f, arrived.condition)),
                              joined(f, &arrived.containers),
                              arena_printf(f->a, "seal found %s; same digest %.16s; %s", sheet_escape(f->a, arrived.seal_number),
                                           arrived.transfer_sha256, cold(f, arrived.min_c, arrived.max_c, arrived.readings.count,
                                                                         arrived.outside_min, &arrived.mismatches))};
    else
        return false;
    return true;
}

/* how much, and what is left where it was taken */
static const char *taken(struct matter *f, const struct sample_take *in)
{
    struct buf b = buf_new(f->a);
    buf_printf(&b, "%s mL", in->volume_ml);
    if (in->container_id != NULL)
        buf_printf(&b, ", %s cells; %s mL, %s cells left", matter_number(f, in->cells), in->left_ml, matter_number(f, in->left_cells));
    buf_printf(&b, "; %s, for", matter_free(f, in->sample_point));
    for (size_t i = 0; i < in->codes.count; i++)
        buf_printf(&b, "%s %s", i > 0 ? "," : "", sheet_escape(f->a, TEXTS_AT(in->codes, i)));
    buf_printf(&b, "; %s; taken at %s", matter_free(f, in->place), matter_time(f, in->taken_at));
    if (in->late_min != INTEGER_ABSENT)
        buf_printf(&b, "; late by %lld min: %s", (long long)in->late_min, matter_free(f, in->reason));
    return b.text;
}

static const char *beside(struct matter *f, const char *place, const char *reason)
{
    return arena_printf(f->a, "%s%s%s", matter_free(f, place), place != NULL && reason != NULL ? "; " : "", matter_free(f, reason));
}

static bool sample_event_of(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    struct sample_take take;
    struct sample_send sent;
    struct sample_receive received;
    struct sample_end ended;
    if (is(f, entry, "custody.sample_take", &take))
        *ret = (struct event){arena_printf(f->a, "sample taken\n%s", sheet_escape(f->a, take.sample_id)),
                              take.container_id != NULL ? sheet_escape(f->a, take.container_id) : "the batch, before it is filled", taken(f, &take)};
    else if (is(f, entry, "custody.sample_send", &sent))
        *ret = (struct event){"samples sent", joined(f, &sent.samples), beside(f, sent.laboratory, sent.carrier)};
    else if (is(f, entry, "custody.sample_receive", &received))
        *ret = (struct event){arena_printf(f->a, "samples received\n%s", matter_mark(f, received.condition)), joined(f, &received.samples),
                              beside(f, received.place, received.reason)};
    else if (is(f, entry, "custody.sample_end", &ended))
        *ret = (struct event){arena_printf(f->a, "samples %s", matter_words(f, ended.outcome)), joined(f, &ended.samples),
                              beside(f, ended.place, ended.reason)};
    else
        return false;
    return true;
}

static bool pool_event(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    struct container_pool pool;
    struct pool_verify verified;
    if (is(f, entry, "custody.pool", &pool))
        *ret = (struct event){"<b>pooled</b>", joined(f, &pool.parents), arena_printf(f->a, "into %s at %s%s%s", sheet_escape(f->a, pool.container_id),
                              matter_time(f, pool.pooled_at), pool.late_min != INTEGER_ABSENT ? "; late: " : "", matter_free(f, pool.reason))};
    else if (is(f, entry, "custody.pool_verify", &verified))
        *ret = (struct event){"pool verified", sheet_escape(f->a, verified.container_id), ""};
    else
        return false;
    return true;
}

static bool event_of(struct matter *f, const struct dossier_entry *entry, struct event *ret)
{
    return label_event(f, entry, ret) || handed_event(f, entry, ret) || end_event(f, entry, ret) || return_event(f, entry, ret) || recall_event(f, entry, ret) ||
           shipment_event(f, entry, ret) || sample_event_of(f, entry, ret) || pool_event(f, entry, ret);
}

static void events(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"Entry", 7, true}, {"Event", 24, false}, {"Containers", 27, false}, {"Where, to whom", 27, false},
                                            {"Signed by", 27, false}};
    struct table t;
    bool begun = false;
    for (size_t i = 0; i < f->batch->count; i++) {
        struct event x;
        if (!event_of(f, &f->batch->entry[i], &x))
            continue;
        if (!begun) {
            sheet_section(s, "Labels, samples, storage, hand-over, end", 60);
            table_begin(&t, s, columns, 5);
            begun = true;
        }
        table_row(&t, (const char *[]){arena_printf(f->a, "%zu", i + 1), x.what, x.containers, x.where,
                                       matter_signed(f, &f->batch->entry[i])});
    }
    if (begun)
        table_end(&t);
    else
        sheet_text(s, FACE_TEXT, SHEET_LEFT, SHEET_SPAN, "No container was labelled, stored or handed over yet.");
}

/* What lay in a unit while it was outside what it keeps, and what QA made of it (R35). */
static void excursions(struct sheet *s, struct matter *f, const struct reached *row, size_t count)
{
    static const struct column columns[] = {{"Container", 27, false}, {"Unit, entry", 20, false}, {"Outside", 34, false}, {"Lowest, highest", 18, false},
                                            {"Decided by entry", 13, true}};
    struct table t;
    if (count == 0)
        return;
    sheet_section(s, "Temperature excursions in storage", 60);
    table_begin(&t, s, columns, 5);
    for (size_t i = 0; i < count; i++) {
        const struct unit_readings *x = row[i].series;
        table_row(&t, (const char *[]){sheet_escape(f->a, row[i].container), arena_printf(f->a, "%s, %lld", row[i].unit, (long long)row[i].seq + 1),
                                       arena_printf(f->a, "%lld min, %s", (long long)x->outside_min, matter_span(f, x->outside_from, x->outside_until)),
                                       arena_printf(f->a, "%s, %s °C", x->min_c, x->max_c),
                                       row[i].decided_seq < 0 ? "<b>on hold</b>" : arena_printf(f->a, "%lld", (long long)row[i].decided_seq + 1)});
    }
    table_end(&t);
}

static bool is_held(const struct standing_container *k, const struct reached *row, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (row[i].decided_seq < 0 && strcmp(row[i].container, k->id) == 0)
            return true;
    return k->held;
}

/* Where each container stands after its last event, for whoever reconciles them. */
static void whereabouts(struct sheet *s, struct matter *f, const struct reached *row, size_t count)
{
    static const struct column columns[] = {{"Container", 45, false}, {"Stands", 40, false}, {"Since entry", 15, true}};
    struct table t;
    if (f->standing.container_count == 0)
        return;
    sheet_section(s, "Every container, and how it stands", 60);
    table_begin(&t, s, columns, 3);
    for (size_t i = 0; i < f->standing.container_count; i++) {
        const struct standing_container *k = &f->standing.container[i];
        const char *label = fsm_container.states[fsm_state(&fsm_container, k->state)].label;
        table_row(&t, (const char *[]){sheet_escape(f->a, k->id), is_held(k, row, count) ? arena_printf(f->a, "%s, <b>on hold</b>", label) : label,
                                       k->seq < 0 ? "" : arena_printf(f->a, "%lld", (long long)k->seq + 1)});
    }
    table_end(&t);
}

void chapter_custody(struct sheet *s, struct matter *f)
{
    struct reached *row;
    size_t count;
    struct err e;
    if (reach_find(f->a, f->d, f->batch, &row, &count, &e) != 0)
        count = 0;                   /* a record that does not read is the verifier's to say */
    sheet_chapter(s, "Containers and custody");
    containers(s, f);
    part_pools(s, f);
    events(s, f);
    labels_reconciled(s, f);
    excursions(s, f, row, count);
    whereabouts(s, f, row, count);
}

void chapter_corrections(struct sheet *s, struct matter *f)
{
    static const struct column columns[] = {{"No.", 6, false}, {"Entry", 7, true}, {"What", 22, false}, {"Was", 16, true}, {"Is", 16, true},
                                            {"Reason", 30, false}, {"Corrected by", 26, false}};
    struct table t;
    if (f->correction_count == 0)
        return;
    sheet_chapter(s, "Corrections");
    table_begin(&t, s, columns, 7);
    for (size_t i = 0; i < f->correction_count; i++) {
        const struct matter_correction *c = &f->correction[i];
        const char *was = c->old_value == NULL ? "" : arena_printf(f->a, "<span strikethrough=\"true\">%s</span>",
                                                                   matter_value(f, c->step, c->field, c->old_value));
        const char *is = c->new_value == NULL ? "no value" : matter_value(f, c->step, c->field, c->new_value);
        if (c->follows)
            table_row(&t, (const char *[]){"", "", arena_printf(f->a, "<i>%s</i>", matter_what(f, c)), was, is,
                                           arena_printf(f->a, "follows from c%zu", c->no), ""});
        else
            table_row(&t, (const char *[]){arena_printf(f->a, "<b>c%zu</b>", c->no), c->stream != NULL ? "" : arena_printf(f->a, "%lld", (long long)c->seq + 1),
                                           matter_what(f, c), was, is, matter_free(f, c->reason),
                                           arena_printf(f->a, "%s, %s", matter_who(f, c->actor), matter_time(f, c->time_ms))});
    }
    table_end(&t);
}
