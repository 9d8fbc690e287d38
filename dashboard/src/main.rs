//! The binary `minsheng`.

use std::process::ExitCode;

fn main() -> ExitCode {
    dashboard::cli::main()
}
