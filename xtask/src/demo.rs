//! The main job, on real data: the flights mesh from source code to governed Parquet.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use bailiwick_guest_build::BuiltModule;

use crate::guests;
use crate::shell::{build, shown, target, workspace};

const EXAMPLE: &str = "examples/flights";
/// More of what a command says would bury the rest.
const MOST_LINES: usize = 40;
/// The first publishes the standard policies.
const DOMAINS: [&str; 3] = ["governance", "air", "sales"];

/// A fresh mesh below `target/demo`. Commands are run in the workspace's folder, as
/// whoever reads along would type them.
struct Demo {
    /// Relative to the workspace's folder where it is below it.
    folder: PathBuf,
    bailiwick: PathBuf,
}

pub(crate) fn run() -> anyhow::Result<()> {
    let built = guests::build()?;
    build("bailiwick", "dev")?;
    let demo = Demo::fresh()?;
    println!("\nThese commands can be typed again, in this folder, after\n");
    println!("   export {}", demo.mesh_variable());
    println!("   alias bailiwick={}", demo.bailiwick.display());
    demo.keys()?;
    demo.repository()?;
    demo.submit(&built)?;
    demo.approve()?;
    demo.run()?;
    demo.look_around();
    Ok(())
}

impl Demo {
    fn fresh() -> anyhow::Result<Self> {
        let absolute = target().join("demo");
        if absolute.exists() {
            fs::remove_dir_all(&absolute)?;
        }
        for folder in ["keys", "secrets"] {
            fs::create_dir_all(absolute.join(folder))?;
        }
        let mesh = format!(
            "# The flights mesh on this machine.\n\
             repository: repository\n\
             root: root.json\n\
             data: {0}\n\
             references: {0}\n\
             output: output\n\
             keys: secrets\n",
            workspace().join(EXAMPLE).join("data").display()
        );
        fs::write(absolute.join("mesh.yaml"), mesh)?;
        Ok(Self {
            folder: relative(&absolute),
            bailiwick: relative(&target().join("debug").join("bailiwick")),
        })
    }

    fn keys(&self) -> anyhow::Result<()> {
        say(
            "1. Keys, throw-away ones, so they are not encrypted: two people of central governance, an\n   \
             online key that signs which state is current, one key a domain, and the secret that\n   \
             pseudonyms are made with.",
        );
        for holder in ["central-1", "central-2", "online"].iter().chain(&DOMAINS) {
            self.bailiwick(&["key", "generate", "--unencrypted", &self.key(holder)])?;
        }
        let mut secret = [0; 32];
        fs::File::open("/dev/urandom")?.read_exact(&mut secret)?;
        fs::write(workspace().join(&self.folder).join("secrets/customer.key"), secret)?;
        Ok(())
    }

