import TradewindRuntime
import Users

Program("tradewind-users", help: "Runs the users service.", hosting: [UsersService.hosted]).main()
