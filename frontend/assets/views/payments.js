import { panel } from "../dialog.js"
import { h } from "../dom.js"
import * as format from "../format.js"
import { Listing } from "../listing.js"
import { badge, code, facts, sentence } from "../parts.js"

const states = ["processing", "completed", "failed", "refunded"]

export function payments(root, context) {
    return new Listing(root, context, {
        title: "Payments", text: "What was paid for orders, and what could not be.", name: "payments",
        path: "/api/payments", topics: /^(payment|order)\./,
        filters: [
            { name: "orderId", label: "Order", placeholder: "Id of an order" },
            { name: "userId", label: "User", placeholder: "Id of a user" },
            { name: "status", label: "Status", options: [["", "Any status"], ...states] },
        ],
        columns: [
            { title: "Payment", cell: payment => format.shortID(payment.id), kind: "mono" },
            { title: "Order", cell: payment => format.shortID(payment.orderId), kind: "mono wide" },
            { title: "Amount", cell: payment => format.money(payment.amount), kind: "number" },
            { title: "Status", cell: payment => badge(payment.status) },
            { title: "Made", cell: payment => format.when(payment.createdAt), kind: "time" },
        ],
        nothing: { title: "No payments", text: "Each order gets one, as soon as payments hear of the order." },
        inspect,
    })
}

function inspect(payment) {
    panel(`Payment ${format.shortID(payment.id)}`, [
        facts([
            ["Status", badge(payment.status)], ["Amount", format.money(payment.amount)],
            payment.failureReason && ["Why it failed", sentence(payment.failureReason)],
            ["Id", code(payment.id)], ["Order", code(payment.orderId)], ["User", code(payment.userId)],
            ["Made", format.moment(payment.createdAt)], ["Changed", format.moment(payment.updatedAt)],
        ]),
        h("p", { class: "links" },
            h("a", { href: `#/orders?userId=${payment.userId}` }, "Orders of the user")),
    ])
}
