#include "gateway/exchange.h"

#include <pthread.h>
#include <stdlib.h>

#include "wire/client.h"

#define LINES_MAX 64

struct exchange {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct wire_client *lines[LINES_MAX];   /* the free ones */
    size_t count;
};

int exchange_new(const struct gateway_settings *settings, struct exchange **ret, struct err *e)
{
    struct exchange *x = calloc(1, sizeof *x);
    if (!x)
        abort();
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->freed, NULL);
    int code = 0;
    for (int64_t i = 0; code == 0 && i < settings->threads && i < LINES_MAX; i++) {
        code = wire_client_new(settings->curve_secret, settings->curve_public, settings->directory, &x->lines[i], e);
        if (code == 0) {
            wire_client_timeout(x->lines[i], (int)settings->timeout_ms);
            x->count++;
        }
    }
    *ret = code == 0 ? x : exchange_free(x);
    return code;
}

struct exchange *exchange_free(struct exchange *x)
{
    if (!x)
        return NULL;
    for (size_t i = 0; i < x->count; i++)
        wire_client_free(x->lines[i]);
    pthread_cond_destroy(&x->freed);
    pthread_mutex_destroy(&x->lock);
    free(x);
    return NULL;
}

int exchange_call(struct exchange *x, struct arena *a, const struct envelope *env, const char *body, size_t len,
                  struct bytes *ret_reply, struct err *e)
{
    pthread_mutex_lock(&x->lock);
    while (x->count == 0)
        pthread_cond_wait(&x->freed, &x->lock);
    struct wire_client *line = x->lines[--x->count];
    pthread_mutex_unlock(&x->lock);
    int code = wire_exchange(line, a, NULL, env, (struct bytes){(const uint8_t *)body, len}, ret_reply, e);
    pthread_mutex_lock(&x->lock);
    x->lines[x->count++] = line;
    pthread_cond_signal(&x->freed);
    pthread_mutex_unlock(&x->lock);
    return code;
}
