/* Labels, places, hand-overs, ends. */
#include "lab_doing.h"

#include <string.h>

#include "domain/custody.h"
#include "end_rules.h"
#include "fsm/machines.h"
#include "record/record.h"

static bool is_any(const struct lab_batch *b, int state)
{
    for (int i = 0; i < b->containers; i++)
        if (strcmp(b->container[i].state, fsm_container.states[state].name) == 0)
            return true;
    return false;
}

static struct custody_facts custody_facts(const struct doing *d)
{
    struct container_facts *k = ARENA_ARRAY(d->a, struct container_facts, LAB_CONTAINERS);
    for (int i = 0; i < d->b->containers; i++)
        k[i] = (struct container_facts){lab_container(d->want->batch, i), LAB_START + 20 * LAB_HOUR, d->b->container[i].state,
                                        d->b->container[i].position >= 0, lab_tenths(d, d->b->volumes[i]), "1000000", LAB_START, false, NULL};
    return (struct custody_facts){.state = d->b->state, .containers = k, .container_count = (size_t)d->b->containers, .may_store = true,
                                  .use = "allogeneic", .determination = "eligible", .donation_number = lab_donation(d->want->batch)};
}

static struct list listed(const struct doing *d, unsigned mask)
{
    struct list all = {NULL, 0};
    for (int i = 0; i < LAB_CONTAINERS; i++)
        if (mask & 1u << i)
            texts_add(d->a, &all, lab_container(d->want->batch, i));
    return all;
}

int lab_do_label(struct doing *d, struct err *e)
{
    struct custody_facts f = custody_facts(d);
    int *labels = &d->b->container[d->want->one].labels;
    struct label_print in;
    record_init(&record_label_print, &in);
    in.batch_id = d->b->id;
    in.container_id = lab_container(d->want->batch, d->want->one);
    in.copy = d->want->two + 1;
    in.reason = LAB_REASON;
    int code = rule_label(&in, &f, *labels, e);
    if (code != 0)
        return code;
    ++*labels;
    lab_move(d->b, "custody.label_print");
    lab_move_containers(d->b, 1u << d->want->one, "custody.label_print");
    return 0;
}

static const char *occupant(const struct lab *lab, int position)
{
    for (int b = 0; b < LAB_BATCHES; b++)
        for (int i = 0; i < LAB_CONTAINERS; i++)
            if (lab->batch[b].container[i].position == position)
                return lab_container(b, i);
    return NULL;
}

int lab_do_store(struct doing *d, struct err *e)
{
    struct custody_facts f = custody_facts(d);
    struct place_facts place = {occupant(d->lab, d->want->two), "tank"};
    struct container_store in = {d->b->id, lab_container(d->want->batch, d->want->one), "E-TANK", "position"};
    int code = rule_store(&in, &f, &place, e);
    if (code != 0)
        return code;
    d->b->container[d->want->one].position = d->want->two;
    lab_move(d->b, "custody.container_store");
    lab_move_containers(d->b, 1u << d->want->one, "custody.container_store");
    return 0;
}

static const char *digest(const struct doing *d, const char *transfer, const struct list *containers)
{
    struct custody_transfer t = {d->b->id, transfer, "S-1", containers->items, containers->count};
    return custody_digest(d->a, &t);
}

int lab_do_hand_over(struct doing *d, struct err *e)
{
    struct custody_facts f = custody_facts(d);
    struct receiver_facts r = {"open", lab_roles[d->want->two]};
    struct hand_over in;
    record_init(&record_hand_over, &in);
    in.batch_id = d->b->id;
    in.transfer_id = arena_printf(d->a, "TR-%d", d->b->transfer_count);
    in.receiver_id = lab_people[d->want->two];
    in.seal_number = "S-1";
    in.containers = listed(d, d->want->mask);
    in.transfer_sha256 = digest(d, in.transfer_id, &in.containers);
    int code = lab_room(d->b->transfer_count, e);
    code = code != 0 ? code : rule_hand_over(&in, &f, d->who, &r, false, d->now_ms, e);
    if (code != 0)
        return code;
    int n = d->b->transfer_count++;
    d->b->transfers[n].giver = d->want->who;
    d->b->transfers[n].receiver = d->want->two;
    d->b->transfers[n].mask = d->want->mask;
    d->b->transfers[n].seq = d->seq;
    lab_move_containers(d->b, d->want->mask, "custody.hand_over");
    lab_move(d->b, is_any(d->b, FSM_CONTAINER_KEPT) ? "custody.hand_over" : "custody.hand_over_all");
    return 0;
}

