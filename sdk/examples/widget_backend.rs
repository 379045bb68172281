//! What a shop's own backend does for its chat widget: it knows who the customer is, starts their chat, and gives the page a token
//! that opens this chat and nothing else. The page then talks to the service itself, by the TypeScript client.
//!
//! ```sh
//! TOKEN=$(chatsession token --role integrator --subject shop)
//! CHATSESSION_TOKEN=$TOKEN cargo run -p chatsession-sdk --example widget_backend -- support demo data/development.secret
//! curl -X POST -H 'content-type: application/json' -d '{"name":"Zoe"}' http://127.0.0.1:7800/chats
//! ```
//!
//! Development's secret signs with HS256; with a key pair of your own, sign with its private half.

use std::{
    env,
    error::Error,
    fs,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use chatsession_sdk::{Client, ErrorKind};
use jsonwebtoken::{EncodingKey, Header};
use serde::{Deserialize, Serialize};

const TOKEN_LIFE: Duration = Duration::from_secs(3600);

struct Backend {
    client: Client,
    queue: String,
    center: String,
    key: EncodingKey,
}

#[derive(Deserialize)]
struct Wish {
    name: String,
}

/// What the page needs.
#[derive(Serialize)]
struct Chat {
    session_id: String,
    token: String,
}

/// What a customer's token says; docs/clients.md tells of each claim.
#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    center: &'a str,
    role: &'a str,
    session: &'a str,
    aud: &'a str,
    iss: &'a str,
    iat: u64,
    exp: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let mut needed = || args.next().ok_or("usage: widget_backend QUEUE CENTER SECRET_FILE [ADDRESS]");
    let (queue, center, secret) = (needed()?, needed()?, needed()?);
    let address = args.next().unwrap_or_else(|| "127.0.0.1:7800".to_owned());
    let key = EncodingKey::from_secret(fs::read_to_string(secret)?.trim().as_bytes());
    let backend = Arc::new(Backend { client: Client::from_env().await?, queue, center, key });
    let listener = tokio::net::TcpListener::bind(address).await?;
    eprintln!("listening at http://{}", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/chats", post(start)).with_state(backend)).await?;
    Ok(())
}

async fn start(State(backend): State<Arc<Backend>>, Json(wish): Json<Wish>) -> Result<Json<Chat>, StatusCode> {
    // A shop knows its customers by their login; a visitor without one gets an id that nobody guesses.
    let customer = uuid::Uuid::new_v4().to_string();
    let starting = backend.client.acting_for_customer(&customer).start_session(&backend.queue).customer_name(wish.name);
    let started = starting.send().await.map_err(|error| {
        eprintln!("{error}");
        match error.kind() {
            ErrorKind::InvalidArgument => StatusCode::BAD_REQUEST,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        }
    })?;
    let session_id = started.session.session_id;
    let token = backend.token(&customer, &session_id).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(Chat { session_id, token }))
}

impl Backend {
    fn token(&self, customer: &str, session: &str) -> Result<String, Box<dyn Error>> {
        let iat = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let claims = Claims {
            sub: customer,
            center: &self.center,
            role: "customer",
            session,
            aud: "chatsession",
            iss: "chatsession",
            iat,
            exp: iat + TOKEN_LIFE.as_secs(),
        };
        Ok(jsonwebtoken::encode(&Header::default(), &claims, &self.key)?)
    }
}
