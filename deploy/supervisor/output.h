/*
 * What programs print: each line goes to <folder>/<program>.log as it is, and to <folder>/all.log with the program's name
 * before it. A file that grows past 64 MiB becomes <file>.1 and is begun anew. Refuses nothing: a full disk loses log
 * lines, never a program.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct output;

/** output_new(folder, name): the log of program ${name} in ${folder}, made if need be; NULL with errno if it cannot be
 *  opened. Caller frees with output_free. */
struct output *output_new(const char *folder, const char *name);

/** output_free(o): write what is left and close; NULL is fine. Always returns NULL. */
struct output *output_free(struct output *o);

/** output_add(o, data, len): take bytes as they came from the program's pipe; whole lines are written at once. */
void output_add(struct output *o, const char *data, size_t len);

/** output_note(o, format, ...): a line by the supervisor itself about the program, with the time before it. */
void output_note(struct output *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
