//! The SDK's example programs, each run as its first lines say.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use chatsession_sdk::{Agent, CenterSettings, Client, ErrorKind, EventKind, Queue};
use chatsession_testing::{Failure, Service, Who};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::OnceCell,
};

/// What takes longer hangs.
const BOUND: Duration = Duration::from_secs(30);

/// An example that runs, until it is dropped.
struct Example {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    errors: Lines<BufReader<ChildStderr>>,
}

/// Where the examples are. Whoever tests the whole workspace has built them.
async fn built() -> Result<PathBuf, Failure> {
    static BUILT: OnceCell<()> = OnceCell::const_new();
    BUILT
        .get_or_try_init(async || {
            let build = ["test", "--quiet", "--locked", "--workspace", "--no-run"];
            let status = Command::new(env!("CARGO")).args(build).status().await?;
            status.success().then_some(()).ok_or_else(|| Failure::from("the examples can't be built"))
        })
        .await?;
    Ok(Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("debug").join("examples"))
}

impl Example {
    async fn start(service: &Service, who: Who<'_>, name: &str, args: &[&str]) -> Result<Self, Failure> {
        let mut process = Command::new(built().await?.join(name))
            .args(args)
            .env("CHATSESSION_URL", service.url())
            .env("CHATSESSION_TOKEN", service.token(who)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = process.stdin.take().ok_or("no stdin")?;
        let output = BufReader::new(process.stdout.take().ok_or("no stdout")?).lines();
        let errors = BufReader::new(process.stderr.take().ok_or("no stderr")?).lines();
        Ok(Self { _process: process, input, output, errors })
    }

    /// Waits for a line that has this, and answers it.
    async fn prints(&mut self, wanted: &str) -> Result<String, Failure> {
        let printed = async {
            let mut failed = Vec::new();
            loop {
                tokio::select! {
                    line = self.output.next_line() => match line? {
                        Some(line) if line.contains(wanted) => return Ok(line),
                        Some(_) => {}
                        None => return Err(format!("it ended without {wanted:?}: {failed:?}").into()),
                    },
                    Ok(Some(line)) = self.errors.next_line() => match line.contains(wanted) {
                        true => return Ok(line),
                        false => failed.push(line),
                    },
                }
            }
        };
        tokio::time::timeout(BOUND, printed).await.map_err(|_| format!("it doesn't print {wanted:?}"))?
    }
}

async fn service() -> Result<Service, Failure> {
    let service = Service::start().await?;
    let administration = service.client(Who::Integrator("backend")).await?.administration();
    let (sales, support) = (Queue::new("sales", "Sales"), Queue::new("support", "Support"));
    administration.apply([CenterSettings::new().recovery_hold(Duration::ZERO).into()]).await?;
    administration.apply([sales.into(), support.into()]).await?;
    let (bot, carla) = (Agent::new("bot", "Robin").queue("sales"), Agent::new("carla", "Carla").supervisor());
    administration.apply([bot.into(), carla.into()]).await?;
    Ok(service)
}

#[tokio::test]
async fn given_the_customer_and_the_bot_then_the_bot_answers_and_hands_over_with_what_was_asked() -> Result<(), Failure>
{
    let service = service().await?;
    let mut customer = Example::start(&service, Who::Customer("ada"), "customer", &["sales", "Ada"]).await?;
    customer.prints("* waiting in sales").await?;
    let _bot = Example::start(&service, Who::Agent("bot"), "agent_bot", &["support"]).await?;

    customer.prints("Robin: Hello Ada, what is it about?").await?;
    customer.input.write_all(b"My order is late.\n").await?;

    customer.prints("Robin: Thank you. A colleague will be with you.").await?;
    customer.prints("* waiting in support").await?;
    let backend = service.client(Who::Integrator("backend")).await?;
    let session = backend.list_sessions().pages().next().await.ok_or("no session")??;
    let log = backend.session(session.session_id).events().pages().all().await?;
    let summary =
        |kind: &EventKind| matches!(kind, EventKind::MessagePosted { text, .. } if text.contains("My order is late."));
    assert_eq!(log.iter().filter(|event| summary(&event.kind)).count(), 2, "the question, and the note: {log:#?}");
    Ok(())
}

#[tokio::test]
async fn given_customers_who_wait_then_the_wall_and_the_exporter_show_them() -> Result<(), Failure> {
    let service = service().await?;
    service.client(Who::Customer("mia")).await?.start_session("sales").customer_name("Mia").send().await?;

    let mut wall = Example::start(&service, Who::Supervisor("carla"), "supervisor_wall", &[]).await?;
    wall.prints("Mia          Waiting    sales").await?;
    wall.prints("1 waiting, 0 attended").await?;

    let folder = tempfile::tempdir()?;
    let file = folder.path().join("events.txt");
    let path = file.to_str().ok_or("a path")?;
    let mut exporter = Example::start(&service, Who::Integrator("exporter"), "event_exporter", &[path]).await?;
    // It prints nothing. That it has written shows in its file.
    let written = async {
        while !std::fs::read_to_string(&file).is_ok_and(|lines| lines.contains("SessionStarted")) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = written => Ok(()),
        printed = exporter.prints("nothing") => printed.map(drop),
    }
}

#[tokio::test]
async fn given_the_load_generator_then_it_says_how_long_messages_took() -> Result<(), Failure> {
    let service = service().await?;
    let mut load = Example::start(&service, Who::Integrator("load"), "load_generator", &["sales", "3", "1"]).await?;
    load.prints(" messages, ").await?;
    load.prints("seen after").await?;
    Ok(())
}

/// What a page does: a POST, and its answer's body.
async fn post(address: &str, path: &str, body: &str) -> Result<String, Failure> {
    let mut stream = TcpStream::connect(address).await?;
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json");
    stream.write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.split_once("\r\n\r\n").ok_or("no answer")?.1.to_owned())
}

#[tokio::test]
async fn given_a_shops_backend_then_its_page_gets_a_token_for_its_chat_and_no_other() -> Result<(), Failure> {
    let service = service().await?;
    let other = service.client(Who::Customer("mia")).await?.start_session("sales").send().await?.session.session_id;
    let secret = service.secret_file();
    let args = ["sales", "test", secret.to_str().ok_or("a path")?, "127.0.0.1:0"];
    let mut backend = Example::start(&service, Who::Integrator("shop"), "widget_backend", &args).await?;
    let line = backend.prints("listening at http://").await?;
    let address = line.rsplit('/').next().ok_or("an address")?;

    let chat: HashMap<String, String> = serde_json::from_str(&post(address, "/chats", r#"{"name":"Zoe"}"#).await?)?;

    let page = Client::builder(service.url()).token(&chat["token"]).connect().await?;
    page.session(&chat["session_id"]).say("Hello!").send().await?;
    let refused = page.session(other).say("Hello?").send().await.expect_err("it is another's chat");
    assert_eq!(refused.kind(), ErrorKind::NotFound, "{refused:?}");
    Ok(())
}
