#include "wire/admission.h"

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_FRAMES 7
#define KEY_LEN 32

enum { VERSION, SEQUENCE, DOMAIN, ADDRESS, IDENTITY, MECHANISM, CREDENTIALS };

/* the key of a request for a connection under CURVE; false for anything else */
static bool key_of(zframe_t *const frame[ZAP_FRAMES], char ret_key[WIRE_KEY_TEXT])
{
    if (!zframe_streq(frame[VERSION], "1.0") || !zframe_streq(frame[DOMAIN], "stemma") ||
        !zframe_streq(frame[MECHANISM], "CURVE") || zframe_size(frame[CREDENTIALS]) != KEY_LEN)
        return false;
    return zmq_z85_encode(ret_key, zframe_data(frame[CREDENTIALS]), KEY_LEN) != NULL;
}

static void answer(zsock_t *handler, const char *sequence, bool admitted, const char *user_id)
{
    zstr_sendx(handler, "1.0", sequence, admitted ? "200" : "400", admitted ? "OK" : "No access", user_id, "", NULL);
}

static void judge(zsock_t *handler, struct wire_keys *keys)
{
    char key[WIRE_KEY_TEXT] = "";
    zframe_t *frame[ZAP_FRAMES];
    zmsg_t *m = zmsg_recv(handler);
    if (m == NULL)
        return;
    bool whole = zmsg_size(m) == ZAP_FRAMES;
    for (size_t i = 0; i < ZAP_FRAMES; i++)
        frame[i] = whole ? zmsg_pop(m) : NULL;
    bool admitted = whole && key_of(frame, key) && wire_keys_admits(keys, key);
    char *sequence = whole ? zframe_strdup(frame[SEQUENCE]) : NULL;
    answer(handler, sequence != NULL ? sequence : "", admitted, admitted ? key : "");
    free(sequence);
    for (size_t i = 0; i < ZAP_FRAMES; i++)
        zframe_destroy(&frame[i]);
    zmsg_destroy(&m);
}

void admission(zsock_t *pipe, void *keys)
{
    zsock_t *handler = zsock_new(ZMQ_REP);
    bool listens = zsock_bind(handler, "%s", ZAP_ENDPOINT) >= 0;
    zsock_signal(pipe, 0);                  /* to zactor_new */
    zsock_signal(pipe, listens ? 0 : 1);
    while (listens) {
        zmq_pollitem_t items[] = {{.socket = zsock_resolve(pipe), .events = ZMQ_POLLIN},
                                  {.socket = zsock_resolve(handler), .events = ZMQ_POLLIN}};
        if (zmq_poll(items, 2, -1) < 0 && errno != EINTR)
            break;
        if ((items[0].revents & ZMQ_POLLIN) != 0)
            break;                          /* the only thing ever said is $TERM */
        if ((items[1].revents & ZMQ_POLLIN) != 0)
            judge(handler, keys);
    }
    zsock_destroy(&handler);
}
