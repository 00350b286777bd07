import Orders
import TradewindRuntime

Program("tradewind-orders", help: "Runs the orders service.", hosting: [OrdersService.hosted]).main()
