internal import TradewindPersistence

// A commit waits for the disk, and what it costs does not depend on how much is committed. So the writes that arrived
// while the last commit was on its way share the next one. Each is answered when it is on the disk.

extension Connection {
    func serve(writes calls: [Call]) {
        var calls = calls
        while !calls.isEmpty { calls = attempt(calls) }
    }

    /// Returns those that have to begin again because an error has ended the transaction that they shared. The one that
    /// failed is not among them, so there are fewer each time.
    private func attempt(_ calls: [Call]) -> [Call] {
        do throws(DatabaseError) { try control(.begin) } catch {
            for call in calls { call.fail(error) }
            return []
        }
        var done: [Call] = []
        for (index, call) in calls.enumerated() {
            do throws(DatabaseError) {
                try part(of: call)
                done.append(call)
            } catch {
                call.fail(error)
                if !isInTransaction { return done + calls[(index + 1)...] }
            }
        }
        return commit(done)
    }

    /// A statement that fails undoes itself; several need a savepoint.
    private func part(of call: Call) throws(DatabaseError) {
        if call.isOneStatement { return try call.perform(on: self) }
        try control(.savepoint)
        do throws(DatabaseError) {
            try call.perform(on: self)
            try control(.release)
        } catch {
            if isInTransaction {
                try? control(.rollBackToSavepoint)
                try? control(.release)
            }
            throw error
        }
    }

    private func commit(_ calls: [Call]) -> [Call] {
        do throws(DatabaseError) {
            try commit()
            for call in calls { call.succeed() }
        } catch {
            rollBack()
            // A foreign key that is looked at in the end: each alone, to find whose it was.
            if case .foreignKeyViolation = error, calls.count > 1 {
                for call in calls { _ = attempt([call]) }
            } else {
                for call in calls { call.fail(error) }
            }
        }
        return []
    }

    func commit() throws(DatabaseError) {
        do throws(DatabaseError) { try control(.commit) } catch {
            // All may have been written but the word that it was: after a crash it may be there or not.
            throw isBroken ? .connectionLost : error
        }
    }

    /// Several statements that see one moment and change nothing.
    func read(_ statements: [SQL]) throws(DatabaseError) -> [Rows] {
        if let only = statements.first, statements.count == 1 { return [try query(only, mayWrite: false)] }
        try control(.beginReading)
        defer { rollBack() }
        return try query(statements, mayWrite: false)
    }

    func query(_ statements: [SQL], mayWrite: Bool = true) throws(DatabaseError) -> [Rows] {
        var answers: [Rows] = []
        answers.reserveCapacity(statements.count)
        for statement in statements { answers.append(try query(statement, mayWrite: mayWrite)) }
        return answers
    }
}
