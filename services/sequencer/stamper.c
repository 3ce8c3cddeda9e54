#include "stamper.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/tsp.h"
#include "service/metrics.h"
#include "service/service.h"

#define AUTHORITIES_MAX 8
#define REST_US (INT64_C(600) * 1000000)   /* an authority that failed is not asked again before, unless all did */

struct authority {
    const char *url;
    int64_t rests_until_us;
};

struct stamper {
    struct arena *arena;
    struct tsp_trust *trust;
    struct authority list[AUTHORITIES_MAX];
    size_t count;
    int timeout_s;
};

static int read_list(struct stamper *s, const char *urls, struct err *e)
{
    char *at = arena_text(s->arena, urls);
    for (char *url = strsep(&at, " "); url != NULL; url = strsep(&at, " ")) {
        if (url[0] == '\0')
            continue;
        if (s->count == AUTHORITIES_MAX)
            return err_fault(e, "tsa_url: more than %d time-stamp authorities", AUTHORITIES_MAX);
        s->list[s->count++].url = url;
    }
    return s->count > 0 ? 0 : err_fault(e, "tsa_url names no time-stamp authority");
}

int stamper_new(const char *urls, const char *root_pem, int timeout_s, struct stamper **ret, struct err *e)
{
    struct arena *a = arena_new(0);
    struct stamper *s = ARENA_NEW(a, struct stamper);
    s->arena = a;
    s->timeout_s = timeout_s;
    int r = read_list(s, urls, e);
    if (r == 0 && (s->trust = tsp_trust_new(root_pem, e)) == NULL)
        r = err_fault(e, "tsa_root holds no root certificate");
    if (r != 0)
        stamper_free(s);
    else
        *ret = s;
    return r;
}

struct stamper *stamper_free(struct stamper *s)
{
    if (s != NULL) {
        tsp_trust_free(s->trust);
        arena_free(s->arena);
    }
    return NULL;
}

static int ask(const struct stamper *s, const char *url, struct arena *a, struct bytes note, struct bytes *ret_token,
               int64_t *ret_ms, struct err *e)
{
    uint8_t imprint[DIGEST_LEN];
    struct bytes request;
    digest_sha256(note.data, note.len, imprint);
    int r = tsp_request(a, imprint, true, &request, e);
    if (r == 0)
        r = tsp_fetch(a, url, request, s->timeout_s, ret_token, e);
    if (r == 0)
        r = tsp_accept(s->trust, note, request, *ret_token, ret_ms, e);
    return r;
}

size_t stamper_count(const struct stamper *s)
{
    return s->count;
}

int stamper_time(const struct stamper *s, size_t i, struct arena *a, int64_t *ret_ms, struct err *e)
{
    uint8_t any[DIGEST_LEN];
    struct bytes token;
    random_fill(any, sizeof any);
    return ask(s, s->list[i].url, a, (struct bytes){any, sizeof any}, &token, ret_ms, e);
}

static bool is_resting(const struct authority *t, int64_t now_us)
{
    return t->rests_until_us > now_us;
}

int stamper_stamp(struct stamper *s, struct arena *a, struct bytes note, int64_t last_ms, struct bytes *ret_token,
                  int64_t *ret_ms, struct err *e)
{
    int64_t now_us = clock_monotonic_us();
    int r = ERR_UNAVAILABLE;
    for (int late = 0; late < 2; late++)
        for (size_t i = 0; i < s->count; i++) {
            struct authority *t = &s->list[i];
            if (is_resting(t, now_us) != (late == 1) || t->rests_until_us > now_us + REST_US)
                continue;
            r = ask(s, t->url, a, note, ret_token, ret_ms, e);
            if (r == 0 && last_ms > *ret_ms + 1000)
                r = err_raise(e, ERR_CLOCK_REFUSED, "token", "", "the last entry is %" PRId64 " ms after it", last_ms - *ret_ms);
            if (r == 0) {
                t->rests_until_us = 0;
                return 0;
            }
            /* asked in this round: not again before the next */
            t->rests_until_us = clock_monotonic_us() + REST_US;
            metrics_alert("tsa");
            service_log("warn", "time-stamp authority %s: %s", t->url, e->text);
        }
    return r;
}
