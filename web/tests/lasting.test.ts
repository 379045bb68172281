import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { AgentDesk, type CustomerChat } from "./support/pages.ts";
import { Stage } from "./support/stage.ts";

let stage: Stage;
let people = 0;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());

// Each test has its own chat; the agents stay.
let ann: AgentDesk;
beforeEach(async () => {
  ann = await stage.agent("ann");
  await ann.beReady();
});

/** A customer in a chat with Ann. */
async function chat(): Promise<{ customer: CustomerChat; name: string }> {
  people += 1;
  const name = `Customer ${people}`;
  const customer = await stage.customer(`c-${people}`);
  await customer.start(name, "Sales");
  await ann.accept(name);
  return { customer, name };
}

test("a reload keeps the chat, what was said, and what was being written", async () => {
  const { customer, name } = await chat();
  await customer.say("Before the reload");
  await ann.sees("Before the reload");
  await ann.page.getByRole("textbox", { name: "Message" }).fill("Half a sent");
  await customer.page.getByRole("textbox", { name: "Message" }).fill("Also half");

  await Promise.all([ann.page.reload(), customer.page.reload()]);

  await ann.isOpen();
  await ann.select(name);
  await ann.sees("Before the reload");
  await customer.sees("Before the reload");
  await customer.shows("You are talking to Ann");
  assert.equal(await ann.page.getByRole("textbox", { name: "Message" }).inputValue(), "Half a sent");
  assert.equal(await customer.page.getByRole("textbox", { name: "Message" }).inputValue(), "Also half");
  assert.ok(!ann.page.url().includes("token"), "the token isn't left in the address");

  await customer.page.keyboard.press("Escape");
  await customer.say("After the reload");
  await ann.sees("After the reload");
});

test("without a network what is written waits, the page says so, and nothing is lost or said twice", async () => {
  const { customer } = await chat();
  await ann.page.context().setOffline(true);
  await ann.shows("Reconnecting…");
  await ann.say("Written without a network");
  await ann.sees("Sending…");
  await customer.say("Said meanwhile");

  await ann.page.context().setOffline(false);

  await customer.sees("Written without a network");
  await ann.sees("Said meanwhile");
  await ann.page.getByText("Reconnecting…").waitFor({ state: "detached" });
  const ofBoth = [...(await ann.messages())].sort();
  assert.deepEqual(ofBoth, ["Said meanwhile", "Written without a network"]);
});

test("a message that was on its way when the page was reloaded is said once", async () => {
  const { customer, name } = await chat();
  // Its answer never arrives: whether it was said, the page can't know.
  await ann.page.route("**/SendMessage", async (route) => {
    await route.fetch().catch(() => undefined);
  });
  await ann.say("Said, but was it?");
  await customer.sees("Said, but was it?");
  await ann.page.unroute("**/SendMessage");
  await ann.page.reload();
  await ann.isOpen();
  await ann.select(name);
  await ann.sees("Said, but was it?");
  await ann.say("And on");
  await customer.sees("And on");
  assert.deepEqual(await customer.messages(), ["Said, but was it?", "And on"]);
});

test("the server is killed and started: everything goes on", async () => {
  const { customer } = await chat();
  await stage.server.kill();
  await ann.shows("Reconnecting…");
  await ann.say("Into the dark");
  await stage.server.up();
  await customer.sees("Into the dark");
  await customer.say("Heard you");
  await ann.sees("Heard you");
});

test("two tabs of one agent show the same, and say that there are two", async () => {
  const { customer, name } = await chat();
  const other = await stage.agent("ann", ann.page.context());
  await other.select(name);
  await other.shows("Also open in another tab");
  await ann.shows("Also open in another tab");
  await other.say("From the second tab");
  await Promise.all([ann.sees("From the second tab"), customer.sees("From the second tab")]);
  await ann.say("From the first tab");
  await other.sees("From the first tab");
  // Either may go: the agent stays.
  await other.page.close();
  await ann.say("Still here");
  await customer.sees("Still here");
  await ann.page.getByText("Also open in another tab").waitFor({ state: "detached" });
});

