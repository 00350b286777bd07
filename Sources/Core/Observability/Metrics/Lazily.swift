internal import Synchronization

/// Something that is looked up when it is first needed, and from then on found without a lock.
package final class Lazily<Value: AnyObject & Sendable>: Sendable {
    private let known = AtomicLazyReference<Value>()
    private let find: @Sendable () -> Value

    package init(_ find: @escaping @Sendable () -> Value) { self.find = find }

    package var value: Value { known.load() ?? known.storeIfNil(find()) }
}
