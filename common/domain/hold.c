#include "domain/hold.h"

int hold_check(bool held, struct err *e)
{
    return held ? err_raise(e, ERR_CONSENT_MISSING, "batch_id", "7.3", HOLD_CONSENT) : 0;
}
