/*
 * base/arena.h with one piece of the heap for each piece of the arena: linked before the real one, so that a read or write
 * behind any piece is seen. The cap is the same promise: whoever asks for more than the arena may hold stops the program.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct piece {
    struct piece *next;
    _Alignas(16) unsigned char data[];
};

struct arena {
    struct piece *pieces;
    size_t cap, total;
};

struct arena *arena_new(size_t cap)
{
    struct arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        abort();
    a->cap = cap != 0 ? cap : (size_t)64 << 20;
    return a;
}

void arena_reset(struct arena *a)
{
    for (struct piece *p = a->pieces, *next; p != NULL; p = next) {
        next = p->next;
        free(p);
    }
    a->pieces = NULL;
    a->total = 0;
}

struct arena *arena_free(struct arena *a)
{
    if (a != NULL)
        arena_reset(a);
    free(a);
    return NULL;
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > a->cap || a->total + size > a->cap) {
        fprintf(stderr, "arena: cap reached\n");
        abort();
    }
    struct piece *p = calloc(1, sizeof *p + size);
    if (p == NULL)
        abort();
    p->next = a->pieces;
    a->pieces = p;
    a->total += size;
    return p->data;
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
