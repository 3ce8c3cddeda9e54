#include "service/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "service/clock_watch.h"

#define VERBS_MAX 160
#define BUCKETS 8
#define ALERTS_MAX 8

static const int64_t bucket_us[BUCKETS] = {500, 1000, 2500, 5000, 10000, 50000, 250000, INT64_MAX};

static struct {
    int64_t calls, refusals, faults, us;
    int64_t bucket[BUCKETS];
} by_verb[VERBS_MAX];

static struct {
    const char *kind;
    int64_t count;
} alerts[ALERTS_MAX];

static int64_t groups, members_total, group_us, reruns;

void metrics_call(const struct verb_row *verb, int code, int64_t us)
{
    size_t i = verb == NULL ? VERBS_MAX - 1 : (size_t)(verb - verb_at(0));
    if (i >= VERBS_MAX)
        return;
    by_verb[i].calls++;
    by_verb[i].refusals += code > 0;
    by_verb[i].faults += code < 0;
    by_verb[i].us += us;
    for (int k = 0; k < BUCKETS; k++)
        by_verb[i].bucket[k] += us <= bucket_us[k];
}

void metrics_group(size_t members, int64_t us)
{
    groups++;
    members_total += (int64_t)members;
    group_us += us;
}

void metrics_rerun(void)
{
    reruns++;
}

void metrics_alert(const char *kind)
{
    size_t i = 0;
    while (i < ALERTS_MAX && alerts[i].kind != NULL && strcmp(alerts[i].kind, kind) != 0)
        i++;
    if (i == ALERTS_MAX)
        return;
    alerts[i].kind = kind;
    alerts[i].count++;
}

static void put_verb(struct buf *b, size_t i, const char *name)
{
    buf_printf(b, "stemma_calls_total{verb=\"%s\"} %" PRId64 "\n", name, by_verb[i].calls);
    buf_printf(b, "stemma_refusals_total{verb=\"%s\"} %" PRId64 "\n", name, by_verb[i].refusals);
    buf_printf(b, "stemma_faults_total{verb=\"%s\"} %" PRId64 "\n", name, by_verb[i].faults);
    for (int k = 0; k < BUCKETS; k++) {
        char edge[24] = "+Inf";
        if (k < BUCKETS - 1)
            snprintf(edge, sizeof edge, "0.%06" PRId64, bucket_us[k]);
        buf_printf(b, "stemma_call_seconds_bucket{verb=\"%s\",le=\"%s\"} %" PRId64 "\n", name, edge, by_verb[i].bucket[k]);
    }
    buf_printf(b, "stemma_call_seconds_sum{verb=\"%s\"} %" PRId64 ".%06" PRId64 "\n", name, by_verb[i].us / 1000000,
               by_verb[i].us % 1000000);
    buf_printf(b, "stemma_call_seconds_count{verb=\"%s\"} %" PRId64 "\n", name, by_verb[i].calls);
}

void metrics_text(struct buf *b, const char *service)
{
    buf_printf(b, "# service %s\nstemma_groups_total %" PRId64 "\nstemma_group_members_total %" PRId64
                  "\nstemma_group_us_total %" PRId64 "\nstemma_group_reruns_total %" PRId64 "\n",
               service, groups, members_total, group_us, reruns);
    clock_watch_metrics(b);
    for (size_t i = 0; i < ALERTS_MAX && alerts[i].kind != NULL; i++)
        buf_printf(b, "stemma_alerts_total{kind=\"%s\"} %" PRId64 "\n", alerts[i].kind, alerts[i].count);
    for (size_t i = 0; i < verb_count() && i < VERBS_MAX; i++)
        if (by_verb[i].calls > 0)
            put_verb(b, i, verb_at(i)->name);
}
