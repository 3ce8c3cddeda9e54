#include "gateway/rate.h"

#include <pthread.h>
#include <stdlib.h>

#define PLACES 4096
#define WAYS 4

struct bucket {
    uint64_t address;
    int64_t seen_us;             /* 0: free */
    int64_t level_us;            /* time's worth of requests that may still come */
};

struct rate {
    pthread_mutex_t lock;
    int64_t cost_us, full_us;
    struct bucket buckets[PLACES];
};

struct rate *rate_new(int64_t cost_us, int64_t burst)
{
    struct rate *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    pthread_mutex_init(&r->lock, NULL);
    r->cost_us = cost_us;
    r->full_us = r->cost_us * burst;
    return r;
}

struct rate *rate_free(struct rate *r)
{
    if (r)
        pthread_mutex_destroy(&r->lock);
    free(r);
    return NULL;
}

static struct bucket *find_bucket(struct rate *r, uint64_t address)
{
    uint64_t mixed = address * UINT64_C(0x9e3779b97f4a7c15);
    struct bucket *set = &r->buckets[(mixed >> 40) % (PLACES / WAYS) * WAYS], *oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].seen_us != 0 && set[i].address == address)
            return &set[i];
        if (set[i].seen_us < oldest->seen_us)
            oldest = &set[i];
    }
    *oldest = (struct bucket){address, 0, r->full_us};
    return oldest;
}

bool rate_allow(struct rate *r, uint64_t address, int64_t now_us)
{
    pthread_mutex_lock(&r->lock);
    struct bucket *b = find_bucket(r, address);
    if (b->seen_us != 0)
        b->level_us += now_us - b->seen_us;
    if (b->level_us > r->full_us)
        b->level_us = r->full_us;
    b->seen_us = now_us;
    bool allowed = b->level_us >= r->cost_us;
    if (allowed)
        b->level_us -= r->cost_us;
    pthread_mutex_unlock(&r->lock);
    return allowed;
}
