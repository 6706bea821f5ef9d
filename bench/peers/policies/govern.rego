# Masks an address and clamps an amount: one row.
package govern

import rego.v1

row := {"email": email, "amount": amount}

parts := split(input.email, "@")

# What is before the last `@`.
local := concat("@", array.slice(parts, 0, count(parts) - 1))

default email := null

email := concat("", [substring(local, 0, 1), "***@", parts[count(parts) - 1]]) if local != ""

email := "***" if local == ""

default amount := null

amount := max([0, min([1000, input.amount])]) if is_number(input.amount)
