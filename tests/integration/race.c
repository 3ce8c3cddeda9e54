#include "race.h"

#include <pthread.h>

static pthread_barrier_t start;

void race_ready(struct racer *r, const char *person, const char *verb, const void *in)
{
    struct house_person *p = house_login(person);
    *r = (struct racer){.person = person, .verb = verb, .in = in};
    if (desk_prepare(p->desk, house_arena(), verb, NULL, in, &r->prepared, &r->e) != 0 ||
        desk_sign(p->desk, house_arena(), person, r->prepared.statement, house_secret(p), &r->signature, &r->e) != 0)
        fail_msg("%s %s: %s %s", person, verb, err_row(r->e.code)->code, r->e.text);
}

static void *commit(void *of)
{
    struct racer *r = of;
    struct arena *a = arena_new(0);   /* the house's own is the main thread's */
    struct desk *desk = house_login(r->person)->desk;
    pthread_barrier_wait(&start);
    r->code = desk_commit(desk, a, r->verb, r->prepared.statement, r->signature, &r->receipt, &r->e);
    arena_free(a);
    return NULL;
}

size_t race(struct racer *r, size_t n)
{
    pthread_t thread[16];
    size_t won = 0;
    pthread_barrier_init(&start, NULL, (unsigned)n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, commit, &r[i]), 0);
    for (size_t i = 0; i < n; i++) {
        pthread_join(thread[i], NULL);
        won += r[i].code == 0;
    }
    pthread_barrier_destroy(&start);
    return won;
}
