//! Mistakes that are told before a cluster is asked, and nodes that are none.

use crate::world::one_line;
use std::{
    io::{Read, Write},
    net::TcpListener,
    process::Command,
};

/// Runs `lrt` without any configuration.
fn alone(args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lrt"))
        .args(args)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("LRT", "") // as good as none
        .env("LRT_URL", "")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    if !error.starts_with("error: ") {
        one_line(&error); // clap's own words say what can be given instead, and take more lines
    }
    (output.status.code().unwrap(), error)
}

#[test]
fn a_node_that_is_down_slow_or_no_node_is_told_in_one_line() {
    let down = alone(&["list", "--url", "http://127.0.0.1:9"]);
    assert!(
        down.1.contains("can not be reached") && down.0 == 3,
        "{down:?}"
    );

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let slow = alone(&["list", "--timeout", "1", "--url", &url]);
    assert!(
        slow.1.contains("did not answer in time") && slow.0 == 3,
        "{slow:?}"
    );

    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", other.local_addr().unwrap());
    let page = std::thread::spawn(move || {
        let (mut stream, _) = other.accept().unwrap();
        let _ = stream.read(&mut [0; 4_096]);
        let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    let wrong = alone(&["list", "--url", &url]);
    page.join().unwrap();
    assert!(
        wrong.1.contains("is it a Solana RPC node?") && wrong.0 == 3,
        "{wrong:?}"
    );
}

#[test]
fn bad_input_is_told_before_anything_is_asked() {
    for (args, text) in [
        (
            &["deposit", "1", "--url", "nowhere"][..],
            "--url nowhere is no URL",
        ),
        (&["deposit", "1", "--url", "l"], "which LRT?"),
        (&["deposit", "1.x"], "an amount is a number of tokens"),
        (
            &["withdraw", "claim", "nobody"],
            "neither a base58 key nor a keypair file",
        ),
        (&["list", "--config", "/nowhere.yml"], "can not be read"),
        (
            &[
                "operator",
                "retire",
                "So11111111111111111111111111111111111111112",
            ],
            "there is no keypair at",
        ),
    ] {
        let (status, error) = alone(args);
        assert!(status == 2 && error.contains(text), "{args:?}: {error}");
    }
}
