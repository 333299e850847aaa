-- An employee without a log-in the import made for a salesperson's name. Writes staff_employee. Parameters: employee.
DELETE FROM staff_employee
WHERE id = %(employee)s
