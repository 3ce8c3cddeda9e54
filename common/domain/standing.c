#include "domain/standing.h"

#include <string.h>

#include "domain/correction.h"
#include "domain/custody.h"
#include "domain/sample.h"
#include "domain/shipment.h"
#include "fsm/machines.h"

static void move(struct standing *s, const char *event)
{
    const struct fsm_rule *rule = fsm_find(&fsm_batch, fsm_state(&fsm_batch, s->state), event);
    if (rule != NULL)
        s->state = fsm_target(&fsm_batch, rule);
}

/* Out of a hold, once no case is open and none is confirmed. */
static void go_on(struct standing *s)
{
    for (size_t i = 0; i < s->test_count; i++)
        if (s->test[i].has_case && (!s->test[i].is_closed || s->test[i].is_confirmed))
            return;
    move(s, s->is_complete ? "quality.unhold_test" : "quality.unhold_process");
}

static struct standing_test *test_of(struct standing *s, int64_t seq)
{
    for (size_t i = 0; i < s->test_count; i++)
        if (s->test[i].seq == seq)
            return &s->test[i];
    return NULL;
}

/* A result for information never opens a case. */
static void judged(struct standing *s, struct standing_test *t, const char *verdict)
{
    const struct specification_test *test = t == NULL ? NULL : specification_test(s->specification, t->code);
    if (verdict == NULL || strcmp(verdict, "fail") != 0 || (test != NULL && test->gating == GATING_INFO))
        return;
    if (t != NULL) {
        t->has_case = true;
        t->is_closed = t->is_confirmed = false;
    }
    move(s, "quality.hold");
}

static void take_report(struct standing *s, int64_t seq, const void *record)
{
    const struct test_report *in = record;
    struct standing_test *t = &s->test[s->test_count++];
    *t = (struct standing_test){.seq = seq, .code = in->code};
    judged(s, t, in->verdict);
}

static void take_correction(struct standing *s, int64_t seq, const void *record)
{
    const struct test_correct *in = record;
    (void)seq;
    judged(s, test_of(s, in->test_seq), in->verdict);
}

static void take_close(struct standing *s, int64_t seq, const void *record)
{
    const struct oos_close *in = record;
    struct standing_test *t = test_of(s, in->test_seq);
    (void)seq;
    if (t != NULL) {
        t->is_closed = true;
        t->is_confirmed = strcmp(in->conclusion, "confirmed") == 0;
    }
    if (in->stays_held != 1)         /* else a correction holds it beside, and QA ends that */
        go_on(s);
}

static void take_hold_end(struct standing *s, int64_t seq, const void *record)
{
    (void)seq;
    (void)record;
    if (strcmp(s->state, "released") == 0 || strcmp(s->state, "cond_released") == 0 || strcmp(s->state, "except_released") == 0)
        move(s, "quality.reopen");
    else
        go_on(s);
}

static void take_complete(struct standing *s, int64_t seq, const void *record)
{
    (void)seq;
    (void)record;
    s->is_complete = true;
}

static void add_container(struct standing *s, const char *id)
{
    struct standing_container *all = ARENA_ARRAY(s->arena, struct standing_container, s->container_count + 1);
    for (size_t i = 0; i < s->container_count; i++)
        all[i] = s->container[i];
    all[s->container_count++] = (struct standing_container){.id = id, .state = fsm_start(&fsm_container), .seq = -1, .received_seq = -1};
    s->container = all;
}

static void take_fill(struct standing *s, int64_t seq, const void *record)
{
    const struct list *filled = &((const struct batch_fill *)record)->containers;
    (void)seq;
    for (size_t i = 0; i < filled->count; i++)
        add_container(s, LIST_AT(*filled, const struct fill_container, i)->container_id);
}

static void move_container(struct standing *s, int64_t seq, const char *id, const char *event)
{
    for (size_t i = 0; i < s->container_count; i++) {
        struct standing_container *k = &s->container[i];
        const struct fsm_rule *rule = fsm_find(&fsm_container, fsm_state(&fsm_container, k->state), event);
        if (rule == NULL || strcmp(k->id, id) != 0)
            continue;
        k->state = fsm_target(&fsm_container, rule);
        k->placed = k->placed && custody_keeps_place(k->state);
        k->seq = seq;
    }
}

static void move_containers(struct standing *s, int64_t seq, const struct list *containers, const char *event)
{
    for (size_t i = 0; i < containers->count; i++)
        move_container(s, seq, TEXTS_AT(*containers, i), event);
}

static bool any_is(const struct standing *s, enum fsm_container_state state)
{
    for (size_t i = 0; i < s->container_count; i++)
        if (strcmp(s->container[i].state, fsm_container.states[state].name) == 0)
            return true;
    return false;
}

