#ifndef STORMO_CONEDNN_SHIM_H
#define STORMO_CONEDNN_SHIM_H

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>  // dnnl_status2str: a name for the reader of an error

// From OpenMP, on which the library is built. omp.h itself belongs to the C compiler, not to the system's
// headers, and this one function is all that is wanted of it.
void omp_set_num_threads(int threads);

// A macro with a cast, which Swift does not import: lets a memory object be made before its buffer is known.
static inline void *stormo_dnnl_memory_none(void) { return DNNL_MEMORY_NONE; }

#endif
