import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, afterEach, before, test } from "node:test";
import { connect } from "@chatsession/client";
import type axe from "axe-core";
import type { BrowserContext, Page } from "playwright-core";
import { Stage } from "./support/stage.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(() => stage.leave());

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails with what axe finds: each rule that is broken, and where. */
async function check(page: Page, state: string): Promise<void> {
  // What fades in is looked at when it is there.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  // The page's policy forbids scripts of others; the debugger isn't bound by it.
  if (await page.evaluate("globalThis.axe === undefined")) await page.evaluate(AXE);
  const violations = await page.evaluate(async (only) => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe };
    const { violations: found } = await checker.run(document, { runOnly: only });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} ${node.failureSummary}`)}`);
  }, RULES);
  assert.deepEqual(violations, [], state);
}

for (const scheme of ["light", "dark"] as const) {
  test(`nobody is shut out, ${scheme}`, async () => {
    const person = (): Promise<BrowserContext> => stage.person(scheme);
    for (const path of ["/", "/desk.html", "/customer.html", "/wall.html"]) {
      const page = await stage.page(await person(), path);
      await page.getByRole("button").first().waitFor();
      await check(page, `${path} before a token`);
    }
    const [name, colleague] = scheme === "light" ? ["Zoe", "Bob"] : ["Max", "Carla"];
    const zoe = await stage.customer(name.toLowerCase(), await person());
    await zoe.page.getByRole("radio", { name: "Sales" }).waitFor();
    await check(zoe.page, "customer: start");
    const ann = await stage.agent("ann", await person());
    await check(ann.page, "desk: no chat");
    const bob = await stage.agent(colleague.toLowerCase(), await person());
    await zoe.start(name, "Sales");
    await check(zoe.page, "customer: waiting");
    await ann.beReady();
    await ann.page.getByRole("article", { name: `Offer: ${name}` }).waitFor();
    await check(ann.page, "desk: an offer rings");
    await ann.accept(name);
    await zoe.say("Hello there");
    await ann.say("Hello, and welcome");
    await ann.page.getByLabel("Whisper", { exact: true }).check();
    await ann.page.getByRole("textbox", { name: "Whisper to staff" }).fill("A nice one");
    await check(ann.page, "desk: a whisper is written");
    await ann.page.keyboard.press("Enter");
    await ann.page.getByLabel("Whisper", { exact: true }).uncheck();
    await ann.sees("A nice one");
    await zoe.sees("Hello, and welcome");
    await check(ann.page, "desk: a chat");
    await check(zoe.page, "customer: a chat");
    await ann.page.getByRole("textbox", { name: "Message" }).fill("/");
    await ann.page.getByRole("button", { name: "Greeting" }).waitFor();
    await check(ann.page, "desk: canned responses");
    await ann.page.getByRole("button", { name: "Your own…" }).click();
    const own = ann.page.getByRole("dialog", { name: "Your canned responses" });
    await own.getByRole("button", { name: "Add one" }).click();
    await check(ann.page, "desk: a canned response of one's own is written");
    await own.getByLabel("Title").fill(`Good-bye to ${name}`);
    await own.getByLabel("Text").fill("Good-bye!");
    await own.getByRole("button", { name: "Save" }).click();
    await own.getByRole("button", { name: `Delete Good-bye to ${name}` }).click();
    await check(ann.page, "desk: one is to be deleted");
    await ann.page.keyboard.press("Escape");
    await ann.page.getByRole("textbox", { name: "Message" }).fill("");

    const window = await ann.openInvite();
    await window.getByRole("radio", { name: colleague }).check();
    await window.getByRole("button", { name: `Favourite: ${colleague}` }).click();
    await window.getByRole("button", { name: `Favourite: ${colleague}`, pressed: true }).waitFor();
    await check(ann.page, "desk: Invite window, a colleague");
    await window.getByRole("radio", { name: "Billing" }).check();
    await check(ann.page, "desk: Invite window, a queue");
    await ann.page.keyboard.press("Escape");
    await ann.invite(colleague);
    await ann.shows(`${colleague} is invited…`);
    await check(ann.page, "desk: invited");
    await bob.accept(name);
    await ann.shows(`${colleague} is connected`);
    await check(ann.page, "desk: connected");

    const wall = await stage.supervisor("carla", await person());
    await wall.page.getByRole("button", { name: `Look in on ${name}` }).waitFor();
    await check(wall.page, "wall");
    await wall.page.getByRole("button", { name: `Reassign… ${name}` }).click();
    await wall.page.getByRole("button", { name: "Remove Ann" }).click();
    await check(wall.page, "wall: a chat is reassigned");
    await wall.page.keyboard.press("Escape");
    const supervisor = await stage.agent("carla", await person());
    await supervisor.page.getByRole("button", { name: "Waiting customers…" }).click();
    await supervisor.shows("Nobody waits.");
    await check(supervisor.page, "desk: nobody waits");
    const una = await stage.customer(`una-${scheme}`, await person());
    await una.start(`Una ${scheme}`, "Billing");
    await supervisor.page.getByRole("button", { name: `Take Una ${scheme}` }).waitFor();
    await check(supervisor.page, "desk: somebody waits");
    await una.page.getByRole("button", { name: "End chat" }).click();
    await una.page.getByRole("dialog").getByRole("button", { name: "End chat" }).click();
    await una.shows("Thank you. This chat has ended.");
    await wall.lookInto(name);
    await check(wall.page, "wall: looking in");

    await ann.page.locator("body").press("?");
    await ann.page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await check(ann.page, "desk: keyboard shortcuts");
    await ann.page.keyboard.press("Escape");
    await ann.endChat();
    await ann.shows("After-chat work");
    await check(ann.page, "desk: after-chat work");
    await ann.page.getByRole("button", { name: "Complete" }).click();
    await bob.endChat();
    await bob.page.getByRole("dialog", { name: `What becomes of ${name}?` }).waitFor();
    await check(bob.page, "desk: the last agent is asked");
    await bob.page.getByRole("button", { name: "End the chat" }).click();
    await zoe.shows("Thank you. This chat has ended.");
    await check(zoe.page, "customer: ended");

    const eva = await stage.agent("eva", await person());
    await eva.beReady();
    const back = connect({ url: stage.server.url, token: stage.server.token("customer", `back-${scheme}`) });
    await back.sessions.startSession({ queueId: "returns", customerName: `Kim ${scheme}` });
    await eva.accept(`Kim ${scheme}`);
    await eva.page.getByLabel("Disposition (required)").waitFor();
    await check(eva.page, "desk: a disposition is chosen");
    assert.deepEqual(stage.problems, []);
  });
}
