/* stemma-tsa: a time-stamp authority for demo and tests. */
#include <stdio.h>
#include <string.h>

#include "tsa.h"

int main(int argc, char **argv)
{
    struct tsa_settings settings;
    struct tsa *t = NULL;
    struct err e = {0};
    if (argc != 3 || strcmp(argv[1], "--config") != 0) {
        fputs("usage: stemma-tsa --config FILE\n"
              "A small RFC 3161 time-stamp authority over HTTP, for demo and tests only. Settings: listen, certificate,\n"
              "key, serial (file), policy (object identifier), accuracy_ms.\n", stderr);
        return 2;
    }
    int code = tsa_settings_read(argv[2], &settings, &e);
    if (code == 0)
        code = tsa_new(&settings, &t, &e);
    if (code == 0)
        code = tsa_serve(t, settings.listen, &e);
    if (code != 0)
        fprintf(stderr, "stemma-tsa: %s\n", e.text);
    tsa_free(t);
    return code == 0 ? 0 : 1;
}
