#include "moves.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "record/record.h"

static const struct { const char *id; unsigned role; } people[WALKERS] = {
    {"U-MARA", ROLE_TECHNICIAN}, {"U-JON", ROLE_TECHNICIAN}, {"U-CLARA", ROLE_SUPERVISOR}, {"U-YUKI", ROLE_QC}, {"U-OMAR", ROLE_QC},
    {"U-ELENA", ROLE_QA}, {"U-PETER", ROLE_QA}, {"U-TOM", ROLE_COURIER}, {"U-INES", ROLE_PHYSICIAN}};

/* splitmix64 */
static uint64_t next(struct walker *w)
{
    uint64_t z = w->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

int walker_pick(struct walker *w, int n)
{
    return (int)(next(w) % (uint64_t)n);
}

static unsigned where_is(const char *state)
{
    static const struct { const char *state; unsigned where; } is[] = {
        {"open", BENCH}, {"in_process", BENCH}, {"in_test", TESTED}, {"on_hold", HELD}, {"rejected", HELD}};
    for (size_t i = 0; i < sizeof is / sizeof is[0]; i++)
        if (strcmp(is[i].state, state) == 0)
            return is[i].where;
    return OUT;
}

/* One move in twelve is any, of any role; the decider of a lot does nothing else to it, and mostly waits. */
static const struct move *choose(struct walker *w, const struct lot *lot)
{
    int weight[MOVES], all = 0;
    bool wild = walker_pick(w, 12) == 0, decides = strcmp(lot->decider, w->id) == 0;
    for (size_t i = 0; i < MOVES; i++) {
        const struct move *m = &moves_all[i];
        bool mine = (verb_find(m->verb)->roles & w->role) != 0, deciding = (m->where & DECIDES) != 0;
        bool fits = (m->where & where_is(w->shown.state)) != 0 && (w->role != ROLE_QA || decides == deciding);
        weight[i] = decides ? fits * m->weight : wild ? 1 : mine && fits ? m->weight : 0;
        all += weight[i];
    }
    int at = walker_pick(w, all < 100 ? 100 : all);      /* who has little to do there does little there */
    for (size_t i = 0; i < MOVES; at -= weight[i++])
        if (at < weight[i])
            return &moves_all[i];
    return NULL;
}

/* what the other walkers should know of it */
static void tell(struct walker *w, struct lot *lot, const char *verb, int64_t seq)
{
    if (strcmp(verb, "custody.hand_over") == 0)
        lot->given[w->number] = w->mask;
    if (strcmp(verb, "custody.return_give") == 0)
        lot->returned[w->number] = w->mask;
    if (strcmp(verb, "custody.container_destroy") != 0)
        return;
    lot->destroyed = w->mask;
    lot->destroy_seq = seq;
}

/* the walkers' own mistakes, and what nobody may meet */
static bool is_fault(int code)
{
    return code < 0 || code == ERR_BODY_MALFORMED || code == ERR_FIELD_UNKNOWN || code == ERR_FIELD_MISSING || code == ERR_FIELD_TYPE ||
           code == ERR_STATEMENT_MALFORMED || code == ERR_SIGNATURE_REFUSED || code == ERR_SESSION_ENDED || code == ERR_UNAVAILABLE;
}

static int act(struct walker *w, const char *verb, const void *in, struct receipt *ret, struct err *e)
{
    struct prepared prepared;
    struct bytes signature;
    int code = desk_prepare(w->person->desk, w->a, verb, NULL, in, &prepared, e);
    if (code == 0)
        code = desk_sign(w->person->desk, w->a, w->id, prepared.statement, house_secret(w->person), &signature, e);
    return code != 0 ? code : desk_commit(w->person->desk, w->a, verb, prepared.statement, signature, ret, e);
}

static void one_step(struct walker *w)
{
    struct walk *walk = w->walk;
    struct lot *lot = &walk->lots[walker_pick(w, (int)walk->lot_count)];
    struct batch_key key = {lot->b.batch};
    struct receipt receipt;
    struct err e = {0};
    record_init(&record_batch_show, &w->shown);
    int code = desk_call(w->person->desk, w->a, "batch.show", &key, &w->shown, &e);
    const struct move *move = code == 0 ? choose(w, lot) : NULL;
    if (move == NULL && code == 0) {            /* nothing of theirs to do there: they look elsewhere */
        walk->left++;
        return;
    }
    if (code == 0)
        walk->tried[move - moves_all]++;
    if (code == 0)
        code = act(w, move->verb, move->make(w, lot), &receipt, &e);
    if (code == 0) {
        walk->done++;
        walk->recorded[move - moves_all]++;
        tell(w, lot, move->verb, receipt.seq);
    } else if (is_fault(code)) {
        snprintf(w->fault, sizeof w->fault, "%s %s on %s: %s %s %s", w->id, move == NULL ? "looks" : move->verb, lot->b.batch,
                 err_row(code)->code, e.field, e.text);
    } else {
        walk->refused++;
        walk->stale += code == ERR_HEAD_STALE || code == ERR_STATEMENT_DIFFERS;
    }
}

static void *run(void *of)
{
    struct walker *w = of;
    while (w->fault[0] == '\0' && clock_monotonic_us() < w->walk->until_us && w->walk->left-- > 0) {
        arena_reset(w->a);
        one_step(w);
    }
    return NULL;
}

const char *walk_verb(size_t i)
{
    return moves_all[i].verb;
}

int walk_recorded(const struct walk *w, const char *verb)
{
    size_t i = 0;
    while (strcmp(moves_all[i].verb, verb) != 0)
        i++;
    return w->recorded[i];
}

void walk_run(struct walk *w)
{
    static struct walker all[WALKERS];
    for (size_t i = 0; i < WALKERS; i++) {
        all[i] = (struct walker){.walk = w, .id = people[i].id, .role = people[i].role, .person = house_login(people[i].id),
                                 .a = arena_new(0), .random = w->seed + i * UINT64_C(0x100000001b3)};
        assert_int_equal(pthread_create(&all[i].thread, NULL, run, &all[i]), 0);
    }
    for (size_t i = 0; i < WALKERS; i++) {
        pthread_join(all[i].thread, NULL);
        arena_free(all[i].a);
    }
    for (size_t i = 0; i < WALKERS; i++)
        if (all[i].fault[0] != '\0')
            fail_msg("seed %llu: %s", (unsigned long long)w->seed, all[i].fault);
}

void walk_lot(struct lot *lot, const char *decider)
{
    memset(lot, 0, sizeof *lot);
    short_begun(&lot->b, "allogeneic");
    for (int i = 0; i < CONTAINERS; i++)
        lot->containers[i] = arena_printf(house_arena(), "%s-D0001VA%c", lot->b.donation_number, 'a' + i);
    lot->decider = decider;
}

void walk_train(const struct lot *lot)
{
    static const char *const who[] = {"U-JON", "U-CLARA", "U-YUKI", "U-OMAR", "U-ELENA", "U-INES"};
    struct batch_key key = {lot->b.batch};
    struct batch_show shown;
    assert_done(short_ask("batch.show", &key, &shown));
    const char *procedure = arena_text(house_arena(), shown.procedure_id);
    for (size_t i = 0; i < sizeof who / sizeof who[0]; i++) {
        struct training_record in = {.person_id = who[i], .document_id = procedure, .document_version = 1,
                                     .trained_at = clock_ms() - 86400000, .expires_at = clock_ms() + 86400000};
        assert_done(short_act("U-PETER", "access.training_record", &in));
    }
}
