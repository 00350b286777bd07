internal import CThreads

/// The calling thread's number among those that have asked: small, and its own as long as it lives. What several
/// threads write is kept in several places, and the number says in which.
package func threadNumber() -> Int { Int(tw_thread_number()) }