int lab_do_receive(struct doing *d, struct err *e)
{
    struct custody_facts f = custody_facts(d);
    struct transfer_facts t = {0};
    int n = d->want->one;
    struct receive in;
    record_init(&record_receive, &in);
    in.batch_id = d->b->id;
    in.transfer_id = arena_printf(d->a, "TR-%d", n);
    in.seal_number = d->want->bad ? "S-2" : "S-1";
    in.containers = listed(d, d->want->mask);
    in.transfer_sha256 = digest(d, in.transfer_id, &in.containers);
    if (n < d->b->transfer_count) {
        struct list given = listed(d, d->b->transfers[n].mask);
        t = (struct transfer_facts){lab_people[d->b->transfers[n].giver], lab_people[d->b->transfers[n].receiver], "S-1",
                                    digest(d, in.transfer_id, &given), given.items, given.count, LAB_START, d->b->transfers[n].received};
    }
    int code = rule_receive(&in, &f, &t, d->who, d->now_ms, e);
    if (code != 0)
        return code;
    d->b->transfers[n].received = true;
    lab_move_containers(d->b, d->want->mask, "custody.receive");
    lab_move(d->b, is_any(d->b, FSM_CONTAINER_KEPT) || is_any(d->b, FSM_CONTAINER_GIVEN) ? "custody.receive" : "custody.receive_all");
    return 0;
}

int lab_do_destroy(struct doing *d, struct err *e)
{
    struct custody_facts f = custody_facts(d);
    struct receiver_facts w = {"open", lab_roles[d->want->two]};
    struct container_destroy in = {.batch_id = d->b->id, .containers = listed(d, d->want->mask), .method = "autoclaved", .reason = LAB_REASON,
                                   .witness_id = lab_people[d->want->two], .destroyed_at = d->now_ms};
    int code = lab_room(d->b->destruction_count, e);
    code = code != 0 ? code : rule_destroy(&in, &f, d->who, d->roles, &w, d->now_ms, e);
    if (code != 0)
        return code;
    int n = d->b->destruction_count++;
    d->b->destructions[n].who = d->want->who;
    d->b->destructions[n].witness = d->want->two;
    d->b->destructions[n].seq = d->seq;
    d->b->destructions[n].mask = d->want->mask;
    lab_move_containers(d->b, d->want->mask, "custody.container_destroy");
    return 0;
}

int lab_do_witness(struct doing *d, struct err *e)
{
    struct custody_facts f = custody_facts(d);
    struct destruction_facts was = {0};
    int n = d->want->one;
    if (n < d->b->destruction_count)
        was = (struct destruction_facts){.person_id = lab_people[d->b->destructions[n].who], .witness_id = lab_people[d->b->destructions[n].witness],
                                         .witnessed = d->b->destructions[n].witnessed, .containers = listed(d, d->b->destructions[n].mask)};
    struct destroy_witness in = {.batch_id = d->b->id, .destroy_seq = n, .containers = listed(d, d->want->mask)};
    int code = rule_witness(&in, &f, &was, d->who, e);
    if (code != 0)
        return code;
    d->b->destructions[n].witnessed = true;
    lab_move_containers(d->b, d->want->mask, "custody.destroy_witness");
    return 0;
}

int lab_do_lose(struct doing *d, struct err *e)
{
    struct custody_facts f = custody_facts(d);
    struct container_loss in = {.batch_id = d->b->id, .containers = listed(d, d->want->mask), .text = LAB_REASON, .deviation_class = "major",
                                .aware_at = d->now_ms};
    int code = lab_room(d->b->deviation_count, e);
    code = code != 0 ? code : rule_loss(&in, &f, d->roles, d->now_ms, e);
    if (code != 0)
        return code;
    lab_move_containers(d->b, d->want->mask, "custody.container_loss");
    d->b->deviations[d->b->deviation_count].seq = d->seq;
    d->b->deviations[d->b->deviation_count].opener = d->want->who;
    d->b->deviations[d->b->deviation_count++].closer = -1;
    return 0;
}
