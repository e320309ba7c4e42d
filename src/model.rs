//! Plain data types. Parsing is the only way to construct them, so every value is valid.

pub mod address;
pub mod any;
pub mod audit;
mod base62;
pub mod connection;
pub mod email;
mod encoding;
pub mod environment;
pub mod guide;
pub mod id;
pub mod invalid;
pub mod mail;
pub mod name;
pub mod otp;
pub mod outbox;
pub mod password;
pub mod profile;
pub mod severity;
pub mod text;
pub mod time;
pub mod token;
mod validated;
pub mod verdict;
