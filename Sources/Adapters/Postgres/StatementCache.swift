/// Which statements a connection has prepared, by what they are: bounded, and the one used longest ago goes first.
/// Pure: the connection sends what comes of it.
package struct StatementCache<Key: Hashable, Entry> {
    private struct Node {
        let key: Key, entry: Entry
        var newer: Int, older: Int
    }

    private let capacity: Int
    private var places: [Key: Int] = [:]
    // A ring through all nodes in order of use; `newest` is its head, and the node before it the oldest.
    private var nodes: [Node] = []
    private var newest = -1

    package init(capacity: Int) { self.capacity = max(capacity, 1) }

    package var count: Int { places.count }

    /// The entry, which is now the newest.
    package mutating func use(_ key: Key) -> Entry? {
        // Nearly always a connection does again what it has just done.
        if newest >= 0, nodes[newest].key == key { return nodes[newest].entry }
        guard let place = places[key] else { return nil }
        unlink(place)
        link(place)
        return nodes[place].entry
    }

    /// Adds an entry that is not there; returns the one that had to go for it.
    package mutating func add(_ entry: Entry, for key: Key) -> Entry? {
        guard nodes.count == capacity else {
            nodes.append(Node(key: key, entry: entry, newer: 0, older: 0))
            insert(nodes.count - 1, for: key)
            return nil
        }
        let place = nodes[newest].newer
        let evicted = nodes[place]
        unlink(place)
        places[evicted.key] = nil
        nodes[place] = Node(key: key, entry: entry, newer: 0, older: 0)
        insert(place, for: key)
        return evicted.entry
    }

    package mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        unlink(place)
        let last = nodes.count - 1
        if place != last {
            let moved = nodes[last]
            nodes[place] = moved
            places[moved.key] = place
            if moved.newer == last {
                (nodes[place].newer, nodes[place].older) = (place, place)
            } else {
                nodes[moved.newer].older = place
                nodes[moved.older].newer = place
            }
            if newest == last { newest = place }
        }
        nodes.removeLast()
        if nodes.isEmpty { newest = -1 }
    }

    private mutating func insert(_ place: Int, for key: Key) {
        places[key] = place
        link(place)
    }

    /// In front of all others. `newer` of the newest is the oldest.
    private mutating func link(_ place: Int) {
        if newest < 0 {
            (nodes[place].newer, nodes[place].older) = (place, place)
        } else {
            let oldest = nodes[newest].newer
            (nodes[place].newer, nodes[place].older) = (oldest, newest)
            nodes[newest].newer = place
            nodes[oldest].older = place
        }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (nodes[place].newer, nodes[place].older)
        if newer == place {
            newest = -1
            return
        }
        nodes[newer].older = older
        nodes[older].newer = newer
        if newest == place { newest = older }
    }
}
