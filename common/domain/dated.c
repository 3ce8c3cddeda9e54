#include "domain/dated.h"

#define JANUARY_2027 INT64_C(1798761600000)
#define APRIL_2027   INT64_C(1806537600000)

/* each at least a quarter behind the version that says it, but the first, which had its own decision */
static const int64_t since[DATED_COUNT] = {
    [DATED_DUTIES] = JANUARY_2027, [DATED_TASKS] = APRIL_2027, [DATED_UNPACKED] = APRIL_2027, [DATED_IN_PLACE] = APRIL_2027,
    [DATED_OF_FILE] = APRIL_2027, [DATED_LOOKBACK] = APRIL_2027, [DATED_KNOWN_THEN] = APRIL_2027,
};

int64_t dated_since(enum dated what)
{
    return since[what];
}

bool dated_asks(enum dated what, int64_t at_ms)
{
    return at_ms >= since[what];
}
