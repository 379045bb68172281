import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { connect } from "@chatsession/client";
import { Stage } from "./support/stage.ts";

/** A picture of one red point. */
const POINT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());
afterEach(async () => {
  await stage.leave();
  assert.deepEqual(stage.problems, []);
});

test("what is written is text, whatever it looks like", async () => {
  const [ann, zoe] = [await stage.agent("ann"), await stage.customer("zoe")];
  await ann.beReady();
  await zoe.start("<b>Zoe</b>", "Sales");
  await ann.accept("<b>Zoe</b>");
  const text = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script> & "so" on`;
  await zoe.say(text);
  await ann.sees(text);
  assert.deepEqual(await ann.messages(), [text]);
  assert.equal(await ann.page.locator(".bubble img").count(), 0);
  assert.match(await ann.page.title(), /Desk – ChatSession$/);
});

test("files go both ways: a picture is shown, another file is saved", async () => {
  const [dora, ida] = [await stage.agent("dora"), await stage.customer("ida")];
  await dora.beReady();
  await ida.start("Ida", "Billing");
  await dora.accept("Ida");
  // When a customer sends a picture
  await ida.page.locator("input[type=file]").setInputFiles({ name: "damage.png", mimeType: "image/png", buffer: POINT });
  await ida.shows("damage.png ready");
  await ida.say("Look at this");
  // Then the agent sees it
  const picture = dora.page.getByRole("img", { name: "damage.png" });
  await picture.waitFor();
  assert.equal(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth), 1);
  // and what the agent sends can be saved
  const buffer = Buffer.from("Sum: 17.00\n");
  await dora.page.locator("input[type=file]").setInputFiles({ name: "invoice.txt", mimeType: "text/plain", buffer });
  await dora.shows("invoice.txt ready");
  await dora.page.getByRole("button", { name: "Send", exact: true }).click();
  const saving = ida.page.waitForEvent("download");
  await ida.log.getByRole("button", { name: /invoice.txt/ }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), "invoice.txt");
});

test("receipts and typing are shown", async () => {
  const [ann, eve] = [await stage.agent("ann"), await stage.customer("eve")];
  await eve.start("Eve", "Sales");
  await ann.accept("Eve");
  await ann.say("Are you there?");
  await ann.page.locator(".receipt-read").waitFor();
  await eve.page.getByRole("textbox", { name: "Message" }).pressSequentially("Yes");
  await ann.sees("Eve is typing…");
  await ann.page.getByRole("textbox", { name: "Message" }).pressSequentially("I look into it", { delay: 100 });
  await eve.sees("Ann is typing…");
});

test("what a customer's frontend has received and nobody has read yet is shown as delivered", async () => {
  const ann = await stage.agent("ann");
  const leo = connect({ url: stage.server.url, token: stage.server.token("customer", "leo") });
  const { session } = await leo.sessions.startSession({ queueId: "sales", customerName: "Leo" });
  await ann.accept("Leo");
  await ann.say("Hello Leo");
  await ann.page.locator(".receipt", { hasText: "Sent" }).waitFor();
  const over = new AbortController();
  const watching = (async () => {
    for await (const _ of leo.watchSession(session?.sessionId ?? "", { after: 0n, signal: over.signal }));
  })();
  await ann.page.locator(".receipt", { hasText: "Delivered" }).waitFor();
  over.abort();
  await watching;
});

test("a canned response is found, filled in and sent", async () => {
  const [ann, max] = [await stage.agent("ann"), await stage.customer("max")];
  await max.start("Max", "Sales");
  await ann.accept("Max");
  const box = ann.page.getByRole("textbox", { name: "Message" });
  await box.fill("/hi");
  const choice = ann.page.getByRole("button", { name: "Greeting" });
  await choice.click();
  await choice.waitFor({ state: "detached" });
  assert.equal(await box.inputValue(), "Hello Max, this is Ann. How can I help you?");
  await box.press("Enter");
  await max.sees("Hello Max, this is Ann. How can I help you?");
});

test("colleagues write to each other, before one invites the other", async () => {
  const [ann, bob, kim] = [await stage.agent("ann"), await stage.agent("bob"), await stage.customer("kim")];
  await kim.start("Kim", "Sales");
  await ann.accept("Kim");
  const window = await ann.openInvite();
  await window.getByRole("radio", { name: "Bob" }).check();
  await window.getByRole("button", { name: "Ask first" }).click();
  const box = ann.page.getByRole("textbox", { name: "Message to colleagues" });
  await box.fill("Have you a minute?");
  await box.press("Enter");
  await ann.sees("Have you a minute?");
  await bob.page.getByRole("navigation").getByRole("button", { name: /Ann.*unread/ }).click();
  await bob.sees("Have you a minute?");
  const answer = bob.page.getByRole("textbox", { name: "Message to colleagues" });
  await answer.fill("Sure.");
  await answer.press("Enter");
  await ann.sees("Sure.");
  await ann.page.getByRole("button", { name: "Back to chats" }).click();
  await ann.page.getByRole("main", { name: "Chat with Kim" }).waitFor();
});

test("a declined invitation leaves everything as it was, and the inviter learns of it", async () => {
  const [ann, bob, lea] = [await stage.agent("ann"), await stage.agent("bob"), await stage.customer("lea")];
  await lea.start("Lea", "Sales");
  await ann.accept("Lea");
  await ann.invite("Bob");
  const offer = bob.page.getByRole("article", { name: "Offer: Lea" });
  await offer.getByRole("button", { name: "Decline" }).click();
  await ann.shows("Bob declined");
  await lea.shows("You are talking to Ann");
  // One that is called off is gone at the colleague's desk.
  await ann.invite("Bob");
  await offer.waitFor();
  await ann.page.getByRole("button", { name: "Call off the invitation of Bob" }).click();
  await bob.shows("It was called off.");
  await offer.waitFor({ state: "detached" });
});

test("the desk is worked by keys alone", async () => {
  const [ann, pia] = [await stage.agent("ann"), await stage.customer("pia")];
  const press = (key: string) => ann.page.keyboard.press(`Alt+Shift+${key}`);
  await pia.start("Pia", "Sales");
  await ann.page.getByRole("article", { name: "Offer: Pia" }).waitFor();
  await press("KeyA");
  await ann.page.getByRole("main", { name: "Chat with Pia" }).waitFor();
  await press("KeyM");
  await ann.page.keyboard.type("By keys");
  await ann.page.keyboard.press("Enter");
  await pia.sees("By keys");
  await press("KeyI");
  const window = ann.page.getByRole("dialog", { name: "Invite" });
  await window.getByRole("radio", { name: "Billing" }).focus();
  await ann.page.keyboard.press("Space");
  await window.getByRole("button", { name: "Transfer to Billing" }).focus();
  await ann.page.keyboard.press("Enter");
  await ann.shows("Waits in Billing");
  await window.waitFor({ state: "detached" });
  await press("KeyE");
  await ann.shows("You have left this chat.");
});

test("a supervisor sees who asks for help, whispers, and barges in", async () => {
  const [ann, tim, carla] = [await stage.agent("ann"), await stage.customer("tim"), await stage.supervisor("carla")];
  await tim.start("Tim", "Sales");
  await ann.accept("Tim");
  await tim.say("I want your boss.");
  await ann.page.getByRole("button", { name: "Ask for help" }).click();
  await ann.page.getByLabel("What for").fill("He wants the boss");
  await ann.page.getByRole("button", { name: "Ask the supervisors" }).click();
  // When the supervisor looks into the chat that asks for help
  await carla.page.getByLabel("Asking for help only").check();
  await carla.lookInto("Tim");
  await carla.sees("I want your boss.");
  await carla.sees("He wants the boss");
  // Then what they whisper is seen by staff alone, and they themselves by nobody
  const whisper = carla.page.getByRole("textbox", { name: "Whisper to staff" });
  await whisper.fill("Offer him a refund.");
  await whisper.press("Enter");
  await ann.sees("Offer him a refund.");
  await ann.say("I can offer you a refund.");
  await tim.sees("I can offer you a refund.");
  assert.deepEqual(await tim.messages(), ["I want your boss.", "I can offer you a refund."]);
  // and when they barge in, the customer talks to both
  await carla.page.getByRole("button", { name: "Barge in" }).click();
  await ann.shows("Carla is connected");
  await tim.shows("You are talking to Ann and Carla");
  await carla.page.getByRole("textbox", { name: "Message" }).fill("Carla here, the boss.");
  await carla.page.keyboard.press("Enter");
  await tim.sees("Carla here, the boss.");
  await carla.page.getByRole("button", { name: "End Chat" }).click();
  await tim.shows("You are talking to Ann");
});

test("the wall shows queues and agents as they are", async () => {
  const carla = await stage.supervisor("carla");
  const row = (name: string) => carla.page.getByRole("row", { name: new RegExp(`^${name}`) });
  await row("Ann").getByRole("cell", { name: "ready", exact: true }).waitFor();
  const una = await stage.customer("una");
  await una.start("Una", "Technical support");
  await row("Technical support").getByRole("cell", { name: "1", exact: true }).waitFor();
  await row("Una").getByText("no. 1").waitFor();
  await carla.page.getByLabel("Set the state of Ann").selectOption("Not ready");
  await row("Ann").getByRole("cell", { name: /^not ready/ }).waitFor();
});

test("an agent who isn't ready says why by the center's own reasons", async () => {
  const ann = await stage.agent("ann");
  const picker = ann.page.getByLabel("Your state");
  const reasons = (await picker.locator("option").allInnerTexts()).filter((text) => text.startsWith("Not ready: "));
  assert.deepEqual(reasons.slice(-3), ["Not ready: lunch", "Not ready: meeting", "Not ready: coaching"]);
  await picker.selectOption({ label: "Not ready: coaching" });
  await picker.locator("option[value=current]", { hasText: "Not ready: coaching" }).waitFor({ state: "attached" });
  await ann.page.locator("header", { hasText: "Ann" }).waitFor();
});
