/* The bench: steps, second persons, the fill. */
#include "lab_doing.h"

#include <string.h>

#include "batch_rules.h"
#include "record/record.h"

static const struct batch_limits LAB_LIMITS = {900000, 5000, "2", "0.5"};

static size_t step_states(const struct doing *d, struct step_state *ret)
{
    size_t n = 0;
    for (int i = 0; i < LAB_STEPS; i++)
        if (d->b->steps[i].performer >= 0)
            ret[n++] = (struct step_state){i + 1, d->b->steps[i].seq, LAB_START - LAB_HOUR, lab_people[d->b->steps[i].performer],
                                           d->b->steps[i].verifier < 0 ? NULL : lab_people[d->b->steps[i].verifier], i < 2, 0};
    return n;
}

static struct step_facts step_facts(const struct doing *d, struct step_state *states)
{
    return (struct step_facts){.state = d->b->state, .doc = lab_procedure(), .steps = states, .step_count = step_states(d, states),
                               .collected_ms = LAB_START - 2 * LAB_HOUR, .is_trained = true};
}

int lab_do_step(struct doing *d, struct err *e)
{
    struct step_state states[LAB_STEPS];
    struct step_facts f = step_facts(d, states);
    struct batch_step in;
    record_init(&record_batch_step, &in);
    in.batch_id = d->b->id;
    in.step = d->want->one + 1;
    in.started_at = in.ended_at = d->now_ms;
    int code = rule_step(d->a, &in, &f, d->now_ms, &LAB_LIMITS, e);
    if (code != 0)
        return code;
    d->b->steps[d->want->one].performer = d->want->who;
    d->b->steps[d->want->one].seq = d->seq;
    lab_move(d->b, "batch.step");
    return 0;
}

int lab_do_verify(struct doing *d, struct err *e)
{
    struct step_state states[LAB_STEPS];
    struct step_facts f = step_facts(d, states);
    struct step_verify in = {d->b->id, d->want->one + 1};
    int code = rule_verify(&in, &f, d->who, d->b->seen[d->want->who], e);
    if (code != 0)
        return code;
    d->b->steps[d->want->one].verifier = d->want->who;
    lab_move(d->b, "batch.step_verify");
    return 0;
}

int lab_do_fill(struct doing *d, struct err *e)
{
    struct step_state states[LAB_STEPS];
    struct fill_facts f = {.state = d->b->state, .donation_number = lab_donation(d->want->batch), .use = "allogeneic", .doc = lab_procedure(),
                           .steps = states, .step_count = step_states(d, states), .container_count = d->b->containers, .is_trained = true};
    struct fill_container k[LAB_CONTAINERS];
    struct batch_fill in;
    size_t n = 0;
    record_init(&record_batch_fill, &in);
    for (int i = 0; i < LAB_CONTAINERS && d->want->volumes[i] > 0; i++)
        k[n++] = (struct fill_container){lab_container(d->want->batch, i), lab_tenths(d, d->want->volumes[i]), "1000000"};
    in.batch_id = d->b->id;
    in.volume_in_ml = lab_tenths(d, d->want->in);
    in.samples_ml = lab_tenths(d, d->want->samples);
    in.waste_ml = lab_tenths(d, d->want->waste);
    in.expires_at = d->now_ms + 10 * LAB_HOUR;
    in.containers = (struct list){k, n};
    int code = rule_fill(&in, &f, d->now_ms, &LAB_LIMITS, d->a, e);
    if (code != 0)
        return code;
    d->b->containers = (int)n;
    d->b->in = d->want->in;
    d->b->samples = d->want->samples;
    d->b->waste = d->want->waste;
    memcpy(d->b->volumes, d->want->volumes, sizeof d->b->volumes);
    lab_move(d->b, "batch.fill");
    return 0;
}

int lab_do_complete(struct doing *d, struct err *e)
{
    struct complete_facts f = {.state = d->b->state, .doc = lab_procedure(), .steps_total = LAB_STEPS, .container_count = d->b->containers};
    for (int i = 0; i < LAB_STEPS; i++) {
        f.steps_performed += d->b->steps[i].performer >= 0;
        f.steps_done += d->b->steps[i].performer >= 0 && (i >= 2 || d->b->steps[i].verifier >= 0);
    }
    int code = rule_complete(&f, e);
    if (code == 0)
        lab_move(d->b, "batch.complete");
    return code;
}

int lab_do_note(struct doing *d, struct err *e)
{
    int code = rule_state(d->b->state, "batch.note", 0, e);
    if (code == 0)
        lab_move(d->b, "batch.note");
    return code;
}
