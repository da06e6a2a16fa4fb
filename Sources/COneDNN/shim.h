// oneDNN's two generations behind one set of functions.
//
// In 2.x a tensor's layout is a structure, and an operation is described in a structure of its own before an
// implementation of it is asked for. In 3.x a layout is a handle, and an operation is described in the call that asks.
// Here a layout is an owned pointer in both, and each operation is one function. Whatever is not named here is the
// same in both and is called by its own name.

#ifndef STORMO_CONEDNN_SHIM_H
#define STORMO_CONEDNN_SHIM_H

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_debug.h>  // dnnl_status2str: a name for the reader of an error
#include <oneapi/dnnl/dnnl_version.h>
#include <stdlib.h>

#if DNNL_VERSION_MAJOR < 2 || (DNNL_VERSION_MAJOR == 2 && DNNL_VERSION_MINOR < 5)
#error "Stormo needs oneDNN 2.5 or later (Debian's and Ubuntu's libdnnl-dev)"
#endif

// From OpenMP, on which the library is built. omp.h itself belongs to the C compiler, not to the system's
// headers, and these two functions are all that is wanted of it.
void omp_set_num_threads(int threads);
int omp_get_max_threads(void);

// A macro with a cast, which Swift does not import: lets a memory object be made before its buffer is known.
static inline void *stormo_dnnl_memory_none(void) { return DNNL_MEMORY_NONE; }

// MARK: Layouts

/// The dimensions of a tensor of floats and their places in memory.
#if DNNL_VERSION_MAJOR < 3
typedef const dnnl_memory_desc_t *stormo_layout;
#else
typedef const_dnnl_memory_desc_t stormo_layout;
#endif

/// A layout of the given strides, or where they are null one that the library is free to choose. The caller destroys it.
static inline dnnl_status_t stormo_layout_create(stormo_layout *layout, int count, const int64_t *dimensions,
                                                 const int64_t *strides) {
#if DNNL_VERSION_MAJOR < 3
    dnnl_memory_desc_t *made = (dnnl_memory_desc_t *)malloc(sizeof *made);
    if (!made) return dnnl_out_of_memory;
    dnnl_status_t status =
        strides ? dnnl_memory_desc_init_by_strides(made, count, dimensions, dnnl_f32, strides)
                : dnnl_memory_desc_init_by_tag(made, count, dimensions, dnnl_f32, dnnl_format_tag_any);
    if (status != dnnl_success) {
        free(made);
        return status;
    }
#else
    dnnl_memory_desc_t made = 0;
    dnnl_status_t status =
        strides ? dnnl_memory_desc_create_with_strides(&made, count, dimensions, dnnl_f32, strides)
                : dnnl_memory_desc_create_with_tag(&made, count, dimensions, dnnl_f32, dnnl_format_tag_any);
    if (status != dnnl_success) return status;
#endif
    *layout = made;
    return dnnl_success;
}

/// A copy of a layout that a description owns. The caller destroys it.
static inline dnnl_status_t stormo_layout_copy(stormo_layout *copy, stormo_layout layout) {
#if DNNL_VERSION_MAJOR < 3
    dnnl_memory_desc_t *made = (dnnl_memory_desc_t *)malloc(sizeof *made);
    if (!made) return dnnl_out_of_memory;
    *made = *layout;
#else
    dnnl_memory_desc_t made = 0;
    dnnl_status_t status = dnnl_memory_desc_clone(&made, layout);
    if (status != dnnl_success) return status;
#endif
    *copy = made;
    return dnnl_success;
}

static inline void stormo_layout_destroy(stormo_layout layout) {
#if DNNL_VERSION_MAJOR < 3
    free((void *)layout);
#else
    dnnl_memory_desc_destroy((dnnl_memory_desc_t)layout);
#endif
}

// MARK: What is done to a result before it is stored

