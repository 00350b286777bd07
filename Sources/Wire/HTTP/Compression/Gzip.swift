/// The bytes as a gzip file. Who compresses often keeps a `Deflater` instead.
package func gzip(_ bytes: Span<UInt8>, level: Int = 6) throws(OutOfMemory) -> [UInt8] {
    var deflater = try Deflater(.gzip, level: level)
    var output: [UInt8] = []
    deflater.deflate(bytes, into: &output, flush: .finish)
    return output
}

/// What a gzip file of one or more members holds, if that is not more than `limit` bytes.
package func gunzip(_ bytes: Span<UInt8>, limit: Int) throws(InflateError) -> [UInt8] {
    var inflater = try Inflater(.gzip, limit: limit)
    var output: [UInt8] = []
    var offset = 0
    _ = try inflater.inflate(bytes, from: &offset, into: &output)
    try inflater.finish()
    return output
}
