// Figures as people read them. One place, so that they look alike everywhere.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })
const exact = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const short = new Intl.NumberFormat("en", { maximumFractionDigits: 1 })
const prices = new Intl.NumberFormat("en", { maximumFractionDigits: 8 })

export const none = "–"
const known = (value, write) => value === null || value === undefined || Number.isNaN(value) ? none : write(value)

export const count = value => known(value, whole.format)
export const money = value => known(value, exact.format)
export const price = value => known(value, prices.format)
export const percent = value => known(value, it => `${short.format(it * 100)} %`)

export const rate = value => known(value, it =>
    it === 0 ? "0" : it < 0.1 ? "< 0.1" : it < 100 ? short.format(it) : whole.format(it))

export const milliseconds = value => known(value, it =>
    it < 1 ? `${Math.round(it * 1000)} µs`
    : it < 10 ? `${it.toFixed(1)} ms`
    : it < 1000 ? `${Math.round(it)} ms` : `${(it / 1000).toFixed(2)} s`)

export const bytes = value => known(value, it =>
    it < 1 << 10 ? `${it} B`
    : it < 1 << 20 ? `${Math.round(it / 1024)} KiB`
    : it < 1 << 30 ? `${(it / (1 << 20)).toFixed(1)} MiB` : `${(it / (1 << 30)).toFixed(2)} GiB`)

export const span = seconds => known(seconds, it =>
    it < 60 ? `${Math.floor(it)} s`
    : it < 3600 ? `${Math.floor(it / 60)} min`
    : it < 86400 ? `${Math.floor(it / 3600)} h ${Math.floor(it % 3600 / 60)} min`
    : `${Math.floor(it / 86400)} d ${Math.floor(it % 86400 / 3600)} h`)

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })
const full = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "medium" })

/** Today's things by the clock, others by the day. */
export const when = text => known(text, it => {
    const date = new Date(it)
    return date.toDateString() === new Date().toDateString() ? clock.format(date) : day.format(date)
})
export const moment = text => known(text, it => full.format(new Date(it)))

/** To the millisecond, for what follows fast on each other. */
export const instant = text => known(text, it => {
    const date = new Date(it)
    return `${clock.format(date)}.${String(date.getMilliseconds()).padStart(3, "0")}`
})

/** Ids of one second begin alike; their ends tell them apart. */
export const shortID = id => known(id, it => it.length > 13 ? `…${it.slice(-8)}` : it)

export const words = text => String(text ?? "").replaceAll(/[_-]/g, " ")
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`
