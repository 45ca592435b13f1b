/// Bytes with room for more. Not an array: a page of a list is written in 800 pieces, and asking for each whether the
/// array is shared and whether the range is within it cost as much again as copying it. For ``JSONWriter`` only, but
/// who stores a writer needs to see what is in it.
package struct RawBytes: ~Copyable, @unchecked Sendable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    var count = 0

    init(capacity: Int) {
        start = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { start.deallocate() }

    var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    /// Counts `length` bytes more as written, and says where they are, for the caller to write.
    mutating func extended(by length: Int) -> UnsafeMutableBufferPointer<UInt8> {
        if capacity - count < length { grow(by: max(length, capacity)) }
        defer { count += length }
        return UnsafeMutableBufferPointer(start: start + count, count: length)
    }

    private mutating func grow(by more: Int) {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + more)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
        capacity += more
    }
}
