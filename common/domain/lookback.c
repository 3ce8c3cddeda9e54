#include "domain/lookback.h"

#include <inttypes.h>
#include <string.h>

bool lookback_fails(const struct equipment_calibrate *in)
{
    return strcmp(in->result, "fail") == 0;
}

bool lookback_reaches(const struct equipment_calibrate *failed, int64_t from_ms, int64_t until_ms)
{
    return lookback_fails(failed) && failed->good_at != TIME_ABSENT && until_ms > failed->good_at && from_ms <= failed->calibrated_at;
}

const char *lookback_name(struct arena *a, const char *equipment_id, int64_t seq)
{
    return arena_printf(a, "%s %" PRId64, equipment_id, seq);
}

int lookback_answer_check(const struct deviation_open *in, bool is_reached, struct err *e)
{
    if (in->calibration == NULL)
        return 0;
    if (!is_reached)
        return err_raise(e, ERR_NOT_FOUND, "calibration", "R20", "no failed calibration %.60s looks back at this batch", in->calibration);
    if (strcmp(in->deviation_class, "minor") == 0)
        return err_raise(e, ERR_FIELD_RANGE, "deviation_class", "R20", "equipment that was out of calibration is a major deviation at least");
    return 0;
}