/// dst = f(result), with f of the parameter alpha.
static inline dnnl_status_t stormo_fuse_activation(dnnl_post_ops_t operations, dnnl_alg_kind_t f, float alpha) {
#if DNNL_VERSION_MAJOR < 3
    return dnnl_post_ops_append_eltwise(operations, 1, f, alpha, 0);
#else
    return dnnl_post_ops_append_eltwise(operations, f, alpha, 0);
#endif
}

/// dst = dst + result.
static inline dnnl_status_t stormo_fuse_sum(dnnl_post_ops_t operations) {
#if DNNL_VERSION_MAJOR < 3
    return dnnl_post_ops_append_sum(operations, 1);
#else
    return dnnl_post_ops_append_sum(operations, 1, 0, dnnl_data_type_undef);
#endif
}

// MARK: Operations

// Each asks for an implementation, which the caller destroys. `forward` is that of the forward pass to which a backward
// one belongs.

/// What all of them take first.
typedef struct {
    dnnl_engine_t engine;
    const_dnnl_primitive_attr_t attributes;
    const_dnnl_primitive_desc_t forward;
} stormo_request;

#if DNNL_VERSION_MAJOR < 3
// Describes the operation, then asks.
#define STORMO_ASK(DESCRIPTOR, DESCRIBE, ...)                                                                      \
    DESCRIPTOR operation;                                                                                          \
    dnnl_status_t status = DESCRIBE(&operation, __VA_ARGS__);                                                      \
    if (status != dnnl_success) return status;                                                                     \
    return dnnl_primitive_desc_create(made, &operation, request.attributes, request.engine, request.forward)
#endif

/// dst = src·weights + bias, without bias where it is null.
static inline dnnl_status_t stormo_matmul(dnnl_primitive_desc_t *made, stormo_request request, stormo_layout src,
                                          stormo_layout weights, stormo_layout bias, stormo_layout dst) {
#if DNNL_VERSION_MAJOR < 3
    STORMO_ASK(dnnl_matmul_desc_t, dnnl_matmul_desc_init, src, weights, bias, dst);
#else
    return dnnl_matmul_primitive_desc_create(made, request.engine, src, weights, bias, dst, request.attributes);
#endif
}

/// dst = f(src), with f of the parameter alpha; src and dst are laid out alike.
static inline dnnl_status_t stormo_eltwise(dnnl_primitive_desc_t *made, stormo_request request, dnnl_prop_kind_t pass,
                                           dnnl_alg_kind_t f, float alpha, stormo_layout layout) {
#if DNNL_VERSION_MAJOR < 3
    STORMO_ASK(dnnl_eltwise_desc_t, dnnl_eltwise_forward_desc_init, pass, f, layout, alpha, 0);
#else
    return dnnl_eltwise_forward_primitive_desc_create(made, request.engine, pass, f, layout, layout, alpha, 0,
                                                      request.attributes);
#endif
}

static inline dnnl_status_t stormo_eltwise_backward(dnnl_primitive_desc_t *made, stormo_request request,
                                                    dnnl_alg_kind_t f, float alpha, stormo_layout layout) {
#if DNNL_VERSION_MAJOR < 3
    STORMO_ASK(dnnl_eltwise_desc_t, dnnl_eltwise_backward_desc_init, f, layout, layout, alpha, 0);
#else
    return dnnl_eltwise_backward_primitive_desc_create(made, request.engine, f, layout, layout, layout, alpha, 0,
                                                       request.forward, request.attributes);
#endif
}

/// dst = softmax(src) over the second of two dimensions; src and dst are laid out alike.
static inline dnnl_status_t stormo_softmax(dnnl_primitive_desc_t *made, stormo_request request, dnnl_prop_kind_t pass,
                                           stormo_layout layout) {
#if DNNL_VERSION_MAJOR < 3
    STORMO_ASK(dnnl_softmax_v2_desc_t, dnnl_softmax_v2_forward_desc_init, pass, dnnl_softmax_accurate, layout, layout,
               1);
#else
    return dnnl_softmax_forward_primitive_desc_create(made, request.engine, pass, dnnl_softmax_accurate, layout, layout,
                                                      1, request.attributes);
#endif
}

