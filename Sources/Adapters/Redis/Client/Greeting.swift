/// The first words on a connection, and what their answers mean.
struct Greeting {
    private let settings: RedisSettings
    let request: RedisRequest
    private let hasPassword: Bool

    init(_ settings: RedisSettings) {
        self.settings = settings
        hasPassword = !settings.password.isEmpty || !settings.username.isEmpty
        var request = RedisRequest()
        if hasPassword, settings.username.isEmpty {
            request.add("AUTH", settings.password)
        } else if hasPassword {
            request.add("AUTH", settings.username, settings.password)
        }
        request.add("SELECT", settings.database)
        request.add("CLIENT", "SETNAME", "tradewind")
        self.request = request
    }

    /// The name is a courtesy, which not everybody may be allowed.
    func check(_ answers: [RedisValue]) throws(RedisError) {
        for (index, answer) in answers.dropLast().enumerated() {
            guard let complaint = answer.complaint else { continue }
            if complaint.isPassing { throw .unavailable(complaint.description) }
            throw .unwelcome(reason(hasPassword && index == 0, complaint))
        }
    }

    private func reason(_ isAboutPassword: Bool, _ complaint: RedisComplaint) -> String {
        let user = settings.username.isEmpty ? "" : " of user \(settings.username)"
        switch complaint.code {
        case "WRONGPASS": return "the password\(user) is wrong, or the user may not enter"
        case "NOAUTH": return "it wants a password, and none is set"
        case "ERR" where isAboutPassword && complaint.description.contains("without any password configured"):
            return "a password is set, but it has none"
        case _ where isAboutPassword: return "the password\(user) was refused: \(complaint)"
        default: return "database \(settings.database) was refused: \(complaint)"
        }
    }
}
