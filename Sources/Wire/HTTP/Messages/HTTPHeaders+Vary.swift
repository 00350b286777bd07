extension HTTPHeaders {
    /// Adds a field name to Vary unless it is there.
    package mutating func addVary(_ name: String) {
        guard let present = self[.vary] else { return add(.vary, name) }
        let names = all(.vary).joined(separator: ",").split(whereSeparator: { $0 == "," || $0 == " " })
        if names.contains(where: { $0 == "*" || $0.lowercased() == name.lowercased() }) { return }
        self[.vary] = present + ", " + name
    }
}
