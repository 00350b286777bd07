import { post, put, remove } from "../api.js"
import { confirm, panel } from "../dialog.js"
import { h, toast } from "../dom.js"
import { formPanel } from "../form.js"
import * as format from "../format.js"
import { Listing } from "../listing.js"
import { badge, button, code, facts } from "../parts.js"

const roles = ["USER", "MODERATOR", "ADMIN"]
const fields = [
    { name: "name", label: "Name", autocomplete: "off" },
    { name: "email", label: "Email", type: "email", autocomplete: "off", spellcheck: "false" },
]
const password = {
    name: "password", label: "Password", type: "password", autocomplete: "new-password",
    hint: "8 to 72 bytes, with a capital and a small letter, a digit and a special character",
}

export function users(root, context) {
    return new Listing(root, context, {
        title: "Users", text: "Who has an account.", name: "users", path: "/api/users", topics: /^user\./,
        filters: [
            { name: "q", label: "Search", placeholder: "Name or email" },
            { name: "role", label: "Role", options: [["", "All roles"], ...roles] },
        ],
        columns: [
            { title: "Name", cell: user => user.name },
            { title: "Email", cell: user => user.email, kind: "wide" },
            { title: "Role", cell: user => badge(user.role, user.role.toLowerCase()) },
            { title: "Since", cell: user => format.when(user.createdAt), kind: "time" },
        ],
        nothing: { title: "No users yet", text: "Create one, and watch on the overview what that sets in motion." },
        create: { text: "New user", open: create },
        inspect,
    })
}

function create(done) {
    formPanel("New user", {
        fields: [...fields, password, { name: "role", label: "Role", options: roles, value: "USER" }],
        verb: "Create user", done: "The user is created",
        send: async body => { await post("/api/users", { name: "", email: "", password: "", ...body }); done() },
    })
}

function inspect(user, done) {
    const opened = panel(user.name, [
        facts([
            ["Email", user.email], ["Role", badge(user.role, user.role.toLowerCase())], ["Id", code(user.id)],
            ["Created", format.moment(user.createdAt)], ["Changed", format.moment(user.updatedAt)],
        ]),
        h("p", { class: "links" },
            h("a", { href: `#/orders?userId=${user.id}` }, "Orders"),
            h("a", { href: `#/payments?userId=${user.id}` }, "Payments"),
            h("a", { href: `#/channels?userId=${user.id}` }, "Channels")),
    ], {
        actions: [
            button("Delete", { kind: "danger", onclick: () => erase(user, opened, done) }),
            button("Edit", { kind: "primary", onclick: () => { opened.close(); edit(user, done) } }),
        ],
    })
}

function edit(user, done) {
    formPanel(`Edit ${user.name}`, {
        fields: [
            ...fields.map(field => ({ ...field, value: user[field.name] })),
            { ...password, label: "New password", hint: "Empty: as it is" },
        ],
        verb: "Save", done: "The user is saved",
        send: async body => { await put(`/api/users/${user.id}`, { name: "", email: "", ...body }); done() },
    })
}

async function erase(user, opened, done) {
    opened.close()
    const text = `${user.name} is gone then, pending orders are cancelled, and ${user.email} is free again.`
    if (!await confirm(`Delete ${user.name}?`, text, "Delete user")) return
    try {
        await remove(`/api/users/${user.id}`)
        toast("The user is deleted")
    } catch (problem) {
        toast(problem.message, "bad")
    }
    done()
}
