import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Stage } from "./support/stage.ts";

let stage: Stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());

test("a colleague is invited, is connected, and keeps the customer when the first agent ends the chat", async () => {
  // Given an agent in a live chat
  const [ann, bob, zoe] = [await stage.agent("ann"), await stage.agent("bob"), await stage.customer("zoe")];
  await ann.beReady();
  await zoe.start("Zoe", "Sales");
  await zoe.shows(/Somebody will be with you soon|You are number/);
  await ann.accept("Zoe");
  await zoe.shows("You are talking to Ann");
  await ann.say("Hello Zoe, how can I help?");
  await zoe.sees("Hello Zoe, how can I help?");
  await zoe.say("My printer is on fire.");
  await ann.sees("My printer is on fire.");

  // When they click the add icon, the Invite window appears with colleagues and queues
  const window = await ann.openInvite();
  await window.getByRole("radio", { name: "Bob" }).waitFor();
  await window.getByRole("radio", { name: "Billing" }).waitFor();
  // and they pick a colleague and confirm
  await window.getByRole("radio", { name: "Bob" }).check();
  await window.getByLabel("Note for staff").fill("Printer, burning");
  await window.getByRole("button", { name: "Invite Bob" }).click();

  // Then the colleague is invited, not connected
  await ann.shows("Bob is invited…");
  const offer = bob.page.getByRole("article", { name: "Offer: Zoe" });
  await offer.getByText("Ann invites you").waitFor();
  await offer.getByText("Printer, burning").waitFor();
  await zoe.shows("You are talking to Ann");

  // When the colleague accepts
  await bob.accept("Zoe");
  // Then it is confirmed that they are connected, and they see the whole history
  await ann.shows("Bob is connected");
  await zoe.shows("You are talking to Ann and Bob");
  await bob.sees("My printer is on fire.");
  // and can communicate with both, also without the customer
  await bob.say("I take a look.");
  await Promise.all([ann.sees("I take a look."), zoe.sees("I take a look.")]);
  await bob.page.getByLabel("Whisper", { exact: true }).check();
  await bob.page.getByRole("textbox", { name: "Whisper to staff" }).fill("Is it a model X?");
  await bob.page.keyboard.press("Enter");
  await ann.sees("Is it a model X?");

  // When the first agent ends the chat in the contact panel
  await ann.endChat();
  // Then they have left, with after-chat work to do, and the colleague keeps the customer
  await ann.shows("You have left this chat.");
  await ann.shows("After-chat work");
  await bob.sees("Ann left");
  await zoe.shows("You are talking to Bob");
  await zoe.say("It smokes less now.");
  await bob.sees("It smokes less now.");
  assert.ok(!(await zoe.messages()).includes("Is it a model X?"), "the customer doesn't see what staff whispers");

  await ann.page.getByLabel("Disposition").fill("handed-over");
  await ann.page.getByRole("button", { name: "Complete" }).click();
  await ann.shows("No chat yet.");
  assert.deepEqual(stage.problems, []);
});

test("a chat is transferred to a service queue: the customer waits, the agent leaves, the next one takes it", async () => {
  // Given an agent in a live chat
  const [ann, dora, max] = [await stage.agent("ann"), await stage.agent("dora"), await stage.customer("max")];
  await max.start("Max", "Sales");
  await ann.accept("Max");

  // When they pick a service queue in the Invite window
  await ann.transferTo("Billing");
  // Then they are still connected, and the queue's automatic message is said to the customer
  await ann.sees("Thank you for waiting. A colleague from Billing will be with you in a moment.");
  await max.sees("Thank you for waiting. A colleague from Billing will be with you in a moment.");
  await ann.shows("Waits in Billing");
  await max.shows("You are talking to Ann");

  // When they end the chat
  await ann.endChat();
  // Then they leave, and the session remains in the queue
  await ann.shows("You have left this chat.");
  await max.shows(/Somebody will be with you soon|You are number 1/);

  // until the next agent takes it
  await dora.beReady();
  await dora.accept("Max");
  await max.shows("You are talking to Dora");
  await dora.sees("You transferred the chat to Billing".replace("You", "Ann"));
  await dora.say("Hello Max, Dora from Billing.");
  await max.sees("Hello Max, Dora from Billing.");
  assert.deepEqual(stage.problems, []);
});

test("the last agent says what becomes of the customer", async () => {
  // Given an agent alone with a customer
  const [dora, ida] = [await stage.agent("dora"), await stage.customer("ida")];
  await dora.beReady();
  await ida.start("Ida", "Billing");
  await dora.accept("Ida");

  // When they end the chat
  await dora.endChat();
  // Then they are asked
  const question = dora.page.getByRole("dialog", { name: "What becomes of Ida?" });
  await question.getByRole("button", { name: "Send back to Billing" }).waitFor();
  await question.getByRole("button", { name: "Send to another queue…" }).waitFor();
  // and staying changes nothing
  await question.getByRole("button", { name: "Stay" }).click();
  await ida.shows("You are talking to Dora");

  // and ending it ends it for the customer, too
  await dora.endChat();
  await question.getByRole("button", { name: "End the chat" }).click();
  await ida.shows("Thank you. This chat has ended.");
  await dora.shows("This chat has ended.");
  assert.deepEqual(stage.problems, []);
});
