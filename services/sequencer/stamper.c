#include "stamper.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/digest.h"
#include "crypto/tsp.h"
#include "dossier/suites.h"
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

/* No entry of the tree is later than its token by more than a second (format.md). TIME_ABSENT: there is none to mind. */
static int check_late(int64_t last_ms, int64_t token_ms, struct err *e)
{
    if (last_ms <= token_ms + 1000)
        return 0;
    return err_raise(e, ERR_CLOCK_REFUSED, "token", "", "the last entry is %" PRId64 " ms after it", last_ms - token_ms);
}

/* A token over ${data}, and how long it lasts. */
static int ask_lasting(const struct stamper *s, const char *url, struct arena *a, struct bytes data, bool is_long,
                       struct lasting *ret, struct err *e)
{
    struct suites suites;
    struct tsp_facts facts;
    struct bytes request;
    int r = suites_read(NULL, &suites, e);
    if (r == 0 && !is_long)
        r = ask(s, url, a, data, &ret->token, &ret->time_ms, e);
    if (r == 0 && is_long && (r = tsp_request_long(a, data, &request, e)) == 0 &&
        (r = tsp_fetch(a, url, request, s->timeout_s, &ret->token, e)) == 0)
        r = tsp_accept(s->trust, data, request, ret->token, &ret->time_ms, e);
    if (r == 0)
        r = tsp_facts_of(a, ret->token, &facts, e);
    if (r != 0)
        return r;
    ret->end_ms = suites_token_end(&suites, a, ret->token);
    ret->authority = facts.authority;
    return 0;
}

int stamper_longest(const struct stamper *s, struct arena *a, struct bytes data, bool is_long, int64_t last_ms,
                    struct lasting *ret, struct err *e)
{
    int last = ERR_UNAVAILABLE;
    *ret = (struct lasting){.end_ms = TIME_ABSENT};
    for (size_t i = 0; i < s->count; i++) {
        struct lasting one;
        int r = ask_lasting(s, s->list[i].url, a, data, is_long, &one, e);
        if (r == 0)
            r = check_late(last_ms, one.time_ms, e);
        if (r == 0 && one.end_ms > ret->end_ms)
            *ret = one;
        if (r == 0)
            continue;
        last = r;
        metrics_alert("tsa");
        service_log("warn", "time-stamp authority %s: %s", s->list[i].url, e->text);
    }
    return ret->end_ms != TIME_ABSENT ? 0 : last;
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
            if (r == 0)
                r = check_late(last_ms, *ret_ms, e);
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
