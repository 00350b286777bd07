import Notebook
import NotebookContracts
import Testing
import TradewindCQRS
import TradewindDomain
import TradewindHTTP
internal import TradewindRuntime
import TradewindTesting
import UsersContracts

@Suite struct `A note` {
    @Test(arguments: Storage.allCases) func `is created, found, and others hear of it`(storage: Storage) async throws {
        try await NotebookDesk.open(storage) { desk in
            let answer = try await desk.create("  The first\t")
            let note = try answer.json(NoteView.self)
            #expect(answer.status == .created && answer[.location] == "/api/notebook/\(note.id)")
            #expect(note.name == "The first" && note.userId == .alice)
            let found = try await desk.site.get("/api/notebook/\(note.id)")
            #expect(found[.etag] == "\"1\"" && found.text == answer.text)
            #expect(try await desk.told() == ["note.created"])
            #expect(try await desk.site.get("/api/notebook/\(NoteID(UUID(high: 1, low: 1)))").status == .notFound)
            #expect(try await desk.site.get("/api/notebook/7").status == .badRequest)
        }
    }

    @Test(arguments: Storage.allCases) func `is created once, however often the same key asks for it`(
        storage: Storage
    ) async throws {
        try await NotebookDesk.open(storage) { desk in
            let first = try await desk.create("The first", headers: [.idempotencyKey: "k-1"])
            let again = try await desk.create("The first", headers: [.idempotencyKey: "k-1"])
            #expect(again.status == .created && again.text == first.text && again[.etag] == first[.etag])
            #expect(try await desk.create("Another", headers: [.idempotencyKey: "k-1"]).status == .conflict)
            #expect(try await desk.told() == ["note.created"])
        }
    }

    @Test(arguments: Storage.allCases) func `has a name of its own among those of its user`(
        storage: Storage
    ) async throws {
        try await NotebookDesk.open(storage) { desk in
            let (first, other) = (try await desk.note("One"), try await desk.note("Two"))
            let second = try await desk.create("One")
            #expect(second.status == .conflict)
            #expect(try second.json(ProblemView.self).type.hasSuffix("name-is-taken"))
            #expect(try await desk.rename(other, to: "One").status == .conflict)
            #expect(try await desk.create("One", for: .bob).status == .created)
            // Free again.
            #expect(try await desk.delete(first).status == .noContent)
            #expect(try await desk.create("One").status == .created)
        }
    }

    @Test(
        arguments: [
            ("", "name length"), (" \n", "name length"), (String(repeating: "x", count: 100), nil),
            (String(repeating: "é", count: 101), "name length"), ("a\u{7}b", "name format"), ("李小龙 😀", nil),
        ] as [(String, String?)]) func `has a good name`(name: String, fault: String?) async throws
    {
        try await NotebookDesk.open(.memory) { desk in
            let answer = try await desk.create(name)
            #expect(answer.status == (fault == nil ? .created : .badRequest))
            if let fault { #expect(try answer.json(ProblemView.self).faults == [fault]) }
        }
    }

    @Test(arguments: Storage.allCases) func `is renamed in the version that is meant`(storage: Storage) async throws {
        try await NotebookDesk.open(storage) { desk in
            let note = try await desk.note("One")
            let renamed = try await desk.rename(note, to: "Two", ifMatch: "\"1\"")
            #expect(try renamed.json(NoteView.self).name == "Two" && renamed[.etag] == "\"2\"")
            #expect(try await desk.rename(note, to: "Three", ifMatch: "\"1\"").status == .preconditionFailed)
            // Nothing has changed, so neither has the version.
            #expect(try await desk.rename(note, to: "Two")[.etag] == "\"2\"")
            #expect(try await desk.names() == ["Two"])
        }
    }

    @Test(arguments: Storage.allCases) func `is gone once deleted`(storage: Storage) async throws {
        try await NotebookDesk.open(storage) { desk in
            let note = try await desk.note("One")
            #expect(try await desk.delete(note).status == .noContent)
            #expect(try await desk.delete(note).status == .notFound)
            #expect(try await desk.rename(note, to: "Two").status == .notFound)
            #expect(try await desk.site.get("/api/notebook/\(note.id)").status == .notFound)
            #expect(try await desk.names() == [])
        }
    }

    @Test(arguments: Storage.allCases) func `goes with its user`(storage: Storage) async throws {
        try await NotebookDesk.open(storage) { desk in
            for name in ["One", "Two"] { _ = try await desk.note(name) }
            _ = try await desk.note("Three", for: .bob)
            let id = Clockwork.live.newUUID()
            try await desk.hear(UserDeleted(userId: .alice), id: id)
            try await desk.hear(UserDeleted(userId: .alice), id: id)
            #expect(try await desk.names() == ["Three"])
        }
    }
}

@Suite struct `Notes of users` {
    @Test(arguments: Storage.allCases) func `are listed page by page, the newest first`(storage: Storage) async throws {
        try await NotebookDesk.open(storage) { desk in
            for name in ["One", "Two", "Three"] { _ = try await desk.note(name) }
            _ = try await desk.note("Four", for: .bob)
            #expect(try await desk.names() == ["Four", "Three", "Two", "One"])
            #expect(try await desk.names("?userId=\(UserID.alice)") == ["Three", "Two", "One"])
            let first = try await desk.site.get("/api/notebook?limit=2").json([NoteView].self)
            #expect(try await desk.names("?after=\(try #require(first.last).id)") == ["Two", "One"])
            #expect(try await desk.site.get("/api/notebook?limit=0").status == .badRequest)
        }
    }

    /// Alice's, by whoever asks.
    @Test(arguments: [
        (Caller.user(UserID.alice.raw, .user), HTTPStatus.ok), (.user(UserID.bob.raw, .user), .forbidden),
        (.user(UserID.bob.raw, .admin), .ok), (.anonymous, .unauthorized),
    ]) func `are their user's`(caller: Caller, status: HTTPStatus) async throws {
        try await NotebookDesk.open(.memory, authorisation: .required, caller: caller) { desk in
            let owner = RequestContext(id: .given("test"), caller: .user(UserID.alice.raw, .user))
            let note = try await desk.service.commands.send(CreateNote.theFirst(for: .alice), owner)
            #expect(try await desk.site.get("/api/notebook/\(note.id)").status == status)
            #expect(try await desk.site.get("/api/notebook?userId=\(UserID.alice)").status == status)
            #expect(try await desk.rename(note, to: "Two").status == status)
            #expect(try await desk.delete(note).status == (status == .ok ? .noContent : status))
        }
    }
}
