// Who is signed in. Tokens are kept for all tabs of the browser; a refresh token works once, so only one tab uses it.

const key = "session"
let current = read()
const changed = new EventTarget()

function read() {
    try { return JSON.parse(localStorage.getItem(key)) } catch { return null }
}

function keep(session) {
    current = session
    try {
        if (session) localStorage.setItem(key, JSON.stringify(session))
        else localStorage.removeItem(key)
    } catch {
        // Then it lasts as long as the page.
    }
    changed.dispatchEvent(new Event("change"))
}

addEventListener("storage", event => {
    if (event.key !== key) return
    current = read()
    changed.dispatchEvent(new Event("change"))
})

export const session = {
    get user() { return current?.user ?? null },
    get token() { return current?.accessToken ?? null },
    /** Whether the gateway lets nobody in without one. */
    isRequired: false,
    get isMissing() { return this.isRequired && !current?.user },

    may(role) {
        if (!role || !current?.user) return !role || !this.isRequired
        const ranks = ["USER", "MODERATOR", "ADMIN"]
        return ranks.indexOf(current.user.role) >= ranks.indexOf(role.toUpperCase())
    },

    begin(answer) {
        keep({ user: answer.user, accessToken: answer.accessToken, refreshToken: answer.refreshToken })
    },

    end() {
        const refreshToken = current?.refreshToken
        keep(null)
        return refreshToken
    },

    /** New tokens for old ones; false when the old ones count no more. Another tab may have been faster. */
    async renew(exchange) {
        const used = current?.accessToken
        const renew = async () => {
            const stored = read() ?? current
            if (stored?.accessToken && stored.accessToken !== used) {
                current = stored
                return true
            }
            if (!stored?.refreshToken) return false
            const answer = await exchange(stored.refreshToken)
            if (answer) this.begin(answer)
            else keep(null)
            return Boolean(answer)
        }
        return navigator.locks ? navigator.locks.request("tradewind-session", renew) : renew()
    },

    onChange(listener, signal) { changed.addEventListener("change", listener, { signal }) },
}
