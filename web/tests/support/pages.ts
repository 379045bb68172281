import type { Locator, Page } from "playwright-core";

/** What is said in a chat, and who says it. */
class Chat {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get log(): Locator {
    return this.page.getByRole("log");
  }

  async say(text: string): Promise<void> {
    const box = this.page.getByRole("textbox", { name: "Message" });
    await box.fill(text);
    await box.press("Enter");
  }

  /** Waits until a message or a notice with this text is there. */
  async sees(text: string | RegExp): Promise<void> {
    await this.log.getByText(text).first().waitFor();
  }

  /** Waits until the page's own state is as said. */
  async shows(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async messages(): Promise<string[]> {
    return await this.log.locator(".bubble .text").allTextContents();
  }
}

export class AgentDesk extends Chat {
  async isOpen(): Promise<void> {
    await this.page.getByLabel("Your state").waitFor();
    await this.page.getByText("Opening your desk…").waitFor({ state: "detached" });
  }

  async beReady(): Promise<void> {
    await this.page.getByLabel("Your state").selectOption("ready");
    await this.page.locator(".state .dot-ready").waitFor();
  }

  async accept(customer: string): Promise<void> {
    const offer = this.page.getByRole("article", { name: `Offer: ${customer}` });
    await offer.getByRole("button", { name: "Accept" }).click();
    await this.page.getByRole("main", { name: `Chat with ${customer}` }).waitFor();
  }

  async openInvite(): Promise<Locator> {
    await this.page.getByRole("button", { name: "Invite or transfer" }).click();
    const window = this.page.getByRole("dialog", { name: "Invite" });
    await window.waitFor();
    return window;
  }

  async invite(name: string): Promise<void> {
    const window = await this.openInvite();
    await window.getByRole("radio", { name }).check();
    await window.getByRole("button", { name: `Invite ${name}` }).click();
    await window.waitFor({ state: "detached" });
  }

  async transferTo(queue: string): Promise<void> {
    const window = await this.openInvite();
    await window.getByRole("radio", { name: queue }).check();
    await window.getByRole("button", { name: `Transfer to ${queue}` }).click();
    await window.waitFor({ state: "detached" });
  }

  async endChat(): Promise<void> {
    await this.page.getByRole("complementary", { name: "Contact" }).getByRole("button", { name: "End Chat" }).click();
  }

  async select(customer: string): Promise<void> {
    await this.page.getByRole("navigation").getByRole("button", { name: customer }).click();
    await this.page.getByRole("main", { name: `Chat with ${customer}` }).waitFor();
  }
}

export class CustomerChat extends Chat {
  async start(name: string, queue: string): Promise<void> {
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("radio", { name: queue }).check();
    await this.page.getByRole("button", { name: "Start the chat" }).click();
    await this.log.waitFor();
  }
}

export class Wall extends Chat {
  async lookInto(customer: string): Promise<void> {
    await this.page.getByRole("button", { name: `Look in on ${customer}` }).click();
    await this.shows("looking in");
  }
}