static inline dnnl_status_t stormo_softmax_backward(dnnl_primitive_desc_t *made, stormo_request request,
                                                    stormo_layout layout) {
#if DNNL_VERSION_MAJOR < 3
    STORMO_ASK(dnnl_softmax_v2_desc_t, dnnl_softmax_v2_backward_desc_init, dnnl_softmax_accurate, layout, layout,
               layout, 1);
#else
    return dnnl_softmax_backward_primitive_desc_create(made, request.engine, dnnl_softmax_accurate, layout, layout,
                                                       layout, 1, request.forward, request.attributes);
#endif
}

/// A window over images: two numbers each, for height and width.
typedef struct {
    int64_t size[2], strides[2], before[2], after[2];
    /// The places between neighbouring taps; none is 0.
    int64_t gaps[2];
} stormo_window;

/// dst = src∗weights + bias, without bias where it is null; weights are (o, c, h, w), in the order of their layout.
static inline dnnl_status_t stormo_convolution(dnnl_primitive_desc_t *made, stormo_request request,
                                               dnnl_prop_kind_t pass, stormo_layout src, stormo_layout weights,
                                               stormo_layout bias, stormo_layout dst, const stormo_window *w) {
#if DNNL_VERSION_MAJOR < 3
    STORMO_ASK(dnnl_convolution_desc_t, dnnl_dilated_convolution_forward_desc_init, pass, dnnl_convolution_direct, src,
               weights, bias, dst, w->strides, w->gaps, w->before, w->after);
#else
    return dnnl_convolution_forward_primitive_desc_create(
        made, request.engine, pass, dnnl_convolution_direct, src, weights, bias, dst, w->strides, w->gaps,
        w->before, w->after, request.attributes);
#endif
}

static inline dnnl_status_t stormo_convolution_backward_data(dnnl_primitive_desc_t *made, stormo_request request,
                                                             stormo_layout diff_src, stormo_layout weights,
                                                             stormo_layout diff_dst, const stormo_window *w) {
#if DNNL_VERSION_MAJOR < 3
    STORMO_ASK(dnnl_convolution_desc_t, dnnl_dilated_convolution_backward_data_desc_init, dnnl_convolution_direct,
               diff_src, weights, diff_dst, w->strides, w->gaps, w->before, w->after);
#else
    return dnnl_convolution_backward_data_primitive_desc_create(
        made, request.engine, dnnl_convolution_direct, diff_src, weights, diff_dst, w->strides, w->gaps,
        w->before, w->after, request.forward, request.attributes);
#endif
}

/// Without the bias's gradient where its layout is null.
static inline dnnl_status_t stormo_convolution_backward_weights(dnnl_primitive_desc_t *made, stormo_request request,
                                                                stormo_layout src, stormo_layout diff_weights,
                                                                stormo_layout diff_bias, stormo_layout diff_dst,
                                                                const stormo_window *w) {
#if DNNL_VERSION_MAJOR < 3
    STORMO_ASK(dnnl_convolution_desc_t, dnnl_dilated_convolution_backward_weights_desc_init, dnnl_convolution_direct,
               src, diff_weights, diff_bias, diff_dst, w->strides, w->gaps, w->before, w->after);
#else
    return dnnl_convolution_backward_weights_primitive_desc_create(
        made, request.engine, dnnl_convolution_direct, src, diff_weights, diff_bias, diff_dst, w->strides,
        w->gaps, w->before, w->after, request.forward, request.attributes);
#endif
}

/// dst = src in another layout. Both generations have it in the same form.
static inline dnnl_status_t stormo_reorder(dnnl_primitive_desc_t *made, stormo_request request, stormo_layout src,
                                           stormo_layout dst) {
    return dnnl_reorder_primitive_desc_create(made, src, request.engine, dst, request.engine, request.attributes);
}

#if DNNL_VERSION_MAJOR < 3
#undef STORMO_ASK
#endif

#endif
