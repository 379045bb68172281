"""What the documents say, done: a newcomer with a fresh copy of the repository pastes every fenced block of theirs.

    CHATSESSION_BIN=target/debug/chatsession python3 tests/readme.py

Run in the repository's folder, after `npm ci` and `python3 -m venv target/python`. Blocks go by their language: `sh` is pasted
into a shell, `yaml` is a buf.gen.yaml to generate from, `text` is what the `sh` block before it printed. A block that isn't run
is named below with the reason. One that is neither fails, and so does a name below that is in no document.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path.cwd()
BINARY = Path(os.environ.get("CHATSESSION_BIN", "target/debug/chatsession")).resolve()
DOCUMENTS = ["README.md", "docs/clients.md", "examples/python/README.md"]
LONGEST = 180  # seconds, on a busy machine; usual are 15

# Blocks, by their first line.
DEMO = "cargo run --release -- demo"
BLOCKS_NOT_RUN = {
    DEMO: "played at the end, by the binary that is built",
    "./check": "it is what runs this",
    "# async fn first() -> Result<(), chatsession_sdk::Error> {": "compiled by the SDK's documentation tests",
}
# Lines of `sh` blocks, without their remark.
LINES_NOT_RUN = {
    "./target/release/chatsession webhooks --to https://shop.example.com/chat-events --secret-file webhooks.secret":
        "there is no such shop; the server's tests receive webhooks",
    "cargo build --release": "the binary is built",
    "npm ci": "done before",
    "python3 -m venv target/python": "done before, so that packages are fetched once and not for each run",
}
SERVE = "./target/release/chatsession serve --data ./data"
# What a block prints when it has done what it is there for, where ending well isn't enough.
PROOFS = {
    "./target/release/chatsession replay examples/conversations.jsonl --pace 1s --kill-every 2s": r"server +killed [1-9]",
}
# Generators that are in no registry within the tests' reach. Programs stand in for them that take all and make nothing: buf
# reads the file and calls them, no more.
PLUGIN = r"cat >/dev/null; printf '\020\001'"  # an answer without files, by one who knows proto3's `optional`
STAND_INS = {
    "protoc-gen-go": PLUGIN,
    "protoc-gen-go-grpc": PLUGIN,
    "protoc-gen-grpc-java": PLUGIN,
    "protoc": "echo libprotoc 36.2",
}


class Failed(Exception):
    """What a document says isn't so."""


class Running:
    """Lines in a shell of their own, and what they have printed."""

    def __init__(self, lines, folder, environment):
        self.lines = lines
        self.output = tempfile.TemporaryFile("w+")
        # A process group, as in a terminal: Ctrl-C goes to all of it.
        self.process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", lines],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self):
        self.output.seek(0)
        return self.output.read()

    def until(self, wanted):
        """Waits until it has printed that."""
        while not (found := re.search(wanted, self.said())):
            if self.process.poll() is not None:
                raise Failed(f"{self.lines}\nends without “{wanted}”:\n{self.said()}")
            time.sleep(0.02)
        return found

    def ends_well(self, within=LONGEST):
        """Waits for its end, and answers what it printed."""
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.lines}\nstill runs after {within} s:\n{self.said()}") from None
        if code != 0:
            raise Failed(f"{self.lines}\nends with {code}:\n{self.said()}")
        return self.said()

    def interrupt(self):
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self):
        """Ends it with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.output.close()


class Newcomer:
    """Who has cloned the repository to a folder, made the release build, and opens terminals there."""

    def __init__(self, folder, terminals):
        self.folder = folder
        self.terminals = terminals
        self.address = None
        self.said = ""
        # Settings of whoever runs this would make it another test. Port 0 is a free one.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATSESSION_")}
        self.environment["CHATSESSION_LISTEN"] = "127.0.0.1:0"
        # Last on the path: where the machine has the real ones, those run.
        self.environment["PATH"] += f":{folder}/target/stand-ins"
        self.copy_repository()

    def copy_repository(self):
        """As git hands it out, with what isn't committed yet; and what was built and fetched before."""
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0"):
            if (ROOT / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.folder / name)
        target = self.folder / "target"
        for made in ["release", "stand-ins"]:
            (target / made).mkdir(parents=True)
        (target / "release/chatsession").symlink_to(BINARY)
        (target / "python").symlink_to(ROOT / "target/python")
        (self.folder / "node_modules").symlink_to(ROOT / "node_modules")
        for name, script in STAND_INS.items():
            file = target / "stand-ins" / name
            file.write_text(f"#!/bin/sh\n{script}\n")
            file.chmod(0o755)

    def start(self, lines):
        """In another terminal, as long as this one is there."""
        running = Running(lines, self.folder, self.environment)
        self.terminals.callback(running.kill)
        return running

    def paste(self, lines):
        """To its end. A line that fails is the last one."""
        if self.address:
            lines = lines.replace("127.0.0.1:7700", self.address)
        self.said = self.start(lines).ends_well()

    def serve(self):
        self.address = self.start("exec " + SERVE).until(r"listening .*?(127\.0\.0\.1:\d+)")[1]
        self.environment["CHATSESSION_URL"] = f"http://{self.address}"


