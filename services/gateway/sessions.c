#include "gateway/sessions.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SESSIONS_MAX 1024

struct sessions {
    pthread_mutex_t lock;
    int64_t idle_ms;
    struct browser_session all[SESSIONS_MAX];   /* id "" is free */
};

struct sessions *sessions_new(int64_t idle_s)
{
    struct sessions *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    pthread_mutex_init(&s->lock, NULL);
    s->idle_ms = idle_s * 1000;
    return s;
}

struct sessions *sessions_free(struct sessions *s)
{
    if (!s)
        return NULL;
    pthread_mutex_destroy(&s->lock);
    explicit_bzero(s, sizeof *s);
    free(s);
    return NULL;
}

static void make_id(char ret[SESSION_ID_HEX])
{
    uint8_t random[32];
    random_fill(random, sizeof random);
    hex_of(random, sizeof random, ret);
}

static bool is_over(const struct sessions *s, const struct browser_session *one, int64_t now_ms)
{
    return one->id[0] == '\0' || now_ms >= one->expires_ms || now_ms - one->seen_ms >= s->idle_ms;
}

bool sessions_open(struct sessions *s, struct browser_session *session, int64_t now_ms)
{
    make_id(session->id);
    make_id(session->csrf);
    session->seen_ms = now_ms;
    bool kept = false;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < SESSIONS_MAX && !kept; i++) {
        if (is_over(s, &s->all[i], now_ms)) {
            s->all[i] = *session;
            kept = true;
        }
    }
    pthread_mutex_unlock(&s->lock);
    return kept;
}

/* Compared in constant time, as the id is a secret. */
static struct browser_session *find(struct sessions *s, const char *id)
{
    struct browser_session *found = NULL;
    if (strlen(id) != SESSION_ID_HEX - 1)
        return NULL;
    for (size_t i = 0; i < SESSIONS_MAX; i++)
        if (s->all[i].id[0] != '\0' && text_same_secret(s->all[i].id, id, SESSION_ID_HEX - 1))
            found = &s->all[i];
    return found;
}

bool sessions_find(struct sessions *s, const char *id, int64_t now_ms, bool touch, struct browser_session *ret)
{
    pthread_mutex_lock(&s->lock);
    struct browser_session *one = find(s, id);
    if (one && is_over(s, one, now_ms)) {
        explicit_bzero(one, sizeof *one);
        one = NULL;
    }
    if (one) {
        if (touch)
            one->seen_ms = now_ms;
        *ret = *one;
    }
    pthread_mutex_unlock(&s->lock);
    return one != NULL;
}

void sessions_close(struct sessions *s, const char *id)
{
    pthread_mutex_lock(&s->lock);
    struct browser_session *one = find(s, id);
    if (one)
        explicit_bzero(one, sizeof *one);
    pthread_mutex_unlock(&s->lock);
}
