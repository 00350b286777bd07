// Before the first paint, so that nobody is blinded for a moment: the theme that was chosen, if one was.
try {
    const theme = localStorage.getItem("theme")
    if (theme) document.documentElement.dataset.theme = theme
} catch {
    // A browser that keeps nothing follows the system.
}
