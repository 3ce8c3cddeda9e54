/* An instrument's file: kept as it came, read, bound to the batch that it names. A test report may take its result from it (T52). */
#include "instruments/file_record.h"
#include "quality_apply.h"
#include "quality_store.h"
#include "verbs.h"

static int import_ask(struct call *c, struct err *e)
{
    (void)e;
    store_ask_batch(c, c->stream);
    return 0;
}

/* a file comes when a result may */
static int import_decide(struct call *c, struct err *e)
{
    struct file_import *in = c->in;
    struct quality_facts facts;
    int code = store_read_batch(c, &facts, e);
    code = code != 0 ? code : rule_event(&facts, "quality.test_report", e);
    code = code != 0 ? code : file_import_new(c->arena, in->file, in, e);
    if (code == 0)
        call_attach(c, "file", in->file);
    return code;
}

const struct handler quality_file_import_verb = {import_ask, import_decide, apply_file_import, NULL};
