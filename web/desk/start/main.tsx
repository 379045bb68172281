import { render } from "preact";
import { TokenForm } from "../shared/Connection.tsx";
import { claims } from "../shared/token.ts";

const PAGES: Record<string, string> = {
  agent: "/desk.html",
  supervisor: "/wall.html",
  customer: "/customer.html",
};

function open(token: string, page: string): void {
  location.assign(`${page}#token=${encodeURIComponent(token)}`);
}

/** What this is, and the way in. */
function Start() {
  return (
    <main class="start card">
      <h1>ChatSession</h1>
      <p>
        Live chat for contact centres: conferences, transfers and service queues, where no customer is ever lost. This
        server answers gRPC and gRPC-Web on this very port, and serves three pages that use it.
      </p>
      <dl class="pages">
        <dt>
          <a href="/desk.html">Agent's desk</a>
        </dt>
        <dd>Chats, offers, colleagues, after-chat work</dd>
        <dt>
          <a href="/wall.html">Supervisor's wall</a>
        </dt>
        <dd>Queues, agents and chats as they are, to look into and to join</dd>
        <dt>
          <a href="/customer.html">Customer's chat</a>
        </dt>
        <dd>What a customer has before their eyes</dd>
      </dl>
      <TokenForm
        label="Paste a token to open its page"
        action="Open"
        onToken={(token) => open(token, PAGES[claims(token)?.role ?? ""] ?? "/desk.html")}
      />
      <p class="muted">
        For a try, <code>chatsession token --role agent --subject ann</code> makes one; the roles are{" "}
        <code>customer</code>, <code>agent</code> and <code>supervisor</code>.
      </p>
    </main>
  );
}

const root = document.getElementById("app");
if (root) render(<Start />, root);
