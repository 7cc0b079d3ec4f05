"""The clients of others, used unchanged: types made from the schema, and the same answers as by plain HTTP."""
