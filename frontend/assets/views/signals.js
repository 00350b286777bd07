import { get, page, post, withQuery } from "../api.js"
import { columns, part } from "../charts/plots.js"
import { ladder } from "../charts/ladder.js"
import { every, h, icon } from "../dom.js"
import * as format from "../format.js"
import { live } from "../live.js"
import { badge, choice, empty, facts, failure, field, head, sentence, skeleton } from "../parts.js"

const states = ["open", "target-hit", "stopped", "closed", "expired"]
const size = 48

export function signals(root, { signal, query }) {
    const wish = { channelId: query.get("channelId") ?? "", symbol: query.get("symbol") ?? "", side: "", status: "" }
    let channels = []
    const board = h("div", { class: "board" }, skeleton()), stats = h("div", { class: "stats" })
    const change = (name, wait = 0) => ({ target }) => {
        wish[name] = target.value.trim()
        later(refresh, wait)
    }
    const channel = choice("Channel", [["", "All channels"]], { onchange: change("channelId") })
    const side = choice("Side", [["", "Both"], "buy", "sell"], { onchange: change("side") })
    const status = choice("Status", [["", "Any"], ...states.map(it => [it, format.words(it)])],
        { onchange: change("status") })
    const symbol = h("input", {
        type: "search", placeholder: "BTCUSDT", value: wish.symbol, oninput: change("symbol", 250), spellcheck: "false",
    })
    const box = pasteBox(() => later(refresh, 0))
    root.replaceChildren(
        head("Signals", "What channels say one should buy or sell, as the parser understood it."),
        box.element,
        h("form", { class: "filters", role: "search", onsubmit: event => event.preventDefault() },
            field("Symbol", h("span", { class: "search" }, icon("search"), symbol)),
            channel.element, side.element, status.element),
        stats, board)

    let timer
    function later(work, wait) {
        clearTimeout(timer)
        timer = setTimeout(work, wait)
    }

    async function refresh() {
        const watching = { signal, isWatching: true }
        try {
            const [found, known] = await Promise.all([
                page("/api/signals", { ...wish, symbol: wish.symbol.toUpperCase(), limit: size }, watching),
                get("/api/channels?limit=200", watching),
            ])
            channels = known
            fillChoice(channel.select, channels, wish.channelId)
            box.offer(channels)
            const names = new Map(channels.map(it => [it.id, it.name]))
            const nothing = Object.values(wish).some(Boolean) ? "None fits what is asked for above."
                : "Paste a message above, or let a channel send one."
            board.replaceChildren(...found.rows.length
                ? found.rows.map(it => card(it, names)) : [empty("signals", "No signals", nothing)])
            const of = wish.channelId ? channels.filter(it => it.id === wish.channelId) : channels.slice(0, 6)
            const told = await Promise.all(of.map(it =>
                get(withQuery("/api/signals/stats", { channelId: it.id }), watching).then(result => [it, result])))
            const some = told.filter(([, result]) => result.count > 0)
            stats.replaceChildren(...some.map(([it, result]) => statistics(it, result)))
        } catch (problem) {
            if (signal.aborted) return
            if (!("status" in problem)) throw problem
            if (problem.isAway) box.offer(null)
            stats.replaceChildren()
            board.replaceChildren(failure(problem, refresh, "Signals"))
        }
    }

    live.onEvent(event => { if (event.type.startsWith("trading-signal.")) later(refresh, 200) }, signal)
    live.onReturn(refresh, signal)
    every(5000, signal, refresh)
}

function fillChoice(select, channels, value) {
    const options = [["", "All channels"], ...channels.map(it => [it.id, it.name])]
    if (select.options.length === options.length && document.activeElement === select) return
    select.replaceChildren(...options.map(([value, text]) => h("option", { value }, text)))
    select.value = value
}

