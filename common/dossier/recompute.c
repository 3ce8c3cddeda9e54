#include "dossier/recompute.h"

const struct recompute *recompute_rows(void)
{
    static const struct recompute all = {NULL, 0};
    return &all;
}
