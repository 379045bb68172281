import { connect } from "@chatsession/client";
import { render } from "preact";
import { SignIn, StaleToken } from "../shared/Connection.tsx";
import { kept } from "../shared/kept.ts";
import { useStore } from "../shared/store.ts";
import { PageToken } from "../shared/token.ts";
import { CustomerModel } from "./model.ts";
import { Widget } from "./Widget.tsx";

/** The queues to choose from, as the link names them: `#token=…&queues=sales,support:Technical support`. */
function queuesOfLink(): { id: string; name: string }[] {
  const named = new URLSearchParams(location.hash.slice(1)).get("queues");
  if (named !== null) kept.put("customer.queues", named);
  const text = kept.get("customer.queues", "");
  return text
    .split(",")
    .filter((each) => each.trim() !== "")
    .map((each) => {
      const [id = "", name] = each.split(":").map((part) => part.trim());
      return { id, name: name || id };
    });
}

const queues = queuesOfLink();
const token = new PageToken("customer");
let model: CustomerModel | undefined;

function customerModel(): CustomerModel {
  if (!model) {
    model = new CustomerModel(connect({ url: location.origin, token: token.source }), queues);
    void model.run();
  }
  return model;
}

function App() {
  useStore(token);
  if (token.claims?.role !== "customer") {
    return <SignIn title="Chat with us" hint="This page needs a customer's token." token={token} />;
  }
  return (
    <>
      <StaleToken token={token} />
      <Widget model={customerModel()} />
    </>
  );
}

const root = document.getElementById("app");
if (root) render(<App />, root);
