//! Generates the server's side of the public contract. protox compiles the protos, so no protoc is needed.

use std::{env, fs, path::PathBuf};

use prost::Message;

const PROTOS: [&str; 5] = [
    "proto/chatsession/v1/chat_session.proto",
    "proto/chatsession/v1/agent_desk.proto",
    "proto/chatsession/v1/administration.proto",
    "proto/chatsession/v1/supervision.proto",
    "proto/chatsession/v1/event_feed.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let mut protos = PROTOS.to_vec();
    protos.push("proto/chatsession/v1/error.proto");
    let descriptors = protox::compile(protos, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("chatsession.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .build_client(false)
        // Frames are encoded once and shared between watchers, so a stream's item is bytes (see grpc/codec.rs).
        .extern_path(".chatsession.v1.WatchResponse", "crate::grpc::codec::Frame")
        .extern_path(".chatsession.v1.WatchDeskResponse", "crate::grpc::codec::Frame")
        .extern_path(".chatsession.v1.WatchTargetsResponse", "crate::grpc::codec::Frame")
        .extern_path(".chatsession.v1.WatchCenterResponse", "crate::grpc::codec::Frame")
        .codec_path("crate::grpc::codec::Codec")
        .compile_fds(descriptors)?;
    Ok(())
}
