import Auth
import TradewindRuntime

Program("tradewind-auth", help: "Runs the auth service.", hosting: [AuthService.hosted]).main()