test("a token that is no good any more is asked for again, and nothing is lost", async () => {
  const { customer } = await chat();
  const refuse = (route: { fulfill: (answer: object) => Promise<void> }) =>
    route.fulfill({
      status: 200,
      headers: { "content-type": "application/grpc-web+proto", "grpc-status": "16", "grpc-message": "ran out" },
    });
  const old = await ann.page.evaluate(() => sessionStorage.getItem("chatsession.desk.token"));
  const isOld = `Bearer ${JSON.parse(old ?? '""')}`;
  await ann.page.route("**/chatsession.v1.*/**", (route) =>
    route.request().headers()["authorization"] === isOld ? refuse(route) : route.continue(),
  );
  await ann.say("Under a new token");
  await ann.shows("Your token runs out");

  // A token of the same agent that isn't the same token.
  const fresh = stage.server.token("agent", "ann", 12);
  await ann.page.getByLabel("New token").fill(fresh);
  await ann.page.getByRole("button", { name: "Go on" }).click();
  await customer.sees("Under a new token");
  await ann.page.getByText("Your token runs out").waitFor({ state: "detached" });
});

test("a token that runs out is asked for in time: until then everything goes on", async () => {
  // Given an agent whose token is good for half a minute: the clocks' leeway, and three seconds
  const token = stage.server.shortToken("agent", "dora", 3);
  const dora = new AgentDesk(await stage.page(await stage.person(), `/desk.html#token=${token}`));
  await dora.isOpen();
  await dora.beReady();
  const zoe = await stage.customer("zoe");
  await zoe.start("Zoe", "Billing");
  await dora.accept("Zoe");
  // When the server says that it runs out soon
  await dora.shows("Your token runs out");
  // Then the chat goes on meanwhile
  await zoe.say("Still there?");
  await dora.sees("Still there?");
  await dora.say("Still here");
  await zoe.sees("Still here");
  // and with a new token, too
  await dora.page.getByLabel("New token").fill(stage.server.token("agent", "dora"));
  await dora.page.getByRole("button", { name: "Go on" }).click();
  await dora.page.getByText("Your token runs out").waitFor({ state: "detached" });
  await dora.say("With a new one");
  await zoe.sees("With a new one");
});

test("who is signed out is told so, and signs in again", async () => {
  await ann.page.getByLabel("Your state").selectOption("sign-out");
  await ann.page.getByRole("dialog").getByRole("button", { name: /Sign out|Hand back/ }).click();
  await ann.shows("You are signed out");
  await ann.page.getByRole("button", { name: "Sign in again" }).click();
  await ann.isOpen();
  await ann.beReady();
  assert.deepEqual(stage.problems, []);
});

test("after-chat work shows the conversation after a reload, also when the chat has ended meanwhile", async () => {
  const { customer, name } = await chat();
  const bob = await stage.agent("bob");
  await customer.say("What is my order's number?");
  await ann.sees("What is my order's number?");
  await ann.invite("Bob");
  await bob.accept(name);
  await ann.shows("Bob is connected");
  await ann.endChat();
  await ann.shows("After-chat work");
  await customer.page.getByRole("button", { name: "End chat" }).click();
  await customer.page.getByRole("dialog").getByRole("button", { name: "End chat" }).click();
  await customer.shows("The chat has ended.");

  // How the chat stands is told late: the desk is there before.
  let tell = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  await ann.page.route("**/GetSession", async (route) => {
    await told;
    await route.continue();
  });
  await ann.page.reload();
  await ann.isOpen();
  tell();

  await ann.sees("What is my order's number?");
  await ann.shows("After-chat work");
  assert.equal(await ann.page.getByText("Bob is connected").count(), 1, "as an event, not as how it stands");
});
