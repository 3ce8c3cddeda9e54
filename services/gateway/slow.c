#include "gateway/slow.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

#define LOOK_MS 250

struct slow_connection {
    int fd;
    bool is_whole;
    int64_t since_us;            /* opened, or answered */
    struct slow_connection *before, *next;
};

struct slow {
    pthread_mutex_t lock;
    pthread_t thread;
    atomic_bool stopping;
    int64_t patience_us;
    struct slow_connection all;  /* ring */
};

static void hang_up(struct slow *s)
{
    int64_t now_us = clock_monotonic_us();
    pthread_mutex_lock(&s->lock);
    for (struct slow_connection *c = s->all.next; c != &s->all; c = c->next)
        if (!c->is_whole && now_us - c->since_us > s->patience_us) {
            shutdown(c->fd, SHUT_RDWR);
            c->is_whole = true;      /* once */
        }
    pthread_mutex_unlock(&s->lock);
}

static void *look(void *cls)
{
    struct slow *s = cls;
    const struct timespec pause = {0, LOOK_MS * 1000000};
    while (!atomic_load(&s->stopping)) {
        nanosleep(&pause, NULL);
        hang_up(s);
    }
    return NULL;
}

struct slow *slow_new(int64_t patience_ms)
{
    struct slow *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->patience_us = patience_ms * 1000;
    s->all.next = s->all.before = &s->all;
    pthread_mutex_init(&s->lock, NULL);
    if (pthread_create(&s->thread, NULL, look, s) != 0)
        abort();
    return s;
}

struct slow *slow_free(struct slow *s)
{
    if (!s)
        return NULL;
    atomic_store(&s->stopping, true);
    pthread_join(s->thread, NULL);
    pthread_mutex_destroy(&s->lock);
    free(s);
    return NULL;
}

struct slow_connection *slow_open(struct slow *s, int fd)
{
    struct slow_connection *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    *c = (struct slow_connection){.fd = fd, .since_us = clock_monotonic_us(), .before = s->all.before, .next = &s->all};
    pthread_mutex_lock(&s->lock);
    c->before = s->all.before;
    c->before->next = c;
    s->all.before = c;
    pthread_mutex_unlock(&s->lock);
    return c;
}

void slow_close(struct slow *s, struct slow_connection *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&s->lock);
    c->before->next = c->next;
    c->next->before = c->before;
    pthread_mutex_unlock(&s->lock);
    free(c);
}

static void set(struct slow *s, struct slow_connection *c, bool is_whole)
{
    if (!c)
        return;
    pthread_mutex_lock(&s->lock);
    c->is_whole = is_whole;
    c->since_us = clock_monotonic_us();
    pthread_mutex_unlock(&s->lock);
}

void slow_whole(struct slow *s, struct slow_connection *c)
{
    set(s, c, true);
}

void slow_answered(struct slow *s, struct slow_connection *c)
{
    set(s, c, false);
}
