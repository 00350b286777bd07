// How a refusal is made, and how it becomes the `JSONError` that leaves.

extension Writer {
    func fault(_ value: Any, _ code: JSONFault.Code, _ message: String) -> EncodingError {
        let context = EncodingError.Context(
            codingPath: path.codingPath, debugDescription: message, underlyingError: WriteFault(code: code))
        return .invalidValue(value, context)
    }

    /// The error first, because its path is read off what is then cut away.
    func notFinite(_ value: Any, undoingTo mark: Int) -> EncodingError {
        defer { undo(to: mark) }
        return fault(value, .value, "must be a finite number")
    }

    var path: Path { path(at: output.count) }

    private func path(at offset: Int) -> Path {
        var path = unsafe Path(after: output.base, count: offset)
        if let parent { path.steps = parent.writer.path(at: parent.offset).steps + path.steps }
        return path
    }

    func note(_ offset: Int) {
        // An error on its way out of an inner value has been noted there.
        if let refusal, refusal.offset >= offset { return }
        refusal = (offset, path(at: offset))
    }

    func explain(_ error: any Error) -> JSONError {
        guard case EncodingError.invalidValue(_, let context)? = error as? EncodingError else {
            let path = refusal?.path.description ?? ""
            return .refused(
                JSONFault(path: path, code: .value, message: "cannot be written", line: 0, column: 0), by: error)
        }
        let code = (context.underlyingError as? WriteFault)?.code ?? .value
        let path = Path(context.codingPath).description
        return .unwritable(JSONFault(path: path, code: code, message: context.debugDescription, line: 0, column: 0))
    }
}

struct WriteFault: Error {
    let code: JSONFault.Code
}
