//! A node that stands before the real one and does not tell the truth, or is down, slow or forgetful.

use serde_json::{json, Value};
use solana_account_decoder_client_types::{UiAccountData, UiAccountEncoding};
use std::{
    io::{BufRead, BufReader, Read, Result, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        Arc,
    },
    thread,
    time::Duration,
};

/// Asks the real node.
pub type Truth<'a> = &'a dyn Fn(&Value) -> Value;
/// What the node answers to a request; `None` hangs up.
type Answer = dyn Fn(&Value, Truth) -> Option<Value> + Send + Sync;

/// The node. It ends with the test.
#[derive(Clone)]
pub struct Node {
    pub url: String,
    state: Arc<State>,
}

struct State {
    real: String,
    answer: Box<Answer>,
    is_down: AtomicBool,
    sendings: AtomicUsize,
}

impl Node {
    /// A node before the one at `url`.
    pub fn new(
        url: &str,
        answer: impl Fn(&Value, Truth) -> Option<Value> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            real: address_of(url),
            answer: Box::new(answer),
            is_down: AtomicBool::new(false),
            sendings: AtomicUsize::new(0),
        });
        let served = Arc::clone(&state);
        thread::spawn(move || serve(listener, address, &served));
        Self {
            url: format!("http://{address}"),
            state,
        }
    }

    /// From now on nobody listens.
    pub fn goes_down(&self) {
        self.state.is_down.store(true, Ordering::SeqCst);
    }

    /// From now on it listens again.
    pub fn comes_up(&self) {
        self.state.is_down.store(false, Ordering::SeqCst);
    }

    /// How many transactions it was given.
    pub fn sendings(&self) -> usize {
        self.state.sendings.load(Ordering::SeqCst)
    }
}

fn serve(listener: TcpListener, address: SocketAddr, state: &Arc<State>) {
    let mut open = Some(listener);
    loop {
        let is_down = state.is_down.load(Ordering::SeqCst);
        match (&open, is_down) {
            (Some(_), true) => open = None, // closed: who connects is refused
            (None, false) => open = TcpListener::bind(address).ok(),
            (Some(listener), false) => {
                listener.set_nonblocking(true).unwrap();
                if let Ok((stream, _)) = listener.accept() {
                    let state = Arc::clone(state);
                    thread::spawn(move || one_request(stream, &state));
                    continue;
                }
            }
            (None, true) => {}
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn one_request(stream: TcpStream, state: &State) -> Result<()> {
    stream.set_nonblocking(false)?;
    let mut reader = BufReader::new(stream);
    let body = body_of(&mut reader)?;
    let request: Value = serde_json::from_slice(&body)?;
    if request["method"] == "sendTransaction" {
        state.sendings.fetch_add(1, Ordering::SeqCst);
    }
    let truth = |request: &Value| {
        ask(&state.real, request).unwrap_or_else(
            |error| json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 1, "message": error.to_string() } }),
        )
    };
    let Some(answer) = (state.answer)(&request, &truth) else {
        return Ok(());
    };
    let answer = answer.to_string();
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
        answer.len()
    )
}

/// What the node at `url` answers, for what the RPC client has no simple call.
pub fn result_of(url: &str, method: &str, params: Value) -> Value {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let mut answer = ask(&address_of(url), &request).unwrap();
    answer["result"].take()
}

fn address_of(url: &str) -> String {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    address.replace("localhost", "127.0.0.1")
}

/// Asks the node at `real` over a connection of its own.
fn ask(real: &str, request: &Value) -> Result<Value> {
    let mut stream = TcpStream::connect(real)?;
    let text = request.to_string();
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: {real}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )?;
    let body = body_of(&mut BufReader::new(stream))?;
    Ok(serde_json::from_slice(&body)?)
}

/// The body of a request or an answer that says its length.
fn body_of(reader: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

/// Lets a change loose on the bytes of one account, wherever the answer has it. `asked` are the keys of
/// `getMultipleAccounts`; a list names its keys itself.
pub fn tamper(request: &Value, answer: &mut Value, key: &str, change: impl Fn(&mut [u8])) {
    let accounts: Vec<&mut Value> = match request["method"].as_str() {
        Some("getMultipleAccounts") => {
            let asked = request["params"][0].as_array().unwrap();
            let value = answer["result"]["value"].as_array_mut().unwrap();
            let pairs = asked.iter().zip(value);
            let found = pairs.filter(|(asked, account)| **asked == *key && account.is_object());
            found.map(|(_, account)| account).collect()
        }
        Some("getProgramAccounts") => {
            let listed = answer["result"].as_array_mut().unwrap().iter_mut();
            let found = listed.filter(|one| one["pubkey"] == key);
            found.map(|one| &mut one["account"]).collect()
        }
        _ => Vec::new(),
    };
    for account in accounts {
        let text = account["data"][0].as_str().unwrap().to_owned();
        let data = UiAccountData::Binary(text, UiAccountEncoding::Base64);
        let mut data = data.decode().unwrap();
        change(&mut data);
        account["data"][0] = base64(&data).into();
    }
}

fn base64(data: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in data.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let six = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap();
            let is_there = place <= u32::try_from(group.len()).unwrap();
            text.push(if is_there { ALPHABET[six].into() } else { '=' });
        }
    }
    text
}