def blocks():
    """The documents' fenced blocks in order: document, heading, language, text."""
    for document in DOCUMENTS:
        text, heading, count = (ROOT / document).read_text(), "", 0
        for found in re.finditer(r"^#+ (.*)$|^```(\S*)\n((?s:.*?))^```$", text, re.MULTILINE):
            if found[1]:
                heading = found[1]
            else:
                count += 1
                yield document, heading, found[2], found[3]
        if count == 0 or len(re.findall(r"```|~~~", text)) != 2 * count:
            raise Failed(f"{document}: only {count} blocks begin and end as they should")


def bare(line):
    """Without its remark."""
    return re.sub(r"\s+#.*", "", line)


def run_sh(newcomer, text):
    """The server runs on beside the lines after it."""
    pasted = []
    for line in text.splitlines():
        if bare(line) == SERVE:
            newcomer.serve()
        elif bare(line) not in LINES_NOT_RUN:
            pasted.append(line)
    newcomer.paste("\n".join(pasted))
    if not re.search(PROOFS.get(text.splitlines()[0], ""), newcomer.said):
        raise Failed(f"it ends well, but prints\n{newcomer.said}")


def run_yaml(newcomer, text):
    """buf takes it, and makes code where its generators are there."""
    (newcomer.folder / "buf.gen.yaml").write_text(text)
    newcomer.paste("npx buf generate")
    made = [file for out in re.findall(r"out: (\S+)", text) for file in newcomer.folder.glob(f"{out}/**/chat_session*")]
    if not made and not re.search(r"local: protoc-gen-(go|grpc-java)\b", text):
        raise Failed(f"it makes no code of\n{text}")


def run_text(newcomer, text):
    """The block before it printed that."""
    said = re.sub(r" +$", "", newcomer.said, flags=re.MULTILINE)
    if text not in said:
        raise Failed(f"what is printed is\n{said}\nand not\n{text}")


def run_demo(newcomer):
    """It plays; the calls and links that it prints work; Ctrl-C stops it."""
    program = DEMO.replace("cargo run --release --", "exec ./target/release/chatsession")
    demo = newcomer.start(f"{program} --listen 127.0.0.1:0 --pace 1ms")
    demo.until("Ctrl-C stops it")
    said = demo.said()
    for act in ["A customer comes", "Conference", "Complete transfer", "Transfer to a service queue", "The end"]:
        if f"— {act}" not in said:
            raise Failed(f"the demo plays no “{act}”:\n{said}")
    tokens = re.findall(r"^[A-Z]+=\S+$", said, re.MULTILINE)
    calls = re.findall(r"^npx buf curl .*/(?:StartSession|ListSessions)$", said, re.MULTILINE)
    newcomer.paste("\n".join(tokens + calls))
    if len(calls) != 2 or '"sessions"' not in newcomer.said:
        raise Failed(f"the calls that the demo prints are {calls}, and answer\n{newcomer.said}")
    for link in re.findall(r"http://127\.0\.0\.1:\d+(?:/[^\s,;]*)?", said):
        if "/chatsession.v1." not in link:
            urllib.request.urlopen(link.rstrip("."), timeout=5).close()
    demo.interrupt()
    demo.ends_well(within=10)


RUNNERS = {"sh": run_sh, "yaml": run_yaml, "text": run_text}


def run(newcomer):
    """All of it; answers how many blocks were run."""
    passed, seen = 0, set()
    for document, heading, language, text in blocks():
        first = text.splitlines()[0]
        seen.update([first], map(bare, text.splitlines()))
        print(f"given {document}, {heading}: “{first[:60]}”, ", end="", flush=True)
        if first in BLOCKS_NOT_RUN:
            print(f"it isn't run here: {BLOCKS_NOT_RUN[first]}")
            continue
        if language not in RUNNERS:
            raise Failed(f"nothing is known of “{language}”: run it, or say in BLOCKS_NOT_RUN why not")
        begun = time.monotonic()
        RUNNERS[language](newcomer, text)
        passed += 1
        print(f"when it is pasted, then it works ({time.monotonic() - begun:.1f} s)")
    if gone := {*BLOCKS_NOT_RUN, *LINES_NOT_RUN, *PROOFS, SERVE} - seen:
        raise Failed(f"no document has {gone}")
    print("given the demo, when its calls and links are tried and Ctrl-C is pressed, ", end="", flush=True)
    run_demo(newcomer)
    print("then they work and it stops")
    return passed + 1


def too_long(_signal, _frame):
    raise Failed(f"it takes longer than {LONGEST} s")


def main():
    needs = {BINARY: "cargo build", "node_modules/.bin/buf": "npm ci", "target/python/bin/python": "python3 -m venv target/python"}
    for needed, remedy in needs.items():
        if not (ROOT / needed).exists():
            sys.exit(f"tests/readme.py: {needed} is missing: {remedy}")
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LONGEST)
    # What runs is ended before its folder is removed.
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as terminals:
        try:
            passed = run(Newcomer(Path(folder), terminals))
        except Failed as failure:
            print(f"it fails: {failure}")
            sys.exit(1)
    print(f"{passed} passed, 0 failed")


if __name__ == "__main__":
    main()
