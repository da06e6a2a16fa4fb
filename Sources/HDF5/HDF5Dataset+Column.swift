internal import CHDF5

/// The columns of a table: the members of a dataset of compound type.
struct TableColumns {
    let names: [String]

    /// Nil for another type.
    init?(_ type: Handle) {
        guard H5Tget_class(type.id) == H5T_COMPOUND else { return nil }
        names = (0..<UInt32(max(0, H5Tget_nmembers(type.id)))).map { index in
            guard let name = H5Tget_member_name(type.id, index) else { return "" }
            defer { H5free_memory(name) }
            return String(cString: name)
        }
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
    static func columnType(
        _ name: String, in type: Handle, _ place: Place, table: String
    ) throws(HDF5Error) -> HDF5ElementType {
        let index = H5Tget_member_index(type.id, name)
        guard index >= 0, let member = Handle(H5Tget_member_type(type.id, UInt32(index)), closedBy: H5Tclose) else {
            throw place.libraryFailure("open")
        }
        return HDF5ElementType(ofType: member)
    }

    /// A compound type with the one member that is wanted, which the library finds by its name; nil where the
    /// elements are read whole.
    func columnInMemory(_ memoryType: HDF5MemoryType) throws(HDF5Error) -> Handle? {
        guard let column else { return nil }
        guard let type = Handle(H5Tcreate(H5T_COMPOUND, memoryType.size), closedBy: H5Tclose),
            H5Tinsert(type.id, column, 0, memoryType.nativeID) >= 0
        else { throw place.libraryFailure("read") }
        return type
    }
}