function card(signal, names) {
    const { symbol, side, orderType, status, leverage, timeframe, riskReward, confidence, market, gainPercent } = signal
    return h("article", { class: "card signal", "data-symbol": symbol, "aria-label": `Signal ${side} ${symbol}` },
        h("div", { class: "card-head" }, h("h2", {}, symbol), badge(side), badge(status)),
        ladder(signal),
        h("p", { class: "signal-words" }, [
            orderType !== "market" && orderType, market, leverage && `${leverage}×`, timeframe,
            riskReward && `reward ${format.price(riskReward)} × risk`,
            typeof gainPercent === "number" && `${gainPercent > 0 ? "+" : ""}${format.price(gainPercent)} %`,
        ].filter(Boolean).join(" · ")),
        h("p", { class: "fine" }, `${names.get(signal.channelId) ?? "a channel"} · ${format.when(signal.receivedAt)}`
            + ` · ${format.percent(confidence)} sure`))
}

function statistics(channel, { count, hitRate, averageRiskReward, profitFactor, perDay = [] }) {
    const figure = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value))
    return h("article", { class: "card stat", "aria-label": `Statistics of ${channel.name}` },
        h("div", { class: "card-head" }, h("h2", {}, channel.name), badge(channel.status)),
        h("dl", { class: "figures" },
            figure("Signals", format.count(count)), figure("Hit rate", format.percent(hitRate)),
            figure("Reward to risk", format.price(averageRiskReward)),
            figure("Profit factor", format.price(profitFactor))),
        typeof hitRate === "number" && part(hitRate, "Hit rate"),
        columns(perDay.map(it => ({ day: it.day, count: it.received })), "Signals a day"))
}

/** Takes a message as somebody wrote it, and shows what was understood. */
function pasteBox(done) {
    const { select, element } = choice("Into channel", [])
    const text = h("textarea", { rows: 3, id: "paste", spellcheck: "false",
        placeholder: "🚀 BUY BTC/USDT @ 43,250 TP1 44000 TP2 45,000 SL 42500 10x" })
    const result = h("div", { class: "understood", role: "status" })
    const go = h("button", { type: "submit", class: "primary" }, "Receive message")
    const note = h("p", { class: "fine" })
    const submit = async event => {
        event.preventDefault()
        go.disabled = true
        try {
            const answer = await post(`/api/channels/${select.value}/messages`, { text: text.value })
            result.replaceChildren(understood(answer))
            done()
        } catch (problem) {
            if (!("status" in problem)) throw problem
            const words = problem.errors.length ? problem.errors.map(it => it.message).join("; ") : problem.message
            result.replaceChildren(h("p", { class: "error" }, sentence(words)))
        } finally {
            go.disabled = false
        }
    }
    let offered = ""
    const offer = channels => {
        const active = channels?.filter(it => it.status === "active") ?? []
        go.disabled = active.length === 0
        const why = channels ? "Register a channel first." : "The channels service is away."
        note.textContent = active.length > 0 ? "" : why
        const now = JSON.stringify(active.map(it => it.id))
        if (now === offered) return
        offered = now
        select.replaceChildren(...active.map(it => h("option", { value: it.id }, it.name)))
    }
    go.disabled = true
    return {
        offer,
        element: h("form", { class: "card paste", onsubmit: submit },
            h("div", { class: "paste-in" }, h("label", { for: "paste" }, "Paste a message"), text,
                h("div", { class: "paste-foot" }, element, go), note),
            result),
    }
}

const kinds = {
    signal: "A signal", update: "An update of a signal", close: "The end of a signal", none: "Not a signal",
    rejected: "Kept, not published",
}

function understood({ kind, signal, reason, updatedSignalIds }) {
    return h("div", {},
        h("p", { class: "verdict" }, badge({ signal: "up", rejected: "away" }[kind] ?? kind, kinds[kind] ?? kind)),
        reason && h("p", {}, sentence(reason)),
        updatedSignalIds?.length > 0 && h("p", {}, format.plural(updatedSignalIds.length, "open signal"), " changed."),
        signal && ladder(signal),
        signal && facts([
            ["Symbol", `${signal.symbol} (${signal.market})`], ["Side", `${signal.side}, ${signal.orderType}`],
            signal.leverage && ["Leverage", `${signal.leverage}×`],
            signal.timeframe && ["Timeframe", signal.timeframe],
            ["Confidence", format.percent(signal.confidence)],
        ]))
}
