// Counts heap allocations of the whole process while it is asked to: the test binary's own malloc, calloc, realloc
// and aligned allocation stand in front of the C library's.

#ifndef STORMO_ALLOCATION_COUNTER_H
#define STORMO_ALLOCATION_COUNTER_H

/// Begins to count. Allocations that come from libdnnl, or from the C++ library on its behalf, are counted apart.
void stormo_count_begin(void);
void stormo_count_end(void);
long stormo_count_own(void);
long stormo_count_library(void);
/// Whether counting works in this build: a sanitizer has allocation functions of its own.
int stormo_count_available(void);

#endif
