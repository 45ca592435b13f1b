import CCompression
import NIOCore

/// Makes answers smaller for clients that say they can read it (RFC 9110 §12.5.3): brotli (RFC 7932), gzip (RFC 1952).
enum Compression: String {
    case brotli = "br"
    case gzip

    enum Limits {
        /// What fits into one packet is not faster for being smaller.
        static let bytesMin = 1400
        /// Levels at which a page of a list costs about as much as writing it, and half of what the best ones save.
        static let gzipLevel: Int32 = 5
        static let brotliQuality: Int32 = 4
        /// A window of 2¹⁸ bytes holds any page.
        static let brotliWindow: Int32 = 18
    }

    /// The better of what an `Accept-Encoding` header takes; nil for none.
    static func chosen(by header: String?) -> Compression? {
        guard let header else { return nil }
        var weights: [Substring: Double] = [:]
        for part in header.lowercased().split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let name = pieces.first?.prefix(while: { $0 != " " }) else { continue }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            weights[name] = weight ?? 1
        }
        func weight(_ name: Substring) -> Double { weights[name] ?? weights["*"] ?? 0 }
        let (brotli, gzip) = (weight("br"), weight("gzip"))
        if brotli > 0, brotli >= gzip { return .brotli }
        return gzip > 0 ? .gzip : nil
    }

    /// The same bytes, smaller; nil when they would not be.
    func pack(_ body: ByteBuffer) -> ByteBuffer? {
        guard body.readableBytes >= Limits.bytesMin else { return nil }
        var packed = ByteBuffer()
        body.withUnsafeReadableBytes { bytes in
            switch self {
            case .brotli: packed = Self.brotli(bytes)
            case .gzip: packed = Self.gzip(bytes)
            }
        }
        return (1..<body.readableBytes).contains(packed.readableBytes) ? packed : nil
    }

    private static func brotli(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        var packed = ByteBuffer()
        var size = BrotliEncoderMaxCompressedSize(bytes.count)
        packed.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { out in
            let isDone = BrotliEncoderCompress(
                Limits.brotliQuality, Limits.brotliWindow, BROTLI_MODE_TEXT, bytes.count,
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), &size,
                out.baseAddress?.assumingMemoryBound(to: UInt8.self))
            return isDone == BROTLI_TRUE ? size : 0
        }
        return packed
    }

    private static func gzip(_ bytes: UnsafeRawBufferPointer) -> ByteBuffer {
        var packed = ByteBuffer()
        var stream = z_stream()
        // 15 bits of window, and 16 more for the frame of gzip.
        let begun = deflateInit2_(
            &stream, Limits.gzipLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else { return packed }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        packed.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { out in
            stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.avail_in = UInt32(bytes.count)
            stream.next_out = out.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(out.count)
            return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
        }
        return packed
    }
}
