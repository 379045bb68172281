import { connect } from "@chatsession/client";
import { render } from "preact";
import { SignIn, StaleToken } from "../shared/Connection.tsx";
import { useStore } from "../shared/store.ts";
import { PageToasts } from "../shared/ToastList.tsx";
import { Toasts } from "../shared/toasts.ts";
import { PageToken } from "../shared/token.ts";
import { Desk } from "./Desk.tsx";
import { DeskModel } from "./model.ts";

const token = new PageToken("desk");
const toasts = new Toasts();
let model: DeskModel | undefined;

/** The desk comes to be with the first token; the client asks for the next ones. */
function deskModel(self: string, isSupervisor: boolean): DeskModel {
  if (!model) {
    model = new DeskModel(connect({ url: location.origin, token: token.source }), self, isSupervisor, toasts);
    void model.run();
  }
  return model;
}

function App() {
  useStore(token);
  const { sub, role } = token.claims ?? {};
  if (sub === undefined || (role !== "agent" && role !== "supervisor")) {
    return <SignIn title="Agent's desk" hint="Sign in with an agent's or a supervisor's token." token={token} />;
  }
  return (
    <PageToasts.Provider value={toasts}>
      <StaleToken token={token} />
      <Desk model={deskModel(sub, role === "supervisor")} token={token} />
    </PageToasts.Provider>
  );
}

const root = document.getElementById("app");
if (root) render(<App />, root);
