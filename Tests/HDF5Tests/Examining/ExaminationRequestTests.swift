import Foundation
import Testing

@testable import HDF5

struct ExaminationRequestTests {
    @Test(arguments: [
        HDF5Reading.everything, .copies, .objects([]), .objects(["/train/x", "a b"]),
    ])
    func aMessageIsUnderstood(reading: HDF5Reading) throws {
        for allowsExternal in [true, false] {
            let request = ExaminationRequest("/data/é x.h5", allowsExternal: allowsExternal, reading: reading)
            #expect(ExaminationRequest(bytes: request.bytes) == request)
        }
    }

    @Test func thePathDoesNotDependOnTheDirectory() {
        let request = ExaminationRequest("x.h5", allowsExternal: false, reading: .everything)
        #expect(request.path == FileManager.default.currentDirectoryPath + "/x.h5")
    }

    @Test func otherBytesAreNoRequest() {
        #expect(ExaminationRequest(bytes: [1, 2, 3]) == nil)
        #expect(ExaminationRequest(bytes: []) == nil)
    }

    @Test func anOutcomeIsUnderstood() {
        let outcomes: [ExaminationOutcome] = [
            .fine, .crashed(signal: 11), .endless(seconds: 5, waiting: false), .endless(seconds: 9, waiting: true),
            .excessive(limit: 300),
        ]
        for outcome in outcomes { #expect(ExaminationOutcome(outcome.text[...]) == outcome) }
        #expect(ExaminationOutcome("") == nil)
        #expect(ExaminationOutcome("fine") == nil)
    }
}
