import Testing

@testable import HDF5

struct NewerFormTests {
    @Test func aVersionThatIsNotKnownIsNotCalledDamage() {
        let words = NewerForm.words([
            "H5O_dtype_decode_helper: bad version number for datatype message", "H5Dopen2: unable to open dataset",
        ])
        let reader = Library.version.minor < 12 ? "HDF5 1.12 and later read it" : "a later release reads it"
        #expect(words?.hasPrefix("it is in a form that the installed HDF5 library, ") == true)
        #expect(
            words?.hasSuffix(
                "does not know (bad version number for datatype message): \(reader), or the file is damaged; "
                    + "to write it so that this one reads it, leave out h5py's libver=\"latest\" or give "
                    + "libver=(\"earliest\", \"v110\")") == true)
        #expect(NewerForm.words(["H5S__hyper_deserialize: bad version number for hyperslab selection"]) != nil)
        #expect(NewerForm.words(["H5EA__hdr_deserialize: wrong extensible array header version"]) != nil)
        #expect(NewerForm.words(["H5O_protect: unable to load object header"]) == nil)
    }
}
