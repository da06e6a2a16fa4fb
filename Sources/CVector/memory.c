#include "CVector.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void stormo_return_large_blocks(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}
