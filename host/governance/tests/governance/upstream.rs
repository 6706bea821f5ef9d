//! A product whose input is another's output.

use bailiwick_governance::{
    Bindings, Contract, Documents, Format, Framework, Plan, PlanError, PlannedSource, Upstream,
    plan,
};

use crate::catalog::Catalog;
use crate::mesh::Mesh;

const CONTRACT: &str = "
apiVersion: v3.0.2
kind: DataContract
id: mailing
version: 0.1.0
status: draft
schema:
  - name: mailing
    properties:
      - {name: id, logicalType: integer}
      - {name: email, logicalType: string}
";

const BINDINGS: &str = "
apiVersion: bailiwick/v1
product: marketing/mailing
input: {port: bookings, product: sales/bookings, from: bookings}
output: {port: mailing, object: mailing, format: csv}
policies:
  - {id: mask, module: governance/mask@1.0.0, columns: [email], settings: {method: 'null'}}
";

fn planned(sales: &Mesh, bindings: &str) -> Result<Plan, PlanError> {
    let contract = Contract::read("contract.odcs.yaml", CONTRACT).unwrap();
    let bindings = Bindings::read("bindings.yaml", bindings).unwrap();
    let framework = Framework::read("framework.yaml", &sales.framework).unwrap();
    let theirs = Contract::read("contract.odcs.yaml", &sales.contract).unwrap();
    let their_bindings = Bindings::read("bindings.yaml", &sales.bindings).unwrap();
    let documents = Documents {
        contract: &contract,
        bindings: &bindings,
        framework: &framework,
        upstream: &[Upstream { contract: &theirs, bindings: &their_bindings }],
        tables: &[],
    };
    plan(&documents, &Catalog::standard())
}

#[test]
fn its_columns_and_labels_are_what_the_producer_promises() {
    let sales = Mesh::sales().contract(
        "      - {name: email, logicalType: string}",
        "      - {name: email, logicalType: string, tags: [pii]}",
    );
    let plan = planned(&sales, BINDINGS).unwrap();
    assert_eq!(
        plan.input.source,
        PlannedSource::Product {
            product: "sales/bookings".parse().unwrap(),
            port: "bookings".parse().unwrap(),
            format: Format::Parquet,
            contract_version: "1.2.0".to_owned(),
        }
    );
    let columns: Vec<_> = plan.input.columns.iter().map(|c| c.field.name().as_str()).collect();
    assert_eq!(columns, ["id", "email", "distance", "speed"]);
    assert_eq!(plan.input.projection, ["id", "email"]);
    insta::assert_snapshot!(plan.input.columns[1].labels[0].because, @"a tag of bookings.email in the contract of sales/bookings");
}

#[test]
fn a_port_or_product_that_is_not_there() {
    let sales = Mesh::sales();
    let port = BINDINGS.replace("from: bookings", "from: sold");
    insta::assert_snapshot!(planned(&sales, &port).unwrap_err(), @"input port `bookings`: product sales/bookings has no output port `sold`; its output port is `bookings`");
    let product = BINDINGS.replace("product: sales/bookings", "product: sales/sold");
    insta::assert_snapshot!(planned(&sales, &product).unwrap_err(), @"input port `bookings`: product sales/sold is not published; publish it first, or name another product");
}
