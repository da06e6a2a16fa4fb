import Files
import Foundation
import Machine

/// A profile as a Chrome trace: a lane for each worker and one for the reader, to be opened in Perfetto
/// (https://ui.perfetto.dev) or chrome://tracing.
package enum ChromeTrace {
    /// - Throws: `FileError` where the file can't be written; nothing half-written stays.
    package static func write(_ profile: StepProfile, to path: String) throws {
        try AtomicFile.replace(path, with: text(of: profile))
    }

    /// The trace in JSON; times are in microseconds since the first event.
    package static func text(of profile: StepProfile) -> String {
        let lanes = (0..<profile.workers).map { profile.events(of: $0) }
        let origin = (lanes + [profile.readerEvents]).compactMap { $0.first?.start }.min() ?? 0
        var lines: [String] = []
        func name(_ lane: Int, _ name: String) {
            lines.append(
                #"{"name":"thread_name","ph":"M","pid":1,"tid":\#(lane),"args":{"name":"\#(name)"}}"#)
        }
        func event(_ lane: Int, _ name: String, _ event: StepProfile.Event, _ key: String) {
            let start = Double(event.start - origin) / 1000
            let length = Double(event.end - event.start) / 1000
            lines.append(
                #"{"name":"\#(name)","ph":"X","pid":1,"tid":\#(lane),"ts":\#(start),"dur":\#(length),"#
                    + #""args":{"\#(key)":\#(event.step)}}"#)
        }
        for (worker, events) in lanes.enumerated() {
            name(worker, "worker \(worker)")
            for each in events { event(worker, "\(each.phase)", each, "step") }
        }
        name(profile.workers, "reader")
        for each in profile.readerEvents { event(profile.workers, "order", each, "epoch") }
        return "{\"traceEvents\":[\n" + lines.joined(separator: ",\n") + "\n],\"displayTimeUnit\":\"ms\"}\n"
    }
}
