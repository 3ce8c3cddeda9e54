#include "domain/custody.h"

#include <string.h>

#include "base/text.h"
#include "fsm/machines.h"

static int refuse(struct err *e, const char *field, const char *why)
{
    return err_raise(e, ERR_CUSTODY_REFUSED, field, "R34", "%s", why);
}

static bool is_in(const char *container, const struct custody_half *half)
{
    for (size_t i = 0; i < half->container_count; i++)
        if (strcmp(half->containers[i], container) == 0)
            return true;
    return false;
}

static int containers_check(const struct custody_half *half, struct err *e)
{
    if (half->container_count == 0)
        return refuse(e, "containers", "nothing is handed over");
    for (size_t i = 0; i < half->container_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(half->containers[i], half->containers[k]) == 0)
                return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "R34", "%.40s stands twice", half->containers[i]);
    return 0;
}

int custody_give_check(const struct custody_half *half, const char *holder, struct err *e)
{
    if (holder != NULL && strcmp(holder, half->person) != 0)
        return err_raise(e, ERR_CUSTODY_REFUSED, "person", "R34", "%s holds them, not %s", holder, half->person);
    return containers_check(half, e);
}

int custody_receive_check(const struct custody_half *given, const struct custody_half *received, struct err *e)
{
    if (strcmp(given->transfer, received->transfer) != 0)
        return refuse(e, "transfer", "another transfer was given");
    if (strcmp(given->person, received->person) == 0)
        return refuse(e, "person", "giver and receiver are one person");
    if (received->at_ms < given->at_ms)
        return refuse(e, "at", "received before it was given");
    int code = containers_check(received, e);
    if (code != 0)
        return code;
    for (size_t i = 0; i < given->container_count; i++)
        if (!is_in(given->containers[i], received))
            return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "R34", "%.40s was given and is not received", given->containers[i]);
    for (size_t i = 0; i < received->container_count; i++)
        if (!is_in(received->containers[i], given))
            return err_raise(e, ERR_CUSTODY_REFUSED, "containers", "R34", "%.40s is received and was not given", received->containers[i]);
    if (strcmp(given->digest_hex, received->digest_hex) != 0)
        return refuse(e, "transfer_sha256", "the two parties do not sign the same content");
    return 0;
}

const char *custody_decide_event(const char *decision)
{
    if (strcmp(decision, "use") == 0)
        return "custody.decide_use";
    return strcmp(decision, "destroy") == 0 ? "custody.decide_destroy" : "custody.decide_nonclinical";
}

const char *custody_back_event(struct arena *a, const char *state)
{
    return arena_printf(a, "custody.cancel_%s", state);
}

bool custody_keeps_place(const char *state)
{
    static const enum fsm_container_state lying[] = {FSM_CONTAINER_KEPT, FSM_CONTAINER_RETURNED, FSM_CONTAINER_CONDEMNED,
                                                     FSM_CONTAINER_DESTROYING};
    for (size_t i = 0; i < sizeof lying / sizeof lying[0]; i++)
        if (strcmp(fsm_container.states[lying[i]].name, state) == 0)
            return true;
    return false;
}

const char *custody_side(const char *state)
{
    static const struct {
        enum fsm_container_state state;
        int side;
    } sides[] = {
        {FSM_CONTAINER_KEPT, 0},      {FSM_CONTAINER_GIVEN, 0},    {FSM_CONTAINER_RECEIVED, 1},
        {FSM_CONTAINER_RETURNING, 1}, {FSM_CONTAINER_RETURNED, 0}, {FSM_CONTAINER_CONDEMNED, 0},
        {FSM_CONTAINER_PACKED, 0},
    };
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
        if (strcmp(fsm_container.states[sides[i].state].name, state) == 0)
            return words_custody_side.words[sides[i].side];
    return NULL;
}

void custody_held(struct arena *a, const char *container_id, const char *state, const char *person, struct list *ret)
{
    struct loss_holder *h = record_list_add(a, &record_loss_holder, ret);
    h->container_id = container_id;
    h->side = custody_side(state);
    h->person_id = person;
}
