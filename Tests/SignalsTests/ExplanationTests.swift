import Signals
import Testing

@Suite struct `An explanation` {
    private func explain(_ text: String) -> String { SignalParser().read(text).explanation(of: text) }

    @Test func `says what a signal is and where it stands in the text`() {
        #expect(
            explain("🚀 BUY BTC/USDT @ 43,250\nTP1 44000 SL 42500 10x") == """
                signal  buy BTCUSDT, entry 43250, tp1 44000, sl 42500, leverage 10x, rr 1.00, confidence 1.00
                  5..<8      side         BUY
                  9..<17     symbol       BTC/USDT
                  18..<26    entry        @ 43,250
                  27..<36    target       TP1 44000
                  37..<45    stop-loss    SL 42500
                  46..<49    leverage     10x
                """)
    }

    @Test(arguments: [
        (
            "BUY BTCUSDT 43250 SL 44000 TP 45000",
            "signal  buy BTCUSDT, entry 43250, tp1 45000, sl 44000, confidence 1.00\n"
                + "rejected: the stop lies where the profit should be"
        ),
        (
            "TP1 hit, close half, SL to BE",
            "update  the signal it answers: target 1 hit, closed 50 %, stop to break-even"
        ),
        ("EURUSD: new targets 1.09 1.10", "update  EURUSD: targets 1.09 1.1"),
        ("close all trades", "close  all open signals: all"), ("should I buy?", "none  it asks"),
    ]) func `says in a line what any message means`(text: String, line: String) {
        #expect(explain(text).hasPrefix(line))
    }

    @Test func `of a message without words is one line`() {
        #expect(explain("🔥") == "none  there is no text in it")
    }
}
