/* fixture_dossier DIR [renewed]: the small lab's dossier and trust folder, and the keys with which its audit service signs manifests;
 * for mutants.py, which plays a forger who holds those keys. Renewed: its acts' time-stamp has ended and another renewed it. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "file/file.h"
#include "support/dossier_fixture.h"

static int hand_out(struct fixture *f, const char *dir)
{
    static const char *const keys[] = {"audit.pem", "audit.key", "issuing.pem"};
    struct err e;
    fixture_folder(f, dir);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (file_create(arena_printf(f->a, "%s/%s", dir, keys[i]), pki_read(f->pki, keys[i]), 0600, &e) != 0)
            return 2;
    return 0;
}

int main(int argc, char **argv)
{
    bool renewed = argc == 3 && strcmp(argv[2], "renewed") == 0;
    if ((argc != 2 && !renewed) || mkdir(argv[1], 0700) != 0) {
        fprintf(stderr, "usage: fixture_dossier NEW-FOLDER [renewed]\n");
        return 2;
    }
    struct fixture *f = fixture_new(renewed ? LONG_RENEWED : SPOIL_NONE);
    int status = hand_out(f, argv[1]);
    fixture_free(f);
    return status;
}