static struct standing_container *container_of(struct standing *s, const char *id)
{
    for (size_t i = 0; i < s->container_count; i++)
        if (strcmp(s->container[i].id, id) == 0)
            return &s->container[i];
    return NULL;
}

static void take_store(struct standing *s, int64_t seq, const void *record)
{
    struct standing_container *k = container_of(s, ((const struct container_store *)record)->container_id);
    (void)seq;
    if (k != NULL)
        k->placed = true;
}

static void take_hand_over(struct standing *s, int64_t seq, const void *record)
{
    const struct hand_over *in = record;
    move_containers(s, seq, &in->containers, "custody.hand_over");
    for (size_t i = 0; i < in->containers.count; i++) {
        struct standing_container *k = container_of(s, TEXTS_AT(in->containers, i));
        if (k != NULL) {
            k->destination = k->destination_was = in->destination;
            k->receiver = in->receiver_id;
            k->given_seq = seq;
        }
    }
    if (!any_is(s, FSM_CONTAINER_KEPT) && !any_is(s, FSM_CONTAINER_PACKED))
        move(s, "custody.hand_over_all");
}

/* where it went in truth (R12) */
static void take_custody_correct(struct standing *s, int64_t seq, const void *record)
{
    const struct custody_correct *in = record;
    (void)seq;
    for (size_t i = 0; strcmp(in->field, "destination") == 0 && i < s->container_count; i++)
        if (s->container[i].destination != NULL && s->container[i].given_seq == in->corrects)
            s->container[i].destination = in->new_value;
}

static void arrive(struct standing *s, int64_t seq, const struct list *containers)
{
    move_containers(s, seq, containers, "custody.receive");
    for (size_t i = 0; i < containers->count; i++) {
        struct standing_container *k = container_of(s, TEXTS_AT(*containers, i));
        if (k != NULL && k->seq == seq)
            k->received_seq = seq;
    }
    if (!any_is(s, FSM_CONTAINER_KEPT) && !any_is(s, FSM_CONTAINER_PACKED) && !any_is(s, FSM_CONTAINER_GIVEN))
        move(s, "custody.receive_all");
}

static void take_receive(struct standing *s, int64_t seq, const void *record)
{
    arrive(s, seq, &((const struct receive *)record)->containers);
}

static void take_pack(struct standing *s, int64_t seq, const void *record)
{
    move_containers(s, seq, &((const struct ship_pack *)record)->containers, "custody.ship_pack");
}

static void hold(struct standing *s, const struct list *containers, bool held)
{
    for (size_t i = 0; i < containers->count; i++) {
        struct standing_container *k = container_of(s, TEXTS_AT(*containers, i));
        if (k != NULL)
            k->held = held;
    }
}

static void take_unpack(struct standing *s, int64_t seq, const void *record)
{
    const struct ship_unpack *in = record;
    move_containers(s, seq, &in->containers, "custody.ship_unpack");
    if (shipment_unpack_is_held(in))
        hold(s, &in->containers, true);
}

static void take_ship_receive(struct standing *s, int64_t seq, const void *record)
{
    const struct ship_receive *in = record;
    move(s, "custody.receive");
    arrive(s, seq, &in->containers);
    if (shipment_is_quarantined(in))
        hold(s, &in->containers, true);
}

static void take_destroy(struct standing *s, int64_t seq, const void *record)
{
    const struct container_destroy *in = record;
    move_containers(s, seq, &in->containers, "custody.container_destroy");
    for (size_t i = 0; in->in_place != 1 && i < in->containers.count; i++) {      /* of versions that took them out of their place at once */
        struct standing_container *k = container_of(s, TEXTS_AT(in->containers, i));
        if (k != NULL)
            k->placed = false;
    }
}

static void take_witness(struct standing *s, int64_t seq, const void *record)
{
    move_containers(s, seq, &((const struct destroy_witness *)record)->containers, "custody.destroy_witness");
}

static void take_cancel(struct standing *s, int64_t seq, const void *record)
{
    const struct list *back = &((const struct destroy_cancel *)record)->back;
    for (size_t i = 0; i < back->count; i++) {
        const struct container_back *k = LIST_AT(*back, const struct container_back, i);
        move_container(s, seq, k->container_id, custody_back_event(s->arena, k->state));
    }
}

static void take_sample(struct standing *s, int64_t seq, const void *record)
{
    const struct sample_take *in = record;
    if (in->container_id != NULL)
        move_container(s, seq, in->container_id, sample_event(in));
}

static void take_pool(struct standing *s, int64_t seq, const void *record)
{
    const struct container_pool *in = record;
    move_containers(s, seq, &in->parents, "custody.pool");
    add_container(s, in->container_id);
}

