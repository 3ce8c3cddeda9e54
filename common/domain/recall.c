#include "domain/recall.h"

#include <stdlib.h>
#include <string.h>

#include "fsm/machines.h"

#define MINUTE_MS INT64_C(60000)

static int compare(const void *x, const void *y)
{
    return strcmp(((const struct recall_fact *)x)->container_id, ((const struct recall_fact *)y)->container_id);
}

static bool is(const struct recall_fact *k, enum fsm_container_state state)
{
    return strcmp(k->state, fsm_container.states[state].name) == 0;
}

/* out of the house and not ended: with whom it was given to; administered: with whom it is now */
static const char *consignee(struct arena *a, const struct recall_fact *k)
{
    if (is(k, FSM_CONTAINER_ADMINISTERED))
        return arena_printf(a, "recipient %s", k->recipient);
    if (is(k, FSM_CONTAINER_GIVEN) || is(k, FSM_CONTAINER_RECEIVED) || is(k, FSM_CONTAINER_RETURNING))
        return arena_printf(a, "%s, %s", k->destination, k->receiver);
    return NULL;
}

void recall_fill(struct arena *a, const struct recall_fact *facts, size_t n, int64_t said_ms, struct recall *in)
{
    struct recall_fact *sorted = ARENA_ARRAY(a, struct recall_fact, n + 1);
    for (size_t i = 0; i < n; i++)
        sorted[i] = facts[i];
    qsort(sorted, n, sizeof *sorted, compare);
    in->containers = (struct list){NULL, 0};
    in->unaccounted = 0;
    for (size_t i = 0; i < n; i++) {
        struct recall_container *row = record_list_add(a, &record_recall_container, &in->containers);
        row->container_id = sorted[i].container_id;
        row->state = sorted[i].state;
        row->consignee = consignee(a, &sorted[i]);
        in->unaccounted += is(&sorted[i], FSM_CONTAINER_KEPT) && !sorted[i].placed;
    }
    in->taken_min = (said_ms - in->begun_at) / MINUTE_MS;
}
