//! Reports in a real browser: what it makes of the pages, and what it draws.
//!
//! It is the one in `BAILIWICK_BROWSER`, or Chromium or Chrome on the path; `cargo xtask
//! setup` installs it on Debian.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};

use support::{BINDINGS, CONTRACT, Mesh, ORDERS};

/// What the browser is called, here and there.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

fn browser() -> OsString {
    if let Some(named) = std::env::var_os("BAILIWICK_BROWSER") {
        return named;
    }
    let is_there = |name: &&str| {
        let mut asked = Command::new(name);
        asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    };
    match NAMES.into_iter().find(is_there) {
        Some(name) => name.into(),
        None => panic!(
            "there is no browser to look at reports with: `apt-get install chromium` as root, or \
             name one in BAILIWICK_BROWSER; looked for {}",
            NAMES.join(", ")
        ),
    }
}

/// Has the browser open a page; gives what it prints. It complained of nothing.
fn opened(page: &Path, folder: &Path, more: &[&str]) -> String {
    let url = format!("file://{}", page.display());
    let profile = format!("--user-data-dir={}", folder.join("browser").display());
    let output = Command::new(browser())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--hide-scrollbars", "--enable-logging=stderr", &profile])
        .args(more)
        .arg(&url)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // What a page's console would show: blocked styles, markup that is none.
    let complaints: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert_eq!(complaints, Vec::<&str>::new());
    String::from_utf8(output.stdout).unwrap()
}

/// The document as the browser understood it.
fn dom(page: &Path, folder: &Path) -> String {
    opened(page, folder, &["--dump-dom"])
}

/// How many pixels of each colour the browser draws.
fn drawn(page: &Path, folder: &Path) -> BTreeMap<[u8; 3], usize> {
    let file = folder.join("drawn.png");
    let screenshot = format!("--screenshot={}", file.display());
    opened(page, folder, &[&screenshot, "--window-size=1280,1600"]);
    if let Some(kept) = std::env::var_os("BAILIWICK_SCREENSHOTS") {
        fs::create_dir_all(&kept).unwrap();
        let name = page.file_stem().unwrap().to_string_lossy();
        fs::copy(&file, Path::new(&kept).join(format!("{name}.png"))).unwrap();
    }
    let mut reader =
        png::Decoder::new(BufReader::new(File::open(&file).unwrap())).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let width = info.color_type.samples();
    let mut colours = BTreeMap::new();
    for pixel in pixels[..info.buffer_size()].chunks_exact(width) {
        *colours.entry([pixel[0], pixel[1], pixel[2]]).or_insert(0) += 1;
    }
    colours
}

fn count(text: &str, of: &str) -> usize {
    text.matches(of).count()
}

/// Colours of the page's style, in light.
const PASS: [u8; 3] = [0x1a, 0x7f, 0x37];
const FAIL: [u8; 3] = [0xcf, 0x22, 0x2e];
const OUT: [u8; 3] = [0x09, 0x69, 0xda];
const QUARANTINED: [u8; 3] = [0xbf, 0x87, 0x00];

/// Orders of so many rows, of which every tenth has an amount that is out of range.
fn orders(rows: usize) -> String {
    let row = |at: usize| {
        let amount = if at.is_multiple_of(10) { -1.0 } else { at as f64 };
        format!("{at},someone{at}@example.com,{amount},2026-01-05\n")
    };
    let rows: String = (1..=rows).map(row).collect();
    format!("id,email,amount,ordered\n{rows}")
}

