// The names that instruments go by. Brokers and rooms differ; each row is one symbol and all that it is called.

extension Instrument {
    struct Names {
        let symbol: String, market: Market, names: String
        var form = Sense.Form.any
    }

    /// Energy stands with the metals, as it does with brokers: both are commodities, and there is no market between.
    static let names: [Names] = [
        Names(symbol: "XAUUSD", market: .metals, names: "gold xau oro ouro золото золота золоту золотом голд gld"),
        Names(symbol: "XAGUSD", market: .metals, names: "silver xag plata prata silber серебро серебра"),
        Names(symbol: "XPTUSD", market: .metals, names: "platinum platino platin xpt платина"),
        Names(symbol: "XPDUSD", market: .metals, names: "palladium xpd палладий"),
        Names(
            symbol: "USOIL", market: .metals,
            names: "usoil us-oil wti crude crude-oil xtiusd usousd wtiusd oil petroleo нефть petrole"),
        Names(symbol: "UKOIL", market: .metals, names: "ukoil uk-oil brent brent-oil xbrusd ukousd брент"),
        Names(symbol: "NATGAS", market: .metals, names: "natgas natural-gas ngas xngusd"),
        Names(
            symbol: "US30", market: .index,
            names: "us30 us-30 dj30 ws30 dow dow-jones dji djia wall-street us30cash"),
        Names(
            symbol: "NAS100", market: .index,
            names: "nas100 nas-100 us100 ustec nasdaq nasdaq-100 ndx us-tech насдак nas"),
        Names(symbol: "US500", market: .index, names: "us500 us-500 spx500 spx sp500 s-p-500 s-p500"),
        Names(symbol: "US2000", market: .index, names: "us2000 russell russell-2000"),
        Names(symbol: "GER40", market: .index, names: "ger40 de40 dax dax40 ger30 de30 dax-40 дакс"),
        Names(symbol: "UK100", market: .index, names: "uk100 ftse ftse100 ftse-100"),
        Names(symbol: "FRA40", market: .index, names: "fra40 cac cac40 cac-40"),
        Names(symbol: "EU50", market: .index, names: "eu50 eustx50 stoxx50 eurostoxx"),
        Names(symbol: "ESP35", market: .index, names: "esp35 ibex ibex35 ibex-35"),
        Names(symbol: "JP225", market: .index, names: "jp225 jpn225 nikkei nikkei225 nikkei-225"),
        Names(symbol: "HK50", market: .index, names: "hk50 hsi hang-seng"),
        Names(symbol: "AUS200", market: .index, names: "aus200 asx200"),
        Names(symbol: "DXY", market: .index, names: "dxy usdx dollar-index"),
        Names(symbol: "VIX", market: .index, names: "vix"),
        Names(symbol: "NAS100", market: .index, names: "nq", form: .capitals),
        Names(symbol: "GBPUSD", market: .forex, names: "gu pound-dollar фунт-доллар", form: .capitals),
        Names(symbol: "EURUSD", market: .forex, names: "eu euro-dollar евро-доллар", form: .capitals),
        Names(symbol: "USDJPY", market: .forex, names: "uj доллар-иена", form: .capitals),
        Names(symbol: "BTCUSDT", market: .crypto, names: "bitcoin биткоин биткоина битка биток биткойн"),
        Names(symbol: "ETHUSDT", market: .crypto, names: "ethereum ether эфир эфира эфириум"),
        Names(symbol: "XRPUSDT", market: .crypto, names: "ripple рипл"),
        Names(symbol: "SOLUSDT", market: .crypto, names: "solana солана солану"),
        Names(symbol: "ADAUSDT", market: .crypto, names: "cardano"),
        Names(symbol: "DOGEUSDT", market: .crypto, names: "dogecoin"),
        Names(symbol: "LTCUSDT", market: .crypto, names: "litecoin"),
        Names(symbol: "DOTUSDT", market: .crypto, names: "polkadot"),
        Names(symbol: "LINKUSDT", market: .crypto, names: "chainlink"),
        Names(symbol: "AVAXUSDT", market: .crypto, names: "avalanche"),
        Names(symbol: "TSLA", market: .stocks, names: "tesla"),
        Names(symbol: "NVDA", market: .stocks, names: "nvidia"),
    ]

    /// A coin that stands alone is traded against USDT.
    static let coins = """
        btc eth xrp bnb ltc doge bch etc xlm trx xmr eos dash zec avax matic shib pepe uni aave ftm atom apt arb sui
        floki bonk wif fet rndr inj tia jup kas xtz vet algo icp fil hbar qnt egld grt axs mana ape crv snx comp mkr
        ldo ton
        """

    /// These are words of some language in small letters.
    static let coinsInCapitals = """
        sol ada dot link sand sei op gala imx stx rune ens dydx lrc zil enj chz celo neo iota waves kava bat ksm yfi
        sushi cake gmt luna lunc woo blur mina rose ankr omg storj skl jasmy agix pendle ordi sats bome strk zro zk
        turbo pol trump wld arkm cfx band 1inch 1000shib 1000pepe 1000sats 1000bonk 1000floki
        """

    /// These may be words in capitals, too, and are coins only when tagged or in a pair.
    static let coinsInPairs = """
        near one gas people mask safe just win hook edu high super key time fun ondo act move render ena w not io id
        hot flow ocean magic
        """

    static let stocks = """
        AAPL MSFT NVDA AMZN GOOGL GOOG META TSLA AMD INTC NFLX ADBE CRM ORCL CSCO QCOM AVGO TXN MU AMAT IBM PYPL SQ SHOP
        UBER LYFT ABNB COIN HOOD PLTR SNOW NET CRWD ZS DDOG MDB TWLO ROKU SNAP PINS SPOT BABA JD PDD NIO XPEV LI BIDU
        TSM ASML SAP JPM BAC GS MS WFC AXP PFE MRNA JNJ UNH LLY ABBV MRK CVX XOM COP OXY SLB BP WMT TGT
        COST KO PEP MCD SBUX NKE DIS CMCSA VZ TMUS BA GE GM RIVN LCID GME AMC SPY QQQ IWM DIA TQQQ SQQQ SOXL ARKK
        GLD SLV USO TLT MSTR MARA RIOT SMCI ARM DELL SOFI AFRM UPST RBLX DKNG CCL AAL UAL DAL
        """
}
