/*
 * A document to be: members and items in the order in which they were first named, written as JSON or as XML. Numbers are
 * the record's own text, never parsed, so 97.0 stays 97.0. Refuses nothing: the mapping decides what is put in.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"

struct tree;

/** tree_new(a): an empty object in ${a}. */
struct tree *tree_new(struct arena *a);

/** tree_at(t, path): the node at ${path} under ${t}, made where there is none: names with `.` between, `[2]` an item,
 *  `[]` a new item. In XML a name is an element, its items repeated elements, `@name` an attribute, `#` the text. */
struct tree *tree_at(struct tree *t, const char *path);

/** tree_arena(t): where ${t} lives. */
struct arena *tree_arena(const struct tree *t);

/** tree_has(t, name): whether object ${t} has the member ${name}. */
bool tree_has(const struct tree *t, const char *name);

/** tree_text(t, path, text): a text there; NULL and "" put nothing. tree_raw: a number or true or false, as it stands. */
void tree_text(struct tree *t, const char *path, const char *text);
void tree_raw(struct tree *t, const char *path, const char *text);

/** tree_array(t): an array, though it may stay empty. */
void tree_array(struct tree *t);

/** tree_count(t, name): items of the array that is member ${name}; 0 if there is none. */
size_t tree_count(const struct tree *t, const char *name);

/** tree_to_json(b, t): append ${t} as JSON, indented, with a line feed at the end. */
void tree_to_json(struct buf *b, const struct tree *t);

/** tree_to_xml(b, t): append ${t}, an object of one member, as an XML document in UTF-8. */
void tree_to_xml(struct buf *b, const struct tree *t);

/** tree_to_csv(b, t, columns, n): append array ${t} of flat objects as RFC 4180: a line with the ${n} column names, then one
 *  line an item; a missing cell is empty. */
void tree_to_csv(struct buf *b, const struct tree *t, const char *const *columns, size_t n);
