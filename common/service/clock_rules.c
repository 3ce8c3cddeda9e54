#include "service/clock_rules.h"

#define BACK_MS 100        /* backwards matters: order is told by time */
#define AHEAD_MS 1000

static int64_t size_of(int64_t ms)
{
    return ms < 0 ? -ms : ms;
}

int64_t clock_least_ahead(int64_t sent_ms, int64_t received_ms, int64_t there_ms, int64_t grain_ms)
{
    if (received_ms < there_ms)
        return received_ms - there_ms;
    return sent_ms >= there_ms + grain_ms ? sent_ms - there_ms - grain_ms + 1 : 0;
}

int64_t clock_worst(int64_t own_ms, int64_t lab_ms)
{
    int64_t worst = size_of(own_ms) >= size_of(lab_ms) ? own_ms : lab_ms, both = own_ms + lab_ms;
    return size_of(both) > size_of(worst) ? both : worst;
}

enum clock_state clock_judge(int64_t ahead_ms, const struct clock_limits *limits)
{
    int64_t off = size_of(ahead_ms);
    return off > limits->refuse_ms ? CLOCK_WRONG : off > limits->warn_ms ? CLOCK_OFF : CLOCK_RIGHT;
}

int64_t clock_step(int64_t before_ms, int64_t now_ms)
{
    int64_t by = now_ms - before_ms;
    return by <= -BACK_MS || by >= AHEAD_MS ? by : 0;
}

bool clock_is_kept(bool is_synchronised, int64_t error_us, int64_t max_ms)
{
    return max_ms == 0 || (is_synchronised && error_us <= max_ms * 1000);
}
