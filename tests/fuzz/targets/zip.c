/* The container: what the reader takes, the writer would have written. */
#include "fuzz.h"

#include "dossier/zip.h"

FUZZ(a, data, len)
{
    struct err e;
    struct zip zip;
    struct bytes again;
    if (zip_read(a, (struct bytes){data, len}, &zip, &e) != 0)
        return;
    MUST(zip_write(a, &zip, &again, &e) == 0);
    MUST(fuzz_same(again, data, len));
}