    fn repository(&self) -> anyhow::Result<()> {
        say(
            "2. Central governance begins the signed repository: both of its people must sign. The\n   \
             first has the public key of the second, who signs on a machine of their own.",
        );
        let output = self.output(&["key", "public", &self.key("central-2")])?;
        let public = output.trim();
        self.bailiwick(&[
            "init",
            "--threshold",
            "2",
            "--central-key",
            &self.key("central-1"),
            "--central-key",
            public,
            "--online-key",
            &self.key("online"),
        ])?;
        self.second_signs("root-1")?;
        say("   It lets three domains publish, each below its own paths alone: all keys at once.");
        for domain in DOMAINS {
            let key = self.key(domain);
            let keys = ["central-1", "central-2", "online"].map(|holder| self.key(holder));
            let signed = keys.iter().flat_map(|key| ["--key", key.as_str()]);
            let words = ["onboard", domain, "--domain-key", &key];
            self.bailiwick(&words.into_iter().chain(signed).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn submit(&self, built: &[BuiltModule]) -> anyhow::Result<()> {
        say(
            "3. Domains sign what is theirs, with their own keys alone: standard policies, products,\n   \
             a module of air's own, each module with its tests. A refresh with the online key puts it\n   \
             in force.",
        );
        let approvals = workspace().join(EXAMPLE).join("governance/approvals.yaml");
        let approvals = fs::read_to_string(approvals)?;
        // What nobody would approve need not be published.
        let modules = |domain: &str| {
            let of = |module: &&BuiltModule| {
                approvals.contains(&format!("module: {domain}/{}@", module.name))
            };
            let path = |module: &BuiltModule| relative(&module.path).display().to_string();
            built.iter().filter(of).map(path).collect::<Vec<_>>()
        };
        for domain in DOMAINS {
            let modules = modules(domain);
            let products = subfolders(&format!("{EXAMPLE}/domains/{domain}/products"))?;
            let mut words = vec!["submit", domain];
            words.extend(modules.iter().flat_map(|module| ["--module", module]));
            words.extend(products.iter().flat_map(|product| ["--product", product]));
            let key = self.key(domain);
            words.extend(["--key", &key]);
            self.bailiwick(&words)?;
        }
        self.bailiwick(&["refresh", "--key", &self.key("online")])
    }

    fn approve(&self) -> anyhow::Result<()> {
        say(
            "4. Central governance publishes its framework, and approves the modules it reviewed:\n   \
             what each may read, which labels it may remove, which services it may use. One of its\n   \
             people prepares and signs, the other sees what the bytes say, and signs.",
        );
        self.bailiwick(&[
            "approve",
            &format!("{EXAMPLE}/governance/approvals.yaml"),
            "--framework",
            &format!("{EXAMPLE}/governance/framework.yaml"),
            "--key",
            &self.key("central-1"),
        ])?;
        self.second_signs("targets-5")?;
        say("   What they know of a module, its tests run again on their own machine:");
        self.bailiwick(&["review", "air/clock-minutes@0.1.0"])
    }

    /// The second signer of central governance signs what waits, and it is published.
    fn second_signs(&self, waiting: &str) -> anyhow::Result<()> {
        let waiting = self.folder.join("pending").join(waiting).display().to_string();
        self.bailiwick(&["sign", &waiting, "--yes", "--key", &self.key("central-2")])?;
        self.bailiwick(&["commit", &waiting, "--key", &self.key("online")])
    }

    fn run(&self) -> anyhow::Result<()> {
        say("5. What would a run of sales/bookings do?");
        self.bailiwick(&["plan", "sales/bookings"])?;
        say("6. The pipeline runs all products; one that reads another's port runs after it.");
        self.bailiwick(&["run", "--all"])
    }

    fn look_around(&self) {
        let at = self.folder.display();
        say(&format!(
            "Done. Where to look:\n   \
             {at}/output/sales/bookings/current/bookings.parquet    masked bookings\n   \
             {at}/output/sales/bookings/current/quarantine.parquet  rows kept back, masked too, with why\n   \
             {at}/output/sales/bookings/current/report.html         what each rule found, as a page\n   \
             {at}/repository/metadata/                              who signed what\n   \
             Try `bailiwick plan sales/bookings --explain`, `bailiwick status`, `bailiwick audit`, or change a byte of\n   \
             a module below {at}/repository/targets/ and run again."
        ));
    }

    fn bailiwick(&self, words: &[&str]) -> anyhow::Result<()> {
        let output = self.output(words)?;
        let lines: Vec<&str> = output.lines().collect();
        for line in lines.iter().take(MOST_LINES) {
            println!("   {line}");
        }
        if lines.len() > MOST_LINES {
            println!("   ... {} more lines", lines.len() - MOST_LINES);
        }
        Ok(())
    }

    /// What the command says.
    fn output(&self, words: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(workspace().join(&self.bailiwick));
        command
            .args(words)
            .current_dir(workspace())
            .env("BAILIWICK_MESH", self.folder.join("mesh.yaml"));
        println!("\n   $ {}", shown(&command));
        let output = command.output().context("cannot run bailiwick")?;
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "{} ended with {}", shown(&command), output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn key(&self, holder: &str) -> String {
        self.folder.join("keys").join(format!("{holder}.pem")).display().to_string()
    }

    fn mesh_variable(&self) -> String {
        format!("BAILIWICK_MESH={}", self.folder.join("mesh.yaml").display())
    }
}

fn say(text: &str) {
    println!("\n{text}");
}

/// A path as one types it in the workspace's folder.
fn relative(path: &Path) -> PathBuf {
    path.strip_prefix(workspace()).unwrap_or(path).to_owned()
}

/// The folders in a folder of the workspace, sorted; none where there is no such folder.
fn subfolders(folder: &str) -> anyhow::Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(workspace().join(folder)) else { return Ok(Vec::new()) };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(format!("{folder}/{}", entry.file_name().to_string_lossy()));
        }
    }
    folders.sort();
    Ok(folders)
}
