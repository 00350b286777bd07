internal import TradewindCQRS
internal import TradewindDomain
internal import TradewindHTTP
package import TradewindJSON

extension API {
    /// The API as OpenAPI 3.1.
    package func document(version: String) -> JSONValue {
        var components = JSONObject()
        var paths = JSONObject()
        for endpoint in endpoints {
            let path = endpoint.openPath
            var item = paths[path]?.object ?? JSONObject()
            item[endpoint.method.description.lowercased()] = endpoint.operation(tag: title, &components)
            paths[path] = .object(item)
        }
        components["Problem"] = Self.problem
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "summary": .string(summary), "version": .string(version)],
            "tags": [["name": .string(title), "description": .string(summary)]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(components),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "apiKey": ["type": "apiKey", "in": "header", "name": "X-API-Key"],
                ],
            ],
        ]
    }

    /// RFC 9457, with what we add.
    private static let problem: JSONValue = [
        "type": "object", "description": "What went wrong (RFC 9457)",
        "required": ["type", "title", "status", "requestId"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "detail": ["type": "string"], "instance": ["type": "string"], "requestId": ["type": "string"],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["field", "code", "message"],
                    "properties": [
                        "field": ["type": "string"], "code": ["type": "string"], "message": ["type": "string"],
                    ],
                ],
            ],
        ],
    ]
}

extension Endpoint {
    /// `/api/orders/{id}`
    fileprivate var openPath: String {
        template.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix(":") || $0.hasPrefix("*") ? "{\($0.dropFirst())}" : String($0) }
            .joined(separator: "/")
    }

    private var pathParameters: [String] {
        template.split(separator: "/").filter { $0.hasPrefix(":") || $0.hasPrefix("*") }.map { String($0.dropFirst()) }
    }

    fileprivate func operation(tag: String, _ components: inout JSONObject) -> JSONValue {
        var operation = JSONObject()
        operation["tags"] = [.string(tag)]
        operation["summary"] = .string(summary)
        if let text = [detail, accessText].compactMap(\.self).joined(separator: "\n\n").nonEmpty {
            operation["description"] = .string(text)
        }
        operation["operationId"] = .string(operationID)
        let parameters = parameters(&components)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body = body?() {
            operation["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": body.document(&components)]],
            ]
        }
        operation["responses"] = responses(&components)
        operation["security"] =
            access == .anyone ? [] : access == .user ? [["bearer": []]] : [["bearer": []], ["apiKey": []]]
        return .object(operation)
    }

    private var operationID: String {
        let words = template.split(separator: "/").map { $0.filter { $0.isLetter || $0.isNumber } }
        return ([method.description.lowercased()] + words).joined(separator: "-")
    }

    private var accessText: String? {
        switch access {
        case .anyone: nil
        case .signedIn: "For everybody who is signed in."
        case .user: "For everybody who is signed in with an account."
        case .role(let role): "From the role \(role.rawValue) on."
        case .service: "For our own services, by their key."
        case .owner(_, let role): "For the owner, and from the role \(role.rawValue) on."
        }
    }

    private func parameters(_ components: inout JSONObject) -> [JSONValue] {
        var parameters: [JSONValue] = pathParameters.map { name in
            let isID = name == "id" || name.hasSuffix("Id")
            return [
                "name": .string(name), "in": "path", "required": true,
                "schema": isID
                    ? ["type": "string", "format": "uuid"] : ["type": "string", "pattern": "^[^/\\u0000]+$"],
            ]
        }
        if case .object(let properties)? = query?().kind {
            for property in properties {
                var schema = property.schema
                schema.isNullable = false
                if case .text(var text) = schema.kind, text.pattern == nil, text.format == nil {
                    text.pattern = "^[^\\u0000]*$"  // no target may hold a NUL, however it is written
                    schema.kind = .text(text)
                }
                parameters.append([
                    "name": .string(property.name), "in": "query", "required": .bool(property.isRequired),
                    "schema": schema.document(&components),
                ])
            }
        }
        if isRepeatable {
            parameters.append(
                header(
                    "Idempotency-Key", "Names an attempt: a repetition gets the first answer again",
                    pattern: "^[!-~]{1,255}$"))
        }
        if answer.headers.contains(where: { $0.name == "ETag" }), method != .get, method != .post {
            parameters.append(
                header(
                    "If-Match", "The version that is meant, as its ETag said", pattern: #"^"[0-9]{1,18}"$"#))
        }
        return parameters
    }

    private func header(_ name: String, _ summary: String, pattern: String) -> JSONValue {
        [
            "name": .string(name), "in": "header", "required": false, "description": .string(summary),
            "schema": ["type": "string", "pattern": .string(pattern)],
        ]
    }

    private func responses(_ components: inout JSONObject) -> JSONValue {
        var responses = JSONObject()
        responses[String(answer.status.code)] = success(&components)
        for (status, summary) in allRefusals {
            let key = String(status.code)
            let known = responses[key]?["description"]?.string
            responses[key] = Self.refusal(known.map { "\($0); \(summary)" } ?? summary)
        }
        responses["default"] = Self.refusal("Anything else that went wrong")
        return .object(responses)
    }

    private func success(_ components: inout JSONObject) -> JSONValue {
        var response = JSONObject()
        response["description"] = .string(answer.status.reasonPhrase.description)
        if !answer.headers.isEmpty {
            var headers = JSONObject()
            for (name, summary) in answer.headers {
                headers[name] = ["description": .string(summary), "schema": ["type": "string"]]
            }
            response["headers"] = .object(headers)
        }
        if let type = answer.contentType?.description.prefix(while: { $0 != ";" }) {
            var content = JSONObject()
            content[String(type)] = answer.schema().map { ["schema": $0.document(&components)] } ?? [:]
            response["content"] = .object(content)
        }
        return .object(response)
    }

    private var allRefusals: [(status: HTTPStatus, summary: String)] {
        var all: [(status: HTTPStatus, summary: String)] = []
        if body != nil || query != nil || !pathParameters.isEmpty || isRepeatable {
            all.append((.badRequest, "Something in the request is not as it must be; each field is named"))
        }
        if access != .anyone {
            all.append((.unauthorized, "Not signed in"))
            all.append((.forbidden, "Not allowed"))
        }
        if !pathParameters.isEmpty { all.append((.notFound, "There is no such thing")) }
        if isRepeatable { all.append((.conflict, "The idempotency key was used for another request")) }
        if body != nil {
            all.append((.contentTooLarge, "The body is too large"))
            all.append((.unsupportedMediaType, "The body is not application/json"))
        }
        return all + refusals
    }

    private static func refusal(_ summary: String) -> JSONValue {
        [
            "description": .string(summary),
            "content": ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]],
        ]
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
