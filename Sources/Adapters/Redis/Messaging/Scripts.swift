// What must happen as a whole. Whoever has a lane proves it by the name in the lane's lease, so a member that was away
// for too long can neither take messages nor bury them.

enum Scripts {
    /// A sign of life. KEYS: the members, then leases that the member has or wants; ARGV: its name, for how many
    /// milliseconds. Answers the living members, and for each lease 1 renewed, 2 taken, 0 another's.
    static let beat = RedisScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        local answer = {redis.call('ZRANGE', KEYS[1], 0, -1)}
        for i = 2, #KEYS do
            local holder = redis.call('GET', KEYS[i])
            if holder == ARGV[1] then
                redis.call('PEXPIRE', KEYS[i], ARGV[2])
                answer[i] = 1
            elseif holder then
                answer[i] = 0
            else
                redis.call('SET', KEYS[i], ARGV[1], 'PX', ARGV[2])
                answer[i] = 2
            end
        end
        return answer
        """)

    /// KEYS: the members, then leases to give back; ARGV: the member, and 1 when it leaves the group.
    static let giveBack = RedisScript(
        """
        if ARGV[2] == '1' then redis.call('ZREM', KEYS[1], ARGV[1]) end
        for i = 2, #KEYS do
            if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('DEL', KEYS[i]) end
        end
        """)

    /// What others had of the lane and did not settle becomes the member's. KEYS: the lane, its lease; ARGV: the
    /// member, the group, where to go on. Answers where to go on next; at the end `0-0` and up to where the group has
    /// been delivered. Others that are left with nothing are forgotten.
    static let claim = RedisScript(
        """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return false end
        local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], ARGV[2], '0', 'MKSTREAM')
        if made.err and not string.find(made.err, 'BUSYGROUP') then return made end
        local page = redis.call('XAUTOCLAIM', KEYS[1], ARGV[2], ARGV[1], 0, ARGV[3], 'COUNT', 1000, 'JUSTID')
        if page[1] ~= '0-0' then return {page[1]} end
        for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[2])) do
            if consumer[2] ~= ARGV[1] and consumer[4] == 0 then
                redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[2], consumer[2])
            end
        end
        for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
            if group[2] == ARGV[2] then
                for i = 1, #group, 2 do
                    if group[i] == 'last-delivered-id' then return {page[1], group[i + 1]} end
                end
            end
        end
        """)

    /// KEYS: lanes and their leases in turn; ARGV: the member, the group, how many of each lane, then for each lane
    /// `>` for new ones or the entry after which its own are read again. Answers for each lane its entries, a word of
    /// complaint, or null when it is another's. Stops early where entries are large.
    static let read = RedisScript(
        """
        local answer = {}
        for i = 1, #KEYS, 2 do
            local lane, from, got, bytes, isLast = (i + 1) / 2, nil, {}, 0, false
            from = ARGV[3 + lane]
            if redis.call('GET', KEYS[i + 1]) ~= ARGV[1] then
                got, isLast = false, true
            end
            while not isLast do
                local page = redis.pcall(
                    'XREADGROUP', 'GROUP', ARGV[2], ARGV[1], 'COUNT', 16, 'STREAMS', KEYS[i], from)
                if page and page.err then
                    if #got == 0 then got = page.err end
                    break
                end
                local entries = page and page[1][2] or {}
                for _, entry in ipairs(entries) do
                    got[#got + 1] = entry
                    for _, word in ipairs(entry[2] or {}) do bytes = bytes + #word end
                    if from ~= '>' then from = entry[1] end
                end
                isLast = #entries < 16 or #got >= tonumber(ARGV[3]) or bytes >= 1048576
            end
            answer[lane] = got
        end
        return answer
        """)

    /// KEYS: the lane, its lease, the dead letters; ARGV: the member, the group, the entry, then the letter's fields.
    /// Null when the lane is another's; 0 when the entry was settled before, perhaps by this very script.
    static let bury = RedisScript(
        """
        local holder = redis.call('GET', KEYS[2])
        if holder and holder ~= ARGV[1] then return false end
        local pending = redis.call('XPENDING', KEYS[1], ARGV[2], ARGV[3], ARGV[3], 1)
        if #pending == 0 then return 0 end
        redis.call('XADD', KEYS[3], '*', unpack(ARGV, 4))
        return redis.call('XACK', KEYS[1], ARGV[2], ARGV[3])
        """)

    /// Shortens a lane to about so many entries, but never by one that a group has not settled. KEYS: the lane; ARGV:
    /// how many to keep.
    static let trim = RedisScript(
        """
        local extra = redis.call('XLEN', KEYS[1]) - ARGV[1]
        if extra <= 0 then return 0 end
        local function numbers(id)
            local time, number = string.match(id, '(%d+)-(%d+)')
            return tonumber(time), tonumber(number)
        end
        local safe
        for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
            local first
            for i = 1, #group, 2 do
                if group[i] == 'last-delivered-id' then first = group[i + 1] end
            end
            local pending = redis.call('XPENDING', KEYS[1], group[2])
            if pending[1] > 0 then first = pending[2] end
            if safe then
                local time, number = numbers(first)
                local safeTime, safeNumber = numbers(safe)
                if time < safeTime or (time == safeTime and number < safeNumber) then safe = first end
            else
                safe = first
            end
        end
        if not safe then return redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[1]) end
        return redis.call('XTRIM', KEYS[1], 'MINID', '~', safe, 'LIMIT', extra)
        """)
}
