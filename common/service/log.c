#include "service/service.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "service/log.h"

static const char *instance = "";

void log_name(const char *name)
{
    instance = name;
}

static size_t escape(char *out, size_t size, const char *in)
{
    size_t n = 0;
    for (; *in != '\0' && n + 7 < size; in++) {
        unsigned char c = (unsigned char)*in;
        if (c == '"' || c == '\\') {
            out[n++] = '\\';
            out[n++] = (char)c;
        } else if (c < 0x20) {
            n += (size_t)snprintf(out + n, 7, "\\u%04x", c);
        } else {
            out[n++] = (char)c;
        }
    }
    out[n] = '\0';
    return n;
}

void service_log(const char *level, const char *format, ...)
{
    char text[1500], clean[3000], line[3400], time[CLOCK_TEXT];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    escape(clean, sizeof clean, text);
    clock_to_text(clock_ms(), time);
    int n = snprintf(line, sizeof line, "{\"time\":\"%s\",\"level\":\"%s\",\"service\":\"%s\",\"text\":\"%s\"}\n", time,
                     level, instance, clean);
    if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
        return;   /* nobody left to tell */
}
