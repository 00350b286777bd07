import Foundation
import Gateway
import Testing
import TradewindMessaging

@Suite struct `The events that the gateway passes on` {
    @Test func `are all that contracts name`() throws {
        let services = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Services").standardized
        let files = try #require(FileManager.default.enumerator(at: services, includingPropertiesForKeys: nil))
        var names: Set<String> = []
        // The template is hosted nowhere, and tells nothing.
        for case let file as URL in files
        where file.path.contains(/\/Services\/(?!Notebook)\w+\/Contracts\//) && file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            names.formUnion(text.matches(of: #/static let name: EventName = "([^"]+)"/#).map { String($0.1) })
        }
        #expect(names.count > 5)
        #expect(Set(EventName.told.map(\.description)) == names)
    }
}