static void take_loss(struct standing *s, int64_t seq, const void *record)
{
    move_containers(s, seq, &((const struct container_loss *)record)->containers, "custody.container_loss");
}

static void take_return_give(struct standing *s, int64_t seq, const void *record)
{
    move_containers(s, seq, &((const struct return_give *)record)->containers, "custody.return_give");
}

static void take_return_receive(struct standing *s, int64_t seq, const void *record)
{
    move_containers(s, seq, &((const struct return_receive *)record)->containers, "custody.return_receive");
}

static void take_decide(struct standing *s, int64_t seq, const void *record)
{
    const struct container_decide *in = record;
    move_containers(s, seq, &in->containers, custody_decide_event(in->decision));
    hold(s, &in->containers, false);
}

static void take_administer(struct standing *s, int64_t seq, const void *record)
{
    const struct list *given = &((const struct administer *)record)->containers;
    for (size_t i = 0; i < given->count; i++) {
        const char *id = LIST_AT(*given, const struct dose_container, i)->container_id;
        struct standing_container *k = container_of(s, id);
        move_container(s, seq, id, "custody.administer");
        if (k != NULL)
            k->recipient = ((const struct administer *)record)->recipient_code;
    }
}

static void take_decision(struct standing *s, int64_t seq, const void *record)
{
    (void)record;
    s->decision = seq;
}

static void take_release(struct standing *s, int64_t seq, const void *record)
{
    const struct batch_release *in = record;
    s->decision = seq;
    if (in->exceptional == 1)
        move(s, "release.exceptional");
    else if (in->conditional == 1)
        move(s, "release.conditional");
}

/* What follows from a statement beyond its own event. */
static const struct {
    const char *type;
    void (*take)(struct standing *s, int64_t seq, const void *record);
} turns[] = {
    {"quality.test_report", take_report}, {"quality.test_correct", take_correction}, {"quality.oos_close", take_close},
    {"quality.hold_end", take_hold_end},  {"batch.complete", take_complete},         {"batch.fill", take_fill},
    {"custody.hand_over", take_hand_over}, {"custody.receive", take_receive},        {"release.release", take_release},
    {"release.reject", take_decision},    {"release.certify", take_decision},
    {"custody.container_store", take_store}, {"custody.ship_pack", take_pack}, {"custody.ship_unpack", take_unpack},
    {"custody.ship_receive", take_ship_receive},
    {"custody.container_destroy", take_destroy}, {"custody.destroy_witness", take_witness},
    {"custody.destroy_cancel", take_cancel}, {"custody.container_loss", take_loss},
    {"custody.return_give", take_return_give}, {"custody.return_receive", take_return_receive},
    {"custody.container_decide", take_decide}, {"custody.administer", take_administer},
    {"custody.correct", take_custody_correct}, {"custody.sample_take", take_sample}, {"custody.pool", take_pool},
};

bool standing_matters(const char *type)
{
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++)
        if (strcmp(turns[i].type, type) == 0)
            return true;
    return false;
}

void standing_begin(struct arena *a, const struct specification *specification, size_t statements, struct standing *ret)
{
    *ret = (struct standing){.state = fsm_start(&fsm_batch), .decision = -1, .arena = a, .specification = specification,
                             .test = ARENA_ARRAY(a, struct standing_test, statements + 1)};
}

void standing_take(struct standing *s, int64_t seq, const char *type, const void *record)
{
    move(s, record != NULL && strcmp(type, "quality.test_correct") == 0 ? correction_test_event(record) : type);
    for (size_t i = 0; i < sizeof turns / sizeof *turns && record != NULL; i++)
        if (strcmp(turns[i].type, type) == 0)
            turns[i].take(s, seq, record);
}

static bool names_scope(const struct standing *s, const struct list *scopes)
{
    for (size_t i = 0; i < scopes->count; i++)
        if (strcmp(TEXTS_AT(*scopes, i), s->is_research ? "research" : "treatment") == 0)
            return true;
    return false;
}

void standing_take_donor(struct standing *s, const char *type, const void *record)
{
    if (record == NULL)
        return;
    if (strcmp(type, "source.donor_register") == 0)
        s->is_research = strcmp(((const struct donor_register *)record)->use, "research") == 0;
    else if (strcmp(type, "source.consent_record") == 0)
        s->is_held = s->is_held && !names_scope(s, &((const struct consent_record *)record)->scopes);
    else if (strcmp(type, "source.consent_withdraw") == 0)
        s->is_held = s->is_held || names_scope(s, &((const struct consent_withdraw *)record)->scopes);
}
