#ifndef STORMO_CIMAGES_SHIM_H
#define STORMO_CIMAGES_SHIM_H

#include <gd.h>
#include <stdarg.h>

// gd writes its complaints to the standard error unless it has a function for them, and a C function that takes a
// va_list can't be written in Swift.
static inline void stormo_gd_ignore(int priority, const char *format, va_list arguments) {
    (void)priority;
    (void)format;
    (void)arguments;
}

static inline void stormo_gd_silence(void) { gdSetErrorMethod(stormo_gd_ignore); }

#endif
