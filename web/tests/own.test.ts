import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Locator } from "playwright-core";
import type { AgentDesk } from "./support/pages.ts";
import { Stage } from "./support/stage.ts";

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(async () => {
  await stage.leave();
  assert.deepEqual(stage.problems, []);
});

async function chat(name: string): Promise<AgentDesk> {
  const [ann, customer] = [await stage.agent("ann"), await stage.customer(name.toLowerCase())];
  await ann.beReady();
  await customer.start(name, "Sales");
  await ann.accept(name);
  return ann;
}

/** Colleagues or queues, in the order in which they are shown. */
async function names(window: Locator, group: string): Promise<string[]> {
  const rows = window.getByRole("group", { name: group }).locator(".target-name");
  return (await rows.allTextContents()).map((name) => name.replace("supervisor", ""));
}

test("favourites are marked in the Invite window, by keys as well, and come first from then on", async () => {
  const ann = await chat("Zoe");
  const window = await ann.openInvite();
  const star = (name: string) => window.getByRole("button", { name: `Favourite: ${name}` });
  const isMarked = (name: string, pressed: boolean) => window.getByRole("button", { name: `Favourite: ${name}`, pressed }).waitFor();
  await isMarked("Eva", false);
  assert.deepEqual(await names(window, "Colleagues"), ["Bob", "Carla", "Dora", "Eva"]);
  // When one is marked
  await star("Eva").focus();
  await ann.page.keyboard.press("Space");
  await isMarked("Eva", true);
  // Then it moves up, and keeps the focus
  assert.deepEqual(await names(window, "Colleagues"), ["Eva", "Bob", "Carla", "Dora"]);
  assert.ok(await star("Eva").evaluate((button) => button === document.activeElement));
  await star("Technical support").click();
  await isMarked("Technical support", true);
  assert.deepEqual(await names(window, "Service queues"), ["Technical support", "Billing", "Returns", "Sales"]);

  // and it is still marked when the window opens again, wherever the agent is
  await ann.page.keyboard.press("Escape");
  await ann.page.reload();
  await ann.isOpen();
  await ann.select("Zoe");
  await ann.openInvite();
  await isMarked("Eva", true);
  assert.deepEqual(await names(window, "Colleagues"), ["Eva", "Bob", "Carla", "Dora"]);
  // until the mark is taken away
  await star("Eva").click();
  await isMarked("Eva", false);
  assert.deepEqual(await names(window, "Colleagues"), ["Bob", "Carla", "Dora", "Eva"]);
});

test("an agent keeps canned responses of their own, changes and deletes them", async () => {
  const ann = await chat("Max");
  const box = ann.page.getByRole("textbox", { name: "Message", exact: true });
  const window = ann.page.getByRole("dialog", { name: "Your canned responses" });
  const open = async () => {
    await box.fill("/");
    await ann.page.getByRole("button", { name: "Your own…" }).click();
    await window.waitFor();
  };
  const use = async (shortcut: string) => {
    await box.fill(shortcut);
    const choice = ann.page.getByRole("list", { name: "Canned responses" }).getByRole("button", { name: "Good-bye" });
    await choice.click();
    await choice.waitFor({ state: "detached" });
    return await box.inputValue();
  };
  // Given one that was added by keys alone
  await open();
  await window.getByText("None yet.").waitFor();
  await window.getByRole("button", { name: "Add one" }).press("Enter");
  await window.getByLabel("Title").waitFor();
  await ann.page.keyboard.type("Good-bye");
  await ann.page.keyboard.press("Tab");
  await ann.page.keyboard.type("/bye");
  await ann.page.keyboard.press("Tab");
  await ann.page.keyboard.type("Bye {{customer.name}}!");
  await ann.page.keyboard.press("Tab");
  await ann.page.keyboard.press("Enter");
  await window.getByText("Bye {{customer.name}}!").waitFor();
  await ann.page.keyboard.press("Escape");
  await window.waitFor({ state: "detached" });
  // When it is looked for, then it is offered, filled in
  assert.equal(await use("/bye"), "Bye Max!");
  // When it is changed
  await open();
  await window.getByRole("button", { name: "Edit Good-bye" }).click();
  await window.getByLabel("Text").fill("So long, {{customer.name}}.");
  await window.getByRole("button", { name: "Save" }).click();
  await window.getByText("So long, {{customer.name}}.").waitFor();
  await ann.page.keyboard.press("Escape");
  assert.equal(await use("/bye"), "So long, Max.");
  // When it is deleted, it is asked first
  await open();
  await window.getByRole("button", { name: "Delete Good-bye" }).dblclick();
  await window.getByRole("button", { name: "Delete Good-bye" }).click();
  await window.getByRole("button", { name: "Really delete Good-bye" }).click();
  await window.getByText("None yet.").waitFor();
  await ann.page.keyboard.press("Escape");
  await box.fill("/bye");
  await ann.shows("No canned response matches.");
});
