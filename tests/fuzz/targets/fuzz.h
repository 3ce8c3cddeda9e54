/*
 * What a fuzz target is: FUZZ(a, data, len) { ... } reads the input as a hostile client or file would send it. It refuses
 * nothing of its own; MUST says what has to hold of whatever was accepted. Memory is one piece of the heap for each piece of
 * the arena (pieces.c), so that the sanitizer sees a byte read behind any of them.
 */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#define MUST(condition)                                                              \
    do {                                                                             \
        if (!(condition)) {                                                          \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                 \
        }                                                                            \
    } while (0)

/** LLVMFuzzerTestOneInput(data, len): called by libFuzzer for each input; made by FUZZ. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FUZZ(a, data, len)                                                           \
    static void fuzz_one(struct arena *a, const uint8_t *data, size_t len);         \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)                      \
    {                                                                                \
        struct arena *one = arena_new((size_t)1 << 30);                              \
        fuzz_one(one, data, len);                                                    \
        arena_free(one);                                                             \
        return 0;                                                                    \
    }                                                                                \
    static void fuzz_one(struct arena *a, const uint8_t *data, size_t len)

/** fuzz_fixed(name): a file of the folder in STEMMA_FUZZ_FIXED, made once by the seeds; lives as long as the program. */
struct bytes fuzz_fixed(const char *name);

/** fuzz_same(a, data, len): ${a} is exactly these bytes. */
bool fuzz_same(struct bytes a, const void *data, size_t len);
