//! Puts a copy of the contract where the bindings are generated from, with the word
//! `map` escaped: it is a keyword to the WIT parser, and is only a name as `%map`.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=../wit");
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    let copy = Path::new(&out).join("wit");
    fs::create_dir_all(&copy)?;
    for entry in fs::read_dir("../wit")? {
        let path = entry?.path();
        let Some(name) = path.file_name().filter(|_| path.extension() == Some("wit".as_ref()))
        else {
            continue;
        };
        let text = fs::read_to_string(&path)?.replace("        map,\n", "        %map,\n");
        fs::write(copy.join(name), text)?;
    }
    Ok(())
}
