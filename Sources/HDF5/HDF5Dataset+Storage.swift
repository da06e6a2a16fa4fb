extension HDF5Dataset {
    /// Compares what the dataset claims to hold with what is stored of it. The library does not: it would read what stands
    /// beside the values, and make any number of chunks that were never written.
    ///
    /// Done once, since the library goes through the whole index of chunks to add their sizes up.
    /// - Throws: kinds `damaged`, `tooLarge`.
    func checkStorage() throws(HDF5Error) {
        guard isStorageChecked.withLock({ !$0 }) else { return }
        try compareStorage()
        isStorageChecked.withLock { $0 = true }
    }

    private func compareStorage() throws(HDF5Error) {
        // What was written a moment ago may be stored a moment later.
        guard let storedElementBytes, !file.isWritable else { return }
        // Elements of the file: a column has as many as its table has rows.
        let count = spaceShape.reduce(1, *)
        let bytes = try Extent.byteCount(count, storedElementBytes, place, "read")
        let stored = storageSize
        switch layout {
        case .virtual: return
        case .compact, .contiguous:
            // Values in files beside this one are counted there.
            if isElsewhere { return }
            guard stored == bytes || stored == 0 else {
                throw place.error(
                    .damaged, "read",
                    "its \(count) elements take \(bytes) bytes, but \(stored) are stored; copy, download or make it again"
                )
            }
        case .chunked(let chunk): try checkChunk(chunk, storedElementBytes, stored: stored)
        }
        guard bytes <= max(Self.harmless, mostBytes(stored: stored, leastFactor: 1100)) else {
            throw place.error(
                .tooLarge, "read",
                "it claims \(bytes >> 20) MiB of values, but holds \(stored) bytes: most of it was never written; make it "
                    + "again with the rows that there are")
        }
    }

    /// One chunk is decompressed at a time, and made in memory where it was never written.
    private func checkChunk(_ chunk: [Int], _ elementBytes: Int, stored: Int) throws(HDF5Error) {
        var chunkBytes = (partialValue: elementBytes, overflow: false)
        for size in chunk where !chunkBytes.overflow {
            chunkBytes = chunkBytes.partialValue.multipliedReportingOverflow(by: size)
        }
        let most = max(Self.harmless, mostBytes(stored: stored))
        guard chunkBytes.overflow || chunkBytes.partialValue > most else { return }
        let size = chunkBytes.overflow ? "more bytes than can be counted" : "\(chunkBytes.partialValue) bytes"
        throw place.error(
            .tooLarge, "read",
            "its chunks of \(chunk.map(String.init).joined(separator: "x")) would take \(size) each, but only \(stored) "
                + "bytes are stored; copy, download or make it again, in smaller chunks")
    }

    /// Bytes of values that are no matter, stored or not.
    private static let harmless = 64 << 20

    /// The most that so many bytes in the file can become: deflate makes them about a thousand times smaller at best, and
    /// other filters may leave nothing of equal values.
    /// - Parameter leastFactor: more than 1 where not all needs to be there.
    private func mostBytes(stored: Int, leastFactor: Int = 1) -> Int {
        let isKnown = filters.allSatisfy { $0.hasPrefix("gzip") || ["shuffle", "fletcher32"].contains($0) }
        let factor = max(leastFactor, filters.isEmpty ? 1 : isKnown ? 1100 : 1 << 20)
        let (most, overflow) = stored.multipliedReportingOverflow(by: factor)
        return overflow ? .max : most
    }
}
