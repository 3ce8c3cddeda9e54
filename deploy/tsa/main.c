#include <stdio.h>
#include <string.h>

#include "tsa.h"

int main(int argc, char **argv)
{
    struct err e;
    struct tsa_settings settings;
    struct tsa *t = NULL;
    if (argc != 3 || strcmp(argv[1], "--config") != 0) {
        fprintf(stderr, "usage: stemma-tsa --config FILE   (listen, certificate, key, serial, policy)\n");
        return 2;
    }
    struct arena *a = arena_new(0);
    int code = tsa_settings_read(a, argv[2], &settings, &e);
    if (code == 0)
        code = tsa_new(&settings, &t, &e);
    if (code == 0)
        code = tsa_serve(t, &settings, &e);
    if (code != 0)
        fprintf(stderr, "stemma-tsa: %s\n", e.text);
    tsa_free(t);
    arena_free(a);
    return code == 0 ? 0 : 1;
}
