//! What one setting can't say alone: zero limits and settings that contradict each other.

use std::time::Duration;

use super::{AuthMode, Settings, SettingsError};

pub(super) fn validate(settings: &Settings) -> Result<(), SettingsError> {
    limits_are_above_zero(settings)?;
    limits_fit_each_other(settings)?;
    the_cluster_is_sound(settings)?;
    the_files_are_sound(settings)?;
    the_web_is_sound(settings)?;
    credentials_are_sound(settings)
}

fn the_cluster_is_sound(settings: &Settings) -> Result<(), SettingsError> {
    let cluster = &settings.cluster;
    let name = |name: &str| {
        (1..=32).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    // They become subjects and names of streams.
    expect(name(&cluster.name), "cluster.name", "1 to 32 letters, digits, `-` or `_`")?;
    expect(cluster.node.as_deref().is_none_or(name), "cluster.node", "1 to 32 letters, digits, `-` or `_`")?;
    expect((1..=256).contains(&cluster.shards), "cluster.shards", "1 to 256")?;
    expect([1, 3, 5].contains(&cluster.replicas), "cluster.replicas", "1, 3 or 5")?;
    expect(!cluster.beat.is_zero(), "cluster.beat", "more than no time")?;
    expect(cluster.takeover_after >= cluster.beat * 3, "cluster.takeover_after", "at least 3 times `cluster.beat`")?;
    expect(cluster.lost_after >= cluster.takeover_after, "cluster.lost_after", "at least `cluster.takeover_after`")?;
    let one_login = cluster.user.is_none() || cluster.credentials_file.is_none();
    expect(one_login, "cluster.user", "only one of it and `cluster.credentials_file`")?;
    expect(cluster.user.is_some() == cluster.password.is_some(), "cluster.password", "to be set with `cluster.user`")
}

fn the_files_are_sound(settings: &Settings) -> Result<(), SettingsError> {
    let Some(s3) = &settings.files.s3 else { return Ok(()) };
    expect(settings.files.store.is_none(), "files.store", "only one of it and `files.s3`")?;
    expect(!s3.bucket.is_empty(), "files.s3.bucket", "a name")?;
    let web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    expect(s3.endpoint.as_deref().is_none_or(web), "files.s3.endpoint", "an address like `https://s3.example.com`")?;
    let both = s3.access_key_id.is_some() == s3.secret_access_key.is_some();
    expect(both, "files.s3.secret_access_key", "to be set with `files.s3.access_key_id`")
}

fn the_web_is_sound(settings: &Settings) -> Result<(), SettingsError> {
    // As a browser says it (RFC 6454, section 7): no path, not even a slash.
    let origin = |origin: &String| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        host.is_some_and(|host| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/'))
    };
    expect(settings.web.origins.iter().all(origin), "web.origins", "origins like `https://shop.example.com`")
}

fn limits_are_above_zero(settings: &Settings) -> Result<(), SettingsError> {
    let Settings { limits: l, files, shard, drain, auth, .. } = settings;
    let (m, c, w, r) = (&l.messages, &l.connections, &l.watches, &l.rates);
    let numbers = [
        ("limits.messages.request_bytes", m.request_bytes),
        ("limits.messages.apply_bytes", m.apply_bytes),
        ("limits.messages.upload_part_bytes", m.upload_part_bytes),
        ("limits.messages.response_bytes", m.response_bytes),
        ("limits.messages.metadata_bytes", m.metadata_bytes as usize),
        ("limits.streams.customer", l.streams.customer as usize),
        ("limits.streams.agent", l.streams.agent as usize),
        ("limits.streams.service", l.streams.service as usize),
        ("limits.resets.pending_accept", l.resets.pending_accept),
        ("limits.resets.local_error", l.resets.local_error),
        ("limits.connections.total", c.total),
        ("limits.connections.unauthenticated_per_address", c.unauthenticated_per_address),
        ("limits.connections.new_per_second", c.new_per_second as usize),
        ("limits.watches.customer", w.customer),
        ("limits.watches.agent_connection", w.agent_connection),
        ("limits.rates.customer.per_second", r.customer.per_second as usize),
        ("limits.rates.customer.burst", r.customer.burst as usize),
        ("limits.rates.agent.per_second", r.agent.per_second as usize),
        ("limits.rates.agent.burst", r.agent.burst as usize),
        ("limits.rates.integrator.per_second", r.integrator.per_second as usize),
        ("limits.rates.integrator.burst", r.integrator.burst as usize),
        ("files.transfers", files.transfers),
        ("files.uploads_of_one", files.uploads_of_one),
        ("files.downloads_of_one", files.downloads_of_one),
        ("shard.mailbox", shard.mailbox),
        ("shard.batch_bytes", shard.batch_bytes),
        ("shard.snapshot_every", shard.snapshot_every as usize),
        ("auth.remembered_tokens", auth.remembered_tokens),
    ];
    let durations = [
        ("limits.connections.handshake", c.handshake),
        ("limits.connections.idle", c.idle),
        ("limits.connections.age", c.age),
        ("limits.connections.ping_every", c.ping_every),
        ("limits.connections.ping_timeout", c.ping_timeout),
        ("limits.deadlines.default", l.deadlines.default),
        ("limits.deadlines.longest", l.deadlines.longest),
        ("limits.watches.slow_watcher", w.slow_watcher),
        ("limits.watches.heartbeat", w.heartbeat),
        ("limits.watches.lease", w.lease),
        ("files.silence", files.silence),
        ("shard.retention", shard.retention),
        ("drain.bound", drain.bound),
    ];
    for (name, value) in numbers {
        expect(value > 0, name, "at least 1")?;
    }
    for (name, value) in durations {
        expect(!value.is_zero(), name, "more than no time")?;
    }
    Ok(())
}

fn limits_fit_each_other(settings: &Settings) -> Result<(), SettingsError> {
    let Settings { limits, shard, .. } = settings;
    let deadlines = &limits.deadlines;
    expect(deadlines.default <= deadlines.longest, "limits.deadlines.default", "at most `limits.deadlines.longest`")?;
    expect(limits.connections.age_jitter_percent <= 50, "limits.connections.age_jitter_percent", "at most 50")?;
    let share = limits.connections.new_per_second_share_percent;
    expect((1..=100).contains(&share), "limits.connections.new_per_second_share_percent", "1 to 100")?;
    expect(limits.watches.heartbeat <= Duration::from_secs(25), "limits.watches.heartbeat", "at most 25s")?;
    expect(shard.batch_bytes <= 240 << 10, "shard.batch_bytes", "at most 245760")
}

fn credentials_are_sound(settings: &Settings) -> Result<(), SettingsError> {
    let Settings { auth, listen, .. } = settings;
    let one_secret = auth.hs256_secret.is_none() || auth.hs256_secret_file.is_none();
    expect(one_secret, "auth.hs256_secret", "only one of it and `auth.hs256_secret_file`")?;
    expect(auth.leeway <= Duration::from_secs(5 * 60), "auth.leeway", "at most 5m")?;
    expect(!auth.audience.is_empty(), "auth.audience", "a name")?;
    expect(!auth.issuer.is_empty(), "auth.issuer", "a name")?;
    let one_set = auth.jwks_file.is_none() || auth.jwks_url.is_none();
    expect(one_set, "auth.jwks_file", "only one of it and `auth.jwks_url`")?;
    // Whoever is on the way could put in a key of their own.
    let safe = |url: &String| {
        let local = ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"];
        url.starts_with("https://") || local.iter().any(|local| url.starts_with(local))
    };
    expect(auth.jwks_url.as_ref().is_none_or(safe), "auth.jwks_url", "an address of `https`")?;
    match auth.mode {
        AuthMode::None => expect(listen.ip().is_loopback(), "listen", "a loopback address while `auth.mode` is `none`"),
        AuthMode::Development => {
            expect(auth.jwks_file.is_none(), "auth.jwks_file", "nothing unless `auth.mode` is `keys`")?;
            expect(auth.jwks_url.is_none(), "auth.jwks_url", "nothing unless `auth.mode` is `keys`")
        }
        AuthMode::Keys => {
            let set = auth.jwks_file.is_some() || auth.jwks_url.is_some();
            let any = set || auth.hs256_secret.is_some() || auth.hs256_secret_file.is_some();
            expect(
                any,
                "auth.jwks_file",
                "a key set, or a secret in `auth.hs256_secret_file`, while `auth.mode` is `keys`",
            )
        }
    }
}

fn expect(holds: bool, name: &'static str, expected: &'static str) -> Result<(), SettingsError> {
    if holds { Ok(()) } else { Err(SettingsError::Refused { name, expected }) }
}
