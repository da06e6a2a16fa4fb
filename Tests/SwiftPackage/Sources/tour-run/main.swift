import Foundation
import Tour

let folder = FileManager.default.temporaryDirectory.appending(path: "tour-\(ProcessInfo.processInfo.processIdentifier)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }
for line in try await tour(in: folder.path) { print(line) }