#[test]
fn a_browser_draws_the_report_and_the_history() {
    let mesh = Mesh::ready();
    let bindings = BINDINGS.replace(
        "on_failure: quarantine",
        "on_failure: quarantine\n    threshold: {unit: percent, mustBeLessOrEqualTo: 15}",
    );
    mesh.publish_product("orders", CONTRACT, &bindings).good();
    for rows in [40, 60, 50] {
        mesh.write("data/orders.csv", &orders(rows));
        mesh.run(&["run", "shop/orders"]).good();
    }
    // One order of three is out of range: more than agreed.
    mesh.write("data/orders.csv", ORDERS);
    mesh.run(&["run", "shop/orders"]).refused(3, &["blocked by its quality gate"]);
    let told = mesh.run(&["report", "shop/orders"]).good().out;
    assert!(told.starts_with("4 runs of shop/orders: "), "{told}");

    let folder = mesh.path("browsing");
    fs::create_dir(&folder).unwrap();
    let report = mesh.current("shop/orders").join("report.html");
    let page = dom(&report, &folder);
    assert!(page.contains("<h1>shop/orders <span class=\"word pass\">delivered</span></h1>"));
    assert_eq!(count(&page, "class=\"gauge\""), 1, "{page}");
    assert_eq!(count(&page, "<rect class=\"quarantined\""), 2, "the bar and its legend");
    let colours = drawn(&report, &folder);
    assert!(colours.len() > 20, "the page is blank: {colours:?}");
    for colour in [PASS, OUT, QUARANTINED] {
        assert!(colours.get(&colour).is_some_and(|pixels| *pixels > 50), "{colour:?}");
    }

    let history = mesh.path("output/shop/orders/history.html");
    let page = dom(&history, &folder);
    assert!(page.contains("4 runs kept, 1 of them blocked"), "{page}");
    assert!(page.contains("<span class=\"word BLOCK\">newest run blocked</span>"));
    // Three runs within the threshold, the newest not.
    let (_, course) = page.split_once("class=\"course-of-runs\"").unwrap();
    let (course, _) = course.split_once("</svg>").unwrap();
    assert_eq!(count(course, "<circle class=\"pass\""), 3, "{course}");
    assert_eq!(count(course, "<circle class=\"BLOCK\""), 1, "{course}");
    assert_eq!(count(course, "<polyline"), 1);
    assert_eq!(count(course, "class=\"within\""), 4, "each run's own threshold");
    assert_eq!(count(&page, "<tr><td class=\"word BLOCK\">blocked</td>"), 1);
    assert_eq!(count(&page, "<tr><td class=\"word pass\">current</td>"), 1);
    let links = page.split("<a href=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0);
    let product = history.parent().unwrap();
    let reached: Vec<&str> = links.filter(|link| product.join(link).is_file()).collect();
    assert_eq!(reached.len(), 4, "{reached:?}");
    let colours = drawn(&history, &folder);
    for colour in [PASS, FAIL, OUT, QUARANTINED] {
        assert!(colours.get(&colour).is_some_and(|pixels| *pixels > 50), "{colour:?}");
    }
}

#[test]
fn text_of_modules_and_files_stays_text_in_a_browser() {
    let mesh = Mesh::ready();
    let hostile = "<script>console.log(1)</script><img src=x onerror=\"console.log(2)\">";
    let contract = CONTRACT.replace("name: id,", &format!("name: {:?},", hostile));
    let bindings = BINDINGS.replace(
        "policies:",
        &format!(
            "policies:\n  - id: present\n    module: governance/completeness@0.1.0\n    columns: [{hostile:?}]\n    tags: [{hostile:?}]",
        ),
    );
    mesh.publish_product("orders", &contract, &bindings).good();
    let header = format!("\"{}\"", hostile.replace('"', "\"\""));
    mesh.write("data/orders.csv", &ORDERS.replacen("id,", &format!("{header},"), 1));
    mesh.run(&["run", "shop/orders"]).good();
    mesh.run(&["report", "shop/orders"]).good();
    let folder = mesh.path("browsing");
    fs::create_dir(&folder).unwrap();
    for page in [
        mesh.current("shop/orders").join("report.html"),
        mesh.path("output/shop/orders/history.html"),
    ] {
        let page = dom(&page, &folder);
        assert_eq!(count(&page, "<script"), 0, "{page}");
        assert_eq!(count(&page, "<img"), 0, "{page}");
        assert!(page.contains("&lt;script&gt;console.log(1)"), "{page}");
    }
}

#[test]
fn the_history_is_no_part_of_any_run() {
    let mesh = Mesh::ready();
    mesh.run(&["report", "shop/orders"]).refused(1, &["has no run", "run it first"]);
    mesh.run(&["run", "shop/orders"]).good();
    mesh.run(&["report", "shop/orders"]).good();
    let read = || fs::read(mesh.path("output/shop/orders/history.html")).unwrap();
    let first = read();
    let again = mesh.run(&["run", "shop/orders"]).good();
    assert!(again.out.contains("the same bytes again"), "{}", again.out);
    mesh.run(&["report", "shop/orders"]).good();
    assert_eq!(read(), first, "a run that was repeated is one run");
    let elsewhere = mesh.path("elsewhere.html");
    let name = elsewhere.display().to_string();
    mesh.run(&["report", "shop/orders", "--last", "1", "--output", &name]).good();
    assert!(elsewhere.is_file());
}
