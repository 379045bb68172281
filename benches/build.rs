//! The contract's client, and a server whose methods need not all be there.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../proto");
    let services = ["chat_session", "agent_desk", "administration", "supervision", "event_feed"];
    let protos = services.map(|service| format!("../proto/chatsession/v1/{service}.proto"));
    let descriptors = protox::compile(protos, ["../proto"])?;
    tonic_prost_build::configure().generate_default_stubs(true).compile_fds(descriptors)?;
    Ok(())
}
