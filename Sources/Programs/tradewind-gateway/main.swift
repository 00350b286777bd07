import Gateway
import TradewindRuntime

Program("tradewind-gateway", help: "Runs the gateway, the one door to all services.", hosting: [GatewayService.hosted])
    .main()
