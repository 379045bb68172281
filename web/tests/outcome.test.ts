import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { connect } from "@chatsession/client";
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

async function chat(agent: string, name: string, queueId: string): Promise<AgentDesk> {
  const desk = await stage.agent(agent);
  await desk.beReady();
  const customer = connect({ url: stage.server.url, token: stage.server.token("customer", name.toLowerCase()) });
  await customer.sessions.startSession({ queueId, customerName: name });
  await desk.accept(name);
  return desk;
}

const end = async (desk: AgentDesk) => {
  await desk.endChat();
  await desk.page.getByRole("button", { name: "End the chat" }).click();
  await desk.shows("After-chat work");
};

test("where a queue names its dispositions, one of them is chosen; where it requires one, not without", async () => {
  const eva = await chat("eva", "Zoe", "returns");
  const disposition = eva.page.getByLabel("Disposition (required)");
  await disposition.waitFor();
  assert.deepEqual(await disposition.locator("option").allTextContents(), ["Choose…", "refunded", "exchanged", "kept"]);
  await end(eva);
  // When the work is completed without one, then the page says where it is missing
  await eva.page.getByRole("button", { name: "Complete" }).click();
  assert.ok(await disposition.evaluate((select) => select.matches(":focus:invalid")));
  await eva.shows("After-chat work");
  // When one is chosen by keys, then it is done
  await disposition.press("e");
  assert.equal(await disposition.inputValue(), "exchanged");
  await eva.page.getByRole("button", { name: "Complete" }).press("Enter");
  await eva.shows("No chat yet.");
});

test("what was said of the outcome during the chat is enough", async () => {
  const eva = await chat("eva", "Max", "returns");
  await eva.page.getByLabel("Disposition (required)").selectOption("kept");
  await eva.page.getByRole("button", { name: "Save" }).click();
  await eva.sees("Outcome: kept");
  await end(eva);
  await eva.page.getByRole("button", { name: "Complete" }).click();
  await eva.shows("No chat yet.");
});

test("where a queue names none, any word will do, or none", async () => {
  const ann = await chat("ann", "Ida", "sales");
  await end(ann);
  const disposition = ann.page.getByLabel("Disposition", { exact: true });
  await disposition.fill("call-back");
  await ann.page.getByRole("button", { name: "Complete" }).click();
  await ann.shows("No chat yet.");
});
