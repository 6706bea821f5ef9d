//! A cargo project with guests in it, and its build.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::scaffold::is_module_name;
use crate::toolchain::Way;
use crate::{BuildError, TARGET, Toolchain, encode};

/// The profile that guests are built in; set on cargo's command line, so that an
/// author's manifest needs none.
const PROFILE: &str = "guest";

/// Its settings, as cargo's `--config` takes them. The optimisation is that of all
/// packages, the standard library too where it is built here: with it for size, memory is
/// allocated and text handled a quarter slower, and components are no smaller.
const PROFILE_SETTINGS: [&str; 7] = [
    "inherits='release'",
    "opt-level=3",
    "lto='fat'",
    "codegen-units=1",
    "panic='abort'",
    "debug=false",
    "strip=true",
];

/// The flags for its code: vector instructions, and how much dearer than single values a
/// vector may seem to be made of values that stand beside each other. Of two of 64 bits the
/// compiler thinks so, wrongly: loops over those would have no vectors. With more than that,
/// addresses become vectors too, which takes longer.
const FLAGS: [&str; 2] = ["-Ctarget-feature=+simd128", "-Cllvm-args=-slp-threshold=-3"];

/// What would change a guest behind our back, if an outer cargo or a user set it.
const OUTER_VARIABLES: [&str; 9] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "__CARGO_DEFAULT_LIB_METADATA",
];

/// A guest's own tests, beside its manifest.
const CASES: &str = "cases.json";

/// Guests to build: packages of one cargo project.
#[derive(Debug, Clone)]
pub struct GuestProject {
    manifest_dir: PathBuf,
    packages: Vec<String>,
}

/// A component that was built.
#[derive(Debug, Clone)]
pub struct BuiltModule {
    /// The module's name: `package.metadata.bailiwick.module` in its manifest, else
    /// the package's.
    pub name: String,
    /// The package it was built from.
    pub package: String,
    /// Where it was written. Its own tests, if it has any, are beside it: [`cases_beside`].
    pub path: PathBuf,
    /// The component.
    pub bytes: Vec<u8>,
}

impl GuestProject {
    /// The guest in this folder, which has a `Cargo.toml`.
    pub fn new(manifest_dir: impl Into<PathBuf>) -> Self {
        Self { manifest_dir: manifest_dir.into(), packages: Vec::new() }
    }

    /// These packages of the workspace that the folder belongs to, in place of the
    /// folder's own. Built together, the standard library is built once.
    pub fn packages<P: Into<String>>(mut self, packages: impl IntoIterator<Item = P>) -> Self {
        self.packages = packages.into_iter().map(Into::into).collect();
        self
    }
}

/// Where a module's own tests are, if it has any: `mask.cases.json` beside `mask.wasm`.
pub fn cases_beside(component: &Path) -> PathBuf {
    component.with_extension("cases.json")
}

/// What cargo knows of one package of the project.
struct Guest {
    id: String,
    folder: PathBuf,
    package: String,
    module: String,
}

impl Toolchain {
    /// Builds the guests below `target_dir` and writes each component to
    /// `<target_dir>/components/<module>.wasm`, and beside it what its crate has of
    /// `cases.json`, its own tests. cargo's messages go to standard error.
    ///
    /// # Errors
    /// Where cargo refuses, a package is no guest, or no component can be made of it.
    pub fn build(
        &self,
        project: &GuestProject,
        target_dir: impl AsRef<Path>,
    ) -> Result<Vec<BuiltModule>, BuildError> {
        let target_dir = std::path::absolute(target_dir.as_ref())
            .map_err(|source| file_error(target_dir.as_ref(), source))?;
        let metadata = metadata(&project.manifest_dir)?;
        let guests = guests(project, &metadata)?;
        let flags = self.flags(&metadata, &target_dir);
        let cores = self.compile(project, &guests, &target_dir, &flags)?;
        let components = target_dir.join("components");
        std::fs::create_dir_all(&components).map_err(|source| file_error(&components, source))?;
        let mut built = Vec::new();
        for guest in guests {
            let not_a_guest = || BuildError::NotAGuest { package: guest.package.clone() };
            let core = cores.get(&guest.id).ok_or_else(not_a_guest)?;
            let core = std::fs::read(core).map_err(|source| file_error(core, source))?;
            let bytes = encode(&core).map_err(|error| match error {
                BuildError::Encode { why, .. } => {
                    BuildError::Encode { package: guest.package.clone(), why }
                }
                other => other,
            })?;
            let path = components.join(format!("{}.wasm", guest.module));
            std::fs::write(&path, &bytes).map_err(|source| file_error(&path, source))?;
            guest.carry_cases(&cases_beside(&path))?;
            built.push(BuiltModule { name: guest.module, package: guest.package, path, bytes });
        }
        Ok(built)
    }

