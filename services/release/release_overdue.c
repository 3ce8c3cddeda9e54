#include "release_overdue.h"

#include "base/clock.h"
#include "release_store.h"
#include "service/metrics.h"

static int64_t overdue;

int release_overdue_look(struct db *db, struct err *e)
{
    struct arena *a = arena_new(0);
    int64_t now = 0;
    int code = release_store_overdue(db, a, clock_ms(), &now, e);
    if (code == 0 && now > overdue) {
        metrics_alert("pending_overdue");
        service_log("warn", "%lld pending results or tasks of failures are overdue: stemma release pending", (long long)now);
    }
    overdue = code == 0 ? now : overdue;
    arena_free(a);
    return code;
}

const char *release_overdue_attention(struct arena *a)
{
    return overdue == 0 ? NULL : arena_printf(a, "%lld pending results or tasks of failures are overdue: `stemma release pending` says"
                                              " whose", (long long)overdue);
}
