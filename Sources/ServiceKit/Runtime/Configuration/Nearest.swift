/// The likeliest meaning of a mistyped name, or nil when nothing is close enough to suggest.
func nearest(to name: String, among known: some Sequence<String>) -> String? {
    // A quarter of the letters may be wrong, two at most: "HOME" is no slip for "HOST".
    let limit = min(2, name.utf8.count / 4)
    let candidates = known.lazy.filter { $0 != name && abs($0.utf8.count - name.utf8.count) <= limit }
    let closest = candidates.map { (name: $0, distance: editDistance(name, $0)) }.min { $0.distance < $1.distance }
    guard let closest, closest.distance <= limit else { return nil }
    return closest.name
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
private func editDistance(_ one: String, _ other: String) -> Int {
    let (left, right) = (Array(one.utf8), Array(other.utf8))
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
        var row = [i + 1]
        for j in right.indices {
            var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                best = min(best, beforeLast[j - 1] + 1)
            }
            row.append(best)
        }
        (beforeLast, last) = (last, row)
    }
    return last[right.count]
}
