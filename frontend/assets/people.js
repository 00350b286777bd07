// Users to choose from, for whom the role may see them.

import { get } from "./api.js"

/** [[id, words], …]: the latest, for a field that wants an id. */
export const people = async () =>
    (await get("/api/users?limit=100", { isWatching: true })).map(user => [user.id, `${user.name}, ${user.email}`])
