#include "domain/transit.h"

#include "base/number.h"
#include "base/text.h"
#include "base/text.h"

const char *transit_hours(struct arena *a, int64_t ended_ms, int64_t received_ms)
{
    CLEANUP(number_done) struct number hours;
    number_init(&hours);
    mpq_set_si(hours.q, (long)(received_ms - ended_ms), 3600000);
    mpq_canonicalize(hours.q);
    return number_to_decimal(a, &hours, TRANSIT_DECIMALS);
}
