//! `chatsession cluster status`: who leads what, who follows how far behind, and how durable it all is.

use std::collections::BTreeMap;

use chatsession::cluster::{
    Beat, connect,
    status::{self, Heard},
};
use clap::{Args, Subcommand};

use super::{Failure, SettingsArgs, client_runtime, out};

/// What can be asked of a cluster.
#[derive(Args)]
pub(crate) struct ClusterArgs {
    #[command(subcommand)]
    command: ClusterCommand,
}

#[derive(Subcommand)]
enum ClusterCommand {
    /// Show nodes, shards and streams; the exit status says whether all is well.
    Status(SettingsArgs),
}

pub(super) fn run(args: &ClusterArgs) -> Result<(), Failure> {
    let ClusterCommand::Status(settings) = &args.command;
    let settings = settings.load()?;
    client_runtime()?.block_on(async {
        let (client, name) = (connect(&settings).await?, &settings.cluster.name);
        let reports = status::nodes(&client, name).await.map_err(|error| error as Failure)?;
        // Each node as the one that heard it last.
        let mut heard: BTreeMap<&str, &Heard> = BTreeMap::new();
        for one in reports.iter().flat_map(|report| &report.hears) {
            let newest = heard.entry(&one.beat.node).or_insert(one);
            if one.silent_for < newest.silent_for {
                *newest = one;
            }
        }
        let silent = |heard: &&Heard| u128::from(heard.silent_for) > settings.cluster.takeover_after.as_millis();
        let nodes: BTreeMap<&str, &Beat> =
            heard.iter().filter(|(_, heard)| !silent(heard)).map(|(node, heard)| (*node, &heard.beat)).collect();
        let Some(shards) = nodes.values().map(|beat| beat.shards.len()).max() else {
            return Err(format!("no node of cluster {name:?} answers").into());
        };
        let streams = status::streams(&client, name, shards).await.map_err(|error| error as Failure)?;
        print_nodes(&nodes);
        for (node, heard) in heard.iter().filter(|(_, heard)| silent(heard)) {
            out::line(format!("{node:<16} silent for {} ms", heard.silent_for));
        }
        let wrong = print_shards(&nodes, &streams);
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(wrong.join("; ").into()),
        }
    })
}

fn print_nodes(nodes: &BTreeMap<&str, &Beat>) {
    out::line(format!("{:<16} {:<22} {:<9} {:>6} {:>5}  state", "node", "address", "version", "format", "leads"));
    for beat in nodes.values() {
        let leads = beat.shards.iter().filter(|shard| shard.leads).count();
        let state = match (beat.draining, beat.deaf) {
            (true, _) => "draining",
            (false, true) => "cut off",
            (false, false) => "serving",
        };
        let (node, address, version) = (&beat.node, &beat.address, &beat.version);
        out::line(format!("{node:<16} {address:<22} {version:<9} {:>6} {leads:>5}  {state}", beat.format));
    }
}

/// Prints a line a shard; returns what is wrong.
fn print_shards(nodes: &BTreeMap<&str, &Beat>, streams: &[status::StreamReport]) -> Vec<String> {
    let mut wrong = Vec::new();
    out::line("");
    out::line(format!(
        "{:>5}  {:<16} {:>6} {:>10}  {:<34} {:<12} {:<8} {:>9} {:>8}",
        "shard", "leader", "epoch", "position", "followers, and how far behind", "stream", "copies", "messages", "MiB"
    ));
    for (shard, stream) in streams.iter().enumerate() {
        let at = |beat: &Beat| beat.shards.get(shard).copied().unwrap_or_default();
        let leader = nodes.values().find(|beat| at(beat).leads);
        let epoch = nodes.values().map(|beat| at(beat).epoch).max().unwrap_or(0);
        let followers = nodes.values().filter(|beat| !at(beat).leads);
        let followers: Vec<String> =
            followers.map(|beat| format!("{} {}", beat.node, stream.tail.saturating_sub(at(beat).position))).collect();
        let current = 1 + stream.copies.iter().filter(|(_, current)| *current).count();
        let (name, mib) = (leader.map_or("nobody", |beat| beat.node.as_str()), stream.bytes as f64 / 1_048_576.0);
        out::line(format!(
            "{shard:>5}  {name:<16} {epoch:>6} {:>10}  {:<34} {:<12} {:<8} {:>9} {mib:>8.1}",
            stream.tail,
            followers.join(", "),
            stream.leader.as_deref().unwrap_or("none"),
            format!("{current} of {}", stream.replicas),
            stream.messages,
        ));
        if leader.is_none() {
            wrong.push(format!("nobody leads shard {shard}"));
        }
        if current < stream.replicas {
            wrong.push(format!("{} has {current} of {} copies", stream.name, stream.replicas));
        }
        if !stream.durable {
            wrong.push(format!("{} isn't kept in files without a limit", stream.name));
        }
    }
    out::line("");
    let replicas = streams.first().map_or(0, |stream| stream.replicas);
    out::line(format!(
        "durability: {replicas} copies in files. Servers don't tell their sync_interval: with `always`, as in \
         deploy/cluster/nats.conf, what is acknowledged survives the loss of power of all of them."
    ));
    wrong
}
