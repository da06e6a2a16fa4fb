#ifndef STORMO_FENCE_HEAP_H
#define STORMO_FENCE_HEAP_H

#include "CFence.h"

// Reserves the heap's addresses. False where none are left.
bool fence_reserve(void);

#endif
