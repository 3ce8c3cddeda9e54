#include "gateway/events.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <microhttpd.h>

#include "base/clock.h"
#include "base/text.h"
#include "wire/publish.h"

#define RING 256
#define STREAMS_MAX 500
#define LIFE_US (INT64_C(300) * 1000000)
#define HEARTBEAT_US (INT64_C(15) * 1000000)

struct stream {
    struct events *news;
    struct MHD_Connection *connection;
    struct stream *next;
    uint64_t at;                 /* number of the next piece of news */
    int64_t opened_us;
    bool suspended;
    char *sending;               /* a copy, as the ring moves on */
    size_t sending_len, sent;
};

struct events {
    pthread_mutex_t lock;
    pthread_t thread;
    bool has_thread;
    atomic_bool stopping;
    struct wire_subscriber *subscriber;
    struct stream *streams;
    size_t stream_count;
    char *ring[RING];            /* framed as events */
    uint64_t next;
};

static void tell_framed(struct events *n, char *framed)
{
    pthread_mutex_lock(&n->lock);
    char **place = &n->ring[n->next++ % RING];
    free(*place);
    *place = framed;
    for (struct stream *s = n->streams; s; s = s->next) {
        if (s->suspended) {
            s->suspended = false;
            MHD_resume_connection(s->connection);
        }
    }
    pthread_mutex_unlock(&n->lock);
}

void events_tell(struct events *n, const char *text)
{
    struct arena *a = arena_new(0);
    struct buf b = buf_new(a);
    buf_put(&b, "event: entry\n");
    while (*text) {
        size_t len = strcspn(text, "\r\n");
        buf_put(&b, "data: ");
        buf_add(&b, text, len);
        buf_char(&b, '\n');
        text += len + (text[len] != '\0');
    }
    buf_char(&b, '\n');
    tell_framed(n, strdup(b.text));
    arena_free(a);
}

static void *listen_loop(void *cls)
{
    struct events *n = cls;
    struct arena *a = arena_new(0);
    int64_t beat_us = clock_monotonic_us();
    while (!atomic_load(&n->stopping)) {
        const struct timespec pause = {0, 200000000};
        char *text = NULL;
        if (n->subscriber)
            text = wire_subscriber_receive(n->subscriber, 200, a);
        else
            nanosleep(&pause, NULL);
        if (text)
            events_tell(n, text);
        if (clock_monotonic_us() - beat_us > HEARTBEAT_US) {
            beat_us = clock_monotonic_us();
            tell_framed(n, strdup(":\n\n"));
        }
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

int events_new(const struct gateway_settings *settings, struct events **ret, struct err *e)
{
    struct events *n = calloc(1, sizeof *n);
    if (!n)
        abort();
    pthread_mutex_init(&n->lock, NULL);
    int code = 0;
    if (*settings->announcements)
        code = wire_subscriber_new(settings->announcements, settings->curve_secret, settings->curve_public, "sequencer",
                                   &n->subscriber, e);
    if (code == 0 && pthread_create(&n->thread, NULL, listen_loop, n) != 0)
        code = err_fault(e, "no thread for the announcements");
    n->has_thread = code == 0;
    *ret = code == 0 ? n : events_free(n);
    return code;
}

void events_stop(struct events *n)
{
    if (!n || !n->has_thread)
        return;
    atomic_store(&n->stopping, true);
    pthread_join(n->thread, NULL);
    n->has_thread = false;
    tell_framed(n, strdup(":\n\n"));   /* wakes every stream, which then ends */
}

struct events *events_free(struct events *n)
{
    if (!n)
        return NULL;
    events_stop(n);
    wire_subscriber_free(n->subscriber);
    for (size_t i = 0; i < RING; i++)
        free(n->ring[i]);
    pthread_mutex_destroy(&n->lock);
    free(n);
    return NULL;
}

/* The next piece of news to send, or nothing: then the connection sleeps until there is some. */
static bool take_next(struct events *n, struct stream *s)
{
    if (s->at + RING < n->next)
        s->at = n->next - RING;
    if (s->at == n->next)
        return false;
    free(s->sending);
    s->sending = strdup(n->ring[s->at++ % RING]);
    s->sending_len = strlen(s->sending);
    s->sent = 0;
    return true;
}

static ssize_t read_stream(void *cls, uint64_t pos, char *buf, size_t max)
{
    struct stream *s = cls;
    struct events *n = s->news;
    ssize_t len = 0;
    (void)pos;
    pthread_mutex_lock(&n->lock);
    if (atomic_load(&n->stopping) || clock_monotonic_us() - s->opened_us > LIFE_US) {
        len = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (s->sent < s->sending_len || take_next(n, s)) {
        size_t left = s->sending_len - s->sent, part = left < max ? left : max;
        memcpy(buf, s->sending + s->sent, part);
        s->sent += part;
        len = (ssize_t)part;
    } else {
        s->suspended = true;
        MHD_suspend_connection(s->connection);
    }
    pthread_mutex_unlock(&n->lock);
    return len;
}

static void free_stream(void *cls)
{
    struct stream *s = cls;
    struct events *n = s->news;
    pthread_mutex_lock(&n->lock);
    for (struct stream **p = &n->streams; *p; p = &(*p)->next) {
        if (*p == s) {
            *p = s->next;
            n->stream_count--;
            break;
        }
    }
    pthread_mutex_unlock(&n->lock);
    free(s->sending);
    free(s);
}

struct MHD_Response *events_open(struct events *n, struct MHD_Connection *connection)
{
    static const char hello[] = "retry: 3000\n: listening\n\n";
    struct stream *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    pthread_mutex_lock(&n->lock);
    bool full = n->stream_count >= STREAMS_MAX;
    if (!full) {
        *s = (struct stream){.news = n, .connection = connection, .next = n->streams, .at = n->next,
                             .opened_us = clock_monotonic_us(), .sending = strdup(hello), .sending_len = sizeof hello - 1};
        n->streams = s;
        n->stream_count++;
    }
    pthread_mutex_unlock(&n->lock);
    if (full) {
        free(s);
        return NULL;
    }
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, s, free_stream);
    if (!response)
        free_stream(s);
    return response;
}
