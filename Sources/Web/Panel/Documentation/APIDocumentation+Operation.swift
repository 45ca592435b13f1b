import Contract

extension APIDocumentation {
    /// All about one call.
    func operation(_ endpoint: EndpointDescription) -> HTML {
        let node = document["paths"]?[endpoint.path]?[endpoint.method.rawValue.lowercased()] ?? .object([])
        let others = endpoint.alternatives.map(\.rawValue).joined(separator: " and ")
        let also: HTML? =
            others.isEmpty ? nil : "<p>\(others) \(endpoint.alternatives.count == 1 ? "means" : "mean") the same.</p>"
        return """
            <article aria-labelledby="\(endpoint.id)">
            <h3 id="\(endpoint.id)"><a href="#\(endpoint.id)"><span class="verb">\(endpoint.method.rawValue)</span> \
            <code>\(endpoint.path)</code></a></h3>
            <p>\(node["summary"]?.string ?? "").</p>
            \(also)
            \(access(endpoint, node))
            \(parameters(node))
            \(requestBody(endpoint, node))
            \(answers(node))
            <p class="caption">Try it</p>
            <pre><code>\(Curl(publicURL: publicURL).command(endpoint, node))</code></pre>
            </article>
            """
    }

    private func access(_ endpoint: EndpointDescription, _ node: OpenAPI.Node) -> HTML {
        switch endpoint.access {
        case .anonymous:
            if endpoint.isForClients {
                return """
                    <p>For OAuth applications, with their own credentials:
                    <a href="#authentication">authentication</a>.</p>
                    """
            }
            return endpoint.isForTokens
                ? "<p>Needs a token; any scope will do.</p>" : "<p>For everybody, without credentials.</p>"
        case .account:
            let scopes = (node["x-scopes"]?.items ?? []).compactMap(\.string).map { name -> HTML in
                "<a href=\"#scope-\(name)\"><code>\(name)</code></a>"
            }
            return """
                <p>Needs an API key pair, or a token with the scope \(.joined(scopes, by: " or ")).</p>
                """
        }
    }

    // MARK: What is sent

    private func parameters(_ node: OpenAPI.Node) -> HTML? {
        let rows = (node["parameters"]?.items ?? []).map { parameter -> HTML in
            let place = parameter["in"]?.string ?? ""
            return row(
                parameter["name"]?.string ?? "", in: place, parameter["schema"] ?? .object([]),
                isRequired: Self.isTrue(parameter["required"]), parameter["description"]?.string ?? "")
        }
        return rows.isEmpty ? nil : Self.table("Parameters", ["Name", "Type", "Meaning"], rows)
    }

    /// `meaning` is nil where there is no column for it.
    private func row(
        _ name: String, in place: String, _ schema: OpenAPI.Node, isRequired: Bool?, _ meaning: String?
    ) -> HTML {
        let described = schema.resolved(in: document)["description"]?.string
        let text = [meaning, described].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
        let last: HTML? = meaning == nil ? nil : "<td>\(text)</td>"
        // Of an answer nobody asks what is required.
        let need: HTML? = isRequired.map { $0 ? "<strong>required</strong>" : "optional" }
        let notes: HTML? =
            place.isEmpty && need == nil ? nil : "<br><small>\(place)\(place.isEmpty ? "" : ", ")\(need)</small>"
        let words = SchemaWords(document: document)
        let limits = words.limits(schema).map { limit -> HTML in "<br>\(limit)" }
        return """
            <tr><th scope="row"><code>\(name)</code>\(notes)</th>\
            <td>\(words.type(schema))\(.all(limits))</td>\(last)</tr>
            """
    }

    /// The members of a body; nil when it has none. What they mean has a column only where it is said of one.
    private func members(_ caption: String, of schema: OpenAPI.Node, isRequest: Bool) -> HTML? {
        let members = SchemaWords(document: document).members(of: schema)
        if members.isEmpty { return nil }
        let areExplained = members.contains { $0.schema.resolved(in: document)["description"] != nil }
        let rows = members.map { member in
            row(
                member.name, in: "", member.schema, isRequired: isRequest ? member.isRequired : nil,
                areExplained ? "" : nil)
        }
        return Self.table(caption, areExplained ? ["Name", "Type", "Meaning"] : ["Name", "Type"], rows)
    }

