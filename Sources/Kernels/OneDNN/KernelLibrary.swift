internal import COneDNN
internal import CVector

/// What the kernels run with on this machine, for a person.
package enum KernelLibrary {
    /// Of the installed oneDNN, `3.7.2`.
    package static var version: String {
        guard let own = dnnl_version()?.pointee else { return "unknown" }
        return "\(own.major).\(own.minor).\(own.patch)"
    }

    /// The instructions that oneDNN's kernels use.
    package static var instructions: String {
        let own = dnnl_get_effective_cpu_isa()
        let names: [(dnnl_cpu_isa_t, String)] = [
            (dnnl_cpu_isa_sse41, "SSE4.1"), (dnnl_cpu_isa_avx, "AVX"), (dnnl_cpu_isa_avx2, "AVX2"),
            (dnnl_cpu_isa_avx2_vnni, "AVX2 with VNNI"), (dnnl_cpu_isa_avx512_core, "AVX-512"),
            (dnnl_cpu_isa_avx512_core_vnni, "AVX-512 with VNNI"),
            (dnnl_cpu_isa_avx512_core_bf16, "AVX-512 with bfloat16"),
            (dnnl_cpu_isa_avx512_core_amx, "AVX-512 with AMX"),
        ]
        // Later releases know more.
        return names.first { $0.0 == own }?.1 ?? (own.rawValue == 0 ? "those of every CPU" : "AVX-512 and later ones")
    }

    /// The instructions that the loops of our own use: those of the last three levels of x86-64, else those that they were
    /// compiled for.
    package static var loopInstructions: String {
        switch String(cString: stormo_instruction_set()) {
        case "x86-64-v4": "AVX-512"
        case "x86-64-v3": "AVX2"
        default: "those of every CPU"
        }
    }
}
