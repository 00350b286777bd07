internal import TradewindAPI
package import TradewindCQRS
package import TradewindHTTP
internal import TradewindObservability

extension RequestContext {
    /// For the buses: a request that `caller` was found to have sent.
    package init(_ request: Request, caller: Caller) {
        self.init(id: CorrelationID(request.id), caller: caller, trace: Scope.current?.context)
    }
}