    private func requestBody(_ endpoint: EndpointDescription, _ node: OpenAPI.Node) -> HTML? {
        guard let body = node["requestBody"], let content = body["content"]?.members, let first = content.last else {
            return nil
        }
        let types = content.map(\.0).joined(separator: " or ")
        let need = Self.isTrue(body["required"]) ? "required" : "may be left out"
        let schema = first.1["schema"] ?? .object([])
        let table = members("Members of the body", of: schema, isRequest: true)
        let example: HTML? = first.1["example"].map { example in
            """
            <p class="caption">A body that works</p>
            <pre><code>\(JSONLayout.indented(example.json))</code></pre>
            """
        }
        return """
            <p>Body: <code>\(types)</code>, \(need), at most \(Int64(endpoint.bodyBytesMax)) bytes.</p>
            \(table)
            \(example)
            """
    }

    // MARK: What is answered

    private func answers(_ node: OpenAPI.Node) -> HTML {
        let responses = node["responses"]?.members ?? []
        let rows = responses.map { status, response -> HTML in
            let name = response["$ref"]?.string?.split(separator: "/").last.map(String.init)
            let found = response.resolved(in: document)
            let number: HTML = name.map { "<a href=\"#\($0)\">\(status)</a>" } ?? "\(status)"
            return """
                <tr><th scope="row">\(number)</th><td>\(found["description"]?.string ?? "")</td>\
                <td>\(headers(found))</td></tr>
                """
        }
        let bodies = responses.compactMap { status, response -> HTML? in
            guard response["$ref"] == nil, let content = response["content"]?.members?.first?.1 else { return nil }
            return answer(status, content)
        }
        return """
            \(Self.table("Answers", ["Status", "Meaning", "Headers"], rows))
            \(.all(bodies))
            """
    }

    /// The body of a success.
    private func answer(_ status: String, _ content: OpenAPI.Node) -> HTML {
        let table = members("Members of the answer", of: content["schema"] ?? .object([]), isRequest: false)
        let members: HTML? = table.map { table in
            """
            <details>
            <summary>Members of the answer \(status)</summary>
            \(table)
            </details>
            """
        }
        let example: HTML? = content["example"].map { example in
            """
            <p class="caption">Answer \(status)</p>
            <pre><code>\(JSONLayout.indented(example.json))</code></pre>
            """
        }
        return "\(example)\n\(members)"
    }

    /// Those that are not on every answer.
    private func headers(_ response: OpenAPI.Node) -> HTML {
        let names = (response["headers"]?.members ?? []).map(\.0).filter { !OpenAPI.commonHeaders.contains($0) }
        return .joined(names.map { "<a href=\"#header-\($0)\"><code>\($0)</code></a>" }, by: ", ")
    }

    /// What is refused in the same way everywhere.
    var refusals: HTML {
        let responses = document["components"]?["responses"]?.members ?? []
        let items = responses.map { name, response -> HTML in
            let status = name.filter(\.isNumber)
            let kind = name.hasPrefix("OAuth") ? ", OAuth" : ""
            let examples = (response["content"]?.members ?? []).map { type, content -> HTML? in
                content["example"].map { example in
                    """
                    <p class="caption"><code>\(type)</code></p>
                    <pre><code>\(JSONLayout.indented(example.json))</code></pre>
                    """
                }
            }
            let fields = headers(response)
            return """
                <article aria-labelledby="\(name)">
                <h3 id="\(name)">\(status.isEmpty ? "304" : status)\(kind)</h3>
                <p>\(response["description"]?.string ?? "")</p>
                \(fields.text.isEmpty ? nil : "<p>Headers: \(fields)</p>" as HTML)
                \(.all(examples.compactMap(\.self)))
                </article>
                """
        }
        return """
            <section aria-labelledby="refusals">
            <h2 id="refusals">Refusals</h2>
            <p>What is answered in the same way by every call that names it.</p>
            \(.all(items))
            </section>
            """
    }

    // MARK: Pieces

    static func table(_ caption: String, _ columns: [String], _ rows: [HTML]) -> HTML {
        let heads = columns.map { column -> HTML in "<th scope=\"col\">\(column)</th>" }
        return """
            <table>
            <caption>\(caption)</caption>
            <thead><tr>\(.joined(heads, by: ""))</tr></thead>
            <tbody>
            \(.all(rows))
            </tbody>
            </table>
            """
    }

    private static func isTrue(_ node: OpenAPI.Node?) -> Bool {
        if case .flag(true) = node { true } else { false }
    }
}
