# Whether an amount is missing, or out of bounds: one row.
package judge

import rego.v1

verdict := {"outside": outside, "missing": missing}

default outside := false

outside if {
	is_number(input.amount)
	input.amount < 0
}

outside if {
	is_number(input.amount)
	input.amount > 1000
}

default missing := false

missing if is_null(input.amount)
