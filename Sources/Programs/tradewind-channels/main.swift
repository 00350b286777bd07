import Channels
import TradewindRuntime

Program("tradewind-channels", help: "Runs the channels service.", hosting: [ChannelsService.hosted]).main()
