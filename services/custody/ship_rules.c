#include "ship_rules.h"

#include <string.h>

#include "base/number.h"
#include "domain/reason.h"
#include "end_rules.h"
#include "fsm/machines.h"

static bool same(const char *x, const char *y)
{
    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

static bool is_below(const char *x, const char *y)
{
    CLEANUP(number_done) struct number a, b;
    number_init(&a);
    number_init(&b);
    number_from_decimal(&a, x);
    number_from_decimal(&b, y);
    return number_compare(&a, &b) < 0;
}

int rule_qualify(const struct unit_qualify *in, const struct unit_facts *unit, int64_t now_ms, struct err *e)
{
    if (!unit->known)
        return err_raise(e, ERR_NOT_FOUND, "equipment_id", "7.4", "no equipment %s", in->equipment_id);
    if (in->low_c == NULL && in->high_c == NULL)
        return err_raise(e, ERR_FIELD_MISSING, "high_c", "7.4", "a unit keeps a temperature: a limit is needed");
    if (in->low_c != NULL && in->high_c != NULL && !is_below(in->low_c, in->high_c))
        return err_raise(e, ERR_FIELD_RANGE, "low_c", "7.4", "%s is not below %s", in->low_c, in->high_c);
    if (in->allowed_min < 0 || in->gap_min < 1 || (in->hold_min != INTEGER_ABSENT && in->hold_min < 1))
        return err_raise(e, ERR_FIELD_RANGE, in->allowed_min < 0 ? "allowed_min" : in->gap_min < 1 ? "gap_min" : "hold_min", "7.4",
                         "a time is more than nothing");
    if (in->valid_until <= now_ms)
        return err_raise(e, ERR_TIME_REFUSED, "valid_until", "R19", "it has passed");
    return 0;
}

int rule_unit_readings(const struct unit_readings *in, const struct unit_facts *unit, int64_t last_ms, int64_t now_ms, struct err *e)
{
    if (!unit->known)
        return err_raise(e, ERR_NOT_FOUND, "equipment_id", "7.4", "no equipment %s", in->equipment_id);
    if (unit->qualified_seq < 0)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "equipment_id", "R19", "%s is not qualified: nobody said what it keeps", in->equipment_id);
    if (in->continues == 1 && last_ms == TIME_ABSENT)
        return err_raise(e, ERR_ORDER_FORBIDS, "continues", "7.4", "there are no readings before");
    return excursion_readings_check(&in->readings, in->continues == 1 ? last_ms + 1 : TIME_ABSENT, now_ms + CLOCK_SKEW_MS, e);
}

static int shipper_check(const struct ship_pack *in, const struct unit_facts *u, int64_t now_ms, struct err *e)
{
    if (!u->known)
        return err_raise(e, ERR_NOT_FOUND, "shipper_id", "R19", "no equipment %s", in->shipper_id);
    if (u->qualified_seq < 0)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "shipper_id", "R19", "%s is not qualified", in->shipper_id);
    if (u->qualified.valid_until < in->due_at)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "shipper_id", "R19", "the qualification of %s ends before the planned arrival",
                         in->shipper_id);
    if (u->qualified.hold_min != INTEGER_ABSENT && in->charged_at == TIME_ABSENT)
        return err_raise(e, ERR_FIELD_MISSING, "charged_at", "1.7", "%s is charged: say when", in->shipper_id);
    if (in->charged_at != TIME_ABSENT && in->charged_at > now_ms + CLOCK_SKEW_MS)
        return err_raise(e, ERR_TIME_REFUSED, "charged_at", "R15", "it is in the future");
    if (in->keeps_until != TIME_ABSENT && in->keeps_until < in->due_at)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "charged_at", "1.7", "so charged, %s does not keep its temperature until the planned arrival",
                         in->shipper_id);
    return 0;
}

static int logger_check(const struct ship_pack *in, const struct unit_facts *u, struct err *e)
{
    if (!u->known)
        return err_raise(e, ERR_NOT_FOUND, "logger_id", "R19", "no equipment %s", in->logger_id);
    if (!u->calibrated || u->calibration_due_ms < in->due_at)
        return err_raise(e, ERR_EQUIPMENT_REFUSED, "logger_id", "R19", "%s is not calibrated until the planned arrival", in->logger_id);
    return same(in->logger_id, in->shipper_id)
               ? err_raise(e, ERR_EQUIPMENT_REFUSED, "logger_id", "R19", "the logger is not the shipper") : 0;
}

static int goods_check(const struct ship_pack *in, const struct custody_facts *f, struct err *e)
{
    int code = rule_custody_state(f->state, "custody.hand_over", rule_recalled(f), e);
    code = code != 0 ? code : rule_donor(f, e);
    code = code != 0 ? code : rule_containers(f, &in->containers, "custody.ship_pack", 0, e);
    for (size_t i = 0; code == 0 && i < in->containers.count; i++) {
        const struct container_facts *k = container_of(f, TEXTS_AT(in->containers, i));
        if (k->expires_ms <= in->due_at)
            code = err_raise(e, ERR_CUSTODY_REFUSED, "containers", "T19", "%s expires before the planned arrival", k->container_id);
    }
    return code;
}

