//! What to try next: lines to paste.

use chatsession::grpc::auth::Role;

use super::cast::Stage;
use crate::cli::{Failure, out};

/// Prints links, tokens and calls.
pub(super) fn print(stage: &Stage) -> Result<(), Failure> {
    links(stage)?;
    let (url, data) = (&stage.url, stage.data.display());
    let customer = stage.token(Role::Customer, "you")?;
    let (ann, backend) = (stage.token(Role::Agent, "ann")?, stage.token(Role::Integrator, "backend")?);
    let call = "npx buf curl --http2-prior-knowledge --protocol grpc -H \"Authorization: Bearer";
    let program = std::env::args().next().unwrap_or_else(|| "chatsession".to_owned());
    out::line(format!(
        r#"
From a terminal: tokens, good for a day,

CUSTOMER={customer}
ANN={ann}
BACKEND={backend}

to paste into another one. buf comes by `npm ci`; the server tells its schema by reflection:

# start a chat
{call} $CUSTOMER" -d '{{"request_id":"try-1","queue_id":"sales","customer_name":"You"}}' {url}/chatsession.v1.ChatSession/StartSession
# Ann's desk: sign in, open it in a terminal of its own, be ready; the chat rings
{call} $ANN" -d '{{"request_id":"try-2"}}' {url}/chatsession.v1.AgentDesk/SignIn
{call} $ANN" -d '{{}}' {url}/chatsession.v1.AgentDesk/WatchDesk
{call} $ANN" -d '{{"request_id":"try-3","status":"AGENT_STATUS_READY"}}' {url}/chatsession.v1.AgentDesk/SetState
# all chats of the center
{call} $BACKEND" -d '{{}}' {url}/chatsession.v1.ChatSession/ListSessions

# a session's events as they come, other tokens, the sample center again
{program} watch --server {url} --data {data} SESSION_ID
{program} token --data {data} --role agent --subject bob
{program} apply --server {url} --data {data} examples/center.yaml

# programs made with the SDK
CHATSESSION_URL={url} CHATSESSION_TOKEN=$CUSTOMER cargo run -p chatsession-sdk --example customer -- sales You
CHATSESSION_URL={url} CHATSESSION_TOKEN=$ANN cargo run -p chatsession-sdk --example agent_bot -- support

Ctrl-C stops it."#
    ));
    Ok(())
}

/// The pages, for everybody who takes part. A browser opens only so many connections to one name, so they have two.
fn links(stage: &Stage) -> Result<(), Failure> {
    let one = &stage.url;
    let other = one.replace("//127.0.0.1:", "//localhost:");
    let link = |host: &str, page: &str, role, id| {
        Ok::<_, Failure>(format!("{host}/{page}.html#token={}", stage.token(role, id)?))
    };
    let ann = link(one, "desk", Role::Agent, "ann")?;
    let customer = link(&other, "customer", Role::Customer, "zoe")?;
    let bob = link(&other, "desk", Role::Agent, "bob")?;
    let carla = link(one, "wall", Role::Supervisor, "carla")?;
    out::line(format!(
        r#"
The server goes on at {one}. Now play it yourself, each in a tab of its own:

1. Ann, an agent. Set her to Ready.
{ann}

2. A customer. Start a chat in Sales; Ann's desk rings, accept.
{customer}&queues=sales,billing,support

3. Bob, a colleague. At Ann's desk click +, invite Bob, accept at his; then End Chat at Ann's: Bob goes on.
{bob}

4. Carla, a supervisor, sees all of it.
{carla}"#
    ));
    Ok(())
}
