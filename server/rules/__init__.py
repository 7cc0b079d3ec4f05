"""Pure decisions: no database, no request, no clock. Each function names its rule and source."""
