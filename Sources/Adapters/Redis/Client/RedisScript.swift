internal import COpenSSL

/// A Lua script, called by its digest and sent whole only when Redis does not know it.
package struct RedisScript: Sendable {
    let text: String
    private let digest: String

    package init(_ text: String) {
        self.text = text
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let source = Array(text.utf8)
        _ = unsafe EVP_Digest(source, source.count, &bytes, &count, EVP_sha1(), nil)
        digest = hexadecimal(bytes.prefix(Int(count)))
    }

    fileprivate func call(whole: Bool, _ keys: [String], _ words: [any RedisWord]) -> RedisRequest {
        var request = RedisRequest()
        request.begin(words: 3 + keys.count + words.count)
        request.add(word: whole ? "EVAL" : "EVALSHA")
        request.add(word: whole ? text : digest)
        request.add(word: keys.count)
        for key in keys { request.add(word: key) }
        for word in words { word.write(to: &request) }
        return request
    }
}

extension Line {
    func run(
        _ script: RedisScript, keys: [String], _ words: [any RedisWord],
        then done: @escaping (Result<RedisValue, RedisError>) -> Void
    ) {
        send(script.call(whole: false, keys, words)) { [self] answer in
            let answer = single(answer)
            guard case .failure(.complaint(let complaint)) = answer, complaint.code == "NOSCRIPT" else {
                return done(answer)
            }
            send(script.call(whole: true, keys, words)) { done(single($0)) }
        }
    }
}

private func single(_ answer: Ticket.Answer) -> Result<RedisValue, RedisError> {
    Result { () throws(RedisError) in
        guard let value = try answer.get().first else { throw .unexpected("anything") }
        return try value.checked()
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
    return String(decoding: text, as: UTF8.self)
}
