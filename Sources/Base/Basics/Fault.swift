/// The one error type below HTTP.
///
/// A fault carries two messages: `sentences` for the person who asked (what is wrong, what to do) and
/// `trail`/`cause` for the operator's log. The web layer maps ``Code`` to a status in one exhaustive switch;
/// the operations engine asks ``isTransient``.
package struct Fault: Error, Sendable {
    /// What kind of thing went wrong. A new code needs a client that would act on it differently.
    package enum Code: String, Sendable, CaseIterable {
        /// The request could not be understood (400).
        case malformed
        /// Nobody, or nobody we know, is asking (401).
        case unauthenticated
        /// The caller is known but may not do this to something it may see (403).
        case forbidden
        /// The thing does not exist, or the caller may not know that it does (404).
        case notFound
        /// The state of the thing does not allow it now (409).
        case conflict
        /// The values are understood but not acceptable (422).
        case invalid
        /// Too much, too fast (429).
        case throttled
        /// Something we depend on does not answer; trying again later makes sense (503).
        case unavailable
        /// We made a mistake (500). The sentence is fixed; the cause goes to the log only.
        case bug
    }

    package let code: Code
    /// Full sentences for the caller. Never empty.
    package let sentences: [String]
    /// What was being done, outermost first. For the log.
    package private(set) var trail: [String]
    /// The underlying error, if any. For the log.
    package let cause: (any Error)?
    /// When it makes sense to try again, where that is known.
    package let retrySeconds: Int64?

    package init(
        _ code: Code, _ sentences: [String], retrySeconds: Int64? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.sentences = sentences.isEmpty ? ["The request was refused."] : sentences
        self.trail = []
        self.cause = cause
        self.retrySeconds = retrySeconds
    }

    package init(_ code: Code, _ sentence: String, retrySeconds: Int64? = nil, cause: (any Error)? = nil) {
        self.init(code, [sentence], retrySeconds: retrySeconds, cause: cause)
    }

    /// Whether doing the same again later may succeed without anybody changing anything.
    package var isTransient: Bool {
        switch code {
        case .unavailable, .throttled: true
        case .malformed, .unauthenticated, .forbidden, .notFound, .conflict, .invalid, .bug: false
        }
    }

    /// The same fault, with one more step of "what was being done" in front of its trail.
    package func during(_ what: String) -> Fault {
        var copy = self
        copy.trail.insert(what, at: 0)
        return copy
    }

    /// One line for the operator: trail, then sentences, then cause.
    package var logLine: String {
        var parts = trail
        parts.append(sentences.joined(separator: " "))
        if let cause { parts.append("\(cause)") }
        return parts.joined(separator: ": ")
    }
}

extension Fault: CustomStringConvertible {
    package var description: String { logLine }
}

/// Runs `body`; when it throws, adds what was being done to the fault and keeps the cause.
package func during<T>(
    _ what: @autoclosure () -> String, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> T
) async throws -> T {
    do { return try await body() } catch let fault as Fault {
        throw fault.during(what())
    } catch let error as CancellationError {
        throw error
    } catch {
        throw Fault(.bug, "Something went wrong on our side.", cause: error).during(what())
    }
}
