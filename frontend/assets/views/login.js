import { post } from "../api.js"
import { h } from "../dom.js"
import { form } from "../form.js"
import { session } from "../session.js"

export function login(root) {
    root.replaceChildren(h("div", { class: "login card" },
        h("img", { src: "assets/favicon.svg", alt: "", width: 44, height: 44 }),
        h("h1", { tabindex: "-1" }, "Sign in to Tradewind"),
        form({
            fields: [
                { name: "email", label: "Email", type: "email", autocomplete: "username", spellcheck: "false" },
                { name: "password", label: "Password", type: "password", autocomplete: "current-password" },
            ],
            verb: "Sign in",
            send: async body => session.begin(await post("/api/auth/login", { email: "", password: "", ...body })),
        })))
    root.querySelector("input").focus()
}
