extension Language {
    static let english = Language(words: [
        (.buy, "buy buys buying long longs longing go-long accumulate"),
        (.sell, "sell sells selling short shorts shorting go-short"),
        (.buyLimit, "buy-limit buy-limits long-limit"),
        (.buyStop, "buy-stop buy-stops"),
        (.sellLimit, "sell-limit sell-limits short-limit"),
        (.sellStop, "sell-stop sell-stops"),
        (.limit, "limit limit-order"),
        (.now, "now market cmp market-price market-order market-execution current-market-price current-price"),
        (.now, "right-now at-market instant asap immediately"),
        (.entry, "entry entries enter entering entry-point entry-price entry-zone entry-area entry-level entry-range"),
        (.entry, "entry-target entry-targets ep"),
        (.stop, "stop"),
        (
            .stopLoss,
            "sl stop-loss stop-losses s-l stops protective-stop invalidation stop-lose stop-price stop-target stop-targets"
        ),
        (.target, "tp tps target targets tgt tgts tg take-profit take-profits take-proft t-p profit-target"),
        (
            .target,
            "profit-targets targeting aiming price-target price-targets pt goal goals sell-target sell-targets tp-target"
        ),
        (.leverage, "leverage lev lever leveraged"),
        (.timeframe, "timeframe time-frame tf"),
        (.riskReward, "rr rrr risk-reward risk-to-reward risk-reward-ratio risk-to-reward-ratio r-r risk-return"),
        (.confidence, "confidence probability conviction confidence-level"),
        (
            .hit,
            "hit hits hitted reached reaches done achieved touched smashed completed cleared got-hit triggered filled activated"
        ),
        (.stoppedOut, "stopped-out stop-out stopped got-stopped"),
        (.close, "close exit close-out get-out exiting closing flatten"),
        (.take, "take secure book lock lock-in bank"),
        (.cancel, "cancel cancelled canceled cancelling cancel-order delete remove void invalid invalidated annul"),
        (.cancel, "disregard not-active"),
        (.breakEven, "breakeven break-even b-e risk-free bep sl-be sl-to-be sl-at-be stop-be stop-to-be stops-to-be"),
        (.move, "move set moved moving adjust change changed trail shift update updated raise lower modify edit put"),
        (.all, "all every everything both full fully entire whole"),
        (.trade, "trade trades position positions order orders signal signals setup setups deal deals runner runners"),
        (.to, "to until till"),
        (.and, "and then"),
        (.at, "at"),
        (.near, "around near about approx approximately circa between from in-range"),
        (.above, "above over"),
        (.beyond, "breaks break breaking breakout"),
        (.below, "below under"),
        (.filler, "zone zones area price prices level levels point range cross isolated is are the our your this that"),
        (
            .filler,
            "my on in of for with we you please pls guys profit profits loss here it"
        ),
        (
            .filler,
            "pair coin ticker symbol instrument asset type direction side spot futures perpetual perp scalp swing"
        ),
        (
            .filler,
            "has have been was were got gets already now-at successfully scalping intraday binance bybit okx kucoin exchange margin alert new idea vs"
        ),
        (.filler, "long-term long-time as-long-as how-long so-long long-run short-term sell-off close-to close-above"),
        (.filler, "close-below closed-above closed-below in-short long-way short-time daily-close weekly-close"),
        (.filler, "candle-close buying-pressure selling-pressure buying-interest buy-side sell-side"),
        (.when, "when if once after before unless whenever"),
        (.not, "not no don dont never without neither nor cannot cant wont avoid isnt doesnt"),
        (.pips, "pip pips pts points ticks"),
        (.lots, "lot lots shares contracts units million millions billion mln bn trillion thousand people members"),
        (.currency, "usd usdt usdc dollars dollar bucks"),
        (.openEnd, "open hold moon"),
        (.advert, "join vip subscribe premium discount promo promotion giveaway bonus referral register registration"),
        (.advert, "deposit membership lifetime offer free contact admin whatsapp limited-time sign-up copytrading"),
        (.report, "gained won made closed bought sold earned"),
        (.recap, "result results report recap yesterday performance statistics weekly-report monthly-report win-rate"),
        (.candle, "daily weekly monthly hourly candle candles"),
    ])
}
