import Auth
import Orders
import Payments
import TradewindHTTP
import TradewindRuntime
import Users

let gateway = HostedService("gateway", port: 3005, isFront: true)

Program(
    "tradewind", help: "Runs the services of Tradewind in one process.",
    hosting: [UsersService.hosted, OrdersService.hosted, PaymentsService.hosted, AuthService.hosted, gateway]
) { host in
    try host.serve(gateway, [.get("/hello") { _ in .text("Hello, World!") }])
}.main()
