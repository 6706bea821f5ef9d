//! Queries that a figure over the rows of one table answers.

use std::fmt;

use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    SelectItem, SetExpr, Statement, TableFactor,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use crate::MAX_TEXT_BYTES;

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
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count | Self::CountDistinct => "COUNT",
            Self::Min => "MIN",
            Self::Max => "MAX",
            Self::Sum => "SUM",
            Self::Mean => "AVG",
        })
    }
}

/// Reads a query of the form `SELECT figure FROM table [WHERE predicate]`, where the figure is
/// `COUNT(*)`, `COUNT(column)`, `COUNT(DISTINCT column)`, or `MIN`, `MAX`, `SUM` or `AVG` of a
/// column. Whether the predicate is of this crate's language is found when it is compiled.
///
/// # Errors
/// Why it is no such query, in words.
pub fn figure_query(sql: &str) -> Result<FigureQuery, String> {
    const FORM: &str = "it is not of the form `SELECT COUNT(*) FROM {object} WHERE …`, or with \
                        MIN, MAX, SUM, AVG or COUNT of a column";
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
    let (Expr::Function(function), TableFactor::Table { name, .. }) = (expr, &from.relation) else {
        return Err(other());
    };
    let (figure, column) = figure_of(function).ok_or_else(other)?;
    // What else SQL lets a query or a call say would be told by its text, and is refused:
    // aliases are all that changes nothing.
    let argument = match (&column, figure) {
        (None, _) => "*".to_owned(),
        (Some(column), Figure::CountDistinct) => format!("DISTINCT {column}"),
        (Some(column), _) => column.to_string(),
    };
    let predicate = select.selection.as_ref().map(ToString::to_string);
    let said = predicate.as_ref().map_or_else(String::new, |said| format!(" WHERE {said}"));
    let called = format!("{}({argument})", function.name);
    if expr.to_string() != called || query.to_string() != format!("SELECT {item} FROM {from}{said}")
    {
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
    })
}

/// The figure that a call is of, and its column.
fn figure_of(function: &Function) -> Option<(Figure, Option<sqlparser::ast::Ident>)> {
    let FunctionArguments::List(list) = &function.args else { return None };
    let [FunctionArg::Unnamed(argument)] = list.args.as_slice() else { return None };
    let column = match argument {
        FunctionArgExpr::Wildcard => None,
        FunctionArgExpr::Expr(Expr::Identifier(column)) => Some(column.clone()),
        _ => return None,
    };
    let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    let figure = match (function.name.to_string().to_ascii_lowercase().as_str(), &column) {
        ("count", Some(_)) if distinct => Figure::CountDistinct,
        ("count", _) if !distinct => Figure::Count,
        ("min", Some(_)) => Figure::Min,
        ("max", Some(_)) => Figure::Max,
        ("sum", Some(_)) => Figure::Sum,
        ("avg", Some(_)) => Figure::Mean,
        _ => return None,
    };
    Some((figure, column))
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
