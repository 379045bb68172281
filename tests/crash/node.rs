//! The program as users run it, and callers who try again until they are answered.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use chatsession::{
    config::Settings,
    grpc::auth::{Grant, Role, development_secret, mint},
};
use prost::Message;
use tonic::{Code, Request, Status, transport::Channel};

/// The client's side of the contract, as the SDK has it.
#[allow(dead_code, unreachable_pub, clippy::all, reason = "generated")]
#[rustfmt::skip]
#[path = "../../sdk/src/generated/chatsession.v1.rs"]
pub mod pb;

/// The program, not started.
pub fn program(data: &Path, address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chatsession"));
    command.arg("serve").arg("--data").arg(data).args(["--listen", address]);
    let rate = "limits.rates.customer";
    command.arg("--set").arg(format!("{rate}.per_second=100000")).arg("--set").arg(format!("{rate}.burst=100000"));
    command.args(["--set", "limits.connections.new_per_second=10000"]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

pub struct Node {
    data: PathBuf,
    address: String,
    child: Child,
}

impl Node {
    pub async fn start(data: &Path) -> Self {
        // A port that was free a moment ago, so that callers find the next life where they found this one.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        development_secret(data).unwrap();
        let child = program(data, &address).spawn().unwrap();
        Self { data: data.to_owned(), address, child }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn restart(&mut self) {
        self.child = program(&self.data, &self.address).spawn().unwrap();
    }

    pub fn caller(&self, role: Role, subject: String) -> Caller {
        let auth = Settings::default().auth;
        let (center, life) = ("acme".to_owned(), Duration::from_secs(3600));
        let grant = Grant { center, role, subject, session: None, audience: auth.audience, issuer: auth.issuer, life };
        let token = mint(&development_secret(&self.data).unwrap(), &grant).unwrap();
        let channel = Channel::from_shared(format!("http://{}", self.address)).unwrap().connect_lazy();
        Caller { channel, token: format!("Bearer {token}") }
    }

    pub fn customer(&self, number: usize) -> Caller {
        self.caller(Role::Customer, format!("c{number}"))
    }

    pub async fn configure(&self) {
        let caller = self.caller(Role::Integrator, "backend".into());
        let queue = pb::Queue { queue_id: "sales".into(), display_name: "Sales".into(), ..Default::default() };
        let object = pb::ApplyRequest { object: Some(pb::apply_request::Object::Queue(queue)) };
        let _: pb::ApplyResponse = caller.call_until_answered("Administration/Apply", &object).await;
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody with a token.
pub struct Caller {
    channel: Channel,
    token: String,
}

impl Caller {
    /// A call of ChatSession, repeated with the same request id for as long as the server can't be reached.
    pub async fn until_answered<A: Message + Default + 'static>(
        &self,
        rpc: &str,
        request: &(impl Message + Clone + 'static),
    ) -> A {
        self.call_until_answered(&format!("ChatSession/{rpc}"), request).await
    }

    async fn call_until_answered<A: Message + Default + 'static>(
        &self,
        rpc: &str,
        request: &(impl Message + Clone + 'static),
    ) -> A {
        let mut pause = Duration::from_millis(2);
        for _ in 0..2000 {
            match self.once(rpc, request.clone()).await {
                Ok(answer) => return answer,
                Err(status) if may_pass(&status) => tokio::time::sleep(pause).await,
                Err(status) => panic!("{rpc}: {status:?}"),
            }
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        panic!("{rpc}: never answered")
    }

    async fn once<A: Message + Default + 'static>(
        &self,
        rpc: &str,
        request: impl Message + 'static,
    ) -> Result<A, Status> {
        let mut request = Request::new(request);
        request.metadata_mut().insert("authorization", self.token.parse().unwrap());
        let mut client = tonic::client::Grpc::new(self.channel.clone());
        client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = format!("/chatsession.v1.{rpc}").parse().unwrap();
        client.unary(request, path, tonic_prost::ProstCodec::default()).await.map(tonic::Response::into_inner)
    }
}

/// The connection broke, or the server is only starting.
fn may_pass(status: &Status) -> bool {
    // tonic names a connection that breaks in the middle of a call by one of these, without details.
    let broken = [Code::Unknown, Code::Internal, Code::Cancelled].contains(&status.code());
    status.code() == Code::Unavailable || (broken && status.details().is_empty())
}
