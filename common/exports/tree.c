#include "exports/tree.h"

#include <stdlib.h>
#include <string.h>

#include "record/record.h"

enum tree_kind { TREE_OBJECT, TREE_ARRAY, TREE_TEXT, TREE_RAW };

struct tree {
    struct arena *arena;
    enum tree_kind kind;
    const char *name, *text;
    struct tree *first, *last, *next;
};

struct tree *tree_new(struct arena *a)
{
    struct tree *t = ARENA_NEW(a, struct tree);
    t->arena = a;
    return t;
}

static struct tree *add(struct tree *t, const char *name)
{
    struct tree *child = tree_new(t->arena);
    child->name = name;
    *(t->last != NULL ? &t->last->next : &t->first) = child;
    t->last = child;
    return child;
}

static struct tree *find(const struct tree *t, const char *name, size_t len)
{
    for (struct tree *x = t->first; x != NULL; x = x->next)
        if (x->name != NULL && strncmp(x->name, name, len) == 0 && x->name[len] == '\0')
            return x;
    return NULL;
}

static struct tree *item(struct tree *t, const char *number)
{
    struct tree *x = t->first;
    t->kind = TREE_ARRAY;
    if (*number == ']')
        return add(t, NULL);
    for (long n = strtol(number, NULL, 10); n > 0 && x != NULL; n--)
        x = x->next;
    return x != NULL ? x : add(t, NULL);
}

struct tree *tree_at(struct tree *t, const char *path)
{
    while (*path != '\0') {
        if (*path == '[') {
            t = item(t, path + 1);
            path += strcspn(path, "]") + 1;
        } else {
            size_t len = strcspn(path, ".[");
            struct tree *x = find(t, path, len);
            t = x != NULL ? x : add(t, arena_dup(t->arena, path, len));
            path += len;
        }
        path += *path == '.';
    }
    return t;
}

struct arena *tree_arena(const struct tree *t) { return t->arena; }

bool tree_has(const struct tree *t, const char *name) { return find(t, name, strlen(name)) != NULL; }

static void put(struct tree *t, const char *path, const char *text, enum tree_kind kind)
{
    if (text == NULL || *text == '\0')
        return;
    t = tree_at(t, path);
    t->kind = kind;
    t->text = text;
}

void tree_text(struct tree *t, const char *path, const char *text) { put(t, path, text, TREE_TEXT); }
void tree_raw(struct tree *t, const char *path, const char *text) { put(t, path, text, TREE_RAW); }

void tree_array(struct tree *t) { t->kind = TREE_ARRAY; }

size_t tree_count(const struct tree *t, const char *name)
{
    size_t n = 0;
    t = find(t, name, strlen(name));
    for (t = t != NULL ? t->first : NULL; t != NULL; t = t->next)
        n++;
    return n;
}

static void indent(struct buf *b, int depth) { buf_printf(b, "\n%*s", depth * 2, ""); }

/* ---- JSON */

static void json(struct buf *b, const struct tree *t, int depth)
{
    bool array = t->kind == TREE_ARRAY;
    if (t->kind == TREE_TEXT)
        record_write_string(b, t->text);
    else if (t->kind == TREE_RAW)
        buf_put(b, t->text);
    if (t->kind == TREE_TEXT || t->kind == TREE_RAW)
        return;
    buf_char(b, array ? '[' : '{');
    for (const struct tree *x = t->first; x != NULL; x = x->next) {
        indent(b, depth + 1);
        if (!array) {
            record_write_string(b, x->name);
            buf_put(b, ": ");
        }
        json(b, x, depth + 1);
        buf_put(b, x->next != NULL ? "," : "");
    }
    if (t->first != NULL)
        indent(b, depth);
    buf_char(b, array ? ']' : '}');
}

void tree_to_json(struct buf *b, const struct tree *t)
{
    json(b, t, 0);
    buf_char(b, '\n');
}

/* ---- XML */

static void xml_text(struct buf *b, const char *s)
{
    for (; *s != '\0'; s++)
        switch (*s) {
        case '&': buf_put(b, "&amp;"); break;
        case '<': buf_put(b, "&lt;"); break;
        case '>': buf_put(b, "&gt;"); break;
        case '"': buf_put(b, "&quot;"); break;
        default: buf_char(b, *s);
        }
}

static void xml(struct buf *b, const struct tree *t, const char *name, int depth);

static void xml_children(struct buf *b, const struct tree *t, int depth)
{
    bool elements = false;
    for (const struct tree *x = t->first; x != NULL; x = x->next)
        if (strcmp(x->name, "#") == 0)
            xml_text(b, x->text);
        else if (x->name[0] != '@') {
            xml(b, x, x->name, depth + 1);
            elements = true;
        }
    if (elements)
        indent(b, depth);
}

static void xml(struct buf *b, const struct tree *t, const char *name, int depth)
{
    if (t->kind == TREE_ARRAY) {
        for (const struct tree *x = t->first; x != NULL; x = x->next)
            xml(b, x, name, depth);
        return;
    }
    indent(b, depth);
    buf_printf(b, "<%s", name);
    for (const struct tree *x = t->first; t->kind == TREE_OBJECT && x != NULL; x = x->next)
        if (x->name[0] == '@') {
            buf_printf(b, " %s=\"", x->name + 1);
            xml_text(b, x->text);
            buf_char(b, '"');
        }
    buf_char(b, '>');
    if (t->kind == TREE_OBJECT)
        xml_children(b, t, depth);
    else
        xml_text(b, t->text);
    buf_printf(b, "</%s>", name);
}

void tree_to_xml(struct buf *b, const struct tree *t)
{
    buf_put(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    xml(b, t->first, t->first->name, 0);
    buf_char(b, '\n');
}

/* ---- CSV */

static void csv_cell(struct buf *b, const char *s)
{
    bool quoted = strpbrk(s, "\",\r\n") != NULL || *s == ' ';
    buf_put(b, quoted ? "\"" : "");
    for (; *s != '\0'; s++) {
        if (*s == '"')
            buf_put(b, "\"\"");
        else
            buf_char(b, *s);
    }
    buf_put(b, quoted ? "\"" : "");
}

void tree_to_csv(struct buf *b, const struct tree *t, const char *const *columns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_printf(b, "%s%s", i > 0 ? "," : "", columns[i]);
    buf_put(b, "\r\n");
    for (const struct tree *row = t->first; row != NULL; row = row->next) {
        for (size_t i = 0; i < n; i++) {
            const struct tree *cell = find(row, columns[i], strlen(columns[i]));
            buf_put(b, i > 0 ? "," : "");
            csv_cell(b, cell != NULL ? cell->text : "");
        }
        buf_put(b, "\r\n");
    }
}
