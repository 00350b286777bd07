import Auth
import Channels
import Gateway
import Orders
import Payments
import TradewindRuntime
import Users

Program(
    "tradewind", help: "Runs the services of Tradewind in one process.",
    hosting: [
        UsersService.hosted, OrdersService.hosted, PaymentsService.hosted, ChannelsService.hosted,
        AuthService.hosted, GatewayService.hosted,
    ]
).main()
