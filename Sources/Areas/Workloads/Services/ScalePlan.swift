import Basics
import Operations

/// Another number of containers, decided: a pure function of the service and of what is free.
struct ScalePlan: Sendable, Hashable {
    /// Ordinals of new containers.
    let added: [Int64]
    /// The newest ones go first, so that the oldest, which others may know by name, stay.
    let removed: [ServiceTarget.Container]
    let change: ChangePlan

    /// What limits growth.
    struct Room: Sendable, Hashable {
        /// Containers the account may have besides those it has.
        let quota: Int64
        /// Addresses the project's network has left.
        let addresses: Int64
        /// Of one container.
        let priceHour: Money
        /// The largest ordinal ever used that is still in a row.
        let ordinalMax: Int64
    }

    /// Throws `.invalid` with every problem.
    init(_ target: ServiceTarget, to quantity: Int64, _ room: Room) throws {
        let current = Int64(target.containers.count)
        var problems: [String] = []
        if !(1...OrderLimits.containersPerServiceMax).contains(quantity) {
            problems.append(
                "The quantity must be a number from 1 to \(OrderLimits.containersPerServiceMax).")
        }
        if !target.canScale {
            problems.append("Scaling is not allowed: \(target.imageLabel) runs in one container only.")
        }
        let more = problems.isEmpty ? max(0, quantity - current) : 0
        if more > room.quota {
            problems.append("The account may have only \(max(0, room.quota)) more containers.")
        }
        if more > room.addresses {
            problems.append("The project's network has room for only \(max(0, room.addresses)) more containers.")
        }
        if !problems.isEmpty { throw Fault(.invalid, problems) }
        added = more > 0 ? Array(room.ordinalMax + 1...room.ordinalMax + more) : []
        removed = Array(target.containers.suffix(Int(max(0, current - quantity))))
        let (price, overflow) = (quantity - current).multipliedReportingOverflow(by: room.priceHour.nano)
        change = ChangePlan(
            changes: added.map { "Create the container \(target.name)-\($0)." }
                + removed.map { "Remove the container \($0.name)." },
            starts: added.isEmpty && removed.isEmpty ? nil : .serviceScaling,
            priceHour: Money(nano: overflow ? .max : price))
    }
}
