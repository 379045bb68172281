import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { AgentDesk, CustomerChat } from "./support/pages.ts";
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

/** Ann alone with a customer. */
async function chat(name: string): Promise<{ ann: AgentDesk; customer: CustomerChat }> {
  const [ann, customer] = [await stage.agent("ann"), await stage.customer(name.toLowerCase())];
  await ann.beReady();
  await customer.start(name, "Sales");
  await ann.accept(name);
  return { ann, customer };
}

test("with an invitation to take over, the inviter leaves when the colleague accepts", async () => {
  const [{ ann, customer }, bob] = [await chat("Zoe"), await stage.agent("bob")];
  const window = await ann.openInvite();
  await window.getByRole("radio", { name: "Bob" }).check();
  await window.getByRole("radio", { name: "Transfer: I leave" }).check();
  await window.getByRole("button", { name: "Invite Bob" }).click();
  await bob.page.getByText("Ann hands over").waitFor();
  await customer.shows("You are talking to Ann");
  await bob.accept("Zoe");
  await ann.shows("Bob has taken over");
  await ann.shows("You have left this chat.");
  await customer.shows("You are talking to Bob");
});

test("an agent may leave a customer to the colleague who is being asked", async () => {
  const [{ ann, customer }, bob] = [await chat("Max"), await stage.agent("bob")];
  await ann.invite("Bob");
  await ann.endChat();
  const question = ann.page.getByRole("dialog", { name: "What becomes of Max?" });
  await question.getByRole("button", { name: "Leave, and let Bob take over" }).click();
  await ann.shows("You have left this chat.");
  await customer.shows(/Somebody will be with you soon|You are number/);
  await bob.accept("Max");
  await customer.shows("You are talking to Bob");
});

test("the last agent sends the customer back to the queue, or to another one", async () => {
  const { ann, customer } = await chat("Ida");
  await ann.endChat();
  const question = ann.page.getByRole("dialog", { name: "What becomes of Ida?" });
  await question.getByRole("button", { name: "Send to another queue…" }).click();
  const window = ann.page.getByRole("dialog", { name: "Send to a queue" });
  await window.getByRole("radio", { name: "Billing" }).check();
  assert.equal(await window.getByRole("radio", { name: "Bob" }).count(), 0);
  await window.getByRole("button", { name: "Transfer to Billing" }).click();
  await ann.shows("You have left this chat.");
  await customer.sees("Thank you for waiting. A colleague from Billing will be with you in a moment.");

  const dora = await stage.agent("dora");
  await dora.beReady();
  await dora.accept("Ida");
  await dora.endChat();
  await dora.page.getByRole("button", { name: "Send back to Billing" }).click();
  await dora.shows("You have left this chat.");
  await customer.shows(/Somebody will be with you soon|You are number/);
});

test("a chat is taken out of the queue again by the agent who stayed", async () => {
  const { ann, customer } = await chat("Eve");
  await ann.transferTo("Billing");
  await ann.page.getByRole("button", { name: "Take it out" }).click();
  await ann.sees("You took the chat out of Billing");
  await customer.shows("You are talking to Ann");
  await ann.page.getByRole("button", { name: "Take it out" }).waitFor({ state: "detached" });
});

test("an agent who leaves when it is taken is with the customer until then", async () => {
  const { ann, customer } = await chat("Kim");
  const window = await ann.openInvite();
  await window.getByRole("radio", { name: "Technical support" }).check();
  await window.getByLabel("And I").selectOption("leave when the next agent takes it");
  await window.getByLabel("Note for staff").fill("Wants to speak to an engineer");
  await window.getByRole("button", { name: "Transfer to Technical support" }).click();
  await ann.sees("Wants to speak to an engineer");
  await customer.shows("You are talking to Ann");
  const bob = await stage.agent("bob");
  await bob.beReady();
  await bob.accept("Kim");
  await bob.sees("Wants to speak to an engineer");
  await ann.shows("You have left this chat.");
  await customer.shows("You are talking to Bob");
  assert.deepEqual(await customer.messages(), []);
});

test("who signs out hands their customers back: nobody is left alone", async () => {
  const { ann, customer } = await chat("Lea");
  await ann.page.getByLabel("Your state").selectOption("sign-out");
  await ann.page.getByRole("button", { name: "Hand back and sign out" }).click();
  await ann.shows("You are signed out");
  await customer.shows(/Somebody will be with you soon|You are number/);
  await ann.page.getByRole("button", { name: "Sign in again" }).click();
  await ann.beReady();
  await ann.accept("Lea");
  await customer.shows("You are talking to Ann");
});
