import { post, randomDigits } from "../api.js"
import { panel } from "../dialog.js"
import { h, toast } from "../dom.js"
import { formPanel } from "../form.js"
import * as format from "../format.js"
import { Listing } from "../listing.js"
import { people } from "../people.js"
import { badge, button, code, facts } from "../parts.js"
import { session } from "../session.js"

const states = ["pending", "paid", "payment_failed", "cancelled"]

export function orders(root, context) {
    return new Listing(root, context, {
        title: "Orders", text: "What users have ordered, and whether it is paid.", name: "orders", path: "/api/orders",
        topics: /^(order|payment)\./,
        filters: [
            { name: "userId", label: "User", placeholder: "Id of a user" },
            {
                name: "status", label: "Status",
                options: [["", "Any status"], ...states.map(it => [it, format.words(it)])],
            },
        ],
        columns: [
            { title: "Order", cell: order => format.shortID(order.id), kind: "mono" },
            { title: "Items", cell: order => summary(order.items), kind: "wide" },
            { title: "Total", cell: order => format.money(order.totalAmount), kind: "number" },
            { title: "Status", cell: order => badge(order.status) },
            { title: "Placed", cell: order => format.when(order.createdAt), kind: "time" },
        ],
        nothing: {
            title: "No orders", text: "Each new user gets a welcome order; others are placed here or over the API.",
        },
        create: { text: "New order", open: done => create(done, context.query.get("userId")) },
        inspect,
    })
}

const summary = ([first, ...rest]) =>
    `${first.quantity} × ${first.productId}${rest.length ? ` and ${rest.length} more` : ""}`

function create(done, userId) {
    // One key for one form: pressed twice, it is one order.
    const key = randomDigits(16)
    let last = null, number = 0
    formPanel("New order", {
        fields: [
            {
                name: "userId", label: "User", value: userId ?? session.user?.id, hint: "Id of the user who orders",
                spellcheck: "false", offers: people(),
            },
            {
                name: "items", label: "Items", first: { productId: "product-", quantity: "1", price: "" }, columns: [
                    { name: "productId", label: "Product", spellcheck: "false" },
                    { name: "quantity", label: "Quantity", inputmode: "numeric" },
                    { name: "price", label: "Price", inputmode: "decimal" },
                ],
            },
        ],
        verb: "Place order", done: "The order is placed",
        send: async body => {
            const text = JSON.stringify(body)
            if (text !== last) number++
            last = text
            await post("/api/orders", body, { headers: { "Idempotency-Key": `${key}-${number}` } })
            done()
        },
    })
}

function inspect(order, done) {
    const opened = panel(`Order ${format.shortID(order.id)}`, [
        facts([
            ["Status", badge(order.status)], ["Total", format.money(order.totalAmount)], ["Id", code(order.id)],
            ["User", code(order.userId)], ["Placed", format.moment(order.createdAt)],
            ["Changed", format.moment(order.updatedAt)],
        ]),
        h("table", { class: "plain-table" },
            h("caption", {}, "Items"),
            h("thead", {}, h("tr", {}, ["Product", "Quantity", "Price"].map((it, index) =>
                h("th", { scope: "col", class: index ? "number" : null }, it)))),
            h("tbody", {}, order.items.map(item => h("tr", {}, h("td", {}, item.productId),
                h("td", { class: "number" }, format.count(item.quantity)),
                h("td", { class: "number" }, format.money(item.price)))))),
        h("p", { class: "links" }, h("a", { href: `#/payments?orderId=${order.id}` }, "Its payment")),
    ], { actions: order.status === "pending" ? [button("Cancel order", { kind: "danger", onclick: cancel })] : [] })

    async function cancel() {
        try {
            await post(`/api/orders/${order.id}/cancel`)
            toast("The order is cancelled")
        } catch (problem) {
            toast(problem.message, "bad")
        }
        opened.close()
        done()
    }
}
