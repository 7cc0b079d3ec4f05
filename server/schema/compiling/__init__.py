"""Reading compiled: an operation becomes one SQL statement whose result is the finished JSON.

`marks` stand for the values of a request while a statement is written; `tree` follows a selection through what the
types declare; `sql` writes the tree for one database; `plans` keeps what was written, binds and runs it.
`cost` says beforehand what an operation can come to; `telling` and `layout` show all this to people.
docs/compiling.md explains it on one page.
"""
