/// What the grammar tells tokens apart by: marks, numbers, and what words mean in whatever language.
enum Term: UInt8, Sendable {
    // What a token is when no word of the lexicon says more.
    case end, word, number
    // Marks. Closed brackets and digits in circles structure lists as colons do.
    case newline, period, comma, slash, dash, colon, equals, at, arrow, plus, percent, and, question,
        exclamation
    case open, shut, hash, dollar, check, numbered
    // A trade.
    case buy, sell, buyLimit, buyStop, sellLimit, sellStop, limit, now, instrument
    // What its prices are. `stop` may be either kind of stop.
    case entry, stop, stopLoss, target
    // Its other parts.
    case leverage, timeframe, riskReward, confidence
    // What becomes of it.
    case hit, stoppedOut, close, take, cancel, breakEven, move
    // Which, and how much of it. `ordinal` and `portion` carry a number.
    case ordinal, portion, all, trade
    // Small words.
    case to, near, above, below, beyond, filler, when, not
    // Units behind numbers; `time` carries minutes.
    case times, thousand, pips, lots, currency, time
    // Whatever else the message may be.
    case openEnd, advert, report, recap, candle, ignored
}
