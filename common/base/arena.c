#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)16 * 1024)
#define ALIGN ((size_t)16)

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(16) unsigned char data[];
};

struct arena {
    struct block *blocks;
    size_t cap, total;
};

static void stop(const char *why)
{
    fprintf(stderr, "{\"level\":\"fatal\",\"text\":\"arena: %s\"}\n", why);
    abort();
}

static struct block *block_new(size_t size, struct block *next)
{
    struct block *b = malloc(sizeof *b + size);
    if (b == NULL)
        stop("out of memory");
    b->next = next;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_new(size_t cap)
{
    struct arena *a = malloc(sizeof *a);
    if (a == NULL)
        stop("out of memory");
    a->cap = cap != 0 ? cap : (size_t)64 << 20;
    a->blocks = block_new(FIRST_BLOCK, NULL);
    a->total = FIRST_BLOCK;
    return a;
}

struct arena *arena_free(struct arena *a)
{
    if (a == NULL)
        return NULL;
    for (struct block *b = a->blocks, *next; b != NULL; b = next) {
        next = b->next;
        free(b);
    }
    free(a);
    return NULL;
}

void arena_reset(struct arena *a)
{
    while (a->blocks->next != NULL) {
        struct block *b = a->blocks;
        a->blocks = b->next;
        free(b);
    }
    a->blocks->used = 0;
    a->total = a->blocks->size;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > a->cap)
        stop("cap reached");
    size = (size + ALIGN - 1) & ~(ALIGN - 1);
    struct block *b = a->blocks;
    if (b->size - b->used < size) {
        size_t want = b->size * 2 > size ? b->size * 2 : size;
        if (a->total + want > a->cap)
            want = size;
        if (a->total + want > a->cap)
            stop("cap reached");
        b = a->blocks = block_new(want, b);
        a->total += want;
    }
    void *p = b->data + b->used;
    b->used += size;
    memset(p, 0, size);
    return p;
}

char *arena_dup(struct arena *a, const void *data, size_t len)
{
    char *p = arena_alloc(a, len + 1);
    if (len > 0)
        memcpy(p, data, len);
    return p;
}

char *arena_text(struct arena *a, const char *s)
{
    return s == NULL ? NULL : arena_dup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}