int rule_ship_pack(const struct ship_pack *in, const struct custody_facts *f, const struct pack_facts *p, const char *packer,
                   int64_t now_ms, struct err *e)
{
    int code = goods_check(in, f, e);
    if (code == 0 && (p->known_transfer || p->shipment != NULL))
        code = err_raise(e, ERR_EXISTS, "transfer_id", "R34", "transfer %s exists", in->transfer_id);
    if (code == 0 && in->due_at <= now_ms)
        code = err_raise(e, ERR_TIME_REFUSED, "due_at", "R15", "the planned arrival has passed");
    code = code != 0 ? code : receiver_check(in->receiver_id, packer, &p->receiver, e);
    code = code != 0 ? code : shipper_check(in, &p->shipper, now_ms, e);
    return code != 0 ? code : logger_check(in, &p->logger, e);
}

static int none_packed(const struct hand_over *in, const struct custody_facts *f, struct err *e)
{
    for (size_t i = 0; i < in->containers.count; i++) {
        const struct container_facts *k = container_of(f, TEXTS_AT(in->containers, i));
        if (k != NULL && same(k->state, fsm_container.states[FSM_CONTAINER_PACKED].name))
            return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "R34", "%s is packed for another transfer", k->container_id);
    }
    return 0;
}

int rule_dispatch(const struct hand_over *in, const struct custody_facts *f, const struct shipment_facts *s, int64_t now_ms, struct err *e)
{
    const struct fsm_rule *rule;
    if (s->state == NULL)
        return none_packed(in, f, e);
    bool keeps = s->pack.keeps_until == TIME_ABSENT || (s->pack.keeps_until >= s->pack.due_at && s->pack.keeps_until > now_ms);
    int code = fsm_step(&fsm_shipment, s->state, "custody.hand_over", keeps ? FACT_KEEPS_UNTIL_DUE : 0, &rule, e);
    if (code != 0)
        return code;
    if (!shipment_is_packed(&s->pack, &in->containers))
        return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "R34", "other containers were packed for %s", in->transfer_id);
    if (!same(s->pack.seal_number, in->seal_number))
        return err_raise(e, ERR_CUSTODY_REFUSED, "seal_number", "R34", "it is packed under seal %s", s->pack.seal_number);
    if (!same(s->pack.receiver_id, in->receiver_id))
        return err_raise(e, ERR_CUSTODY_REFUSED, "receiver_id", "R34", "it is packed for %s", s->pack.receiver_id);
    return 0;
}

static int shipment_step(const struct shipment_facts *s, const char *transfer, const char *event, struct err *e)
{
    const struct fsm_rule *rule;
    if (s->state == NULL)
        return err_raise(e, ERR_NOT_FOUND, "transfer_id", "R34", "no shipment %s", transfer);
    return fsm_step(&fsm_shipment, s->state, event, 0, &rule, e);
}

/* of a logger that was started before it was packed, or that is not found at all */
static int logger_readings(const struct list *readings, int64_t until_ms, struct err *e)
{
    return readings->count == 0 ? 0 : excursion_readings_check(readings, TIME_ABSENT, until_ms, e);
}

int rule_ship_unpack(const struct ship_unpack *in, const struct shipment_facts *s, int64_t said_ms, int64_t now_ms, struct err *e)
{
    int64_t unpacked_ms = shipment_unpacked_ms(in, said_ms);
    int code = shipment_step(s, in->transfer_id, "custody.ship_unpack", e);
    code = code != 0 ? code : reason_check("reason", in->reason, e);
    if (code == 0 && (unpacked_ms < s->packed_ms - CLOCK_SKEW_MS || unpacked_ms > now_ms + CLOCK_SKEW_MS))
        code = err_raise(e, ERR_TIME_REFUSED, "unpacked_at", "R15", "it is unpacked after it was packed, and not in the future");
    return code != 0 ? code : logger_readings(&in->readings, unpacked_ms + CLOCK_SKEW_MS, e);
}

int rule_ship_receive(const struct ship_receive *in, const struct custody_facts *f, const struct shipment_facts *s,
                      const struct transfer_facts *t, const char *person, int64_t now_ms, struct err *e)
{
    struct receive as = {in->batch_id, in->transfer_id, in->containers, in->condition, t->seal_number, in->transfer_sha256};
    int code = shipment_step(s, in->transfer_id, "custody.ship_receive", e);
    code = code != 0 ? code : rule_receive(&as, f, t, person, now_ms, e);
    if (code == 0 && (in->arrived_at < t->given_ms || in->arrived_at > now_ms + CLOCK_SKEW_MS))
        code = err_raise(e, ERR_TIME_REFUSED, "arrived_at", "R15", "it arrives after it was handed over, and not in the future");
    return code != 0 ? code : logger_readings(&in->readings, in->arrived_at, e);
}
