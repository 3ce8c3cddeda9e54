#include "fuzz.h"

#define KEPT_MAX 8

static uint8_t *kept[KEPT_MAX];   /* so that they are no leak */
static size_t kept_count;

struct bytes fuzz_fixed(const char *name)
{
    char path[4096];
    const char *dir = getenv("STEMMA_FUZZ_FIXED");
    snprintf(path, sizeof path, "%s/%s", dir != NULL ? dir : ".", name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fprintf(stderr, "%s cannot be read; tests/fuzz/run makes it\n", path);
        exit(2);
    }
    size_t size = 0, room = 1 << 20;
    uint8_t *data = malloc(room + 1);
    size_t n;
    while (data != NULL && (n = fread(data + size, 1, room - size, f)) > 0) {
        size += n;
        if (size == room)
            data = realloc(data, (room *= 2) + 1);
    }
    fclose(f);
    MUST(data != NULL && kept_count < KEPT_MAX);
    kept[kept_count++] = data;
    data[size] = '\0';
    return (struct bytes){data, size};
}

bool fuzz_same(struct bytes a, const void *data, size_t len)
{
    return a.len == len && (len == 0 || memcmp(a.data, data, len) == 0);
}
