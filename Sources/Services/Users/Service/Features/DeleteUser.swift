package import TradewindCQRS
internal import TradewindDomain
internal import TradewindRepositories
internal import UsersContracts

package struct DeleteUser: Command {
    package static let attempts = 3

    let user: UserID

    package var access: Access { .only(user) }
    package var logFields: [LogField] { [LogField(.userID, user)] }
}

struct DeleteUserHandler: CommandHandler {
    typealias Handled = DeleteUser
    let clockwork: Clockwork

    func callAsFunction(_ command: DeleteUser, in work: Work, for request: RequestContext) async throws {
        let (user, events) = try await work.update(command.user, in: .users) { $0.delete(at: clockwork.now()) }
        try work.publish(events, of: user, for: request)
    }
}
