//! Queries that a figure over the rows of one table answers.

mod figure;

use sqlparser::ast::{SelectItem, SetExpr, Statement, TableFactor};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use crate::MAX_TEXT_BYTES;
use figure::{Asked, asked};

/// How deep the parser may go into itself.
const PARSER_DEPTH: usize = 100;

/// One figure over the rows of one table for which a predicate holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureQuery {
    /// Which figure.
    pub figure: Figure,
    /// Of which column; none: of whole rows.
    pub column: Option<String>,
    /// The table, without the names that it may stand in.
    pub table: String,
    /// Which rows: an expression of this crate's language; none: all.
    pub predicate: Option<String>,
    /// Whether a share is told in percent.
    pub percent: bool,
}

/// A figure over rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Rows, or those with a value in the column.
    Count,
    /// Different values of the column.
    CountDistinct,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The sum.
    Sum,
    /// The mean.
    Mean,
    /// The share of rows with a value in the column.
    Filled,
    /// Different values of the column, as a share of its values.
    DistinctShare,
}

/// Reads a query of the form `SELECT figure FROM table [WHERE predicate]`, where the figure is
/// `COUNT(*)`, `COUNT(column)`, `COUNT(DISTINCT column)`, or `MIN`, `MAX`, `SUM` or `AVG` of a
/// column, or `COUNT(column) / COUNT(*)`, or `COUNT(DISTINCT column) / COUNT(column)`. A share is
/// never cut to a whole number, whatever a database would do. Whether the predicate is of this
/// crate's language is found when it is compiled.
///
/// # Errors
/// Why it is no such query, in words.
pub fn figure_query(sql: &str) -> Result<FigureQuery, String> {
    const FORM: &str = "it is not of the form `SELECT COUNT(*) FROM {object} WHERE …`, or with \
                        MIN, MAX, SUM, AVG or COUNT of a column, or COUNT(column) / COUNT(*)";
    let other = || FORM.to_owned();
    if sql.len() > MAX_TEXT_BYTES {
        return Err(format!("its query has more than {MAX_TEXT_BYTES} bytes"));
    }
    let parsing = Parser::new(&GenericDialect {}).with_recursion_limit(PARSER_DEPTH);
    let parsed = parsing.try_with_sql(sql).and_then(|mut parser| parser.parse_statements());
    let statements =
        parsed.map_err(|error| format!("its query is no SQL that is read here: {error}"))?;
    let [Statement::Query(query)] = statements.as_slice() else { return Err(other()) };
    let SetExpr::Select(select) = query.body.as_ref() else { return Err(other()) };
    let ([item], [from]) = (select.projection.as_slice(), select.from.as_slice()) else {
        return Err(other());
    };
    let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else {
        return Err(other());
    };
    let TableFactor::Table { name, .. } = &from.relation else { return Err(other()) };
    let Asked { figure, column, percent } = asked(expr).ok_or_else(other)?;
    // What else SQL lets a query say would be told by its text, and is refused: aliases are
    // all that changes nothing.
    let predicate = select.selection.as_ref().map(ToString::to_string);
    let said = predicate.as_ref().map_or_else(String::new, |said| format!(" WHERE {said}"));
    if query.to_string() != format!("SELECT {item} FROM {from}{said}") {
        return Err(other());
    }
    if !from.joins.is_empty() || from.to_string() != name.to_string() {
        return Err("its query reads more than one table, or calls it by another name".to_owned());
    }
    let table = name.0.last().and_then(|part| part.as_ident()).ok_or_else(other)?;
    Ok(FigureQuery {
        figure,
        column: column.map(|column| column.value),
        table: table.value.clone(),
        predicate,
        percent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_one_table_are_read() {
        let read = |sql: &str| figure_query(sql).unwrap();
        let query = read("select count(*) from shop.\"Orders\"");
        assert_eq!((query.figure, query.table.as_str()), (Figure::Count, "Orders"));
        assert_eq!((query.column, query.predicate), (None, None));
        let query =
            read("SELECT COUNT(DISTINCT \"the id\") AS ids FROM orders WHERE a > 1 AND b IS NULL;");
        assert_eq!(
            (query.figure, query.column.as_deref()),
            (Figure::CountDistinct, Some("the id"))
        );
        assert_eq!(query.predicate.as_deref(), Some("a > 1 AND b IS NULL"));
        for (sql, figure) in [
            ("select min(a) from t", Figure::Min),
            ("select max(a) from t", Figure::Max),
            ("select sum(a) from t", Figure::Sum),
            ("select avg(a) from t", Figure::Mean),
            ("select count(a) from t", Figure::Count),
        ] {
            assert_eq!(
                (read(sql).figure, read(sql).column),
                (figure, Some("a".to_owned())),
                "{sql}"
            );
        }
    }

    #[test]
    fn shares_of_one_table_are_read() {
        for sql in [
            "select count(a) / count(*) from t",
            "select count(a) * 1.0 / count(*) from t",
            "select 1.0 * count(a) / count(*) as filled from t",
            "select (count(a) * 1.0) / nullif(count(*), 0) from t",
            "select cast(count(a) as double precision) / count(*) from t",
            "select cast(count(a) as decimal(18, 4)) / cast(count(*) as decimal(18, 4)) from t",
        ] {
            let query = figure_query(sql).unwrap();
            assert_eq!((query.figure, query.percent), (Figure::Filled, false), "{sql}");
            assert_eq!(query.column.as_deref(), Some("a"), "{sql}");
        }
        let percent =
            figure_query("select 100.0 * count(a) / count(*) from t where b > 0").unwrap();
        assert_eq!((percent.figure, percent.percent), (Figure::Filled, true));
        assert_eq!(percent.predicate.as_deref(), Some("b > 0"));
        let distinct = figure_query("select count(distinct a) / count(a) from t").unwrap();
        assert_eq!((distinct.figure, distinct.percent), (Figure::DistinctShare, false));
    }

    #[test]
    fn whatever_else_a_query_says_is_refused() {
        for sql in [
            "select a from t",
            "select count(*), 1 from t",
            "select count(*) from t, u",
            "select count(*) from t join u on t.a = u.a",
            "select count(*) from t as u",
            "select count(*) from t group by a",
            "select count(*) from t having count(*) > 1",
            "select count(*) from t limit 1",
            "select count(*) from (select 1) t",
            "select distinct count(*) from t",
            "select count(*) filter (where a) from t",
            "select count(*) over () from t",
            "select count(a + 1) from t",
            "select sum(distinct a) from t",
            "select median(a) from t",
            "select count(a) / count(b) from t",
            "select count(*) / count(a) from t",
            "select count(distinct a) / count(*) from t",
            "select count(distinct a) / count(b) from t",
            "select sum(a) / count(*) from t",
            "select 50 * count(a) / count(*) from t",
            "select count(a) / count(*) * 100 from t",
            "select cast(count(a) as bigint) / count(*) from t",
            "select count(a) filter (where b) / count(*) from t",
            "select count(a) / nullif(count(*), 1) from t",
            "with t as (select 1) select count(*) from t",
            "select count(*) from t union select 1",
            "select count(*) from t; select 1",
            "delete from t",
            "select count(*",
            "",
        ] {
            figure_query(sql).expect_err(sql);
        }
    }
}
