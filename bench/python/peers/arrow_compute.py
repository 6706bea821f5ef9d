"""pyarrow, by its compute functions."""

import inspect
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from . import figures, mask_rows
from .prepared import Prepared

VERSION = pa.__version__


def mask_addresses(email, amount):
    parts = pc.split_pattern(email, "@", max_splits=1, reverse=True)
    # Of two parts each: the second is null where there is no `@`.
    parts = pc.list_slice(parts, 0, 2, return_fixed_size_list=True)
    local, domain = pc.list_element(parts, 0), pc.list_element(parts, 1)
    # To a text without `@` or with nothing before the last one, the address says nothing.
    masked = pc.binary_join_element_wise(pc.utf8_slice_codeunits(local, 0, 1), domain, "***@")
    is_address = pc.and_(pc.is_valid(domain), pc.not_equal(local, ""))
    hidden = pc.if_else(pc.is_valid(email), "***", None)
    within = pc.if_else(pc.less(amount, mask_rows.FLOOR), mask_rows.FLOOR,
                        pc.if_else(pc.greater(amount, mask_rows.CEILING), mask_rows.CEILING, amount))
    return pa.table({"email": pc.if_else(is_address, masked, hidden), "amount": within})


def _mask(rows, inputs):
    pa.set_cpu_count(inputs.threads)
    table = rows()
    email, amount = (table.column(name).combine_chunks() for name in ("email", "amount"))
    return Prepared(
        rows=table.num_rows,
        what=inspect.getsource(mask_addresses),
        once=lambda: mask_addresses(email, amount),
        figures=figures.of_table,
    )


WORKS = {"mask": partial(_mask, mask_rows.table), "mask/defects": partial(_mask, mask_rows.defects)}
