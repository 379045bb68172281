import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { connect } from "@chatsession/client";
import { Server } from "./support/server.ts";

let server: Server;
before(async () => {
  server = await Server.start();
});
after(() => server?.stop());

test("the first program of the README works as it stands", async () => {
  // Given the program, but for where the server is and who calls
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const program = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";
  assert.ok(program.trimEnd().split("\n").length <= 15, "it has at most 15 lines");
  const zoe = connect({ url: server.url, token: server.token("customer", "zoe") });
  const printed: unknown[][] = [];
  const body = program.replace(/^import .*$/m, "").replaceAll("!.", ".");
  const run = new Function("connect", "console", `return (async () => {${body}})()`);

  // When it runs, and the chat is ended once it has printed something
  const ends: Promise<unknown>[] = [];
  const log = (...words: unknown[]) => {
    printed.push(words);
    const end = async () => {
      const { sessions } = await zoe.sessions.listSessions({});
      await zoe.sessions.endSession({ sessionId: sessions[0]?.sessionId ?? "" });
    };
    ends.push(end());
  };
  await run(() => zoe, { log });
  await Promise.all(ends);

  // Then it has printed what was said
  assert.deepEqual(printed, [["I", "said:", "Hello!"]]);
});
