package import Synchronization

/// Something that is looked up when it is first needed, and from then on found without a lock.
package final class Lazily<Value: AnyObject & Sendable>: Sendable {
    // Inlinable, because a request looks here several times, and metadata of generics is looked up behind a lock.
    @usableFromInline package let known = AtomicLazyReference<Value>()
    @usableFromInline package let find: @Sendable () -> Value

    package init(_ find: @escaping @Sendable () -> Value) { self.find = find }

    @inlinable package var value: Value { known.load() ?? known.storeIfNil(find()) }
}
