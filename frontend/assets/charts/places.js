// Where the boxes and arrows of the chain are, by the room there is: side by side, or one below the other.

export const box = { width: 136, height: 46 }

const arrow = (path, x, y, anchor = "middle") => ({ path, x, y, anchor })

/** {height, boxes: name → [x, y] of the middle, arrows: topic → path, and where its words stand}. */
export const placesFor = width => width < 660 ? narrow(width) : wide(width)

function wide(width) {
    const half = box.width / 2
    const left = half + 8, middle = Math.round(width * 0.47), right = width - half - 8
    // The edges that face each other, and the middle of what is between.
    const [a, b, c, d] = [left + half, middle - half, middle + half, right - half]
    const first = Math.round((a + b) / 2), second = Math.round((c + d) / 2)
    return {
        height: 300,
        boxes: {
            users: [left, 54], channels: [left, 200], orders: [middle, 127], payments: [right, 127],
            gateway: [middle, 268],
        },
        arrows: {
            "user.created": arrow(`M${a} 54C${first} 54 ${first} 116 ${b} 116`, a + 10, 38, "start"),
            "copy-order.requested": arrow(`M${a} 200C${first} 200 ${first} 138 ${b} 138`, a + 10, 224, "start"),
            "order.created": arrow(`M${c} 112C${c + 40} 48 ${d - 40} 48 ${d} 112`, second, 48),
            "payment.completed": arrow(`M${d} 127L${c} 127`, second, 109),
            "payment.failed": arrow(`M${d} 142C${d - 40} 206 ${c + 40} 206 ${c} 142`, second, 220),
            "order.paid": arrow(`M${middle} 150L${middle} 245`, middle + 12, 206, "start"),
        },
    }
}

function narrow(width) {
    const left = box.width / 2 + 2, right = width - left, middle = Math.round(width / 2)
    const [a, b, c] = [middle - 46, middle - 6, middle + 36]
    return {
        height: 430,
        boxes: {
            users: [left, 26], channels: [right, 26], orders: [middle, 176], payments: [right, 402],
            gateway: [left, 330],
        },
        arrows: {
            "user.created": arrow(`M${left} 49C${left} 110 ${middle - 30} 100 ${middle - 30} 153`, left, 92),
            "copy-order.requested":
                arrow(`M${right} 49C${right} 110 ${middle + 30} 100 ${middle + 30} 153`, right + 2, 92),
            "order.paid": arrow(`M${a} 199C${a} 250 ${left} 250 ${left} 307`, left, 254),
            "order.created": arrow(`M${b} 199C${b} 300 ${right - 56} 310 ${right - 56} 379`, middle + 8, 302),
            "payment.completed": arrow(`M${right} 379C${right} 330 ${c} 290 ${c} 199`, right + 6, 348),
            "payment.failed":
                arrow(`M${right + 52} 379C${right + 66} 300 ${middle + 120} 210 ${middle + 68} 184`, right + 20, 250),
        },
    }
}
