//! The SDK's example programs, each run as its first lines say.

use std::{process::Stdio, time::Duration};

use chatsession_sdk::{Agent, CenterSettings, EventKind, Queue};
use chatsession_testing::{Failure, Service, Who};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// What takes longer hangs; an example is built first.
const BOUND: Duration = Duration::from_secs(300);

/// An example that runs, until it is dropped.
struct Example {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Example {
    fn start(service: &Service, who: Who<'_>, name: &str, args: &[&str]) -> Result<Self, Failure> {
        let mut process = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--locked", "--package", "chatsession-sdk", "--example", name, "--"])
            .args(args)
            .env("CHATSESSION_URL", service.url())
            .env("CHATSESSION_TOKEN", service.token(who)?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = process.stdin.take().ok_or("no stdin")?;
        let output = BufReader::new(process.stdout.take().ok_or("no stdout")?).lines();
        Ok(Self { _process: process, input, output })
    }

    /// Waits for a line that has this.
    async fn prints(&mut self, wanted: &str) -> Result<(), Failure> {
        let printed = async {
            while let Some(line) = self.output.next_line().await? {
                if line.contains(wanted) {
                    return Ok(());
                }
            }
            Err(format!("it ended without {wanted:?}").into())
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
    let mut customer = Example::start(&service, Who::Customer("ada"), "customer", &["sales", "Ada"])?;
    customer.prints("* waiting in sales").await?;
    let _bot = Example::start(&service, Who::Agent("bot"), "agent_bot", &["support"])?;

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

    let mut wall = Example::start(&service, Who::Supervisor("carla"), "supervisor_wall", &[])?;
    wall.prints("Mia          Waiting    sales").await?;
    wall.prints("1 waiting, 0 attended").await?;

    let folder = tempfile::tempdir()?;
    let file = folder.path().join("events.txt");
    let path = file.to_str().ok_or("a path")?;
    let mut exporter = Example::start(&service, Who::Integrator("exporter"), "event_exporter", &[path])?;
    // It prints nothing. That it has written shows in its file.
    let written = async {
        while !std::fs::read_to_string(&file).is_ok_and(|lines| lines.contains("SessionStarted")) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = written => Ok(()),
        printed = exporter.prints("nothing") => printed,
    }
}

#[tokio::test]
async fn given_the_load_generator_then_it_says_how_long_messages_took() -> Result<(), Failure> {
    let service = service().await?;
    let mut load = Example::start(&service, Who::Integrator("load"), "load_generator", &["sales", "3", "1"])?;
    load.prints(" messages, ").await?;
    load.prints("seen after").await
}
