import Payments
import TradewindRuntime

Program("tradewind-payments", help: "Runs the payments service.", hosting: [PaymentsService.hosted]).main()
