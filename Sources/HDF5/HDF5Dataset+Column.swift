internal import CHDF5
import Foundation

/// The columns of a table: the members of a dataset of compound type.
struct TableColumns {
    let names: [String]
    /// The names as they are in the file, by which the library finds a column.
    let storedNames: [[CChar]]

    /// Nil for another type.
    init?(_ type: Handle) {
        guard H5Tget_class(type.id) == H5T_COMPOUND else { return nil }
        storedNames = (0..<UInt32(max(0, H5Tget_nmembers(type.id)))).map { index in
            guard let name = H5Tget_member_name(type.id, index) else { return [0] }
            defer { H5free_memory(name) }
            return Array(UnsafeBufferPointer(start: name, count: strlen(name) + 1))
        }
        names = storedNames.map { name in name.withUnsafeBytes { StringTransfer.text($0.dropLast()) } }
    }
}

extension OpenFile {
    /// "/table" and "column" of "/table/column", where there is such a table. Nil if the path leads to an object, or
    /// nowhere for another reason. Throws kind `missingObject` with the columns that there are.
    func tableAndColumn(_ path: String) throws(HDF5Error) -> (table: String, column: String?)? {
        let place = Place(self, path)
        if path.utf8.contains(0) { return nil }
        let (reached, missing) = try follow(path, place)
        guard missing != nil, let (table, column) = try table(at: reached, before: path) else { return nil }
        guard table.names.contains(column) else {
            let available = table.names.map { ObjectPath.child($0, of: reached) }
            throw HDF5Error(
                kind: .missingObject(available: available), file: self.path, object: path, action: "open",
                reason: "no dataset '\(path)' in \(self.path): the table '\(reached)' has no column '\(column)'; "
                    + "it has: \(sentenceList(table.names))", libraryMessages: [])
        }
        return (reached, column)
    }

    /// The columns of the table at `reached`, if it is one, and the rest of the path after it.
    func table(at reached: String, before path: String) throws(HDF5Error) -> (TableColumns, String)? {
        let place = Place(self, path)
        guard reached != "/", try object(at: reached, for: place, "open")?.0 == .dataset else { return nil }
        let id = H5Dopen2(try id(for: place, "open"), reached, Library.defaultProperties)
        guard let dataset = Handle(id, closedBy: H5Dclose, in: self) else { throw place.libraryFailure("open") }
        guard let type = Handle(H5Dget_type(dataset.id), closedBy: H5Tclose) else { throw place.libraryFailure("open") }
        guard let columns = TableColumns(type) else { return nil }
        return (columns, String(path.dropFirst(reached.count + 1)))
    }
}

extension HDF5Dataset {
    /// The names of a table's columns; empty for another dataset.
    package var columnNames: [String] {
        get throws(HDF5Error) {
            Library.enter()
            defer { Library.leave() }
            _ = try file.id(for: place, "open")
            guard column == nil else { return [] }
            guard let type = Handle(H5Dget_type(handle.id), closedBy: H5Tclose) else {
                throw place.libraryFailure("open")
            }
            return TableColumns(type)?.names ?? []
        }
    }

    /// The type of a column.
    static func memberType(_ name: String, in type: Handle, _ place: Place) throws(HDF5Error) -> Handle {
        guard let index = TableColumns(type)?.names.firstIndex(of: name),
            let member = Handle(H5Tget_member_type(type.id, UInt32(index)), closedBy: H5Tclose)
        else { throw place.libraryFailure("open") }
        return member
    }

    /// What an element that is an array is made of, and its axes; the type itself for another.
    static func elements(
        of type: Handle, isScalar: Bool, _ place: Place
    ) throws(HDF5Error) -> (base: Handle, shape: [Int]) {
        var (base, shape) = (type, [Int]())
        // A single array has no rows in the file.
        while !isScalar, H5Tget_class(base.id) == H5T_ARRAY {
            let rank = H5Tget_array_ndims(base.id)
            var sizes = [hsize_t](repeating: 0, count: Int(max(rank, 0)))
            guard rank > 0, H5Tget_array_dims2(base.id, &sizes) >= 0,
                let inner = Handle(H5Tget_super(base.id), closedBy: H5Tclose)
            else { throw place.libraryFailure("open") }
            shape += sizes.map { Int(clamping: $0) }
            base = inner
        }
        return (base, shape)
    }

    /// The type in memory that the library shall write: numbers, arrays of them, or a compound type with the one member
    /// that is wanted, which the library finds by its name.
    func typeInMemory(_ memoryType: HDF5MemoryType) throws(HDF5Error) -> Handle {
        var id = memoryType.nativeID
        if case .bitField(let bytes) = elementType {
            // The library turns bits into bits alone.
            id =
                switch bytes {
                case 1: chdf5_native_bits8()
                case 2: chdf5_native_bits16()
                case 4: chdf5_native_bits32()
                default: chdf5_native_bits64()
                }
        }
        guard let number = Handle(H5Tcopy(id), closedBy: H5Tclose) else { throw place.libraryFailure("read") }
        let axes = elementShape.map { hsize_t($0) }
        guard !axes.isEmpty else { return try member(number) }
        guard let array = Handle(H5Tarray_create2(number.id, UInt32(axes.count), axes), closedBy: H5Tclose) else {
            throw place.libraryFailure("read")
        }
        return try member(array)
    }

    /// A compound type with the column as its one member; the type itself where the elements are read whole.
    func member(_ type: Handle) throws(HDF5Error) -> Handle {
        guard let column else { return type }
        guard let own = Handle(H5Dget_type(handle.id), closedBy: H5Tclose), let columns = TableColumns(own),
            let index = columns.names.firstIndex(of: column)
        else { throw place.libraryFailure("read") }
        guard let compound = Handle(H5Tcreate(H5T_COMPOUND, H5Tget_size(type.id)), closedBy: H5Tclose),
            H5Tinsert(compound.id, columns.storedNames[index], 0, type.id) >= 0
        else { throw place.libraryFailure("read") }
        return compound
    }
}
