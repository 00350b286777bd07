import { patch, post } from "../api.js"
import { panel } from "../dialog.js"
import { h, toast } from "../dom.js"
import { formPanel } from "../form.js"
import * as format from "../format.js"
import { Listing } from "../listing.js"
import { people } from "../people.js"
import { badge, button, code, facts } from "../parts.js"
import { session } from "../session.js"

const types = ["telegram", "discord", "slack", "webhook", "email", "rss"]

export function channels(root, context) {
    return new Listing(root, context, {
        title: "Channels", text: "Where trading signals come from.", name: "channels", path: "/api/channels",
        topics: /^(channel|trading-signal)\./,
        filters: [{ name: "userId", label: "User", placeholder: "Id of a user" }],
        columns: [
            { title: "Name", cell: channel => channel.name },
            { title: "Type", cell: channel => channel.type },
            { title: "Outside name", cell: channel => channel.externalId, kind: "wide" },
            { title: "Status", cell: channel => badge(channel.status) },
            { title: "Since", cell: channel => format.when(channel.createdAt), kind: "time" },
        ],
        nothing: { title: "No channels yet", text: "Register one, then paste a message on the signals page." },
        create: { text: "New channel", open: done => create(done, context.query.get("userId")) },
        inspect,
    })
}

function create(done, userId) {
    formPanel("New channel", {
        fields: [
            {
                name: "userId", label: "User", value: userId ?? session.user?.id, hint: "Id of the user whose channel it is",
                spellcheck: "false", offers: people(),
            },
            { name: "type", label: "Type", options: types, value: "telegram" },
            { name: "name", label: "Name" },
            { name: "externalId", label: "Outside name", hint: "What the channel is called where it comes from" },
        ],
        verb: "Register channel", done: "The channel is registered",
        send: async body => { await post("/api/channels", body); done() },
    })
}

function inspect(channel, done) {
    const turn = verb => async () => {
        try {
            await post(`/api/channels/${channel.id}/${verb}`)
            toast(`The channel is ${verb}d`)
        } catch (problem) {
            toast(problem.message, "bad")
        }
        opened.close()
        done()
    }
    const close = button("Close", { kind: "danger", onclick: turn("close") })
    const actions = {
        active: [close, button("Pause", { onclick: turn("pause") })],
        paused: [close, button("Resume", { onclick: turn("resume") })],
    }[channel.status] ?? []
    const change = button("Rename", { kind: "primary", onclick: () => { opened.close(); rename(channel, done) } })
    const opened = panel(channel.name, [
        facts([
            ["Status", badge(channel.status)], ["Type", channel.type], ["Outside name", channel.externalId],
            ["Id", code(channel.id)], ["User", code(channel.userId)], ["Since", format.moment(channel.createdAt)],
        ]),
        h("p", { class: "links" }, h("a", { href: `#/signals?channelId=${channel.id}` }, "Its signals")),
    ], { actions: [...actions, change] })
}

function rename(channel, done) {
    formPanel(`Rename ${channel.name}`, {
        fields: [{ name: "name", label: "Name", value: channel.name }], verb: "Save", done: "The channel is renamed",
        send: async body => { await patch(`/api/channels/${channel.id}`, { name: "", ...body }); done() },
    })
}
