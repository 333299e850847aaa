"""Invoices and payments: issuing, work by working days, control, cancelling with a reason, deferral of payment."""
