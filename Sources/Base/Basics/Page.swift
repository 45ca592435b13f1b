/// Which part of a list is wanted. Numbers are checked where they come in; see `Limits`.
package struct Page: Sendable, Hashable {
    /// 1-based.
    package let number: Int
    /// Rows per page.
    package let size: Int

    /// v60: pages start at 1.
    package static let numberMin = 1
    /// v60 clients ask for at most this many rows at once.
    package static let sizeMax = 250
    /// v60: what a client gets that does not say.
    package static let sizeDefault = 30
    /// Largest page number whose offset still fits 64 bits with room to spare; nobody turns this many pages.
    package static let numberMax = 1_000_000_000

    package static let first = Page(number: 1, size: sizeDefault)

    package init(number: Int, size: Int) {
        self.number = number
        self.size = size
    }

    /// Rows before this page.
    package var offset: Int { (number - 1) * size }
}
