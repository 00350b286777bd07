#!/usr/bin/env python3
"""Chromium talks to the server: WebSockets with compression and large messages, event streams."""

import asyncio, contextlib, json, os, pathlib, shutil, signal, subprocess, tempfile

from harness import Program, Skip, eventually, run

try:
    import websockets
    from websockets.asyncio.client import connect
except ImportError:
    websockets = None


def needs_websockets():
    if not websockets:
        raise Skip("the Python module websockets is not installed")


@contextlib.contextmanager
def chromium():
    """A headless browser and its address for the DevTools protocol."""
    needs_websockets()
    if not shutil.which("chromium"):
        raise Skip("chromium is not installed")
    # The browser's helpers outlive it by a moment, and write.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            port_file = pathlib.Path(profile, "DevToolsActivePort")
            eventually(
                lambda: port_file.exists() and len(port_file.read_text().split()) == 2, 60, "the browser's start")
            port, path = port_file.read_text().split()
            yield f"ws://127.0.0.1:{port}{path}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


async def evaluate(browser, url, script):
    """The value of `script`, a promise, in a page of `url`."""
    async with connect(browser, max_size=None) as tools:
        count = 0

        async def call(method, session=None, **parameters):
            nonlocal count
            count += 1
            message = {"id": count, "method": method, "params": parameters}
            message |= {"sessionId": session} if session else {}
            await tools.send(json.dumps(message))
            while True:
                answer = json.loads(await tools.recv())
                if answer.get("id") == count:
                    assert "error" not in answer, answer
                    return answer["result"]

        target = (await call("Target.createTarget", url=url))["targetId"]
        session = (await call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        async with asyncio.timeout(60):
            while True:  # the page may not be there yet; then the script runs in about:blank
                where = await call("Runtime.evaluate", session, expression="location.href + document.readyState")
                if where["result"]["value"].startswith("http") and where["result"]["value"].endswith("complete"):
                    break
                await asyncio.sleep(0.02)
            result = await call(
                "Runtime.evaluate", session, expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"]["value"]


def in_browser(script):
    with Program("testbed") as program, chromium() as browser:
        return asyncio.run(evaluate(browser, f"http://127.0.0.1:{program.port}/", script))


def browser_echoes():
    seen = in_browser("""
        new Promise((resolve, reject) => {
            const socket = new WebSocket(`ws://${location.host}/ws`), large = "é".repeat(8 << 20), seen = []
            socket.binaryType = "arraybuffer"
            socket.onerror = () => reject(new Error("error event"))
            socket.onopen = () => { socket.send("text"); socket.send(new Uint8Array([1, 2, 3])); socket.send(large) }
            socket.onmessage = ({data}) => {
                if (data instanceof ArrayBuffer) seen.push([...new Uint8Array(data)].join())
                else seen.push(data.length > 99 ? data === large : data)
                if (seen.length == 3) socket.close(3000, "done")
            }
            socket.onclose = ({code, wasClean}) => resolve({seen, code, wasClean, extensions: socket.extensions})
        })""")
    assert seen["seen"] == ["text", "1,2,3", True], seen
    assert seen["code"] == 3000 and seen["wasClean"], seen
    assert seen["extensions"].startswith("permessage-deflate"), seen


def browser_is_told_too_large():
    code = in_browser("""
        new Promise(resolve => {
            const socket = new WebSocket(`ws://${location.host}/ws`)
            socket.onopen = () => socket.send("x".repeat((16 << 20) + 1))
            socket.onclose = ({code}) => resolve(code)
        })""")
    assert code == 1009, code


def browser_reads_events():
    events = in_browser("""
        new Promise(resolve => {
            const source = new EventSource("/count"), seen = []
            source.onmessage = ({data}) => { seen.push(data); if (seen.length == 3) { source.close(); resolve(seen) } }
        })""")
    assert events == ["1", "2", "3"], events


def idle_sockets_are_small():
    needs_websockets()
    count = 1_000

    async def hold(program):
        async with connect(f"ws://127.0.0.1:{program.port}/ws") as first:
            await first.send("warm")
            await first.recv()
            before = program.memory()
            async with contextlib.AsyncExitStack() as stack:
                for _ in range(count):
                    socket = await stack.enter_async_context(connect(f"ws://127.0.0.1:{program.port}/ws"))
                    await socket.send("hello")
                    await socket.recv()
                return (program.memory() - before) / count

    with Program("testbed") as program:
        each = asyncio.run(hold(program))
        print(f"   {count} idle WebSockets, {each:.0f} bytes each")
        assert os.environ.get("SANITIZER") or each < 16 << 10, each  # 8 KiB is the bar of the release build


run([
    ("Chromium's WebSocket echoes text, binary and 16 MiB, compressed, and closes cleanly", browser_echoes),
    ("Chromium is told 1009 for a message beyond 16 MiB", browser_is_told_too_large),
    ("Chromium's EventSource reads the stream", browser_reads_events),
    ("an idle WebSocket is small", idle_sockets_are_small),
])
