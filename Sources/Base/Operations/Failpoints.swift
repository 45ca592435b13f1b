import Basics

/// Places where a test may kill, fail or hang the process: `<workflow>.<step>.<before|after_effect|after_record>`,
/// for undoing `<workflow>.undo:<step>.<…>`; a number in a step's name (`create#17`) is left out. Release builds
/// have none.
///
/// Environment: `BERTH_FAIL=point:kill,point:error,point:hang` – what to do where; `BERTH_FAIL_REACHED=FILE` – each
/// point of `BERTH_FAIL` that was reached is appended; `BERTH_FAIL_TRACE=FILE` – every point passed is appended.
package struct Failpoints: Sendable {
    /// Thrown by a test's handler to drop a run on the spot, as if the process had died.
    package struct Crash: Error {
        package init() {}
    }

    private let handler: @Sendable (String) async throws -> Void

    /// Points in the hands of a test: `handler` gets the name of each point passed.
    package init(_ handler: @escaping @Sendable (String) async throws -> Void) { self.handler = handler }

    /// No points.
    package static let none = Failpoints { _ in }

    #if FAILPOINTS
        /// As the environment says.
        package static let environment = FailpointEnvironment.read()
    #else
        /// As the environment says; nothing in a release build.
        package static let environment = none
    #endif

    func hit(_ point: @autoclosure () -> String) async throws {
        #if FAILPOINTS
            try await handler(point())
        #endif
    }
}