    /// `cargo build` for [`TARGET`] in the folder of a manifest, ready for more arguments:
    /// for WebAssembly that is no component of ours.
    pub fn cargo_build(&self, manifest_dir: &Path) -> Command {
        let mut command = cargo(manifest_dir);
        command.args(["build", "--target", TARGET]);
        if let Some(rustc) = self.rustc() {
            command.env("RUSTC", rustc);
        }
        if let Way::Debian { linker } = &self.way {
            // Building the standard library is a feature of cargo that it wants to
            // be asked for as if it were a nightly.
            command.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }

    /// The flags for the guest's code, and paths mapped away so that the place of the source
    /// and of the build do not show in the bytes.
    fn flags(&self, metadata: &Value, target_dir: &Path) -> String {
        let mut flags = FLAGS.map(String::from).to_vec();
        let mut map = |from: &Path, to: &str| {
            flags.push(format!("--remap-path-prefix={}={to}", from.display()));
        };
        map(target_dir, "/target");
        map(&self.sysroot.join("lib/rustlib/src/rust"), "/rust");
        // The workspace's own packages are compiled by relative paths. Naming its
        // root here would only make cargo build everything again for each project.
        let root = text(metadata, "workspace_root").map(Path::new);
        let mut registries = BTreeSet::new();
        for package in array(metadata, "packages") {
            let dir = text(package, "manifest_path").and_then(|path| Path::new(path).parent());
            let (Some(name), Some(dir)) = (text(package, "name"), dir) else { continue };
            if !is_local(package) {
                if let Some(registry) = dir.parent().filter(|dir| registries.insert(*dir)) {
                    map(registry, "/registry");
                }
            } else if root.is_none_or(|root| !dir.starts_with(root)) {
                map(dir, &format!("/source/{name}"));
            }
        }
        flags.join("\u{1f}")
    }

    /// Runs cargo; gives the core modules by package id.
    fn compile(
        &self,
        project: &GuestProject,
        guests: &[Guest],
        target_dir: &Path,
        flags: &str,
    ) -> Result<BTreeMap<String, PathBuf>, BuildError> {
        let mut command = self.cargo_build(&project.manifest_dir);
        command.args(["--lib", "--profile", PROFILE]);
        command.arg("--message-format=json-render-diagnostics");
        command.arg("--target-dir").arg(target_dir);
        for setting in PROFILE_SETTINGS {
            command.arg("--config").arg(format!("profile.{PROFILE}.{setting}"));
        }
        for guest in guests {
            command.args(["--package", &guest.id]);
        }
        if !std::io::stderr().is_terminal() {
            command.arg("--quiet");
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", flags);
        let output = command.stderr(Stdio::inherit()).output().map_err(cargo_error)?;
        if !output.status.success() {
            let packages = guests.iter().map(|guest| guest.package.clone()).collect();
            return Err(BuildError::Compile { packages });
        }
        let lines = output.stdout.split(|byte| *byte == b'\n');
        Ok(lines.filter_map(artifact).collect())
    }
}

impl Guest {
    /// Puts the guest's tests there; where it has none any more, takes away those it had.
    fn carry_cases(&self, to: &Path) -> Result<(), BuildError> {
        let carried = match std::fs::copy(self.folder.join(CASES), to) {
            Err(error) if error.kind() == ErrorKind::NotFound => std::fs::remove_file(to),
            copied => copied.map(drop),
        };
        match carried {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(file_error(to, error)),
            _ => Ok(()),
        }
    }
}

/// The package id and the core module of one of cargo's messages, if it is about one.
fn artifact(line: &[u8]) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_slice(line).ok()?;
    let mut files = array(&message, "filenames").filter_map(Value::as_str);
    let file = files.find(|file| file.ends_with(".wasm"))?;
    Some((text(&message, "package_id")?.to_owned(), PathBuf::from(file)))
}

fn guests(project: &GuestProject, metadata: &Value) -> Result<Vec<Guest>, BuildError> {
    let dir = std::fs::canonicalize(&project.manifest_dir)
        .map_err(|source| file_error(&project.manifest_dir, source))?;
    let manifest = dir.join("Cargo.toml");
    let is_own = |package: &Value| {
        text(package, "manifest_path")
            .and_then(|path| std::fs::canonicalize(path).ok())
            .is_some_and(|path| path == manifest)
    };
    let named = |name: String| {
        let fits = |package: &&Value| text(package, "name") == Some(&name) && is_local(package);
        let found = array(metadata, "packages").find(fits);
        let manifest_dir = project.manifest_dir.clone();
        found.ok_or(BuildError::NoSuchPackage { manifest_dir, package: name })
    };
    let packages: Vec<&Value> = if project.packages.is_empty() {
        array(metadata, "packages").filter(|package| is_own(package)).collect()
    } else {
        project.packages.iter().cloned().map(named).collect::<Result<_, _>>()?
    };
    if packages.is_empty() {
        return Err(BuildError::Project {
            manifest_dir: project.manifest_dir.clone(),
            why: String::from("its manifest is a workspace without a package: name the packages"),
        });
    }
    packages.into_iter().map(guest).collect()
}

fn guest(package: &Value) -> Result<Guest, BuildError> {
    let name = text(package, "name").unwrap_or_default().to_owned();
    let is_cdylib =
        |target: &Value| array(target, "crate_types").any(|kind| kind.as_str() == Some("cdylib"));
    if !array(package, "targets").any(is_cdylib) {
        return Err(BuildError::NotAGuest { package: name });
    }
    let module = package.pointer("/metadata/bailiwick/module").and_then(Value::as_str);
    let module = module.unwrap_or(&name).to_owned();
    if !is_module_name(&module) {
        return Err(BuildError::Name { name: module });
    }
    let folder = text(package, "manifest_path").and_then(|path| Path::new(path).parent());
    let folder = folder.unwrap_or(Path::new("")).to_owned();
    let id = text(package, "id").unwrap_or_default().to_owned();
    Ok(Guest { id, folder, package: name, module })
}

fn metadata(manifest_dir: &Path) -> Result<Value, BuildError> {
    let mut command = cargo(manifest_dir);
    command.args(["metadata", "--format-version", "1"]);
    let output = command.output().map_err(cargo_error)?;
    let project_error =
        |why: String| BuildError::Project { manifest_dir: manifest_dir.to_owned(), why };
    if !output.status.success() {
        return Err(project_error(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| project_error(error.to_string()))
}

fn cargo(manifest_dir: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(manifest_dir);
    for variable in OUTER_VARIABLES {
        command.env_remove(variable);
    }
    command
}

fn cargo_error(source: std::io::Error) -> BuildError {
    BuildError::Program { program: String::from("cargo"), source }
}

fn file_error(path: &Path, source: std::io::Error) -> BuildError {
    BuildError::File { path: path.to_owned(), source }
}

fn is_local(package: &Value) -> bool {
    package.get("source").is_none_or(Value::is_null)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn array<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}
