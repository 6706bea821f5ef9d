//! The figure that a query asks for: a call, or one call by another.

use sqlparser::ast::{
    BinaryOperator, DataType, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArguments, Ident, Value,
};

use super::Figure;

/// A figure, of which column, and whether it is told in percent.
pub(super) struct Asked {
    pub(super) figure: Figure,
    pub(super) column: Option<Ident>,
    pub(super) percent: bool,
}

/// What an expression asks for; none where that is nothing that is read here.
pub(super) fn asked(expr: &Expr) -> Option<Asked> {
    match bare(expr) {
        Expr::Function(function) => {
            let (figure, column) = call(function)?;
            Some(Asked { figure, column, percent: false })
        }
        Expr::BinaryOp { left, op: BinaryOperator::Divide, right } => share(left, right),
        _ => None,
    }
}

/// One count, divided by another.
fn share(part: &Expr, whole: &Expr) -> Option<Asked> {
    let (part, percent) = multiplied(part)?;
    let Expr::Function(whole) = bare(not_zero(cast(bare(whole)))) else { return None };
    let (figure, column) = match (call(part)?, call(whole)?) {
        ((Figure::Count, Some(column)), (Figure::Count, None)) => (Figure::Filled, column),
        ((Figure::CountDistinct, Some(column)), (Figure::Count, Some(of))) if column == of => {
            (Figure::DistinctShare, column)
        }
        _ => return None,
    };
    Some(Asked { figure, column: Some(column), percent })
}

/// A call that may be made a fraction or a percentage by multiplying it.
fn multiplied(expr: &Expr) -> Option<(&Function, bool)> {
    let (call, percent) = match bare(expr) {
        Expr::BinaryOp { left, op: BinaryOperator::Multiply, right } => {
            match (factor(left), factor(right)) {
                (Some(percent), None) => (right.as_ref(), percent),
                (None, Some(percent)) => (left.as_ref(), percent),
                _ => return None,
            }
        }
        other => (other, false),
    };
    match cast(bare(call)) {
        Expr::Function(function) => Some((function, percent)),
        _ => None,
    }
}

/// Whether a number makes percent: none where it is neither 1 nor 100.
fn factor(expr: &Expr) -> Option<bool> {
    let Expr::Value(value) = expr else { return None };
    let Value::Number(number, _) = &value.value else { return None };
    match number.parse::<f64>() {
        Ok(1.0) => Some(false),
        Ok(100.0) => Some(true),
        _ => None,
    }
}

/// What is in parentheses.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => bare(inner),
        other => other,
    }
}

/// What is cast to a number with a fraction.
fn cast(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast {
            expr,
            data_type:
                DataType::Double(_)
                | DataType::DoublePrecision
                | DataType::Float(_)
                | DataType::Real
                | DataType::Decimal(_)
                | DataType::Numeric(_),
            ..
        } => bare(expr),
        other => other,
    }
}

/// What a `NULLIF(…, 0)` keeps from being a divisor: of no rows there is no share.
fn not_zero(expr: &Expr) -> &Expr {
    if let Expr::Function(function) = expr
        && function.name.to_string().eq_ignore_ascii_case("nullif")
        && let FunctionArguments::List(list) = &function.args
        && let [
            FunctionArg::Unnamed(FunctionArgExpr::Expr(divisor)),
            FunctionArg::Unnamed(FunctionArgExpr::Expr(zero)),
        ] = list.args.as_slice()
        && zero.to_string() == "0"
    {
        return divisor;
    }
    expr
}

/// The figure that a call is of, and its column. A call that says anything else besides is
/// told by its text.
fn call(function: &Function) -> Option<(Figure, Option<Ident>)> {
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
    let argument = match (&column, figure) {
        (None, _) => "*".to_owned(),
        (Some(column), Figure::CountDistinct) => format!("DISTINCT {column}"),
        (Some(column), _) => column.to_string(),
    };
    (function.to_string() == format!("{}({argument})", function.name)).then_some((figure, column))
}
