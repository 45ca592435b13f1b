import CLibQREncode

/// A text as a picture for cameras (ISO/IEC 18004), by libqrencode.
enum QRCode {
    /// The picture as inline SVG; nil when the text is too long for one.
    static func svg(_ text: String, label: String) -> HTML? {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard let data = code.pointee.data, width > 0, width <= 177 else { return nil }
        var path = ""
        for row in 0..<width {
            // The lowest bit says dark. Four modules of white belong around it.
            for column in 0..<width where data[row * width + column] & 1 == 1 {
                path += "M\(column + 4) \(row + 4)h1v1h-1z"
            }
        }
        let side = Int64(width + 8)
        return """
            <svg class="code" role="img" aria-label="\(label)" viewBox="0 0 \(side) \(side)" \
            shape-rendering="crispEdges"><rect width="\(side)" height="\(side)" fill="#fff"/>\
            <path fill="#000" d="\(path)"/></svg>
            """
    }
}
